#pragma once

#include <spdlog/common.h>

#include <boost/json/object.hpp>
#include <memory>
#include <string_view>

#include "service/telemetry/call_record.h"

namespace spdlog {
class logger;
}

namespace openrouter::images::telemetry {

// The service's log: one JSON object a line, with "time", "level", "event" and the event's own fields.
// Thread-safe. What is never logged: prompts, pictures, keys, and what the upstream echoes of them.
class JsonLog final : public CallObserver {
 public:
  // Writes to `sink` what is at least as grave as `least`.
  JsonLog(spdlog::sink_ptr sink, spdlog::level::level_enum least);
  ~JsonLog() override;

  // `event` is a word of ours. Numbers in `fields` are finite.
  void Write(spdlog::level::level_enum level, std::string_view event, const boost::json::object& fields);

  // Event "call": info for a success, warn for a failure, error when money was spent or may have been spent
  // for nothing.
  void OnCallEnd(const CallRecord& record) override;

 private:
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace openrouter::images::telemetry
