#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "openrouter_images/v1/errors.pb.h"

namespace openrouter_images::client {

// Where a failed call ended, as its client saw it. Decides what can be said of money when the service itself
// said nothing.
enum class CallProgress {
  // The call was handed to a connection, or nobody knows.
  kPossiblySent,
  // The call never had a connection: nothing can have reached the service.
  kNeverSent,
  // The service's response headers came: it took the call, and may have sent its request to the upstream.
  kAccepted,
};

// What the call asked for.
enum class CallCost {
  // A generation, which the upstream bills when it completes.
  kPaid,
  // The catalog, or anything else that is free.
  kFree,
};

// Everything known of a failed call, typed. A value: copy and move it freely.
struct ImagesError {
  struct Violation {
    std::string field;  // path from the request message, for instance "image.n"
    std::string description;
  };

  // Understands the status of any call. Statuses of the images service carry all that is below. Those without
  // its details were made on the way (by gRPC itself, a mesh, a gateway), and `from_service` is false; then
  // - kind, responsible and exit_class are derived from the code; kind and responsible are UNSPECIFIED where
  //   the code does not tell; NETWORK is what is between this client and the service;
  // - billing_outcome is NOT_SENT after CallProgress::kNeverSent, and for what gRPC answers before the
  //   service sees the call: UNIMPLEMENTED (no such method, a compressed request), and a request above the
  //   server's size limit; in every other case UNKNOWN, even for UNAVAILABLE: a lost connection looks the
  //   same before and after the image was made. gRPC says UNIMPLEMENTED of a reply that is missing or
  //   unreadable too: that is UNKNOWN, like all after CallProgress::kAccepted.
  // With CallCost::kFree nothing is ever UNKNOWN or BILLED. `status` must not be OK. gRPC says the same words
  // of a request above the server's size limit and of a reply above the channel's. After
  // CallProgress::kAccepted it is the reply, which is BILLED and lost; otherwise it is the request if
  // `request_bytes`, its encoded size, fits the sizes in the words, else UNKNOWN. 0: the size is not known.
  // Channels of MakeChannel have no limit.
  static ImagesError FromStatus(const grpc::Status& status, CallCost cost = CallCost::kPaid,
                                CallProgress progress = CallProgress::kPossiblySent,
                                std::size_t request_bytes = 0);

  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string message;
  v1::ErrorKind kind = v1::ERROR_KIND_UNSPECIFIED;
  // Who has to act before the same call can succeed.
  v1::ResponsibleParty responsible = v1::RESPONSIBLE_PARTY_UNSPECIFIED;
  // How a command-line tool ends, unless money was or may have been spent.
  v1::ExitClass exit_class = v1::EXIT_CLASS_UNEXPECTED;
  v1::BillingOutcome billing_outcome = v1::BILLING_OUTCOME_UNKNOWN;
  bool from_service = false;

  // The cause for programs: the word and its domain from google.rpc.ErrorInfo, empty when not sent, and its
  // value in the contract, which keeps the number of a reason that is newer than this library.
  std::string reason;
  std::string domain;
  v1::ErrorReason reason_value = v1::ERROR_REASON_UNSPECIFIED;
  // The least time to wait before the same call may succeed. Unset when waiting does not help or is not known
  // to.
  std::optional<std::chrono::milliseconds> retry_delay;
  // Every violation that a check of the request found.
  std::vector<Violation> violations;

  // HTTP status of the upstream's answer to the attempt that this error is about, 0 when there was none.
  int http_status = 0;
  // HTTP requests that the upstream can have seen.
  int attempts = 0;
  // The call's name in the service's log, to quote to whoever runs the service; empty when it never took the
  // call.
  std::string call_id;
  // One sentence on what to do next, of the service or, where it was not asked, of this library.
  std::string advice;
  // The upstream's word for the cause, for instance "content_policy_violation".
  std::string error_type;

  // The service's whole record: every attempt, the upstream's own message, availability and metadata.
  v1::ImagesError details;
  // The serialized google.rpc.Status as it came, for details that this library does not know.
  std::string raw_details;

  // What the upstream answered; null when it did not. Valid as long as this error.
  const v1::UpstreamError* upstream() const;
  // The generation in OpenRouter's records: that of the last attempt that has one; empty when none has. Valid
  // as long as this error.
  std::string_view generation_id() const;

  // For people: what happened, whether money was spent, what to do; then one line per violation. No newline
  // at the end. May hold text from the upstream: replace control characters before it goes to a terminal.
  std::string ToString() const;
};

// "RESOURCE_EXHAUSTED".
std::string_view CodeName(grpc::StatusCode code);
// "TOO_MANY_REQUESTS"; the number for a kind that is newer than this library.
std::string KindName(v1::ErrorKind kind);
// "CALLER"; the number for a party that is newer than this library.
std::string ResponsiblePartyName(v1::ResponsibleParty party);
// "NOT_BILLED"; the number for an outcome that is newer than this library.
std::string BillingOutcomeName(v1::BillingOutcome outcome);
// One sentence for people.
std::string_view BillingSentence(v1::BillingOutcome outcome);

}  // namespace openrouter_images::client
