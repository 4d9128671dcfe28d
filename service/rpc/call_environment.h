#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "openrouter_images/v1/call.pb.h"
#include "service/admission/admission.h"
#include "service/base/clock.h"
#include "service/base/random.h"
#include "service/errors/operation.h"
#include "service/http/event_loop.h"
#include "service/rpc/request_check.h"
#include "service/telemetry/call_observer.h"

namespace openrouter_images::rpc {

// What all calls share; outlives them.
struct CallEnvironment {
  http::EventLoopPool& loops;
  telemetry::CallObserverFactory& observers;
  admission::Admission& admission;
  base::Clock& clock;
  base::RandomBits random;
  // Time limit of a call whose caller gives no deadline.
  std::chrono::milliseconds default_timeout;
  bool allow_caller_api_keys;
  // The operator's, overridden by callers field by field.
  v1::Attribution attribution;
  // For streams: the silence after which a heartbeat is sent, and the longest time in which a caller may read
  // nothing.
  std::chrono::milliseconds heartbeat;
  std::chrono::milliseconds write_stall;
};

// How the requests of one method are read and logged. Functions are called on many threads.
template <typename Request>
struct Intake {
  std::string_view method;
  errors::Operation operation = errors::Operation::kCatalog;
  // Parses and checks the bytes of a request.
  std::function<CheckResult(const grpc::ByteBuffer&, Request&)> read;
  // The model that a valid request names; empty for methods without one.
  std::function<std::string(const Request&)> model;
};

}  // namespace openrouter_images::rpc
