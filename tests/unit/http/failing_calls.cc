#include "tests/unit/http/failing_calls.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace openrouter_images::http::testing {
namespace {

// Reached from C functions: they cannot be handed in. Other loops run on threads of their own.
thread_local bool fail_next_socket_action = false;
thread_local bool fail_next_watch = false;

}  // namespace

void FailNextSocketAction() {
  fail_next_socket_action = true;
}

void FailNextWatch() {
  fail_next_watch = true;
}

FewDescriptors::FewDescriptors(int spare) {
  getrlimit(RLIMIT_NOFILE, &before_);
  rlimit few = before_;
  few.rlim_cur = 256;
  setrlimit(RLIMIT_NOFILE, &few);
  for (int taken; (taken = eventfd(0, EFD_CLOEXEC)) >= 0;) taken_.push_back(taken);
  for (int i = 0; i < spare; ++i) {
    close(taken_.back());
    taken_.pop_back();
  }
}

FewDescriptors::~FewDescriptors() {
  for (const int taken : taken_) close(taken);
  setrlimit(RLIMIT_NOFILE, &before_);
}

}  // namespace openrouter_images::http::testing

extern "C" CURLMcode curl_multi_socket_action(CURLM* multi, curl_socket_t socket, int events, int* running) {
  namespace testing = openrouter_images::http::testing;
  if (std::exchange(testing::fail_next_socket_action, false)) return CURLM_OUT_OF_MEMORY;
  using Function = CURLMcode (*)(CURLM*, curl_socket_t, int, int*);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "curl_multi_socket_action"));
  return next(multi, socket, events, running);
}

extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept {
  namespace testing = openrouter_images::http::testing;
  if (operation == EPOLL_CTL_ADD && std::exchange(testing::fail_next_watch, false)) {
    errno = ENOSPC;
    return -1;
  }
  using Function = int (*)(int, int, int, epoll_event*);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "epoll_ctl"));
  return next(epoll, operation, descriptor, event);
}
