#include "service/telemetry/json_log.h"

#include <absl/strings/strip.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_from.hpp>
#include <future>
#include <string>
#include <thread>
#include <utility>

namespace openrouter_images::telemetry {
namespace {

using spdlog::level::level_enum;

double Seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration)) / 1e6;
}

double Seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// "UNKNOWN" for BILLING_OUTCOME_UNKNOWN.
std::string BillingName(v1::BillingOutcome outcome) {
  return std::string(absl::StripPrefix(v1::BillingOutcome_Name(outcome), "BILLING_OUTCOME_"));
}

// "OPERATOR" for RESPONSIBLE_PARTY_OPERATOR.
std::string PartyName(v1::ResponsibleParty party) {
  return std::string(absl::StripPrefix(v1::ResponsibleParty_Name(party), "RESPONSIBLE_PARTY_"));
}

// The word of the configuration, log.level; spdlog's own is "warning".
std::string_view LevelName(level_enum level) {
  if (level == spdlog::level::warn) return "warn";
  const spdlog::string_view_t name = spdlog::level::to_string_view(level);
  return {name.data(), name.size()};
}

// Money was spent, or may have been.
bool IsCostly(const CallRecord& record) {
  return record.billing == v1::BILLING_OUTCOME_BILLED || record.billing == v1::BILLING_OUTCOME_UNKNOWN;
}

level_enum LevelOf(const CallRecord& record) {
  if (record.report.possibly_billed_attempts() > 0) return spdlog::level::err;
  if (record.responsible == v1::RESPONSIBLE_PARTY_OPERATOR) return spdlog::level::err;
  // A success with a reason has a partial failure.
  if (record.code == "OK") return record.reason.empty() ? spdlog::level::info : spdlog::level::warn;
  return IsCostly(record) ? spdlog::level::err : spdlog::level::warn;
}

// Boost.JSON writes 0.014 as 1.4E-2, which people cannot read.
std::string Text(const boost::json::value& value) {
  return value.is_double() ? fmt::format("{}", value.get_double()) : boost::json::serialize(value);
}

// The upstream's names of an attempt, for its support.
void AddIds(const v1::Attempt& attempt, boost::json::object& fields) {
  if (!attempt.generation_id().empty()) fields["generation_id"] = attempt.generation_id();
  if (!attempt.upstream_request_id().empty()) fields["upstream_request_id"] = attempt.upstream_request_id();
  if (!attempt.cf_ray().empty()) fields["cf_ray"] = attempt.cf_ray();
}

boost::json::object Fields(const CallRecord& record) {
  const v1::CallReport& report = record.report;
  boost::json::object fields;
  fields["call_id"] = report.call_id();
  fields["method"] = record.method;
  fields["peer"] = record.peer;
  if (!record.model.empty()) fields["model"] = record.model;
  if (!record.labels.empty()) fields["labels"] = boost::json::value_from(record.labels);
  fields["code"] = record.code;
  if (!record.reason.empty()) fields["reason"] = record.reason;
  if (record.responsible != v1::RESPONSIBLE_PARTY_UNSPECIFIED) {
    fields["responsible_party"] = PartyName(record.responsible);
  }
  if (!record.error_type.empty()) fields["error_type"] = record.error_type;
  if (!record.fields.empty()) fields["fields"] = boost::json::value_from(record.fields);
  fields["billing"] = BillingName(record.billing);
  fields["attempts"] = report.attempts_size();
  fields["requests_sent"] = report.requests_sent();
  if (report.possibly_billed_attempts() > 0) {
    fields["possibly_billed_attempts"] = report.possibly_billed_attempts();
  }
  if (!report.attempts().empty()) {
    const v1::Attempt& last = *report.attempts().rbegin();
    if (last.http_status() != 0) fields["http_status"] = last.http_status();
    AddIds(last, fields);
    if (last.has_time_to_first_byte()) fields["first_byte_seconds"] = Seconds(last.time_to_first_byte());
  }
  if (report.has_retry_wait_time()) fields["retry_wait_seconds"] = Seconds(report.retry_wait_time());
  fields["seconds"] = Seconds(report.total_time());
  if (record.images > 0) {
    fields["images"] = record.images;
    fields["image_bytes"] = record.image_bytes;
  }
  if (record.cost_usd) fields["cost_usd"] = *record.cost_usd;
  if (!record.internal_error.empty()) fields["internal_error"] = record.internal_error;
  return fields;
}

