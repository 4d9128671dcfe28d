#pragma once

#include <absl/status/status.h>

#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/message.h"
#include "openrouter_images/v1/call.pb.h"
#include "service/errors/error_body.h"
#include "service/errors/failure.h"
#include "service/errors/redact.h"
#include "service/http/response_handler.h"
#include "service/http/transfer_result.h"
#include "service/upstream/codec/content_decoder.h"

namespace openrouter_images::upstream {

// Context of one attempt.
struct AttemptContext {
  // Attempt.number.
  int number = 1;
  errors::Operation operation = errors::Operation::kCatalog;
  errors::KeyOwner key_owner = errors::KeyOwner::kService;
  // Called at the dispatch; may be empty.
  std::function<void()> on_dispatch;
  // Called when the reply begins; may be empty.
  std::function<void()> on_reply_begun;
  // For dates in Retry-After.
  std::chrono::system_clock::time_point now;
  // The API key that the request carries; it is taken out of what the upstream says.
  std::string key;
};

// Receives the reply to one attempt and reports its outcome. Handles what all replies have in common: status,
// ids, Retry-After, Content-Encoding, error bodies, lost transfers. Derived classes read the body of a
// success.
class ReplyReceiver : public http::ResponseHandler {
 public:
  explicit ReplyReceiver(AttemptContext context);
  virtual ~ReplyReceiver() = default;

  void OnDispatch() final;
  void OnHead(const http::ResponseHead& head) final;
  http::Flow OnBody(std::string_view bytes) final;

  // Once, after the transfer: the failure, or nothing when the reply was a success.
  std::optional<errors::Failure> Conclude(const http::TransferResult& result);

  // The failure when Conclude, or the transfer, ended by an exception: says whether an image was complete,
  // and what was delivered.
  errors::Failure AfterException(bool dispatched);

  // Fills in what the reply says of the attempt (status and ids) and of the call: who served it, rate limits.
  // After Conclude.
  void Report(v1::Attempt& attempt, v1::CallReport& report) const;

 protected:
  errors::Operation operation() const { return context_.operation; }
  const std::string& content_type() const { return content_type_; }
  const std::string& generation_id() const { return generation_id_; }

  // The head of a success has arrived.
  virtual void OnSuccessHead() {}
  // The next bytes of a success's body, decoded. Returns kAbort only after Fail, or when nothing of use can
  // follow.
  virtual http::Flow OnSuccessBody(std::string_view bytes) = 0;
  // A success has ended: properly, or early by `cut`. Returns the failure of the attempt; nothing when what
  // came is good enough.
  virtual std::optional<errors::Failure> OnSuccessEnd(std::optional<errors::Failure> cut) = 0;
  // Whether an image came whole.
  virtual bool HasWholeImage() const { return false; }
  // Lets a derived class amend any failure.
  virtual void Annotate(errors::Failure&) {}

  // Keeps the reason for an abort. Returns kAbort.
  http::Flow Fail(errors::Failure failure);
  std::optional<errors::Failure> TakeFailure() { return std::exchange(failure_, std::nullopt); }

  // The failure for an error inside a success.
  errors::Failure FromErrorIn(const boost::json::value& document) const;
  // Takes the attempt's key out of the upstream's texts.
  const errors::Redactor& redactor() const { return redactor_; }
  // Takes the key out of a failure, and adds what is known of the reply.
  void Complete(errors::Failure& failure) const;

  // The model and the provider that the body names. Only the beginning of a long name is kept.
  void set_model(std::string_view model);
  void set_provider(std::string_view provider);

 private:
  errors::Reply TheReply() const;
  // Notes who served the call, where only the error says it.
  void NameServer(const v1::UpstreamError& error);
  std::optional<errors::Failure> WhyCut(const http::TransferResult& result);
  http::Flow OnDecodedBody(std::string_view bytes);
  http::Flow Undecodable(const absl::Status& why);

  const AttemptContext context_;
  const errors::Redactor redactor_;
  int status_ = 0;
  std::string content_type_;
  std::string generation_id_;
  std::string request_id_;
  std::string cf_ray_;
  // X-RateLimit-*: names in lower case, and values.
  std::map<std::string, std::string> rate_limit_;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::string model_;
  std::string provider_;
  // Whether the body's coding is known.
  absl::Status coding_;
  // Null for a body that is not encoded.
  std::unique_ptr<ContentDecoder> decoder_;
  // Decoded bytes that were not taken before a pause, and how much of their piece is decoded.
  std::string decoded_;
  std::size_t encoded_taken_ = 0;
  bool is_paused_ = false;
  // The beginning of the body: of an error all that is read, of a success enough to tell people what it was.
  std::string beginning_;
  std::optional<errors::Failure> failure_;
};

}  // namespace openrouter_images::upstream
