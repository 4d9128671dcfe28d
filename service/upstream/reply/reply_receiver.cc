#include "service/upstream/reply/reply_receiver.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "service/errors/classification.h"
#include "service/errors/error_body.h"
#include "service/errors/text.h"
#include "service/retry/retry_after.h"

namespace openrouter_images::upstream {
namespace {

// Longest id that is kept, in bytes: ids are echoed in logs and replies.
constexpr std::size_t kMaxId = 128;

// Header values are arbitrary bytes; strings of a message are UTF-8.
std::string ShortHeader(const http::ResponseHead& head, std::string_view name) {
  return std::string(errors::WholeCharacters(errors::OneLine(head.Find(name).value_or("")), kMaxId));
}

bool IsSuccess(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

ReplyReceiver::ReplyReceiver(AttemptContext context) : context_(std::move(context)) {}

void ReplyReceiver::OnDispatch() {
  if (context_.on_dispatch) context_.on_dispatch();
}

void ReplyReceiver::OnHead(const http::ResponseHead& head) {
  if (context_.on_reply_begun) context_.on_reply_begun();
  status_ = head.status;
  content_type_ = ShortHeader(head, "content-type");
  generation_id_ = ShortHeader(head, "x-generation-id");
  request_id_ = ShortHeader(head, "x-request-id");
  cf_ray_ = ShortHeader(head, "cf-ray");
  retry_after_ = retry::ParseRetryAfter(head.Find("retry-after-ms"), head.Find("retry-after"), context_.now);
  if (IsSuccess(status_)) OnSuccessHead();
}

http::Flow ReplyReceiver::OnBody(std::string_view bytes) {
  if (IsSuccess(status_)) return OnSuccessBody(bytes);
  // One byte beyond the limit shows that there was more.
  error_body_.append(bytes.substr(0, errors::kMaxErrorBodyBytes + 1 - error_body_.size()));
  return http::Flow::kContinue;
}

std::optional<errors::Failure> ReplyReceiver::Conclude(const http::TransferResult& result) {
  std::optional<errors::Failure> failure;
  if (result.fault == http::Fault::kAbortedByHandler && failure_) {
    failure = std::exchange(failure_, std::nullopt);
  } else if (status_ != 0 && !IsSuccess(status_)) {
    // The status counts even when the connection broke inside the error body.
    failure = FromErrorStatus();
  } else if (result.fault != http::Fault::kNone && !(IsSuccess(status_) && IsComplete())) {
    failure = errors::FromCondition(operation(), errors::ConditionOfTransfer(result), result.detail);
  } else {
    failure = OnSuccessEnd();
  }
  if (failure) {
    if (retry_after_) errors::RaiseRetryAfter(*retry_after_, *failure);
    Annotate(*failure);
  }
  return failure;
}

void ReplyReceiver::Report(v1::CallReport& report) const {
  report.set_http_status(status_);
  report.set_generation_id(generation_id_);
  report.set_request_id(request_id_);
  report.set_cf_ray(cf_ray_);
}

http::Flow ReplyReceiver::Fail(errors::Failure failure) {
  failure_ = std::move(failure);
  return http::Flow::kAbort;
}

errors::Failure ReplyReceiver::FromErrorStatus() const {
  return errors::FromHttpStatus(operation(), context_.key_owner, status_,
                                errors::ParseErrorBody(error_body_, content_type_));
}

}  // namespace openrouter_images::upstream
