#pragma once

#include <chrono>
#include <string_view>

#include "openrouter_images/v1/call.pb.h"
#include "service/base/clock.h"
#include "service/http/transfer_result.h"

namespace openrouter_images::upstream {

// Keeps the account of one call: what each attempt took and cost, and the waits between them. Used on the
// call's event loop only.
class CallAccount {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Of the call that arrived at `arrival`. `clock` outlives the account.
  CallAccount(std::string_view call_id, TimePoint arrival, const base::Clock& clock);

  // Begins the next attempt. The reference is valid until the next call.
  v1::Attempt& BeginAttempt();
  // Ends it. `reason` is unspecified for a success. The reference is valid until the next call.
  const v1::Attempt& EndAttempt(const http::TransferResult& result, v1::BillingOutcome billing,
                                v1::ErrorReason reason);
  // The attempt that ended last may have been billed and is repeated.
  void RepeatPossiblyBilled();
  void AddWait(std::chrono::nanoseconds wait) { waited_ += wait; }

  // Attempts begun so far.
  int attempts() const { return report_.attempts_size(); }
  // What the upstream says of the call is written here.
  v1::CallReport& report() { return report_; }
  // The report as of now.
  v1::CallReport Report() const;

 private:
  const TimePoint arrival_;
  const base::Clock& clock_;
  v1::CallReport report_;
  TimePoint attempt_begun_;
  std::chrono::nanoseconds waited_{0};
};

}  // namespace openrouter_images::upstream
