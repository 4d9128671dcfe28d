#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter_images/v1/call.pb.h"
#include "service/errors/failure.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::upstream {

// Context of one attempt.
struct AttemptContext {
  errors::Operation operation = errors::Operation::kCatalog;
  errors::KeyOwner key_owner = errors::KeyOwner::kService;
  // Called at the dispatch; may be empty.
  std::function<void()> on_dispatch;
  // Called when the reply begins; may be empty.
  std::function<void()> on_reply_begun;
  // For dates in Retry-After.
  std::chrono::system_clock::time_point now;
};

// Receives the reply to one attempt and reports its outcome. Handles what all replies have in common: status,
// ids, Retry-After, error bodies, lost transfers. Derived classes read the body of a success.
class ReplyReceiver : public http::ResponseHandler {
 public:
  explicit ReplyReceiver(AttemptContext context);
  virtual ~ReplyReceiver() = default;

  void OnDispatch() final;
  void OnHead(const http::ResponseHead& head) final;
  http::Flow OnBody(std::string_view bytes) final;

  // Once, after the transfer: the failure, or nothing when the reply was a success and complete.
  std::optional<errors::Failure> Conclude(const http::TransferResult& result);

  // Fills in what the reply's head holds: status and ids.
  void Report(v1::CallReport& report) const;

 protected:
  errors::Operation operation() const { return context_.operation; }
  const std::string& content_type() const { return content_type_; }
  const std::string& generation_id() const { return generation_id_; }

  // The head of a success has arrived.
  virtual void OnSuccessHead() {}
  // The next bytes of a success's body. Returns kAbort only after Fail, or for a reply that IsComplete.
  virtual http::Flow OnSuccessBody(std::string_view bytes) = 0;
  // Whether a success has all that it needs, so that it does not matter how the transfer ended.
  virtual bool IsComplete() const { return false; }
  // The body of a success ended properly, or IsComplete.
  virtual std::optional<errors::Failure> OnSuccessEnd() = 0;
  // Lets a derived class amend any failure.
  virtual void Annotate(errors::Failure&) {}

  // Keeps the reason for an abort. Returns kAbort.
  http::Flow Fail(errors::Failure failure);
  bool failed() const { return failure_.has_value(); }

 private:
  errors::Failure FromErrorStatus() const;

  const AttemptContext context_;
  int status_ = 0;
  std::string content_type_;
  std::string generation_id_;
  std::string request_id_;
  std::string cf_ray_;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::string error_body_;
  std::optional<errors::Failure> failure_;
};

}  // namespace openrouter_images::upstream
