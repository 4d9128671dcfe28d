#include "service/http/transfer.h"

#include <absl/strings/str_cat.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <cstdio>
#include <utility>

#include "service/base/exception_text.h"
#include "service/base/string_view.h"
#include "service/http/descriptors.h"
#include "service/http/easy_options.h"

namespace openrouter_images::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxDetailBytes = 255;

std::chrono::microseconds Elapsed(CURL* easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return std::chrono::microseconds(microseconds);
}

long Number(CURL* easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

}  // namespace

Transfer::Transfer(boost::asio::io_context& context, Multi& multi, const ClientOptions& options,
                   const StringList& resolve, const Request& request, ResponseHandler& handler)
    : multi_(multi),
      request_(request),
      handler_(handler),
      by_proxy_(!options.proxy.empty()),
      alarm_(context),
      step_(context, request),
      easy_(curl_easy_init()),
      head_(options.max_head_bytes),
      started_(Clock::now()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  SetRequestOptions(easy_.get(), options, resolve, request, headers_);
  SetCallbacks();
}

Transfer::~Transfer() {
  multi_.Detach(easy_.get());
}

void Transfer::SetCallbacks() {
  CURL* const easy = easy_.get();
  SetOption(easy, CURLOPT_ERRORBUFFER, error_.data());
  SetOption(easy, CURLOPT_PREREQFUNCTION, &Transfer::OnPrerequest);
  SetOption(easy, CURLOPT_PREREQDATA, static_cast<void*>(this));
  if (request_.method == Method::kPost) {
    // Not POSTFIELDS: the read callback alone can hold the body back until the dispatch.
    SetOption(easy, CURLOPT_READFUNCTION, &Transfer::OnRead);
    SetOption(easy, CURLOPT_READDATA, static_cast<void*>(this));
    SetOption(easy, CURLOPT_SEEKFUNCTION, &Transfer::OnSeek);
    SetOption(easy, CURLOPT_SEEKDATA, static_cast<void*>(this));
  }
  SetOption(easy, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  SetOption(easy, CURLOPT_HEADERDATA, static_cast<void*>(this));
  SetOption(easy, CURLOPT_WRITEFUNCTION, &Transfer::OnWrite);
  SetOption(easy, CURLOPT_WRITEDATA, static_cast<void*>(this));
  SetOption(easy, CURLOPT_NOPROGRESS, 0L);
  SetOption(easy, CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
  SetOption(easy, CURLOPT_XFERINFODATA, static_cast<void*>(this));
}

void Transfer::Start() {
  if (auto reason = ReasonToRefuse(request_)) {
    End(Fault::kInvalidRequest, *std::move(reason));
    return;
  }
  const CURLMcode code = multi_.Attach(easy_.get(), *this);
  if (code != CURLM_OK) End(Fault::kOther, curl_multi_strerror(code));
}

void Transfer::End(Fault fault, std::string detail) {
  if (ended_) return;
  ended_ = true;
  multi_.Detach(easy_.get());
  result_.fault = fault;
  result_.detail = std::move(detail);
  if (result_.detail.size() > kMaxDetailBytes) result_.detail.resize(kMaxDetailBytes);
  result_.timings.total = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
  alarm_.cancel();
}

void Transfer::EndByException(const std::exception_ptr& exception) {
  End(Fault::kCallbackThrew, base::ExceptionText(exception));
}

void Transfer::EndIfOverdue() {
  const TimeLimit limit = Limit();
  const Clock::time_point now = Clock::now();
  if (now < limit.at) return;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - started_).count();
  End(limit.fault, absl::StrCat("after ", elapsed, " ms", paused_ ? ", waiting for a slow reader" : ""));
}

void Transfer::Resume() {
  if (ended_ || !paused_) return;
  paused_ = false;
  Heard();
  // Delivers what was held back before it returns.
  ApplyPauses();
}

void Transfer::Advance() {
  if (ended_) return step_.Cancel();
  if (std::exchange(yielded_, false)) Resume();
  if (gate_ == Gate::kBypassed) {
    step_.Cancel();
    // libcurl asks for the body again, and is told that there is none.
    ApplyPauses();
  }
  if (gate_ != Gate::kReached) return;
  step_.Start([this] { alarm_.cancel(); });
  switch (step_.state()) {
    case DispatchStep::State::kPassed:
      return Dispatch();
    case DispatchStep::State::kVetoed:
      return End(Fault::kVetoed, "vetoed before the dispatch");
    case DispatchStep::State::kThrew:
      return EndByException(step_.exception());
    case DispatchStep::State::kIdle:
    case DispatchStep::State::kRunning:
      return;
  }
}

// After Request::before_dispatch has passed.
void Transfer::Dispatch() {
  // libcurl would still send the body, as its own direction of the connection is open.
  if (!reply_begun_ && PeerHasClosed()) {
    End(Fault::kEmptyReply, "the peer closed the connection before the dispatch");
    return;
  }
  try {
    BeginDispatch();
  } catch (...) {
    EndByException(std::current_exception());
    return;
  }
  ApplyPauses();
}

// libcurl sets the state of both directions at once, so resuming one must repeat the state of the other.
void Transfer::ApplyPauses() {
  const int receiving = paused_ ? CURLPAUSE_RECV : CURLPAUSE_RECV_CONT;
  const int sending = gate_ == Gate::kReached ? CURLPAUSE_SEND : CURLPAUSE_SEND_CONT;
  const CURLcode code = curl_easy_pause(easy_.get(), receiving | sending);
  if (code != CURLE_OK) OnDone(code);
}

TransferResult Transfer::TakeResult() {
  CURL* const easy = easy_.get();
  result_.dispatched = result_.dispatches > 0;
  result_.connections = static_cast<int>(Number(easy, CURLINFO_NUM_CONNECTS));
  result_.status = head_.head().status;
  result_.timings.resolve = Elapsed(easy, CURLINFO_NAMELOOKUP_TIME_T);
  result_.timings.connect = Elapsed(easy, CURLINFO_CONNECT_TIME_T);
  result_.timings.tls = Elapsed(easy, CURLINFO_APPCONNECT_TIME_T);
  return std::move(result_);
}

template <typename Call>
auto Transfer::Guarded(decltype(std::declval<Call>()()) if_thrown, Call&& call) noexcept {
  try {
    return call();
  } catch (...) {
    StopBy(Fault::kCallbackThrew, base::ExceptionText(std::current_exception()));
    return if_thrown;
  }
}

int Transfer::OnPrerequest(void* self, char*, char*, int, int) noexcept {
  auto* const transfer = static_cast<Transfer*>(self);
  return transfer->Guarded(CURL_PREREQFUNC_ABORT, [&] { return transfer->BeginRequest(); });
}

std::size_t Transfer::OnRead(char* buffer, std::size_t size, std::size_t count, void* self) noexcept {
  auto* const transfer = static_cast<Transfer*>(self);
  return transfer->Guarded(CURL_READFUNC_ABORT, [&] { return transfer->FillBody(buffer, size * count); });
}

int Transfer::OnSeek(void* self, curl_off_t offset, int origin) noexcept {
  auto* const transfer = static_cast<Transfer*>(self);
  return transfer->Guarded(CURL_SEEKFUNC_FAIL, [&] { return transfer->RewindBody(offset, origin); });
}

std::size_t Transfer::OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto* const transfer = static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  const bool go_on = transfer->Guarded(false, [&] { return transfer->TakeHeaderLine({data, bytes}); });
  return go_on ? bytes : CURL_WRITEFUNC_ERROR;
}

