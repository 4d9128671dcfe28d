#include "openrouter_images/images_error.h"

#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "tests/unit/client/fake_images_server.h"

namespace openrouter_images::client {
namespace {

using grpc::StatusCode;

struct BareRow {
  StatusCode code;
  v1::ErrorKind kind;
  v1::ResponsibleParty responsible;
  v1::ExitClass exit_class;
  v1::BillingOutcome paid_possibly_sent;
};

constexpr auto kCaller = v1::RESPONSIBLE_PARTY_CALLER;
constexpr auto kNotKnown = v1::RESPONSIBLE_PARTY_UNSPECIFIED;

TEST(ImagesErrorTest, StatusWithoutDetails) {
  const BareRow rows[] = {
      {StatusCode::CANCELLED, v1::ERROR_KIND_REQUEST_ABORTED, kCaller, v1::EXIT_CLASS_UNAVAILABLE,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::UNKNOWN, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::INVALID_ARGUMENT, v1::ERROR_KIND_INVALID_REQUEST, kCaller, v1::EXIT_CLASS_INVALID,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::DEADLINE_EXCEEDED, v1::ERROR_KIND_REQUEST_TIMEOUT, kCaller, v1::EXIT_CLASS_UNAVAILABLE,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::NOT_FOUND, v1::ERROR_KIND_NOT_FOUND, kCaller, v1::EXIT_CLASS_NOT_FOUND,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::ALREADY_EXISTS, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::PERMISSION_DENIED, v1::ERROR_KIND_FORBIDDEN, kCaller, v1::EXIT_CLASS_NOT_ALLOWED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::RESOURCE_EXHAUSTED, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_LIMIT,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::FAILED_PRECONDITION, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::ABORTED, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::OUT_OF_RANGE, v1::ERROR_KIND_INVALID_REQUEST, kCaller, v1::EXIT_CLASS_INVALID,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::UNIMPLEMENTED, v1::ERROR_KIND_UNEXPECTED, v1::RESPONSIBLE_PARTY_SERVICE,
       v1::EXIT_CLASS_UNEXPECTED, v1::BILLING_OUTCOME_NOT_SENT},
      {StatusCode::INTERNAL, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::UNAVAILABLE, v1::ERROR_KIND_CONNECTION, v1::RESPONSIBLE_PARTY_NETWORK,
       v1::EXIT_CLASS_UNAVAILABLE, v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::DATA_LOSS, v1::ERROR_KIND_UNSPECIFIED, kNotKnown, v1::EXIT_CLASS_UNEXPECTED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {StatusCode::UNAUTHENTICATED, v1::ERROR_KIND_UNAUTHORIZED, kCaller, v1::EXIT_CLASS_NOT_ALLOWED,
       v1::BILLING_OUTCOME_UNKNOWN},
  };
  for (const BareRow& row : rows) {
    SCOPED_TRACE(std::string(CodeName(row.code)));
    const grpc::Status status(row.code, "words");
    const ImagesError paid = ImagesError::FromStatus(status);
    EXPECT_EQ(paid.code, row.code);
    EXPECT_EQ(paid.message, "words");
    EXPECT_EQ(paid.kind, row.kind);
    EXPECT_EQ(paid.responsible, row.responsible);
    EXPECT_EQ(paid.exit_class, row.exit_class);
    EXPECT_EQ(paid.billing_outcome, row.paid_possibly_sent);
    EXPECT_FALSE(paid.from_service);
    EXPECT_EQ(ImagesError::FromStatus(status, CallCost::kPaid, CallProgress::kNeverSent).billing_outcome,
              v1::BILLING_OUTCOME_NOT_SENT);
    const auto free_outcome = ImagesError::FromStatus(status, CallCost::kFree).billing_outcome;
    EXPECT_TRUE(free_outcome == v1::BILLING_OUTCOME_NOT_BILLED ||
                free_outcome == v1::BILLING_OUTCOME_NOT_SENT);
  }
}

struct WordsRow {
  const char* name;
  StatusCode code;
  const char* message;
  v1::ErrorKind kind;
  v1::BillingOutcome paid;
};

TEST(ImagesErrorTest, GrpcsOwnWordsDecideWhatWasSent) {
  const WordsRow rows[] = {
      {"no such method", StatusCode::UNIMPLEMENTED, "", v1::ERROR_KIND_UNEXPECTED,
       v1::BILLING_OUTCOME_NOT_SENT},
      {"a proxy's 404", StatusCode::UNIMPLEMENTED, "Received http2 header with status: 404",
       v1::ERROR_KIND_UNEXPECTED, v1::BILLING_OUTCOME_NOT_SENT},
      {"no reply", StatusCode::UNIMPLEMENTED, "No message returned for unary request",
       v1::ERROR_KIND_UNEXPECTED, v1::BILLING_OUTCOME_UNKNOWN},
      {"unreadable reply", StatusCode::UNIMPLEMENTED, "Failed to deserialize response",
       v1::ERROR_KIND_UNEXPECTED, v1::BILLING_OUTCOME_UNKNOWN},
      {"compressed request", StatusCode::UNIMPLEMENTED, "Compression algorithm 'gzip' is disabled.",
       v1::ERROR_KIND_UNEXPECTED, v1::BILLING_OUTCOME_NOT_SENT},
      {"another limit", StatusCode::RESOURCE_EXHAUSTED, "too many streams", v1::ERROR_KIND_UNSPECIFIED,
       v1::BILLING_OUTCOME_UNKNOWN},
      {"those words with another code", StatusCode::UNKNOWN, "Received message larger than max (2 vs. 1)",
       v1::ERROR_KIND_UNSPECIFIED, v1::BILLING_OUTCOME_UNKNOWN},
  };
  for (const WordsRow& row : rows) {
    SCOPED_TRACE(row.name);
    const ImagesError error = ImagesError::FromStatus(grpc::Status(row.code, row.message));
    EXPECT_EQ(error.kind, row.kind);
    EXPECT_EQ(error.billing_outcome, row.paid);
    EXPECT_TRUE(error.advice.empty());
  }
}

TEST(ImagesErrorTest, ARequestIsTooLargeOnlyIfItsSizeSaysSo) {
  const auto read = [](std::size_t request_bytes, const std::string& sizes) {
    return ImagesError::FromStatus(
        grpc::Status(StatusCode::RESOURCE_EXHAUSTED, "Received message larger than max" + sizes),
        CallCost::kPaid, CallProgress::kPossiblySent, request_bytes);
  };
  for (const std::size_t request_bytes : {70'000'000, 67'108'865}) {
    const ImagesError error = read(request_bytes, " (70000000 vs. 67108864)");
    EXPECT_EQ(error.billing_outcome, v1::BILLING_OUTCOME_NOT_SENT);
    EXPECT_EQ(error.kind, v1::ERROR_KIND_INVALID_REQUEST);
    EXPECT_EQ(error.exit_class, v1::EXIT_CLASS_INVALID);
    EXPECT_EQ(error.responsible, kCaller);
    EXPECT_NE(error.advice.find("smaller reference images"), std::string::npos);
  }
  for (const ImagesError& error : {read(100, " (5000000 vs. 4194304)"), read(0, " (5000000 vs. 4194304)"),
                                   read(70'000'000, ""), read(70'000'000, " (many vs. few)")}) {
    EXPECT_EQ(error.billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
    EXPECT_EQ(error.kind, v1::ERROR_KIND_UNSPECIFIED);
    EXPECT_NE(error.advice.find("account's activity"), std::string::npos);
  }
}

TEST(ImagesErrorTest, EveryDetailIsRead) {
  v1::ImagesError details;
  details.set_reason(v1::ERROR_REASON_IN_FLIGHT_BUDGET);
  details.set_kind(v1::ERROR_KIND_PAYMENT_REQUIRED);
  details.set_responsible_party(v1::RESPONSIBLE_PARTY_ACCOUNT);
  details.set_exit_class(v1::EXIT_CLASS_LIMIT);
  details.set_billing_outcome(v1::BILLING_OUTCOME_NOT_BILLED);
  details.set_advice("Wait for the running generations to end.");
  details.mutable_upstream()->set_http_status(402);
  details.mutable_upstream()->set_error_type("payment_required");
  details.mutable_call()->set_requests_sent(3);
  details.mutable_call()->set_call_id("call-1");
  details.mutable_call()->add_attempts()->set_generation_id("gen-1");
  details.mutable_call()->add_attempts()->set_generation_id("gen-2");
  details.mutable_call()->add_attempts();
  google::rpc::ErrorInfo info;
  info.set_reason("IN_FLIGHT_BUDGET");
  info.set_domain("openrouter_images.v1");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(12);
  retry.mutable_retry_delay()->set_nanos(500'000'001);
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("image.n");
  violation->set_description("must be 1 to 10");
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_subject("openrouter_credits");

  const grpc::Status status = RichStatus(StatusCode::RESOURCE_EXHAUSTED,
                                         "Too much in flight. Wait for the running generations to end.",
                                         quota, info, retry, bad_request, details);
  // What the service says wins over what the client saw of the connection.
  const ImagesError error = ImagesError::FromStatus(status, CallCost::kPaid, CallProgress::kNeverSent);
  EXPECT_TRUE(error.from_service);
  EXPECT_EQ(error.kind, v1::ERROR_KIND_PAYMENT_REQUIRED);
  EXPECT_EQ(error.responsible, v1::RESPONSIBLE_PARTY_ACCOUNT);
  EXPECT_EQ(error.exit_class, v1::EXIT_CLASS_LIMIT);
  EXPECT_EQ(error.billing_outcome, v1::BILLING_OUTCOME_NOT_BILLED);
  EXPECT_EQ(error.reason, "IN_FLIGHT_BUDGET");
  EXPECT_EQ(error.domain, "openrouter_images.v1");
  EXPECT_EQ(error.reason_value, v1::ERROR_REASON_IN_FLIGHT_BUDGET);
  EXPECT_EQ(error.retry_delay, std::chrono::milliseconds(12'501));
  ASSERT_EQ(error.violations.size(), 1U);
  EXPECT_EQ(error.violations[0].field, "image.n");
  EXPECT_EQ(error.http_status, 402);
  EXPECT_EQ(error.attempts, 3);
  EXPECT_EQ(error.error_type, "payment_required");
  EXPECT_EQ(error.call_id, "call-1");
  EXPECT_EQ(error.generation_id(), "gen-2");
  EXPECT_EQ(error.upstream()->error_type(), "payment_required");
  EXPECT_EQ(error.raw_details, status.error_details());
  EXPECT_EQ(
      error.ToString(),
      "Too much in flight. [RESOURCE_EXHAUSTED, IN_FLIGHT_BUDGET, HTTP 402, payment_required, 3 attempts]. "
      "Nothing was billed. Retry after 12.501 s. Wait for the running generations to end. Call call-1.\n"
      "  image.n: must be 1 to 10");
}

TEST(ImagesErrorTest, AfterTheServiceTookTheCallNothingIsFreeForCertain) {
  for (int code = 1; code <= static_cast<int>(StatusCode::UNAUTHENTICATED); ++code) {
    const ImagesError error = ImagesError::FromStatus(grpc::Status(static_cast<StatusCode>(code), "words"),
                                                      CallCost::kPaid, CallProgress::kAccepted);
    EXPECT_EQ(error.billing_outcome, v1::BILLING_OUTCOME_UNKNOWN) << code;
    EXPECT_EQ(error.upstream(), nullptr);
    EXPECT_EQ(error.generation_id(), "");
  }
}

TEST(ImagesErrorTest, AReplyAboveTheChannelsLimitIsPaidAndLost) {
  const grpc::Status status(StatusCode::RESOURCE_EXHAUSTED,
                            "Received message larger than max (5000000 vs. 4194304)");
  const ImagesError paid = ImagesError::FromStatus(status, CallCost::kPaid, CallProgress::kAccepted);
  EXPECT_EQ(paid.billing_outcome, v1::BILLING_OUTCOME_BILLED);
  EXPECT_NE(paid.advice.find("receive limit"), std::string::npos);
  EXPECT_EQ(ImagesError::FromStatus(status, CallCost::kFree, CallProgress::kAccepted).billing_outcome,
            v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST(ImagesErrorTest, DetailsThatAreNotAStatusAreKeptAndSkipped) {
  const ImagesError error =
      ImagesError::FromStatus(grpc::Status(StatusCode::INTERNAL, "broken", "\xff\xff not protobuf"));
  EXPECT_FALSE(error.from_service);
  EXPECT_EQ(error.raw_details, "\xff\xff not protobuf");
  EXPECT_EQ(error.billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST(ImagesErrorTest, AServiceThatIsSilentOnMoneyIsNotTakenForFree) {
  v1::ImagesError details;
  details.set_kind(v1::ERROR_KIND_BAD_GATEWAY);
  const grpc::Status status = RichStatus(StatusCode::UNAVAILABLE, "", details);
  EXPECT_EQ(ImagesError::FromStatus(status).billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(ImagesError::FromStatus(status, CallCost::kFree).billing_outcome, v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST(ImagesErrorTest, NewerValuesKeepTheirNumber) {
  EXPECT_EQ(KindName(static_cast<v1::ErrorKind>(99)), "99");
  EXPECT_EQ(BillingOutcomeName(static_cast<v1::BillingOutcome>(77)), "77");
  EXPECT_EQ(ResponsiblePartyName(static_cast<v1::ResponsibleParty>(66)), "66");
  EXPECT_EQ(ResponsiblePartyName(v1::RESPONSIBLE_PARTY_CALLER), "CALLER");
  EXPECT_EQ(KindName(v1::ERROR_KIND_BAD_GATEWAY), "BAD_GATEWAY");
  EXPECT_EQ(BillingOutcomeName(v1::BILLING_OUTCOME_NOT_SENT), "NOT_SENT");
  EXPECT_EQ(CodeName(static_cast<StatusCode>(42)), "UNKNOWN");
}

}  // namespace
}  // namespace openrouter_images::client
