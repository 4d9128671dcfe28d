#include "service/errors/transfer_condition.h"

namespace openrouter::images::errors {

Condition ConditionOf(const http::TransferResult& result) {
  using http::Fault;
  switch (result.fault) {
    case Fault::kInvalidRequest:
      return Condition::kInternal;
    case Fault::kResolve:
      return Condition::kDns;
    case Fault::kConnect:
      return Condition::kConnect;
    case Fault::kConnectTimeout:
      return Condition::kConnectTimeout;
    case Fault::kTlsHandshake:
      return Condition::kTlsHandshake;
    case Fault::kCertificate:
      return Condition::kCertificate;
    case Fault::kSend:
    case Fault::kReset:
    case Fault::kEmptyReply:
    case Fault::kOther:
      // Without a dispatch the connection broke while it was made.
      return result.dispatched ? Condition::kConnectionLost : Condition::kConnect;
    case Fault::kTruncated:
      return Condition::kTruncated;
    case Fault::kProtocol:
      return Condition::kProtocol;
    case Fault::kFirstByteTimeout:
      return Condition::kFirstByteTimeout;
    case Fault::kStallTimeout:
      return Condition::kStalled;
    case Fault::kDeadline:
      return result.dispatched ? Condition::kDeadlineAfterDispatch : Condition::kDeadlineBeforeDispatch;
    case Fault::kCancelled:
      return result.dispatched ? Condition::kCancelledAfterDispatch : Condition::kCancelledBeforeDispatch;
    case Fault::kRedispatch:
      return Condition::kRedispatch;
    case Fault::kCallbackThrew:
      // After the dispatch the outcome is unknown, as it is when the connection breaks.
      return result.dispatched ? Condition::kConnectionLost : Condition::kInternal;
    case Fault::kVetoed:
      // Whoever vetoes knows why, and reports that instead of this.
      return Condition::kInternal;
    case Fault::kNone:
    case Fault::kAbortedByHandler:
      break;
  }
  return Condition::kInternal;
}

}  // namespace openrouter::images::errors
