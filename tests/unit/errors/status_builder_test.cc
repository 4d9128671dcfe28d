#include "service/errors/status_builder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "service/errors/text.h"
#include "tests/unit/errors/failures.h"

namespace openrouter_images::errors {
namespace {

using std::chrono::milliseconds;

template <typename Detail>
std::optional<Detail> Find(const google::rpc::Status& status) {
  std::optional<Detail> found;
  for (const auto& any : status.details()) {
    Detail detail;
    if (!any.UnpackTo(&detail)) continue;
    EXPECT_FALSE(found.has_value()) << "twice: " << any.type_url();
    found = detail;
  }
  return found;
}

google::rpc::Status Build(const Failure& failure, std::optional<milliseconds> delay = std::nullopt) {
  return StatusBuilder(failure, {}, delay).Build();
}

std::string Own(int code, const std::string& metadata = "{}") {
  return fmt::format(R"({{"error":{{"code":{},"message":"Said so.","metadata":{}}}}})", code, metadata);
}

TEST(StatusBuilder, TellsEverythingAboutAFailure) {
  v1::CallReport report;
  report.set_call_id("0123456789abcdef0123456789abcdef");
  report.set_requests_sent(3);
  report.add_attempts()->set_upstream_request_id("req-1");
  Failure failure =
      Http(403, Own(403, R"({"reasons":["violence"],"provider_name":"Acme","model_slug":"a/b"})"));
  const google::rpc::Status status = StatusBuilder(failure, report, std::nullopt).Build();
  EXPECT_EQ(status.code(), static_cast<int>(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(
      status.message(),
      "HTTP 403 from OpenRouter (the content was refused): Said so. Nothing was billed: change the prompt "
      "or the reference images, then ask again, which is free.");
  ASSERT_EQ(status.details_size(), 3);
  const auto info = Find<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->reason(), "MODERATION");
  EXPECT_EQ(info->domain(), "openrouter_images.v1");
  const std::map<std::string, std::string> metadata(info->metadata().begin(), info->metadata().end());
  EXPECT_EQ(metadata, (std::map<std::string, std::string>{{"source", "upstream"},
                                                          {"billing_outcome", "NOT_BILLED"},
                                                          {"http_status", "403"},
                                                          {"provider_name", "Acme"},
                                                          {"model", "a/b"}}));
  EXPECT_EQ(Find<google::rpc::RequestInfo>(status)->request_id(), report.call_id());
  const auto error = Find<v1::ImagesError>(status);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->reason(), v1::ERROR_REASON_MODERATION);
  EXPECT_EQ(error->kind(), v1::ERROR_KIND_FORBIDDEN);
  EXPECT_EQ(error->billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(error->call().SerializeAsString(), report.SerializeAsString());
  EXPECT_EQ(error->upstream().message(), "Said so.");
  EXPECT_EQ(error->upstream().http_status(), 403);
  EXPECT_FALSE(error->truncated());
}

TEST(StatusBuilder, NamesTheSource) {
  const auto source_of = [](const Failure& failure) {
    return Find<google::rpc::ErrorInfo>(Build(failure))->metadata().at("source");
  };
  EXPECT_EQ(source_of(FromCondition(Operation::kGenerate, Condition::kTruncated, "")), "service");
  EXPECT_EQ(source_of(Http(502, Own(502))), "upstream");
  EXPECT_EQ(source_of(Http(502, "<html>")), "intermediary");
  EXPECT_EQ(source_of(InSuccess(Own(502))), "upstream");
}

TEST(StatusBuilder, GivesThePartialFailureOfAnOkReply) {
  Failure failure = Http(502, Own(502, R"({"note":")" + std::string(9000, 'n') + "\"}"));
  const v1::PartialFailure error = StatusBuilder(failure, {}, std::nullopt).BuildPartialFailure();
  EXPECT_EQ(error.reason(), v1::ERROR_REASON_PROVIDER_FAILED);
  EXPECT_EQ(error.code(), static_cast<int>(failure.code));
  EXPECT_EQ(error.message(), failure.message);
  EXPECT_TRUE(error.has_upstream());
  EXPECT_TRUE(error.truncated());
  EXPECT_LE(error.ByteSizeLong(), kMaxStatusBytes);
}

std::optional<milliseconds> RetryDelay(const google::rpc::Status& status) {
  const auto retry = Find<google::rpc::RetryInfo>(status);
  if (!retry) return std::nullopt;
  return milliseconds(retry->retry_delay().seconds() * 1000 + retry->retry_delay().nanos() / 1'000'000);
}

TEST(StatusBuilder, AsksForTheSuggestedWaitOnlyWhereAskingAgainIsFree) {
  const milliseconds delay(1500);
  EXPECT_EQ(RetryDelay(Build(Http(429, Own(429)), delay)), delay);
  EXPECT_EQ(RetryDelay(Build(FromCondition(Operation::kGenerate, Condition::kDns, ""), delay)), delay);
  EXPECT_EQ(RetryDelay(Build(InSuccess(Own(502)), delay)), delay);
  EXPECT_EQ(RetryDelay(Build(Http(502, "<html>"), delay)), std::nullopt);
  EXPECT_EQ(RetryDelay(Build(FromCondition(Operation::kGenerate, Condition::kTooLarge, ""), delay)),
            std::nullopt);
  EXPECT_EQ(
      RetryDelay(Build(Http(402, Own(402, R"({"limit_source":"openrouter_in_flight_budget"})")), delay)),
      delay);
  // Limits that do not pass by themselves, whatever the upstream says of waiting.
  for (const Failure& limit : {Http(402, Own(402)), Http(403, Own(403, R"({"limit_usd":1})"))}) {
    EXPECT_EQ(RetryDelay(Build(limit, delay)), std::nullopt);
  }
}

// Whether waiting helps, and how long, is decided by retry::CallRetries.
TEST(StatusBuilder, SuggestsNoWaitOfItsOwn) {
  Failure failure = Http(429, Own(429));
  failure.retry_after = milliseconds(2000);
  EXPECT_EQ(RetryDelay(Build(failure)), std::nullopt);
  EXPECT_EQ(RetryDelay(Build(failure, milliseconds(10))), milliseconds(10));
}

TEST(StatusBuilder, NamesTheLimitThatWasReached) {
  const auto quota_of = [](int status, const std::string& metadata) {
    const auto quota = Find<google::rpc::QuotaFailure>(Build(Http(status, Own(status, metadata))));
    return quota ? quota->violations(0).subject() + ": " + quota->violations(0).description() : "(none)";
  };
  EXPECT_EQ(quota_of(402, "{}"), "openrouter_credits: no credits left");
  EXPECT_EQ(quota_of(402, R"({"limit_source":"novelty"})"),
            "novelty: a payment limit that this service does not know");
  EXPECT_EQ(quota_of(402, R"({"limit_source":"openrouter_in_flight_budget"})"),
            "openrouter_in_flight_budget: the calls in flight take up the balance");
  EXPECT_EQ(
      quota_of(403, R"({"limit_source":"openrouter_workspace_budget","limit_usd":5,"spend_usd":5.25,
                              "resets_at":"2026-10-01T00:00:00Z"})"),
      "openrouter_workspace_budget: a spending budget is used up, limit_usd 5, spend_usd 5.25, resets at "
      "2026-10-01T00:00:00Z");
  EXPECT_EQ(quota_of(403, R"({"limit_source":"openrouter_key_limit"})"),
            quota_of(402, R"({"limit_source":"openrouter_key_limit"})"));
  EXPECT_EQ(quota_of(429, "{}"), "openrouter_rate_limit: rate limit");
  EXPECT_EQ(quota_of(403, "{}"), "(none)");
  EXPECT_EQ(quota_of(500, "{}"), "(none)");
  EXPECT_TRUE(Find<google::rpc::QuotaFailure>(Build(InSuccess(Own(402)))));
  EXPECT_FALSE(Find<google::rpc::QuotaFailure>(Build(InSuccess(Own(502)))));
}

TEST(StatusBuilder, NamesALimitForEveryReachedOne) {
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    EXPECT_EQ(Find<google::rpc::QuotaFailure>(Build(FromCondition(Operation::kGenerate, row.condition, "")))
                  .has_value(),
              row.code == absl::StatusCode::kResourceExhausted)
        << row.what;
  }
}

