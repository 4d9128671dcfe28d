#include "service/http/multi.h"

#include <poll.h>
#include <sys/ioctl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace openrouter_images::http {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

// True at the end of the stream as well.
bool IsReadable(curl_socket_t socket) {
  pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
  return poll(&watched, 1, /*timeout=*/0) > 0;
}

int UnreadBytes(curl_socket_t socket) {
  int bytes = 0;
  ioctl(socket, FIONREAD, &bytes);
  return bytes;
}

}  // namespace

struct Multi::Watch {
  explicit Watch(asio::io_context& context) : descriptor(context) {}

  stream_descriptor descriptor;
  CURL* easy = nullptr;  // Whose socket it was last.
  bool live = true;
  int wanted = CURL_POLL_NONE;
  bool read_armed = false;
  bool write_armed = false;
};

Multi::Multi(asio::io_context& context, long max_pooled_connections)
    : context_(context), timer_(context), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::runtime_error("libcurl cannot make a multi handle");
  if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS) == 0) {
    throw std::runtime_error("this libcurl blocks on name lookups: it is built without a resolver thread");
  }
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Multi::OnSocket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &Multi::OnTimer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, max_pooled_connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

Multi::~Multi() {
  Close();
}

CURLMcode Multi::Attach(CURL* easy, MultiListener& listener) {
  const CURLMcode code = curl_multi_add_handle(multi_.get(), easy);
  if (code == CURLM_OK) attached_.emplace(easy, Attached{&listener});
  return code;
}

void Multi::Detach(CURL* easy) {
  if (attached_.erase(easy) != 0) curl_multi_remove_handle(multi_.get(), easy);
}

curl_socket_t Multi::SocketOf(CURL* easy) const {
  const auto found = attached_.find(easy);
  return found == attached_.end() ? CURL_SOCKET_BAD : found->second.socket;
}

void Multi::Close() {
  while (!attached_.empty()) Detach(attached_.begin()->first);
  multi_.reset();
  timer_.cancel();
  for (auto& [socket, watch] : watches_) {
    watch->live = false;
    watch->descriptor.release();
  }
  watches_.clear();
}

// Both callbacks return 0 even when out of memory, since any other result ends every transfer of the loop. A
// transfer whose socket is then not watched is ended by itself; a timer that is not set is delayed until the
// next event on any socket.
int Multi::OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void*) noexcept {
  auto* const multi = static_cast<Multi*>(self);
  try {
    multi->WatchSocket(easy, socket, what);
  } catch (const std::exception&) {
    const auto attached = multi->attached_.find(easy);
    if (attached == multi->attached_.end()) return 0;
    attached->second.unwatched = true;
    multi->some_unwatched_ = true;
  }
  return 0;
}

int Multi::OnTimer(CURLM*, long timeout_ms, void* self) noexcept {
  try {
    static_cast<Multi*>(self)->SetTimer(timeout_ms);
  } catch (const std::exception&) {
  }
  return 0;
}

// libcurl reports POLL_REMOVE before it closes a socket, including the pair that its resolver thread signals
// on. The descriptor is released then; libcurl owns it and closes it.
void Multi::WatchSocket(CURL* easy, curl_socket_t socket, int what) {
  const auto found = watches_.find(socket);
  if (what == CURL_POLL_REMOVE) {
    if (found == watches_.end()) return;
    found->second->live = false;
    found->second->descriptor.release();
    watches_.erase(found);
    return;
  }
  std::shared_ptr<Watch> watch;
  if (found != watches_.end()) {
    watch = found->second;
  } else {
    watch = std::make_shared<Watch>(context_);
    watches_.emplace(socket, watch);
    boost::system::error_code error;
    watch->descriptor.assign(socket, error);
    if (error) {  // epoll has no room.
      watches_.erase(socket);
      throw boost::system::system_error(error);
    }
  }
  const auto attached = attached_.find(easy);
  if (attached != attached_.end()) attached->second.socket = socket;
  watch->easy = easy;
  watch->wanted = what;
  Arm(watch);
}

