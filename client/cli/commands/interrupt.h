#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace openrouter_images::client::cli {

// Turns Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) into a stop request. The second one ends the
// process at once with code 130.
//
// Blocks the signals in the thread that constructs it, and so in all threads that are started afterwards:
// construct it before gRPC starts its own. One in a process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  bool requested() const { return stop_.stop_requested(); }

 private:
  void Wait();

  std::stop_source stop_;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace openrouter_images::client::cli
