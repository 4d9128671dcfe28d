#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "google/rpc/status.pb.h"
#include "openrouter/images/v1/call.pb.h"
#include "service/errors/failure.h"

namespace openrouter::images::errors {

// The most that a status takes on the wire: its message, which travels twice, and the serialized
// google.rpc.Status. Clients take 8 KiB of trailers in all and report the wrong code beyond that, and both
// are encoded into something longer.
inline constexpr std::size_t kMaxStatusBytes = 4096;

// The most of that which the message may take.
inline constexpr std::size_t kMaxMessageBytes = 512;

// What the caller gets. The message says what happened, whether money was spent and what to do next. The
// details are ErrorInfo and ImagesError, always, and
// - RetryInfo when repeating is free and may help, and it is known how long to wait: the longer of
// `retry_delay` and the
//   failure's retry_after,
// - BadRequest with the violations of a refused request,
// - QuotaFailure for a limit that was reached: 402, 429, a budget's 403,
// - ResourceInfo for a model that was not found.
//
// Stays within kMaxStatusBytes whatever the failure holds: what is least useful is cut first and
// ImagesError.truncated set. ErrorInfo, kind, billing outcome, advice and HTTP status always survive. Every
// string is valid UTF-8, provided that failure.error came from ReadErrorBody and the ids of `report` from
// Reply.
google::rpc::Status BuildStatus(const Failure& failure, const v1::CallReport& report,
                                std::optional<std::chrono::milliseconds> retry_delay);

}  // namespace openrouter::images::errors
