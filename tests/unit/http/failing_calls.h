#pragma once

#include <sys/resource.h>

#include <vector>

namespace openrouter_images::http::testing {

// This program's curl_multi_socket_action and epoll_ctl take the place of libcurl's and the C library's, and
// do what those do unless a test asks for a failure. Used on the thread that runs the test's loop.

// The next call of curl_multi_socket_action does nothing but fail.
void FailNextSocketAction();
// The next socket that is to be watched is not.
void FailNextWatch();

// While it lives, this process can open `spare` more descriptors.
class FewDescriptors {
 public:
  explicit FewDescriptors(int spare);
  ~FewDescriptors();
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace openrouter_images::http::testing