TEST(StatusBuilder, NamesTheModelThatWasNotFound) {
  Failure failure =
      Http(404, R"({"error":{"message":"m","http_status":404,"availability":{"code":"no_endpoints",
                                 "requested_models":["a/b"]}}})");
  const auto status = Build(failure);
  EXPECT_EQ(Find<google::rpc::ResourceInfo>(status)->resource_name(), "a/b");
  EXPECT_EQ(Find<google::rpc::ErrorInfo>(status)->metadata().at("availability_code"), "no_endpoints");
  failure.model = "c/d";
  EXPECT_EQ(Find<google::rpc::ResourceInfo>(Build(failure))->resource_name(), "c/d");
  EXPECT_FALSE(Find<google::rpc::ResourceInfo>(Build(Http(404, Own(404)))));
  EXPECT_FALSE(Find<google::rpc::ResourceInfo>(Build(Http(400, Own(400, R"({"model_slug":"a/b"})")))));
}

TEST(StatusBuilder, ListsEveryViolationThatFits) {
  const auto status = Build(InvalidRequest({{"a", "x"}, {"b\xff", "y\nz"}}));
  const auto bad_request = Find<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad_request->field_violations_size(), 2);
  EXPECT_EQ(bad_request->field_violations(0).field(), "a");
  EXPECT_EQ(bad_request->field_violations(1).field(), "b?");
  EXPECT_EQ(bad_request->field_violations(1).description(), "y z");
  EXPECT_FALSE(Find<v1::ImagesError>(status)->truncated());
}

