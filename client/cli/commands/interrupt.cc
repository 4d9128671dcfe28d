#include "client/cli/commands/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "client/cli/report/exit_code.h"

namespace openrouter_images::client::cli {
namespace {

sigset_t InterruptSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = InterruptSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Wait(); });
}

Interrupt::~Interrupt() {
  finished_ = true;
  pthread_kill(thread_.native_handle(), SIGINT);
  thread_.join();
}

void Interrupt::Wait() {
  const sigset_t signals = InterruptSignals();
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && !finished_) {
    if (stop_.stop_requested()) ::_exit(static_cast<int>(ExitCode::kInterrupted));
    stop_.request_stop();
  }
}

}  // namespace openrouter_images::client::cli
