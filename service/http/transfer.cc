#include "service/http/transfer.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "service/base/string_view.h"
#include "service/http/fault_mapping.h"

namespace openrouter_images::http {
namespace {

using std::chrono::milliseconds;

constexpr long kKeepAliveSeconds = 20;

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

// Needed because libcurl sends header lines unchanged, line breaks included.
std::optional<std::string> ReasonToRefuse(const Request& request) {
  if (request.method == Method::kPost && request.body.empty()) return "POST without a body";
  if (request.method == Method::kGet && request.before_dispatch) return "before_dispatch is for POST only";
  if (HasControlCharacter(request.url)) return "control character in the URL";
  for (const std::string& header : request.headers) {
    if (HasControlCharacter(header)) return "control character in a header";
    if (header.find(':') == std::string::npos) return "header without a colon";
  }
  return std::nullopt;
}

std::chrono::microseconds Elapsed(CURL* easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return std::chrono::microseconds(microseconds);
}

// Whether the body ends with the connection. Only TLS can then tell a complete body from a truncated one.
bool EndsWithConnection(const ResponseHead& head) {
  if (head.status == 204 || head.status == 304 || head.Find("Content-Length")) return false;
  const std::string_view encoding = head.Find("Transfer-Encoding").value_or("");
  return !absl::EndsWithIgnoreCase(base::ToAbsl(encoding), "chunked");
}

// libcurl allocates all of it for the whole transfer, so small bodies get little. Large ones save system
// calls.
long UploadBufferBytes(const std::string& body) {
  constexpr std::size_t kMinBytes = 16 * 1024;  // libcurl's minimum.
  constexpr std::size_t kMaxBytes = 512 * 1024;
  return static_cast<long>(std::clamp(body.size(), kMinBytes, kMaxBytes));
}

std::string Describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return std::string(std::string_view(e.what()).substr(0, CURL_ERROR_SIZE - 1));
  } catch (...) {
    return "an exception that is no std::exception";
  }
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
      alarm_(context),
      easy_(curl_easy_init()),
      head_(options.max_head_bytes),
      started_(Clock::now()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  Configure(options, resolve);
}

Transfer::~Transfer() {
  multi_.Detach(easy_.get());
}

void Transfer::Configure(const ClientOptions& options, const StringList& resolve) {
  CURL* const easy = easy_.get();
  SetOption(easy, CURLOPT_ERRORBUFFER, error_.data());
  SetOption(easy, CURLOPT_NOSIGNAL, 1L);
  SetOption(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  SetOption(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  SetOption(easy, CURLOPT_FOLLOWLOCATION, 0L);
  SetOption(easy, CURLOPT_PATH_AS_IS, 1L);
  SetOption(easy, CURLOPT_PROXY, options.proxy.c_str());
  SetOption(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // One unread HTTP/2 stream stalls its connection, and one lost connection kills every stream on it.
  SetOption(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));

  SetOption(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // With libcurl's default CApath the parsed trust store is not cached: 25 ms instead of 0.8 ms a handshake.
  SetOption(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  SetOption(easy, CURLOPT_CAINFO, options.ca_bundle.c_str());
  SetOption(easy, CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  SetOption(easy, CURLOPT_PROXY_CAINFO, options.ca_bundle.c_str());

  SetOption(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  SetOption(easy, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  SetOption(easy, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
  SetOption(easy, CURLOPT_BUFFERSIZE, options.buffer_bytes);
  // Otherwise, ending a transfer during a lookup blocks the loop until the resolver's thread returns.
  SetOption(easy, CURLOPT_QUICK_EXIT, 1L);
  if (resolve != nullptr) SetOption(easy, CURLOPT_RESOLVE, resolve.get());
  // Given to libcurl, which divides it among the host's addresses.
  SetOption(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, request_.timeouts.connect.count()));

  if (!options.user_agent.empty()) SetOption(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  for (const std::string& header : request_.headers) Append(headers_, header);
  // Removes headers that libcurl adds by itself: Expect delays a large body by up to a second, and
  // Content-Type declares every body a form.
  Append(headers_, "Expect:");
  Append(headers_, "Content-Type:");
  SetOption(easy, CURLOPT_HTTPHEADER, headers_.get());
  SetOption(easy, CURLOPT_URL, request_.url.c_str());
  if (request_.method == Method::kPost) {
    SetOption(easy, CURLOPT_POST, 1L);
    SetOption(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    // Not POSTFIELDS: the read callback alone can hold the body back until the dispatch.
    SetOption(easy, CURLOPT_READFUNCTION, &Transfer::OnRead);
    SetOption(easy, CURLOPT_READDATA, static_cast<void*>(this));
    SetOption(easy, CURLOPT_SEEKFUNCTION, &Transfer::OnSeek);
    SetOption(easy, CURLOPT_SEEKDATA, static_cast<void*>(this));
    SetOption(easy, CURLOPT_UPLOAD_BUFFERSIZE, UploadBufferBytes(request_.body));
  }
  if (request_.connection == ConnectionUse::kFresh) {
    SetOption(easy, CURLOPT_FRESH_CONNECT, 1L);
    SetOption(easy, CURLOPT_FORBID_REUSE, 1L);
  }

  SetOption(easy, CURLOPT_PREREQFUNCTION, &Transfer::OnPrerequest);
  SetOption(easy, CURLOPT_PREREQDATA, static_cast<void*>(this));
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
  result_.timings.total = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_);
  alarm_.cancel();
}

void Transfer::EndByException(std::exception_ptr exception) {
  End(Fault::kCallbackThrew, Describe(exception));
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
  const CURLcode code = ApplyPauses();
  if (code != CURLE_OK) OnDone(code);
}

void Transfer::PassGate() {
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
  const CURLcode code = ApplyPauses();
  if (code != CURLE_OK) OnDone(code);
}

void Transfer::BypassGate() {
  const CURLcode code = ApplyPauses();
  if (code != CURLE_OK) OnDone(code);
}

// libcurl sets the state of both directions at once, so resuming one must repeat the state of the other.
CURLcode Transfer::ApplyPauses() {
  const int receiving = paused_ ? CURLPAUSE_RECV : CURLPAUSE_RECV_CONT;
  const int sending = gate_ == Gate::kReached ? CURLPAUSE_SEND : CURLPAUSE_SEND_CONT;
  return curl_easy_pause(easy_.get(), receiving | sending);
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
    thrown_ = std::current_exception();
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
  return static_cast<Transfer*>(self)->RewindBody(offset, origin);
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
  const Fault fault = Classify(code);
  std::string detail;
  if (fault == Fault::kCallbackThrew) {
    detail = Describe(thrown_);
  } else if (fault != Fault::kNone) {
    detail = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    if (head_too_large_) detail = "the reply's head is above the size limit";
    if (code == CURLE_OK) detail = "the connection ended inside the reply";
  }
  End(fault, std::move(detail));
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

int Transfer::BeginRequest() {
  if (heads_sent_ > 0 && !MayRepeat()) {
    repeat_stopped_ = true;
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
  repeat_stopped_ = true;
  return CURL_SEEKFUNC_FAIL;
}

bool Transfer::TakeHeaderLine(std::string_view line) {
  Heard();
  switch (head_.AddLine(line, static_cast<int>(Number(easy_.get(), CURLINFO_RESPONSE_CODE)))) {
    case ResponseHeadReader::Progress::kMore:
      return true;
    case ResponseHeadReader::Progress::kComplete:
      ends_with_connection_ = EndsWithConnection(head_.head());
      // libcurl sends no more of a body after such a reply.
      if (request_.method == Method::kPost && gate_ != Gate::kPassed && head_.head().status >= 300) {
        gate_ = Gate::kBypassed;
        alarm_.cancel();
      }
      handler_.OnHead(head_.head());
      return true;
    case ResponseHeadReader::Progress::kTooLarge:
      break;
  }
  head_too_large_ = true;
  return false;
}

std::size_t Transfer::TakeBody(std::string_view bytes) {
  if (bytes.empty()) return 0;
  Heard();
  switch (handler_.OnBody(bytes)) {
    case Flow::kContinue:
      result_.body_bytes += bytes.size();
      return bytes.size();
    case Flow::kPause:
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    case Flow::kAbort:
      break;
  }
  aborted_ = true;
  return CURL_WRITEFUNC_ERROR;
}

Fault Transfer::Classify(CURLcode code) const {
  const bool dispatched = result_.dispatches > 0;
  if (thrown_ != nullptr) return Fault::kCallbackThrew;
  if (aborted_) return Fault::kAbortedByHandler;
  if (head_too_large_) return Fault::kProtocol;
  // A pooled connection that died before the dispatch is an ordinary reset.
  if (repeat_stopped_) return dispatched ? Fault::kRedispatch : Fault::kReset;
  TransferEnd end;
  end.code = code;
  end.os_error = Number(easy_.get(), CURLINFO_OS_ERRNO);
  end.message = error_.data();
  end.head_sent = heads_sent_ > 0;
  end.reply_begun = reply_begun_;
  end.head_complete = head_.complete();
  end.tls_cut_off = tls_cut_off_;
  const Fault fault = ClassifyEnd(end);
  // libcurl failed before a second dispatch; reported as a connect fault, that would claim that nothing was
  // sent.
  const bool before_dispatch = fault == Fault::kResolve || fault == Fault::kConnect ||
                               fault == Fault::kConnectTimeout || fault == Fault::kTlsHandshake ||
                               fault == Fault::kCertificate;
  return before_dispatch && dispatched && !MayRepeat() ? Fault::kRedispatch : fault;
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
  if (reply_begun_) {
    if (!paused_) consider(last_heard_, request_.timeouts.stall, Fault::kStallTimeout);
  } else if (result_.dispatches > 0 && request_.timeouts.first_byte) {
    consider(dispatched_at_, *request_.timeouts.first_byte, Fault::kFirstByteTimeout);
  }
  return limit;
}

bool Transfer::MayRepeat() const {
  return request_.method == Method::kGet && request_.connection == ConnectionUse::kPooled;
}

}  // namespace openrouter_images::http
