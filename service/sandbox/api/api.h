#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "service/sandbox/faults/fault_book.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"
#include "service/sandbox/ledger.h"

namespace openrouter::images::sandbox {

// What a request gets: a reply at once, or one that takes a generation to make.
struct Answer {
  HttpReply reply;
  // How long the generation takes before `generate` is due; a stream spreads its time over its events itself.
  std::chrono::milliseconds wait{0};
  // Set for a generation: draws, and gives the reply in place of `reply`. Takes long; may run on any thread,
  // once.
  std::function<HttpReply(const std::stop_token&)> generate;
  // USD, charged when the generation is done; nullopt when nothing is to be charged.
  std::optional<double> charge;
  // The fault to apply to the reply's way over the wire; a default Fault when there is none.
  Fault fault;
};

// The operations of the sandbox: the images API under /api/v1, and its own under /sandbox. Thread-safe.
class Api {
 public:
  struct Options {
    std::optional<std::string> api_key;
    std::function<std::chrono::system_clock::time_point()> now;
    std::chrono::milliseconds generation_time{0};
  };

  // The ledger and the book outlive the Api.
  Api(Options options, Ledger& ledger, FaultBook& faults);

  // Which kind of operation a request's head asks for; kAny: none that faults apply to.
  static Fault::Route RouteOf(const HttpRequest& head);
  // Whether it is a paid one, `POST /images`.
  static bool IsGeneration(const HttpRequest& head);

  // `scripted` is the fault that the queue holds for this request.
  Answer Handle(const HttpRequest& request, std::uint64_t sequence,
                std::optional<FaultBook::Scripted> scripted);

 private:
  Answer HandleGeneration(const HttpRequest& request, std::uint64_t sequence, Fault fault);
  Answer HandleModels(Fault fault) const;
  Answer HandleEndpoints(std::string_view path, std::uint64_t sequence, Fault fault);
  HttpReply HandleSandbox(const HttpRequest& request, std::string_view path);
  std::optional<HttpReply> Unauthorized(const HttpRequest& request) const;
  // Reads a fault out of a model's name and counts it; an error reply when the name is no fault. `fault`
  // stays when the name has none, or when its times are used up.
  std::optional<HttpReply> AdoptNamedFault(std::string_view model_id, std::string_view operation,
                                           std::uint64_t sequence, Fault& fault, std::string& model);
  void AddDeploymentHeaders(std::uint64_t sequence, bool generation, HttpReply& reply) const;

  const Options options_;
  Ledger& ledger_;
  FaultBook& faults_;
};

}  // namespace openrouter::images::sandbox
