#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "service/admission/admission.h"
#include "service/base/clock.h"
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
  // Time limit of a call whose caller gives no deadline.
  std::chrono::milliseconds default_timeout;
  bool allow_caller_api_keys;
  // For streams: the silence after which a heartbeat is sent, and the longest time in which a caller may read
  // nothing.
  std::chrono::milliseconds heartbeat;
  std::chrono::milliseconds write_stall;
};

// How the requests of one method are checked and logged. Functions are called on many threads.
template <typename Request>
struct Intake {
  std::string_view method;
  errors::Operation operation = errors::Operation::kCatalog;
  std::function<CheckResult(const Request&)> check;
  // The model that a valid request names; empty for methods without one.
  std::function<std::string(const Request&)> model;
};

}  // namespace openrouter_images::rpc