std::size_t BytesOnTheWire(const google::rpc::Status& status) {
  return status.ByteSizeLong() + status.message().size();
}

TEST(StatusBuilder, CountsTheViolationsThatDoNotFit) {
  for (const int all : {60, 5000}) {
    limits::Violations violations;
    for (int i = 0; i < all; ++i) violations.push_back({fmt::format("field[{}]", i), std::string(100, 'x')});
    const auto status = Build(InvalidRequest(violations));
    EXPECT_LE(BytesOnTheWire(status), kMaxStatusBytes);
    EXPECT_TRUE(Find<v1::ImagesError>(status)->truncated());
    const auto bad_request = Find<google::rpc::BadRequest>(status);
    const int listed = bad_request->field_violations_size() - 1;
    EXPECT_GT(listed, 15);
    EXPECT_EQ(bad_request->field_violations(listed - 1).field(), fmt::format("field[{}]", listed - 1));
    EXPECT_EQ(bad_request->field_violations(listed).description(), fmt::format("and {} more", all - listed));
  }
}

TEST(StatusBuilder, KeepsTheOnlyViolationHoweverLong) {
  const auto status = Build(InvalidRequest({{std::string(9000, 'f'), std::string(9000, 'd')}}));
  EXPECT_LE(BytesOnTheWire(status), kMaxStatusBytes);
  ASSERT_EQ(Find<google::rpc::BadRequest>(status)->field_violations_size(), 1);
  EXPECT_TRUE(Find<google::rpc::BadRequest>(status)->field_violations(0).description().ends_with("d…"));
}

TEST(StatusBuilder, CutsTheLeastUsefulFirst) {
  const std::string prompt(3500, 'p');
  const std::string metadata = R"({"reasons":["violence"],"provider_name":"Acme","note":")" +
                               std::string(300, 'n') + R"(","flagged_input":")";
  const auto fits = Find<v1::ImagesError>(Build(Http(403, Own(403, metadata + "a battle\"}"))));
  EXPECT_FALSE(fits->truncated());
  EXPECT_EQ(fits->upstream().metadata().fields().at("flagged_input").string_value(), "a battle");

  const auto cut = Find<v1::ImagesError>(Build(Http(403, Own(403, metadata + prompt + "\"}"))));
  EXPECT_TRUE(cut->truncated());
  EXPECT_EQ(cut->upstream().metadata().fields().at("flagged_input").string_value(),
            std::string(61, 'p') + "…");
  EXPECT_EQ(cut->upstream().metadata().fields().at("note").string_value().size(), 300u);

  const auto huge = Find<v1::ImagesError>(Build(Http(
      403, R"({"error":{"code":403,"message":"Said so.","metadata":{"a":"b"}},"openrouter_metadata":{"x":")" +
               std::string(5000, 'x') + "\"}}")));
  EXPECT_TRUE(huge->truncated());
  EXPECT_FALSE(huge->upstream().has_openrouter_metadata());
  EXPECT_EQ(huge->upstream().metadata().fields().at("a").string_value(), "b");
}

