#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "openrouter/images/v1/call.pb.h"
#include "openrouter/images/v1/errors.pb.h"

namespace openrouter::images::telemetry {

// What became of one call. Holds nothing of the prompt or the pictures.
struct CallRecord {
  std::string method;  // "GenerateImages"
  std::string peer;    // As gRPC names it: "ipv4:10.0.0.7:41234".
  std::string model;   // Empty where the operation has none.
  std::string code;    // gRPC's name: "OK", "UNAVAILABLE".
  std::string reason;  // ErrorInfo.reason of a failure.
  // BILLED for a successful generation.
  v1::BillingOutcome billing = v1::BILLING_OUTCOME_UNSPECIFIED;
  v1::CallReport report;
  int images = 0;
  std::uint64_t image_bytes = 0;
  std::optional<double> cost_usd;
};

// Told once of every call at its end, on any thread; does not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void OnCallEnd(const CallRecord& record) = 0;
};

}  // namespace openrouter::images::telemetry