std::size_t Transfer::OnWrite(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto* const transfer = static_cast<Transfer*>(self);
  return transfer->Guarded(CURL_WRITEFUNC_ERROR, [&] { return transfer->TakeBody({data, size * count}); });
}

// Its last call comes when the transfer is over and the connection still exists.
int Transfer::OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  static_cast<Transfer*>(self)->NoteTlsEnd();
  return 0;
}

void Transfer::OnDone(CURLcode code) {
  if (stop_) return End(stop_->fault, std::move(stop_->detail));
  const TransferEnd end = Ending(code);
  Fault fault = ClassifyEnd(end);
  // libcurl failed before a second dispatch. The first one counts.
  if (result_.dispatches > 0 && !MayRepeat() && IsBeforeRequest(fault)) fault = Fault::kRedispatch;
  End(fault, DescribeEnd(end, fault));
}

// The rest of the body would change nothing. libcurl might even fail to send it, and forget the reply. It
// does see to the end of a TLS connection by itself.
void Transfer::OnReadingEnded(bool end_of_stream) {
  if (paused_) return;
  if (!head_.complete()) return OnDone(CURLE_GOT_NOTHING);
  OnDone(end_of_stream ? CURLE_PARTIAL_FILE : CURLE_OK);
}

void Transfer::OnBroken(std::string_view reason) {
  End(Fault::kOther, absl::StrCat("libcurl failed: ", base::ToAbsl(reason)));
}