TEST(StatusBuilder, KeepsTheAdviceWholeBesideALongMessage) {
  Failure failure = Http(400, Own(400));
  failure.message = std::string(2000, 'x');
  const auto status = Build(failure);
  EXPECT_LE(status.message().size(), kMaxMessageBytes);
  EXPECT_TRUE(status.message().ends_with("…. " + failure.error.advice()));
}

// Random failures, made of random bodies, that are often far too large.
class RandomFailures {
 public:
  explicit RandomFailures(int seed) : random_(seed) {}

  Failure Next() {
    Failure failure = Make();
    if (Chance(4)) failure.model = Clip(OneLine(Bytes(Size())), 5000);
    if (Chance(2)) failure.retry_after = milliseconds(random_());
    if (Chance(6)) failure.message = Bytes(Size());
    return failure;
  }

  v1::CallReport Report() {
    v1::CallReport report;
    report.set_call_id("0123456789abcdef0123456789abcdef");
    report.set_requests_sent(Below(10));
    report.set_model(OneLine(Bytes(Size())));
    report.set_provider(OneLine(Bytes(Size())));
    for (int i = 1 + Below(10); i > 0; --i) AddAttempt(report);
    for (int i = Below(16); i > 0; --i) (*report.mutable_rate_limit())[fmt::format("x-{}", i)] = Word();
    report.mutable_total_time()->set_seconds(random_());
    report.mutable_total_time()->set_nanos(999'999'999);
    return report;
  }

 private:
  void AddAttempt(v1::CallReport& report) {
    v1::Attempt& attempt = *report.add_attempts();
    attempt.set_number(report.attempts_size());
    attempt.set_reason(v1::ERROR_REASON_RATE_LIMIT);
    attempt.set_http_status(Below(600));
    attempt.set_generation_id(OneLine(Bytes(Size())));
    attempt.set_upstream_request_id(OneLine(Bytes(Size())));
    attempt.set_cf_ray(OneLine(Bytes(Size())));
    attempt.mutable_total_time()->set_nanos(999'999'999);
  }

  Failure Make() {
    switch (Below(4)) {
      case 0: {
        limits::Violations violations(1 + Size() / 4);
        for (auto& violation : violations) violation = {Bytes(Size() / 8), Bytes(Size() / 8)};
        return InvalidRequest(std::move(violations));
      }
      case 1:
        return FromCondition(
            Operation::kGenerate,
            ErrorTable(Operation::kGenerate)[Below(static_cast<int>(ErrorTable(Operation::kGenerate).size()))]
                .condition,
            Bytes(Size()));
      case 2:
        return FromErrorInSuccess(Operation::kGenerate, KeyOwner::kCaller, ReadErrorBody(Body()));
      default:
        return Http(400 + Below(200), boost::json::serialize(Body()));
    }
  }

  boost::json::value Body() {
    boost::json::object error = Object(3);
    error["code"] = Chance(2) ? boost::json::value(400 + Below(200)) : boost::json::value(Word());
    error["message"] = Word();
    if (Chance(2)) error["error_type"] = Word();
    if (Chance(2)) error["type"] = Word();
    if (Chance(2)) error["param"] = Word();
    boost::json::object metadata = Object(3);
    for (const char* key :
         {"flagged_input", "limit_source", "resets_at", "provider_name", "model_slug", "reasons"}) {
      if (Chance(2)) metadata[key] = Word();
    }
    error["metadata"] = metadata;
    boost::json::object availability = Object(2);
    for (const char* key : {"code", "constraint", "docs_url"}) availability[key] = Word();
    for (const char* key : {"requested_models", "affected_providers", "excluded_by", "fallback_models"}) {
      boost::json::array list;
      for (int i = Below(30); i > 0; --i) list.emplace_back(Word());
      availability[key] = list;
    }
    error["availability"] = availability;
    return boost::json::object{
        {"error", error}, {"openrouter_metadata", Object(3)}, {"user_id", Word()}, {"beside", Object(1)}};
  }

