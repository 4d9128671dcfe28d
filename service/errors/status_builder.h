#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "openrouter_images/v1/call.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "service/errors/failure.h"

namespace openrouter_images::errors {

// Limit of a status on the wire: its message, which is sent twice, and the serialized google.rpc.Status.
// Clients accept 8 KiB of trailers in all and report a wrong code beyond that; percent-encoding and base64
// make both longer.
inline constexpr std::size_t kMaxStatusBytes = 4096;

// The part of it that the message may take.
inline constexpr std::size_t kMaxMessageBytes = 512;

// Makes the status that the caller gets:
//
//   google::rpc::Status status = StatusBuilder(failure, report, retry_delay).Build();
//
// The message says what happened, whether money was spent and what to do next. The details are ErrorInfo,
// RequestInfo (with the call's id) and ImagesError, always, and
// - RetryInfo with `retry_delay`, unless money was or may have been spent, or a limit of the account is
//   reached that does not pass by itself: clients retry on their own after it;
// - BadRequest with the violations of a refused request;
// - QuotaFailure for a limit of the account that was reached;
// - ResourceInfo for a model that was not found.
//
// Stays within kMaxStatusBytes: the least useful parts are cut first, and ImagesError.truncated is then set.
// ErrorInfo, RequestInfo, reason, kind, billing outcome, responsible party, exit class, advice, call id and
// HTTP status always survive. Every string is valid UTF-8, provided that those of failure.error and `report`
// are.
class StatusBuilder {
 public:
  // `retry_delay` is what retry::CallRetries suggests: set where waiting helps.
  StatusBuilder(const Failure& failure, const v1::CallReport& report,
                std::optional<std::chrono::milliseconds> retry_delay);

  // One of these, once.
  google::rpc::Status Build();
  // For a failure that is part of an OK reply, cut as in Build().
  v1::PartialFailure BuildPartialFailure();

 private:
  // The status as it is now.
  google::rpc::Status Pack() const;
  bool Fits() const;

  // Cuts until the status fits, in the order of the functions that follow.
  void CutToFit();
  void ClipFlaggedInput();
  void ClipLongMetadata();
  void ClipMetadata();
  void DropFieldsBeside();
  void DropAdditionalFields();
  void ShortenAvailability();
  void DropRateLimits();
  void DropOldAttempts();
  void DropMetadata();
  void ClipViolations();
  void CutViolations();
  void ClipTexts();
  void ClipMessage();

  int code_;
  // What happened; ImagesError.advice follows it in the status message.
  std::string message_;
  google::rpc::ErrorInfo info_;
  google::rpc::RequestInfo request_;
  std::optional<google::rpc::RetryInfo> retry_;
  std::optional<google::rpc::BadRequest> bad_request_;
  std::optional<google::rpc::QuotaFailure> quota_;
  std::optional<google::rpc::ResourceInfo> resource_;
  v1::ImagesError error_;
};

}  // namespace openrouter_images::errors
