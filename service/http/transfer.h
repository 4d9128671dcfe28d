#pragma once

#include <curl/curl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "service/http/client.h"
#include "service/http/curl_handles.h"
#include "service/http/dispatch_step.h"
#include "service/http/fault_mapping.h"
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
  void Resume();
  // After each alarm: what libcurl's callbacks left to do, at the gate before the dispatch or after
  // Flow::kYield.
  void Advance();

  bool ended() const { return ended_; }
  // Whether Request::before_dispatch still runs, which it may beyond the end of the transfer.
  bool step_running() const { return step_.running(); }
  Clock::time_point next_alarm() const { return yielded_ ? Clock::time_point::min() : Limit().at; }
  boost::asio::steady_timer& alarm() { return alarm_; }

  TransferResult TakeResult();

 private:
  // What holds back the body of a POST.
  enum class Gate {
    kAhead,     // The connection is being made.
    kReached,   // libcurl asks for the body, and Request::before_dispatch decides.
    kPassed,    // Dispatched.
    kBypassed,  // A reply refused the request before the dispatch: the body is not sent.
  };

  struct TimeLimit {
    Clock::time_point at;
    Fault fault;
  };

  // Why a callback made libcurl end the transfer.
  struct Stop {
    Fault fault;
    std::string detail;
  };

  // Callbacks of libcurl. Exceptions of the caller's code inside them end this transfer only.
  static int OnPrerequest(void* self, char*, char*, int, int) noexcept;
  static std::size_t OnRead(char* buffer, std::size_t size, std::size_t count, void* self) noexcept;
  static int OnSeek(void* self, curl_off_t offset, int origin) noexcept;
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t OnWrite(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;
  template <typename Call>
  auto Guarded(decltype(std::declval<Call>()()) if_thrown, Call&& call) noexcept;

  void OnDone(CURLcode code) override;
  void OnReadingEnded(bool end_of_stream) override;
  void OnBroken(std::string_view reason) override;

  void SetCallbacks();
  int BeginRequest();
  void BeginDispatch();
  void Dispatch();
  std::size_t FillBody(char* buffer, std::size_t capacity);
  int RewindBody(curl_off_t offset, int origin);
  bool TakeHeaderLine(std::string_view line);
  bool TakeHead();
  std::size_t TakeBody(std::string_view bytes);

  void StopBy(Fault fault, std::string detail);
  void StopRepetition();
  void EndByException(const std::exception_ptr& exception);
  void ApplyPauses();
  bool PeerHasClosed() const;
  void NoteTlsEnd();
  TransferEnd Ending(CURLcode code) const;
  void Heard();
  void WakeIfSooner();
  TimeLimit Limit() const;
  bool MayRepeat() const;

  Multi& multi_;
  const Request& request_;
  ResponseHandler& handler_;
  const bool by_proxy_;
  boost::asio::steady_timer alarm_;
  DispatchStep step_;
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
  std::optional<Stop> stop_;
  bool reply_begun_ = false;
  bool body_begun_ = false;
  bool paused_ = false;
  bool yielded_ = false;  // Paused for one turn of the loop.
  bool ends_with_connection_ = false;
  bool tls_cut_off_ = false;  // Without close_notify so far.
  bool ended_ = false;
  TransferResult result_;
};

}  // namespace openrouter_images::http