TransferEnd Transfer::Ending(CURLcode code) const {
  TransferEnd end;
  end.code = code;
  end.os_error = Number(easy_.get(), CURLINFO_OS_ERRNO);
  end.message = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
  end.by_proxy = by_proxy_;
  end.proxy_status = Number(easy_.get(), CURLINFO_HTTP_CONNECTCODE);
  end.out_of_descriptors = MayLackDescriptors(code) && OutOfDescriptors();
  end.head_sent = heads_sent_ > 0;
  end.reply_begun = reply_begun_;
  end.head_complete = head_.complete();
  end.tls_cut_off = tls_cut_off_;
  return end;
}

bool Transfer::PeerHasClosed() const {
  // Also detects an end that follows unread bytes, such as the close_notify of TLS.
  pollfd watched{.fd = multi_.SocketOf(easy_.get()), .events = POLLRDHUP, .revents = 0};
  return poll(&watched, 1, /*timeout=*/0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP)) != 0;
}

void Transfer::NoteTlsEnd() {
  if (!ends_with_connection_) return;
  curl_tlssessioninfo* tls = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &tls);
  if (tls == nullptr || tls->backend != CURLSSLBACKEND_OPENSSL || tls->internals == nullptr) return;
  const int shutdown = SSL_get_shutdown(static_cast<const SSL*>(tls->internals));
  tls_cut_off_ = (shutdown & SSL_RECEIVED_SHUTDOWN) == 0;
}

// The first reason counts: libcurl may call back again before it ends the transfer.
void Transfer::StopBy(Fault fault, std::string detail) {
  if (!stop_) stop_ = Stop{fault, std::move(detail)};
}

// A pooled connection that died before the dispatch is an ordinary reset.
void Transfer::StopRepetition() {
  if (result_.dispatches > 0) {
    StopBy(Fault::kRedispatch, "the connection was lost, and the request is not sent a second time");
  } else {
    StopBy(Fault::kReset, "the connection was lost before the dispatch");
  }
}

int Transfer::BeginRequest() {
  if (heads_sent_ > 0 && !MayRepeat()) {
    StopRepetition();
    return CURL_PREREQFUNC_ABORT;
  }
  ++heads_sent_;
  if (request_.method == Method::kGet) BeginDispatch();
  return CURL_PREREQFUNC_OK;
}

void Transfer::BeginDispatch() {
  if (result_.dispatches == 0) handler_.OnDispatch();
  ++result_.dispatches;
  gate_ = Gate::kPassed;
  dispatched_at_ = Clock::now();
  WakeIfSooner();
}