class LoggedCall final : public CallObserver {
 public:
  LoggedCall(JsonLog& log, std::string_view method, std::string_view peer, std::string_view call_id)
      : log_(log), method_(method), peer_(peer), call_id_(call_id) {}

  void OnAttemptEnded(const AttemptRecord& attempt) override {
    boost::json::object fields{{"call_id", call_id_},
                               {"method", method_},
                               {"peer", peer_},
                               {"attempt", attempt.report.number()},
                               {"sent", attempt.report.sent()},
                               {"http_status", attempt.report.http_status()}};
    if (!attempt.reason.empty()) fields["reason"] = attempt.reason;
    fields["billing"] = BillingName(attempt.report.billing_outcome());
    AddIds(attempt.report, fields);
    fields["body_bytes"] = attempt.body_bytes;
    fields["resolved_seconds"] = Seconds(attempt.resolved);
    fields["connected_seconds"] = Seconds(attempt.connected);
    fields["tls_seconds"] = Seconds(attempt.tls_established);
    fields["first_byte_seconds"] = Seconds(attempt.first_byte);
    fields["seconds"] = Seconds(attempt.ended);
    log_.Write(spdlog::level::debug, "attempt", fields);
  }

  void OnOutcome(const CallRecord& record) override { log_.Write(LevelOf(record), "call", Fields(record)); }

  void OnEnded(const CallRecord& record) override {
    if (record.delivered) return;
    const boost::json::object fields{{"call_id", call_id_},
                                     {"method", method_},
                                     {"peer", peer_},
                                     {"code", record.code},
                                     {"billing", BillingName(record.billing)}};
    log_.Write(IsCostly(record) ? spdlog::level::err : spdlog::level::info, "not_delivered", fields);
  }

 private:
  JsonLog& log_;
  const std::string method_;
  const std::string peer_;
  const std::string call_id_;
};

}  // namespace

JsonLog::JsonLog(spdlog::sink_ptr sink, level_enum min_level, const base::Clock& clock,
                 std::size_t queue_lines, std::chrono::milliseconds last_lines)
    : clock_(clock),
      last_lines_(last_lines),
      writer_(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1)),
      logger_(std::make_shared<spdlog::async_logger>("images", std::move(sink), writer_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_pattern("%v");
  logger_->set_level(min_level);
}

JsonLog::~JsonLog() {
  // The pool writes its queue and then joins its thread, for as long as the sink takes. The logger goes after
  // the pool, so that the pool's thread is never the last to hold it.
  auto written = std::make_shared<std::promise<void>>();
  std::thread([logger = std::move(logger_), writer = std::move(writer_), written]() mutable {
    writer.reset();
    logger.reset();
    written->set_value();
  }).detach();
  written->get_future().wait_for(last_lines_);
}

void JsonLog::Write(level_enum level, std::string_view event, const boost::json::object& fields) {
  if (!logger_->should_log(level)) return;
  const std::string time =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromChrono(clock_.WallNow()), absl::UTCTimeZone());
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", time, LevelName(level), event);
  for (const auto& [key, value] : fields) {
    line += fmt::format(",{}:{}", boost::json::serialize(boost::json::string(key)), Text(value));
  }
  line += '}';
  logger_->log(level, line);
}

std::unique_ptr<CallObserver> JsonLog::OnBegun(std::string_view method, std::string_view peer,
                                               std::string_view call_id) {
  return std::make_unique<LoggedCall>(*this, method, peer, call_id);
}

std::size_t JsonLog::dropped() const {
  return writer_->overrun_counter();
}

}  // namespace openrouter_images::telemetry
