#pragma once

#include <spdlog/common.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "service/base/clock.h"
#include "service/telemetry/call_observer.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace openrouter_images::telemetry {

// The service's log: one JSON object per line, with "time", "level", "event" and the event's own fields.
//
// Never blocks the caller: lines go through a bounded queue to a thread of the log's own, which writes them
// to the sink. While the sink is stuck (a full pipe, say) and the queue is full, the oldest lines are dropped
// and counted.
//
// Thread-safe. Never logged: prompts, images, keys, and what the upstream echoes of them.
class JsonLog final : public CallObserverFactory {
 public:
  // Lines that may wait for the sink.
  static constexpr std::size_t kQueueLines = 8192;
  static constexpr std::chrono::seconds kLastLines{2};

  // Writes lines at or above `min_level` to `sink`. `clock` outlives the log.
  JsonLog(spdlog::sink_ptr sink, spdlog::level::level_enum min_level, const base::Clock& clock,
          std::size_t queue_lines = kQueueLines, std::chrono::milliseconds last_lines = kLastLines);
  // Waits until the sink has taken the lines of the queue, at most `last_lines`: a stuck sink must not keep
  // the process alive.
  ~JsonLog() override;

  // `event` is a fixed word of the service. Numbers in `fields` are finite.
  void Write(spdlog::level::level_enum level, std::string_view event, const boost::json::object& fields);

  // Logs event "attempt" (debug) for each attempt; event "call" as soon as the outcome of the call is known:
  // info for a success, warn for a partial or a whole failure, error when money was spent, or may have been
  // spent, without a result, and when the operator has to act; and event "not_delivered" when the caller did
  // not take the answer, error when that cost money.
  std::unique_ptr<CallObserver> OnBegun(std::string_view method, std::string_view peer,
                                        std::string_view call_id) override;

  // Lines dropped so far.
  std::size_t dropped() const;

 private:
  const base::Clock& clock_;
  const std::chrono::milliseconds last_lines_;
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace openrouter_images::telemetry
