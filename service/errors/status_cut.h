#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "openrouter/images/v1/errors.pb.h"

namespace openrouter::images::errors {

// A status whose details are not packed yet, so that parts of them can still be cut.
struct StatusDraft {
  int code = 0;
  // What happened; ImagesError.advice follows it in the status message.
  std::string message;
  google::rpc::ErrorInfo info;
  std::optional<google::rpc::RetryInfo> retry;
  std::optional<google::rpc::BadRequest> bad_request;
  std::optional<google::rpc::QuotaFailure> quota;
  std::optional<google::rpc::ResourceInfo> resource;
  v1::ImagesError error;

  google::rpc::Status Pack() const;
};

// Cuts `draft`, from its least useful end, until Pack() and its message together take at most
// kMaxStatusBytes, and sets error.truncated when it had to. Strings are valid UTF-8 and stay so.
void CutToFit(StatusDraft& draft);

}  // namespace openrouter::images::errors
