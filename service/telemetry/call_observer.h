#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "openrouter_images/v1/call.pb.h"
#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::telemetry {

// One attempt at an HTTP request of a call. Durations count from the attempt's begin; zero: not reached.
struct AttemptRecord {
  v1::Attempt report;            // What the caller is told of it.
  std::string_view reason{};     // ErrorInfo.reason of a failure, static; empty for a success.
  std::uint64_t body_bytes = 0;  // Of the reply.
  std::chrono::microseconds resolved{0};
  std::chrono::microseconds connected{0};
  std::chrono::microseconds tls_established{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds ended{0};
};

// The outcome of one call. Holds nothing of the prompt or the images.
struct CallRecord {
  std::string method;  // "GenerateImages"
  std::string peer;    // gRPC's form: "ipv4:10.0.0.7:41234".
  std::string model;   // Empty for operations without one, and for requests that were refused.
  // The caller's own names for the call; empty for requests that were refused.
  std::map<std::string, std::string> labels;
  std::string code;    // gRPC's name: "OK", "UNAVAILABLE".
  std::string reason;  // ErrorInfo.reason of a failure, also of a success's partial failure.
  // Who has to act; UNSPECIFIED for a success.
  v1::ResponsibleParty responsible = v1::RESPONSIBLE_PARTY_UNSPECIFIED;
  // The upstream's word for a failure: lower case, digits and '_', at most 64 bytes. Empty without one.
  std::string error_type;
  // The fields of the contract that a refused request violates, such as "image.n"; at most 16.
  std::set<std::string> fields;
  // BILLED for a successful generation.
  v1::BillingOutcome billing = v1::BILLING_OUTCOME_UNSPECIFIED;
  v1::CallReport report;  // With the call's id from its beginning on.
  int images = 0;
  std::uint64_t image_bytes = 0;
  // What was charged, also for a failure, where the upstream said it.
  std::optional<double> cost_usd;
  // Text of an unexpected exception; empty without one.
  std::string internal_error;
  // gRPC sent the whole answer, the status included. False when the caller cancelled or went away before
  // that. An answer that reaches the caller and exceeds its receive limit counts as delivered.
  bool delivered = false;
};

// Receives what happens to one call. Events arrive one at a time, in the order of the members below, on
// gRPC's threads and on the call's event loop. Implementations neither block nor throw.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // The request is valid and admitted. `model` is empty for operations without one.
  virtual void OnAdmitted(std::string_view /*model*/) {}
  virtual void OnAttemptBegun(int /*number*/) {}
  // The head of the upstream's reply arrived. AttemptRecord::first_byte has the instant of its first byte.
  virtual void OnFirstByte() {}
  virtual void OnAttemptEnded(const AttemptRecord& /*attempt*/) {}
  // Once: the call's outcome is known, and its answer is handed to gRPC, which may take as long as the caller
  // does. `record.delivered` is not known yet.
  virtual void OnOutcome(const CallRecord& record) = 0;
  // Once, last: gRPC is done with the call. `record` is that of OnOutcome with `delivered`.
  virtual void OnEnded(const CallRecord& /*record*/) {}
};

// Makes the observer of each call. Thread-safe.
class CallObserverFactory {
 public:
  virtual ~CallObserverFactory() = default;

  // A call arrived: `method` and `peer` as in CallRecord, `call_id` as in CallReport. Never null; the call
  // owns the observer.
  virtual std::unique_ptr<CallObserver> OnBegun(std::string_view method, std::string_view peer,
                                                std::string_view call_id) = 0;
};

}  // namespace openrouter_images::telemetry
