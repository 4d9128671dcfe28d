#pragma once

#include <curl/curl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "service/http/client.h"
#include "service/http/curl_handles.h"
#include "service/http/multi.h"
#include "service/http/request.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::http {

// One request on one libcurl easy handle, with the time limits that libcurl lacks. Lives in the frame of
// Client::Send, which waits on alarm(). That fires at next_alarm() and is cancelled on each event that Send
// must handle.
class Transfer final : private MultiListener {
 public:
  // Always the real clock: the limits run on Asio's timers and beside libcurl's, which know no other.
  using Clock = std::chrono::steady_clock;

  // Progress of a POST towards its dispatch.
  enum class Gate {
    kAhead,     // The connection is being made.
    kReached,   // libcurl asks for the body, and Request::before_dispatch decides.
    kPassed,    // Dispatched.
    kBypassed,  // A reply refused the request before the dispatch: the body is not sent.
  };

  // All arguments outlive the transfer.
  Transfer(boost::asio::io_context& context, Multi& multi, const ClientOptions& options,
           const StringList& resolve, const Request& request, ResponseHandler& handler);
  // Leaves the multi handle if it is still attached.
  ~Transfer();

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void Start();
  // Ends the transfer from outside. Later calls do nothing.
  void End(Fault fault, std::string detail);
  void EndIfOverdue();
  // Ends the transfer because the caller's code threw.
  void EndByException(std::exception_ptr exception);
  void Resume();

  Gate gate() const { return gate_; }
  // At Gate::kReached only: dispatches, unless the peer has closed the connection in the meantime.
  void PassGate();
  // At Gate::kBypassed only: lets libcurl finish without the body.
  void BypassGate();

  bool ended() const { return ended_; }
  Clock::time_point next_alarm() const { return Limit().at; }
  boost::asio::steady_timer& alarm() { return alarm_; }

  TransferResult TakeResult();

 private:
  struct TimeLimit {
    Clock::time_point at;
    Fault fault;
  };

  // Callbacks of libcurl. Exceptions of the caller's code inside them end this transfer only.
  static int OnPrerequest(void* self, char*, char*, int, int) noexcept;
  static std::size_t OnRead(char* buffer, std::size_t size, std::size_t count, void* self) noexcept;
  static int OnSeek(void* self, curl_off_t offset, int origin) noexcept;
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t OnWrite(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;

  void Configure(const ClientOptions& options, const StringList& resolve);
  void OnDone(CURLcode code) override;
  template <typename Call>
  auto Guarded(decltype(std::declval<Call>()()) if_thrown, Call&& call) noexcept;
  int BeginRequest();
  void BeginDispatch();
  std::size_t FillBody(char* buffer, std::size_t capacity);
  int RewindBody(curl_off_t offset, int origin);
  CURLcode ApplyPauses();
  bool PeerHasClosed() const;
  bool TakeHeaderLine(std::string_view line);
  std::size_t TakeBody(std::string_view bytes);
  void NoteTlsEnd();
  Fault Classify(CURLcode code) const;
  void Heard();
  void WakeIfSooner();
  TimeLimit Limit() const;
  bool MayRepeat() const;

  Multi& multi_;
  const Request& request_;
  ResponseHandler& handler_;
  boost::asio::steady_timer alarm_;
  StringList headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  EasyHandle easy_;

  ResponseHeadReader head_;
  Clock::time_point started_;
  Clock::time_point dispatched_at_;
  Clock::time_point last_heard_;
  Gate gate_ = Gate::kAhead;
  int heads_sent_ = 0;  // Heads that were sent, or are about to be.
  std::size_t body_sent_ = 0;
  std::exception_ptr thrown_;
  bool reply_begun_ = false;
  bool paused_ = false;
  bool aborted_ = false;
  bool head_too_large_ = false;
  bool ends_with_connection_ = false;
  bool tls_cut_off_ = false;  // Without close_notify so far.
  bool repeat_stopped_ = false;
  bool ended_ = false;
  TransferResult result_;
};

}  // namespace openrouter_images::http