// libcurl may ask any number of times while the gate holds the body back.
std::size_t Transfer::FillBody(char* buffer, std::size_t capacity) {
  if (gate_ == Gate::kBypassed) return 0;
  if (gate_ != Gate::kPassed) {
    if (request_.before_dispatch) {
      if (gate_ == Gate::kAhead) alarm_.cancel();
      gate_ = Gate::kReached;
      return CURL_READFUNC_PAUSE;
    }
    BeginDispatch();
  }
  const std::size_t count = request_.body.copy(buffer, capacity, body_sent_);
  body_sent_ += count;
  return count;
}

// Refuses to rewind a body that has been sent: libcurl would send it a second time.
int Transfer::RewindBody(curl_off_t offset, int origin) {
  if (body_sent_ == 0 && offset == 0 && origin == SEEK_SET) return CURL_SEEKFUNC_OK;
  StopRepetition();
  return CURL_SEEKFUNC_FAIL;
}

bool Transfer::TakeHeaderLine(std::string_view line) {
  Heard();
  switch (head_.AddLine(line, static_cast<int>(Number(easy_.get(), CURLINFO_RESPONSE_CODE)))) {
    case ResponseHeadReader::Progress::kMore:
      return true;
    case ResponseHeadReader::Progress::kComplete:
      return TakeHead();
    case ResponseHeadReader::Progress::kTooLarge:
      break;
  }
  StopBy(Fault::kHeaderTooLarge, "the headers of the reply are above the size limit");
  return false;
}

bool Transfer::TakeHead() {
  const ResponseHead& head = head_.head();
  ends_with_connection_ = EndsWithConnection(head);
  // libcurl sends no more of a body after such a reply.
  if (request_.method == Method::kPost && gate_ != Gate::kPassed && head.status >= 300) {
    gate_ = Gate::kBypassed;
    alarm_.cancel();
  }
  handler_.OnHead(head);
  const std::string coding = ForeignTransferCoding(head);
  if (coding.empty()) return true;
  StopBy(Fault::kProtocol,
         absl::StrCat("the reply has the transfer coding \"", coding, "\", which was not asked for"));
  return false;
}

std::size_t Transfer::TakeBody(std::string_view bytes) {
  if (bytes.empty()) return 0;
  body_begun_ = true;
  Heard();
  switch (handler_.OnBody(bytes)) {
    case Flow::kContinue:
      result_.body_bytes += bytes.size();
      return bytes.size();
    case Flow::kYield:
      paused_ = yielded_ = true;
      WakeIfSooner();
      return CURL_WRITEFUNC_PAUSE;
    case Flow::kPause:
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    case Flow::kAbort:
      break;
  }
  StopBy(Fault::kAbortedByHandler, "the reply's reader wanted no more of it");
  return CURL_WRITEFUNC_ERROR;
}

void Transfer::Heard() {
  last_heard_ = Clock::now();
  // For a POST, libcurl's own time of the first byte is when the sending of the body begins.
  if (!reply_begun_) {
    result_.timings.first_byte =
        std::chrono::duration_cast<std::chrono::microseconds>(last_heard_ - started_);
    reply_begun_ = true;
  }
  WakeIfSooner();
}

void Transfer::WakeIfSooner() {
  if (next_alarm() < alarm_.expiry()) alarm_.cancel();
}

Transfer::TimeLimit Transfer::Limit() const {
  TimeLimit limit{request_.deadline, Fault::kDeadline};
  const auto consider = [&limit](Clock::time_point from, milliseconds length, Fault fault) {
    if (length < limit.at - from) limit = {from + length, fault};
  };
  const Timeouts& timeouts = request_.timeouts;
  if (timeouts.attempt) consider(started_, *timeouts.attempt, Fault::kAttemptTimeout);
  if (body_begun_) {
    if (!paused_) consider(last_heard_, timeouts.stall, Fault::kStallTimeout);
  } else if (result_.dispatches > 0 && timeouts.first_byte) {
    consider(dispatched_at_, *timeouts.first_byte, Fault::kFirstByteTimeout);
  }
  return limit;
}

bool Transfer::MayRepeat() const {
  return request_.method == Method::kGet && request_.connection == ConnectionUse::kPooled;
}

}  // namespace openrouter_images::http
