#include "service/upstream/reply/reply_receiver.h"

#include <absl/status/statusor.h>
#include <absl/strings/ascii.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "service/errors/classification.h"
#include "service/errors/text.h"
#include "service/retry/retry_after.h"

namespace openrouter_images::upstream {
namespace {

// Longest id that is kept, in bytes: ids are echoed in logs and replies.
constexpr std::size_t kMaxId = 128;

// Bytes that are kept of a success's body, for people.
constexpr std::size_t kMaxBeginning = 1024;

// Most steps of the decoder in one turn of the loop, a few milliseconds of work: a piece of 16 KiB may decode
// to 16 MiB, and other calls wait meanwhile.
constexpr int kStepsPerTurn = 4;

// Header values are arbitrary bytes, and may quote the key; strings of a message are UTF-8.
std::string ShortText(std::string_view value, const errors::Redactor& redactor) {
  std::string text = errors::OneLine(value);
  redactor.Redact(text);
  return std::string(errors::WholeCharacters(text, kMaxId));
}

std::map<std::string, std::string> RateLimits(const http::ResponseHead& head,
                                              const errors::Redactor& redactor) {
  constexpr std::string_view kPrefix = "x-ratelimit-";
  constexpr std::size_t kMaxHeaders = 16;
  std::map<std::string, std::string> limits;
  for (const auto& [name, value] : head.headers) {
    std::string lower = absl::AsciiStrToLower({name.data(), name.size()});
    if (!lower.starts_with(kPrefix) || lower.size() > kMaxId || limits.size() == kMaxHeaders) continue;
    if (!errors::IsPrintable(lower)) continue;
    limits.emplace(ShortText(lower, redactor), ShortText(value, redactor));
  }
  return limits;
}

// Whether a body of an unknown coding is most likely none: a wrong header must not cost an image.
bool BeginsAsText(std::string_view body) {
  constexpr char kByteOrderMark = '\xEF';
  const char first = body.empty() ? '\0' : body.front();
  return first == kByteOrderMark || absl::ascii_isspace(static_cast<unsigned char>(first)) ||
         absl::ascii_isprint(static_cast<unsigned char>(first));
}

bool IsSuccess(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

ReplyReceiver::ReplyReceiver(AttemptContext context)
    : context_(std::move(context)), redactor_(context_.key) {}

void ReplyReceiver::OnDispatch() {
  if (context_.on_dispatch) context_.on_dispatch();
}

void ReplyReceiver::OnHead(const http::ResponseHead& head) {
  if (context_.on_reply_begun) context_.on_reply_begun();
  status_ = head.status;
  const auto header = [&](std::string_view name) {
    return ShortText(head.Find(name).value_or(""), redactor_);
  };
  content_type_ = header("content-type");
  generation_id_ = header("x-generation-id");
  request_id_ = header("x-request-id");
  cf_ray_ = header("cf-ray");
  rate_limit_ = RateLimits(head, redactor_);
  retry_after_ = retry::ParseRetryAfter(head.Find("retry-after-ms"), head.Find("retry-after"), context_.now);
  auto decoder = MakeContentDecoder(head.Find("content-encoding").value_or(""));
  coding_ = decoder.status();
  if (decoder.ok()) decoder_ = *std::move(decoder);
  if (IsSuccess(status_)) OnSuccessHead();
}

http::Flow ReplyReceiver::OnBody(std::string_view bytes) {
  if (!coding_.ok()) {
    if (!BeginsAsText(bytes)) return Undecodable(coding_);
    coding_ = absl::OkStatus();
  }
  if (!decoder_) return OnDecodedBody(bytes);
  for (int steps = 0;; ++steps) {
    if (!decoded_.empty()) {
      if (const http::Flow flow = OnDecodedBody(decoded_); flow != http::Flow::kContinue) return flow;
      decoded_.clear();
    }
    if (steps == kStepsPerTurn) return http::Flow::kYield;
    std::string_view rest = bytes.substr(encoded_taken_);
    const absl::StatusOr<std::string_view> step = decoder_->Decode(rest);
    encoded_taken_ = bytes.size() - rest.size();
    if (!step.ok()) return Undecodable(step.status());
    decoded_ = *step;
    if (decoded_.empty()) {
      encoded_taken_ = 0;
      return http::Flow::kContinue;
    }
  }
}

http::Flow ReplyReceiver::OnDecodedBody(std::string_view bytes) {
  const std::size_t limit = IsSuccess(status_) ? kMaxBeginning : errors::kMaxErrorBodyBytes;
  if (!is_paused_) beginning_.append(bytes.substr(0, limit - beginning_.size()));
  if (!IsSuccess(status_)) {
    // Nothing of use follows.
    return beginning_.size() < limit ? http::Flow::kContinue : http::Flow::kAbort;
  }
  const http::Flow flow = OnSuccessBody(bytes);
  is_paused_ = flow == http::Flow::kPause;
  return flow;
}

http::Flow ReplyReceiver::Undecodable(const absl::Status& why) {
  return Fail(errors::FromCondition(operation(), errors::Condition::kProtocol,
                                    {why.message().data(), why.message().size()}));
}

std::optional<errors::Failure> ReplyReceiver::Conclude(const http::TransferResult& result) {
  std::optional<errors::Failure> failure;
  if (status_ != 0 && !IsSuccess(status_)) {
    // The status counts even when the connection broke inside the error body.
    failure = errors::FromHttpStatus(operation(), context_.key_owner, TheReply());
  } else {
    failure = WhyCut(result);
    if (IsSuccess(status_)) failure = OnSuccessEnd(std::move(failure));
  }
  if (failure) {
    if (retry_after_) errors::RaiseRetryAfter(*retry_after_, *failure);
    Complete(*failure);
    NameServer(failure->error.upstream());
    Annotate(*failure);
  }
  return failure;
}

errors::Failure ReplyReceiver::AfterException(bool dispatched) {
  errors::Failure failure =
      errors::FromCondition(operation(),
                            HasWholeImage() ? errors::Condition::kInternalAfterCompletion
                            : dispatched    ? errors::Condition::kInternalAfterDispatch
                                            : errors::Condition::kInternal,
                            "");
  Annotate(failure);
  return failure;
}

std::optional<errors::Failure> ReplyReceiver::WhyCut(const http::TransferResult& result) {
  if (result.fault == http::Fault::kNone) return std::nullopt;
  // Without a reason of its own the body was read as far as it is of use.
  if (result.fault == http::Fault::kAbortedByHandler) return TakeFailure();
  // The text of an exception is for the log alone.
  const bool threw = result.fault == http::Fault::kCallbackThrew;
  return errors::FromCondition(operation(), errors::ConditionOfTransfer(result), threw ? "" : result.detail);
}

errors::Failure ReplyReceiver::FromErrorIn(const boost::json::value& document) const {
  return errors::FromErrorInSuccess(operation(), context_.key_owner, errors::ReadErrorBody(document));
}

void ReplyReceiver::set_model(std::string_view model) {
  model_ = ShortText(model, redactor_);
}

void ReplyReceiver::set_provider(std::string_view provider) {
  provider_ = ShortText(provider, redactor_);
}

void ReplyReceiver::NameServer(const v1::UpstreamError& error) {
  const auto& metadata = error.metadata().fields();
  if (const auto model = metadata.find("model_slug"); model_.empty() && model != metadata.end()) {
    set_model(model->second.string_value());
  }
  if (const auto provider = metadata.find("provider_name"); provider_.empty() && provider != metadata.end()) {
    set_provider(provider->second.string_value());
  }
}

void ReplyReceiver::Complete(errors::Failure& failure) const {
  if (IsSuccess(status_)) {
    errors::Reply reply = TheReply();
    // What can be understood needs no excerpt.
    if (failure.row->condition != errors::Condition::kProtocol) reply.body = {};
    errors::AddReply(reply, failure);
  }
  redactor_.Redact(failure);
}

errors::Reply ReplyReceiver::TheReply() const {
  return {
      .status = status_, .content_type = content_type_, .generation_id = generation_id_, .body = beginning_};
}

void ReplyReceiver::Report(v1::Attempt& attempt, v1::CallReport& report) const {
  attempt.set_http_status(status_);
  attempt.set_upstream_request_id(request_id_);
  attempt.set_generation_id(generation_id_);
  attempt.set_cf_ray(cf_ray_);
  if (status_ == 0) return;
  report.set_model(model_);
  report.set_provider(provider_);
  report.mutable_rate_limit()->clear();
  report.mutable_rate_limit()->insert(rate_limit_.begin(), rate_limit_.end());
}

http::Flow ReplyReceiver::Fail(errors::Failure failure) {
  failure_ = std::move(failure);
  return http::Flow::kAbort;
}

}  // namespace openrouter_images::upstream