  boost::json::object Object(int depth) {
    boost::json::object object;
    for (int i = Below(12); i > 0; --i) {
      const std::string key = Chance(8) ? Word() : fmt::format("key{}", i);
      if (depth > 0 && Chance(4)) {
        object[key] = Object(depth - 1);
      } else if (Chance(3)) {
        object[key] = random_();
      } else {
        object[key] = Word();
      }
    }
    return object;
  }

  // Valid UTF-8, mostly short.
  std::string Word() {
    static const std::vector<std::string> kLetters = {"a", "\n", " ", "ß", "画", "🎨"};
    std::string word;
    for (std::size_t size = Size(); word.size() < size;)
      word += kLetters[Below(static_cast<int>(kLetters.size()))];
    return word;
  }

  std::string Bytes(std::size_t size) {
    std::string bytes(size, 'x');
    if (Chance(2)) {
      for (char& byte : bytes) byte = static_cast<char>(random_());
    }
    return bytes;
  }

  std::size_t Size() { return Chance(8) ? Below(3000) : Below(40); }
  bool Chance(int one_in) { return Below(one_in) == 0; }
  int Below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

  std::mt19937 random_;
};

// protobuf's JSON printer refuses strings that are not valid UTF-8, wherever they are.
template <typename Message>
bool HasOnlyUtf8(const Message& message) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(message, &json).ok();
}

TEST(StatusBuilder, FitsWhateverTheFailureHolds) {
  RandomFailures failures(20260927);
  int truncated = 0;
  constexpr int kRounds = 400;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Failure failure = failures.Next();
    const auto status = StatusBuilder(failure, failures.Report(), milliseconds(round)).Build();
    ASSERT_LE(BytesOnTheWire(status), kMaxStatusBytes);
    ASSERT_LE(status.message().size(), kMaxMessageBytes);
    ASSERT_TRUE(IsPrintable(status.message()));
    ASSERT_TRUE(status.message().ends_with(failure.error.advice()));
    const auto info = Find<google::rpc::ErrorInfo>(status);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->reason(), ReasonName(failure.reason));
    EXPECT_EQ(Find<google::rpc::RequestInfo>(status)->request_id(), "0123456789abcdef0123456789abcdef");
    EXPECT_TRUE(info->metadata().contains("billing_outcome"));
    const auto error = Find<v1::ImagesError>(status);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->reason(), failure.reason);
    EXPECT_EQ(error->kind(), failure.error.kind());
    EXPECT_EQ(error->billing_outcome(), failure.error.billing_outcome());
    EXPECT_EQ(error->upstream().http_status(), failure.error.upstream().http_status());
    EXPECT_EQ(error->has_upstream(), failure.error.has_upstream());
    EXPECT_EQ(error->call().call_id(), "0123456789abcdef0123456789abcdef");
    EXPECT_GE(error->call().attempts_size(), 1);
    EXPECT_EQ(error->advice(), failure.error.advice());
    EXPECT_EQ(error->responsible_party(), failure.error.responsible_party());
    EXPECT_NE(error->responsible_party(), v1::RESPONSIBLE_PARTY_UNSPECIFIED);
    EXPECT_EQ(error->exit_class(), failure.error.exit_class());
    EXPECT_NE(error->exit_class(), v1::EXIT_CLASS_UNSPECIFIED);
    EXPECT_TRUE(error->has_call());
    EXPECT_EQ(Find<google::rpc::BadRequest>(status).has_value(), !failure.violations.empty());
    for (const auto& any : status.details()) EXPECT_EQ(any.type_url().find("type.googleapis.com/"), 0u);
    ASSERT_TRUE(HasOnlyUtf8(*info));
    ASSERT_TRUE(HasOnlyUtf8(*error));
    if (const auto bad_request = Find<google::rpc::BadRequest>(status)) {
      ASSERT_TRUE(HasOnlyUtf8(*bad_request));
    }
    if (const auto quota = Find<google::rpc::QuotaFailure>(status)) {
      ASSERT_TRUE(HasOnlyUtf8(*quota));
    }
    if (const auto resource = Find<google::rpc::ResourceInfo>(status)) {
      ASSERT_TRUE(HasOnlyUtf8(*resource));
    }
    truncated += error->truncated();
  }
  // The generator is worth its name.
  EXPECT_GT(truncated, kRounds / 10);
  EXPECT_LT(truncated, kRounds * 9 / 10);
}

