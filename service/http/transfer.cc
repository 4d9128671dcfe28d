#include "service/http/transfer.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "service/http/fault_mapping.h"

namespace openrouter::images::http {
namespace {

using std::chrono::milliseconds;

constexpr long kKeepAliveSeconds = 20;

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

// libcurl puts header lines on the wire as they are, line breaks included.
std::optional<std::string> ReasonToRefuse(const Request& request) {
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

// Whether the body lasts until the connection ends, so that only TLS could tell a complete one from a part of
// it.
bool EndsWithConnection(const ResponseHead& head) {
  if (head.status == 204 || head.status == 304 || head.Find("Content-Length")) return false;
  const std::string_view encoding = head.Find("Transfer-Encoding").value_or("");
  return !absl::EndsWithIgnoreCase({encoding.data(), encoding.size()}, "chunked");
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
  // Otherwise leaving during a lookup waits for the resolver's thread, and the whole loop with it.
  SetOption(easy, CURLOPT_QUICK_EXIT, 1L);
  if (resolve != nullptr) SetOption(easy, CURLOPT_RESOLVE, resolve.get());
  // Given to libcurl, which divides it among the host's addresses.
  SetOption(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, request_.timeouts.connect.count()));

  if (!options.user_agent.empty()) SetOption(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  for (const std::string& header : request_.headers) Append(headers_, header);
  // Headers that libcurl would add by itself: it would hold back a large body until the peer says 100, or for
  // a second; and it takes every body for a form.
  Append(headers_, "Expect:");
  Append(headers_, "Content-Type:");
  SetOption(easy, CURLOPT_HTTPHEADER, headers_.get());
  SetOption(easy, CURLOPT_URL, request_.url.c_str());
  if (request_.method == Method::kPost) {
    SetOption(easy, CURLOPT_POST, 1L);
    SetOption(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    SetOption(easy, CURLOPT_POSTFIELDS, request_.body.data());
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
  const CURLcode code = curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
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
  result_.timings.first_byte = Elapsed(easy, CURLINFO_STARTTRANSFER_TIME_T);
  return std::move(result_);
}

int Transfer::OnPrerequest(void* self, char*, char*, int, int) noexcept {
  return static_cast<Transfer*>(self)->BeginDispatch();
}

std::size_t Transfer::OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  const std::size_t bytes = size * count;
  return static_cast<Transfer*>(self)->TakeHeaderLine({data, bytes}) ? bytes : CURL_WRITEFUNC_ERROR;
}

std::size_t Transfer::OnWrite(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  return static_cast<Transfer*>(self)->TakeBody({data, size * count});
}

// Called last when the transfer is over and the connection still there.
int Transfer::OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  static_cast<Transfer*>(self)->NoteTlsEnd();
  return 0;
}

void Transfer::OnDone(CURLcode code) {
  const Fault fault = Classify(code);
  std::string detail;
  if (fault != Fault::kNone) {
    detail = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    if (head_too_large_) detail = "the reply's head is above the size limit";
    if (code == CURLE_OK) detail = "the connection ended inside the reply";
  }
  End(fault, std::move(detail));
}

void Transfer::NoteTlsEnd() {
  if (!ends_with_connection_) return;
  curl_tlssessioninfo* tls = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &tls);
  if (tls == nullptr || tls->backend != CURLSSLBACKEND_OPENSSL || tls->internals == nullptr) return;
  const int shutdown = SSL_get_shutdown(static_cast<const SSL*>(tls->internals));
  tls_cut_off_ = (shutdown & SSL_RECEIVED_SHUTDOWN) == 0;
}

int Transfer::BeginDispatch() {
  if (result_.dispatches > 0 && !MayRepeat()) {
    repeat_stopped_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  dispatched_at_ = Clock::now();
  if (++result_.dispatches == 1) {
    handler_.OnDispatch();
    WakeIfSooner();
  }
  return CURL_PREREQFUNC_OK;
}

bool Transfer::TakeHeaderLine(std::string_view line) {
  Heard();
  switch (head_.AddLine(line, static_cast<int>(Number(easy_.get(), CURLINFO_RESPONSE_CODE)))) {
    case ResponseHeadReader::Progress::kMore:
      return true;
    case ResponseHeadReader::Progress::kComplete:
      ends_with_connection_ = EndsWithConnection(head_.head());
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
  if (aborted_) return Fault::kAbortedByHandler;
  if (head_too_large_) return Fault::kProtocol;
  if (repeat_stopped_) return Fault::kRedispatch;
  TransferEnd end;
  end.code = code;
  end.os_error = Number(easy_.get(), CURLINFO_OS_ERRNO);
  end.message = error_.data();
  end.dispatched = result_.dispatches > 0;
  end.reply_begun = reply_begun_;
  end.head_complete = head_.complete();
  end.tls_cut_off = tls_cut_off_;
  const Fault fault = ClassifyEnd(end);
  // libcurl failed on the way to a second dispatch; as a connect fault it would claim that nothing was sent.
  const bool before_dispatch = fault == Fault::kResolve || fault == Fault::kConnect ||
                               fault == Fault::kConnectTimeout || fault == Fault::kTlsHandshake ||
                               fault == Fault::kCertificate;
  return before_dispatch && end.dispatched && !MayRepeat() ? Fault::kRedispatch : fault;
}

void Transfer::Heard() {
  last_heard_ = Clock::now();
  reply_begun_ = true;
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

}  // namespace openrouter::images::http
