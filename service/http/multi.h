#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "service/http/curl_handles.h"

namespace openrouter_images::http {

// Owner of an attached easy handle. Called outside of libcurl's own callbacks.
class MultiListener {
 public:
  // The transfer is over and its handle detached.
  virtual void OnDone(CURLcode code) = 0;

  // libcurl has stopped reading and would send the rest of the body: the reply is complete, or with
  // `end_of_stream` the peer has closed its side of the socket before. The handle is attached.
  virtual void OnReadingEnded(bool end_of_stream) = 0;

  // The event loop or libcurl failed, and nothing would move the transfer any more; its handle is detached.
  // `reason` is for people.
  virtual void OnBroken(std::string_view reason) = 0;

 protected:
  ~MultiListener() = default;
};

// A libcurl multi handle that an io_context drives through the socket interface. Used on the loop's thread
// only; made by std::make_shared. May outlive Close(): coroutine frames keep it while the loop is torn down.
class Multi : public std::enable_shared_from_this<Multi> {
 public:
  Multi(boost::asio::io_context& context, long max_pooled_connections);
  ~Multi();

  // Starts the transfer from a later turn of the loop. `listener` stays alive until OnDone or Detach.
  CURLMcode Attach(CURL* easy, MultiListener& listener);

  // Ends the transfer without OnDone; does nothing when `easy` is not attached. Must not be called inside a
  // callback of libcurl.
  void Detach(CURL* easy);

  // The socket that libcurl watched last for `easy`: the connection's, once there is one. CURL_SOCKET_BAD
  // when there was none.
  curl_socket_t SocketOf(CURL* easy) const;

  // Detaches every transfer and closes every connection.
  void Close();

 private:
  // One registration of a socket with the loop. Completions of an earlier registration of the same descriptor
  // hold their own object and see that it is no longer live.
  struct Watch;
  struct Attached {
    MultiListener* listener = nullptr;
    curl_socket_t socket = CURL_SOCKET_BAD;
    bool unwatched = false;  // The loop could not watch its socket.
  };

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data) noexcept;
  static int OnTimer(CURLM* multi, long timeout_ms, void* self) noexcept;

  void WatchSocket(CURL* easy, curl_socket_t socket, int what);
  void Arm(const std::shared_ptr<Watch>& watch);
  void OnReady(const std::shared_ptr<Watch>& watch, int event);
  void ReadWhileSending(const std::shared_ptr<Watch>& watch);
  void SetTimer(long timeout_ms);
  void Drive(curl_socket_t socket, int events);
  void DeliverResults();
  void Break(CURL* easy, std::string_view reason);
  void BreakUnwatched();

  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  bool kick_posted_ = false;
  bool some_unwatched_ = false;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::unordered_map<CURL*, Attached> attached_;
  CurlGlobal global_;
  MultiHandle multi_;
};

}  // namespace openrouter_images::http
