#include "service/telemetry/json_log.h"

#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <spdlog/logger.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <string>
#include <utility>

namespace openrouter::images::telemetry {
namespace {

using spdlog::level::level_enum;

double Seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(google::protobuf::util::TimeUtil::DurationToMicroseconds(duration)) / 1e6;
}

// "UNKNOWN" for BILLING_OUTCOME_UNKNOWN.
std::string BillingName(v1::BillingOutcome outcome) {
  return std::string(absl::StripPrefix(v1::BillingOutcome_Name(outcome), "BILLING_OUTCOME_"));
}

level_enum LevelOf(const CallRecord& record) {
  if (record.report.possibly_billed_attempts() > 0) return spdlog::level::err;
  if (record.code == "OK") return spdlog::level::info;
  const bool money =
      record.billing == v1::BILLING_OUTCOME_BILLED || record.billing == v1::BILLING_OUTCOME_UNKNOWN;
  return money ? spdlog::level::err : spdlog::level::warn;
}

// Boost.JSON writes 0.014 as 1.4E-2, which people cannot read.
std::string Text(const boost::json::value& value) {
  return value.is_double() ? fmt::format("{}", value.get_double()) : boost::json::serialize(value);
}

}  // namespace

JsonLog::JsonLog(spdlog::sink_ptr sink, level_enum least)
    : logger_(std::make_unique<spdlog::logger>("images", std::move(sink))) {
  logger_->set_pattern("%v");
  logger_->set_level(least);
  logger_->flush_on(spdlog::level::trace);
}

JsonLog::~JsonLog() = default;

void JsonLog::Write(level_enum level, std::string_view event, const boost::json::object& fields) {
  if (!logger_->should_log(level)) return;
  const spdlog::string_view_t name = spdlog::level::to_string_view(level);
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", time,
                                 fmt::string_view(name.data(), name.size()), event);
  for (const auto& [key, value] : fields) {
    line += fmt::format(",{}:{}", boost::json::serialize(boost::json::string(key)), Text(value));
  }
  line += '}';
  logger_->log(level, line);
}

void JsonLog::OnCallEnd(const CallRecord& record) {
  const v1::CallReport& report = record.report;
  boost::json::object fields;
  fields["method"] = record.method;
  fields["peer"] = record.peer;
  if (!record.model.empty()) fields["model"] = record.model;
  fields["code"] = record.code;
  if (!record.reason.empty()) fields["reason"] = record.reason;
  fields["billing"] = BillingName(record.billing);
  fields["attempts"] = report.attempts();
  if (report.possibly_billed_attempts() > 0)
    fields["possibly_billed_attempts"] = report.possibly_billed_attempts();
  if (report.http_status() != 0) fields["http_status"] = report.http_status();
  if (!report.generation_id().empty()) fields["generation_id"] = report.generation_id();
  if (!report.request_id().empty()) fields["request_id"] = report.request_id();
  if (!report.cf_ray().empty()) fields["cf_ray"] = report.cf_ray();
  if (report.has_time_to_first_byte()) fields["first_byte_seconds"] = Seconds(report.time_to_first_byte());
  if (report.has_retry_wait_time()) fields["retry_wait_seconds"] = Seconds(report.retry_wait_time());
  fields["seconds"] = Seconds(report.total_time());
  if (record.images > 0) {
    fields["images"] = record.images;
    fields["image_bytes"] = record.image_bytes;
  }
  if (record.cost_usd) fields["cost_usd"] = *record.cost_usd;
  Write(LevelOf(record), "call", fields);
}

}  // namespace openrouter::images::telemetry