TEST(StatusBuilder, FitsWithEveryFieldAtItsLargest) {
  const std::string big(8000, 'z');
  std::string metadata = "{";
  for (int i = 0; i < 400; ++i) metadata += fmt::format(R"("key{}":"{}",)", i, std::string(80, 'v'));
  metadata += R"("limit_source":")" + big + R"("})";
  for (const int status_code : {402, 403, 404, 429, 503}) {
    Failure failure = Http(status_code, Own(status_code));
    v1::UpstreamError& upstream = *failure.error.mutable_upstream();
    upstream.MergeFrom(
        ReadErrorBody(boost::json::object{
                          {"error", {{"code", big}, {"message", big}, {"error_type", big}, {"param", big}}},
                          {"user_id", big},
                          {"beside", big}})
            .upstream);
    upstream.set_content_type(big);
    upstream.set_body_excerpt(big);
    *upstream.mutable_metadata() = Http(400, Own(400, metadata)).error.upstream().metadata();
    v1::Availability& availability = *upstream.mutable_availability();
    availability.set_code(big);
    availability.set_constraint(big);
    availability.set_docs_url(big);
    for (int i = 0; i < 50; ++i) {
      availability.add_requested_models(big);
      availability.add_fallback_models(big);
      availability.add_affected_providers(big);
      availability.add_excluded_by(big);
    }
    failure.model = big;
    failure.message = big;
    failure.violations.assign(100, {big, big});
    v1::CallReport report;
    report.set_call_id(std::string(32, 'c'));
    report.set_model(big);
    report.set_provider(big);
    for (int i = 0; i < 16; ++i) (*report.mutable_rate_limit())[fmt::format("x-ratelimit-{}", i)] = big;
    for (int i = 1; i <= 20; ++i) {
      v1::Attempt& attempt = *report.add_attempts();
      attempt.set_number(i);
      attempt.set_generation_id(big);
      attempt.set_upstream_request_id(big);
      attempt.set_cf_ray(big);
    }
    const auto status = StatusBuilder(failure, report, milliseconds(1)).Build();
    EXPECT_LE(BytesOnTheWire(status), kMaxStatusBytes) << status_code;
    EXPECT_TRUE(Find<v1::ImagesError>(status)->truncated());
    const auto error = Find<v1::ImagesError>(status);
    EXPECT_EQ(error->kind(), failure.error.kind());
    const auto& attempts = error->call().attempts();
    ASSERT_GE(attempts.size(), 1);
    EXPECT_EQ(attempts[attempts.size() - 1].number(), 20);
  }
}

TEST(StatusBuilder, DropsTheOldestAttemptsFirst) {
  v1::CallReport report;
  for (int i = 1; i <= 100; ++i) {
    report.add_attempts()->set_number(i);
    report.mutable_attempts(i - 1)->set_generation_id(std::string(50, 'g'));
  }
  const auto error = Find<v1::ImagesError>(StatusBuilder(Http(429, Own(429)), report, std::nullopt).Build());
  EXPECT_TRUE(error->truncated());
  const auto& attempts = error->call().attempts();
  EXPECT_GT(attempts.size(), 20);
  EXPECT_EQ(attempts[attempts.size() - 1].number(), 100);
  EXPECT_EQ(attempts[0].number(), 100 - attempts.size() + 1);
}

}  // namespace
}  // namespace openrouter_images::errors