void Multi::Arm(const std::shared_ptr<Watch>& watch) {
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->read_armed) {
    watch->read_armed = true;
    watch->descriptor.async_wait(stream_descriptor::wait_read,
                                 [self = weak_from_this(), watch](const boost::system::error_code&) {
                                   watch->read_armed = false;
                                   if (!watch->live) return;
                                   if (const auto multi = self.lock()) multi->OnReady(watch, CURL_CSELECT_IN);
                                 });
  }
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->write_armed) {
    watch->write_armed = true;
    watch->descriptor.async_wait(stream_descriptor::wait_write,
                                 [self = weak_from_this(), watch](const boost::system::error_code&) {
                                   watch->write_armed = false;
                                   if (!watch->live) return;
                                   if (const auto multi = self.lock())
                                     multi->OnReady(watch, CURL_CSELECT_OUT);
                                 });
  }
}

void Multi::OnReady(const std::shared_ptr<Watch>& watch, int event) {
  const int interest = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
  if ((watch->wanted & interest) == 0) return;
  const curl_socket_t socket = watch->descriptor.native_handle();
  if (watch->wanted == CURL_POLL_INOUT && (event == CURL_CSELECT_IN || IsReadable(socket))) {
    ReadWhileSending(watch);
  } else {
    Drive(socket, event);
  }
  if (watch->live) Arm(watch);
}

// A peer may answer in the middle of the upload and close the connection. To send then fails, and libcurl
// drops what it has not read by that time. So it sends only while there is nothing to read.
void Multi::ReadWhileSending(const std::shared_ptr<Watch>& watch) {
  CURL* const easy = watch->easy;
  const curl_socket_t socket = watch->descriptor.native_handle();
  const bool end_of_stream = IsReadable(socket) && UnreadBytes(socket) == 0;
  Drive(socket, CURL_CSELECT_IN);
  if (!watch->live || watch->easy != easy || watch->wanted != CURL_POLL_OUT) return;
  const auto attached = attached_.find(easy);
  if (attached != attached_.end()) attached->second.listener->OnReadingEnded(end_of_stream);
}

void Multi::SetTimer(long timeout_ms) {
  if (timeout_ms < 0) {
    timer_.cancel();
    return;
  }
  // libcurl must not be called from its own callback, so "at once" is the loop's next turn; a post costs less
  // than a timer.
  if (timeout_ms == 0) {
    timer_.cancel();
    if (kick_posted_) return;
    asio::post(context_, [self = weak_from_this()] {
      const auto multi = self.lock();
      if (multi == nullptr) return;
      multi->kick_posted_ = false;
      multi->Drive(CURL_SOCKET_TIMEOUT, 0);
    });
    kick_posted_ = true;
    return;
  }
  timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
    if (error) return;
    if (const auto multi = self.lock()) multi->Drive(CURL_SOCKET_TIMEOUT, 0);
  });
}

void Multi::Drive(curl_socket_t socket, int events) {
  if (multi_ == nullptr) return;
  int running = 0;
  const CURLMcode code = curl_multi_socket_action(multi_.get(), socket, events, &running);
  DeliverResults();
  BreakUnwatched();
  // libcurl does not say which transfer it could not serve, and sets no timer for the others either.
  while (code != CURLM_OK && !attached_.empty()) {
    Break(attached_.begin()->first, curl_multi_strerror(code));
  }
}

void Multi::DeliverResults() {
  int queued = 0;
  while (multi_ != nullptr) {
    const CURLMsg* message = curl_multi_info_read(multi_.get(), &queued);
    if (message == nullptr) return;
    // Detaching the handle frees the message.
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = attached_.find(easy);
    if (message->msg != CURLMSG_DONE || found == attached_.end()) continue;
    MultiListener* const listener = found->second.listener;
    Detach(easy);
    listener->OnDone(code);
  }
}

void Multi::Break(CURL* easy, std::string_view reason) {
  MultiListener* const listener = attached_.at(easy).listener;
  Detach(easy);
  listener->OnBroken(reason);
}

void Multi::BreakUnwatched() {
  if (!std::exchange(some_unwatched_, false)) return;
  std::vector<CURL*> unwatched;
  for (const auto& [easy, attached] : attached_) {
    if (attached.unwatched) unwatched.push_back(easy);
  }
  for (CURL* const easy : unwatched) Break(easy, "its socket cannot be watched");
}

}  // namespace openrouter_images::http
