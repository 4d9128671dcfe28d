#include "service/errors/failure.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "service/errors/text.h"

namespace openrouter_images::retry {

void PrintTo(Retryability retryability, std::ostream* out) {
  constexpr const char* kNames[] = {"permanent", "transient", "once", "unknown outcome"};
  *out << kNames[static_cast<int>(retryability)];
}

}  // namespace openrouter_images::retry

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;
using std::chrono::milliseconds;

constexpr auto kNotSent = v1::BILLING_OUTCOME_NOT_SENT;
constexpr auto kNotBilled = v1::BILLING_OUTCOME_NOT_BILLED;
constexpr auto kBilled = v1::BILLING_OUTCOME_BILLED;
constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;
constexpr auto kPermanent = Retryability::kPermanent;
constexpr auto kTransient = Retryability::kTransient;
constexpr auto kOnce = Retryability::kOnce;
constexpr auto kUnknownOutcome = Retryability::kUnknownOutcome;

const ErrorRow& RowOfGeneration(Condition condition) {
  return RowOf(condition, Operation::kGenerate);
}

struct Expected {
  StatusCode code;
  const char* reason;
  v1::BillingOutcome billing;
  Retryability retryability;
};

void ExpectIs(const Failure& failure, const Expected& expected) {
  EXPECT_EQ(failure.code, expected.code);
  EXPECT_EQ(failure.reason, expected.reason);
  EXPECT_EQ(v1::BillingOutcome_Name(failure.error.billing_outcome()),
            v1::BillingOutcome_Name(expected.billing));
  EXPECT_EQ(failure.retryability, expected.retryability);
  EXPECT_FALSE(failure.error.advice().empty());
  EXPECT_TRUE(IsPrintable(failure.message)) << failure.message;
  EXPECT_FALSE(failure.message.empty());
}

ErrorBody Parse(const std::string& body, const char* content_type = "application/json") {
  return ParseErrorBody(body, content_type);
}

Failure Generate(int status, const std::string& body) {
  return FromHttpStatus(Operation::kGenerate, KeyOwner::kService, status, Parse(body));
}

struct NamedBody {
  const char* name;
  std::string body;
};

std::vector<NamedBody> OwnBodies(int status) {
  const std::string number = std::to_string(status);
  return {
      {"code and message", R"({"error":{"code":)" + number + R"(,"message":"Said so."},"user_id":"u"})"},
      {"availability", R"({"error":{"message":"Said so.","error_type":"novel","http_status":)" + number +
                           R"(,"availability":{"code":"novel"}}})"},
      {"event of a stream", R"({"type":"error","error":{"message":"Said so.","code":null}})"},
  };
}

const std::vector<NamedBody>& ForeignBodies() {
  static const std::vector<NamedBody> bodies = {
      {"HTML", "<html><title>Oops</title>secret</html>"},
      {"empty", ""},
      {"truncated", R"({"error":{"code":500,"message":"secret)"},
      {"wrong types", R"({"error":{"code":[],"message":{}}})"},
      {"a text as error", R"({"error":"text"})"},
      {"a message alone", R"({"message":"text"})"},
      {"plain text", "error code: 522"},
  };
  return bodies;
}

struct StatusRow {
  int status;
  v1::ErrorKind kind;
  Expected own;
  Expected foreign;
};

StatusRow Same(int status, v1::ErrorKind kind, Expected both) {
  return {status, kind, both, both};
}

constexpr Expected kEdge = {StatusCode::kUnknown, "EDGE_PAGE", kUnknown, kUnknownOutcome};

const std::vector<StatusRow>& StatusRows() {
  static const std::vector<StatusRow> rows = {
      Same(400, v1::ERROR_KIND_BAD_REQUEST,
           {StatusCode::kInvalidArgument, "BAD_REQUEST", kNotBilled, kPermanent}),
      Same(401, v1::ERROR_KIND_UNAUTHORIZED,
           {StatusCode::kFailedPrecondition, "UPSTREAM_AUTH", kNotBilled, kPermanent}),
      Same(402, v1::ERROR_KIND_PAYMENT_REQUIRED,
           {StatusCode::kFailedPrecondition, "CREDITS", kNotBilled, kPermanent}),
      Same(403, v1::ERROR_KIND_FORBIDDEN,
           {StatusCode::kPermissionDenied, "FORBIDDEN", kNotBilled, kPermanent}),
      Same(404, v1::ERROR_KIND_NOT_FOUND, {StatusCode::kNotFound, "NOT_FOUND", kNotBilled, kPermanent}),
      Same(408, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kUnknown, "UPSTREAM_TIMEOUT", kUnknown, kUnknownOutcome}),
      Same(413, v1::ERROR_KIND_PAYLOAD_TOO_LARGE,
           {StatusCode::kInvalidArgument, "PAYLOAD_TOO_LARGE", kNotBilled, kPermanent}),
      Same(422, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kInvalidArgument, "UNPROCESSABLE", kNotBilled, kPermanent}),
      Same(412, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kFailedPrecondition, "REQUEST_REFUSED", kNotBilled, kPermanent}),
      Same(418, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kFailedPrecondition, "REQUEST_REFUSED", kNotBilled, kPermanent}),
      Same(499, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kFailedPrecondition, "REQUEST_REFUSED", kNotBilled, kPermanent}),
      {429,
       v1::ERROR_KIND_TOO_MANY_REQUESTS,
       {StatusCode::kResourceExhausted, "RATE_LIMIT", kNotBilled, kTransient},
       kEdge},
      {500,
       v1::ERROR_KIND_INTERNAL_SERVER,
       {StatusCode::kInternal, "UPSTREAM_INTERNAL", kNotBilled, kTransient},
       kEdge},
      {501,
       v1::ERROR_KIND_OTHER_HTTP_STATUS,
       {StatusCode::kUnavailable, "UPSTREAM_FAILED", kNotBilled, kTransient},
       kEdge},
      {502,
       v1::ERROR_KIND_BAD_GATEWAY,
       {StatusCode::kUnavailable, "PROVIDER_FAILED", kNotBilled, kTransient},
       kEdge},
      {503,
       v1::ERROR_KIND_OTHER_HTTP_STATUS,
       {StatusCode::kUnavailable, "PROVIDER_UNAVAILABLE", kNotBilled, kTransient},
       kEdge},
      Same(504, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kUnknown, "GATEWAY_TIMEOUT", kUnknown, kUnknownOutcome}),
      {520,
       v1::ERROR_KIND_OTHER_HTTP_STATUS,
       {StatusCode::kUnavailable, "UPSTREAM_FAILED", kNotBilled, kTransient},
       kEdge},
      Same(524, v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT,
           {StatusCode::kUnknown, "EDGE_TIMEOUT", kUnknown, kUnknownOutcome}),
      {529,
       v1::ERROR_KIND_PROVIDER_OVERLOADED,
       {StatusCode::kUnavailable, "PROVIDER_OVERLOADED", kNotBilled, kTransient},
       kEdge},
      {599,
       v1::ERROR_KIND_OTHER_HTTP_STATUS,
       {StatusCode::kUnavailable, "UPSTREAM_FAILED", kNotBilled, kTransient},
       kEdge},
      Same(301, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kFailedPrecondition, "UPSTREAM_REDIRECT", kUnknown, kPermanent}),
      Same(307, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kFailedPrecondition, "UPSTREAM_REDIRECT", kUnknown, kPermanent}),
      Same(101, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kUnknown, "UNEXPECTED_STATUS", kUnknown, kUnknownOutcome}),
      Same(202, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kUnknown, "UNEXPECTED_STATUS", kUnknown, kUnknownOutcome}),
      Same(600, v1::ERROR_KIND_OTHER_HTTP_STATUS,
           {StatusCode::kUnknown, "UNEXPECTED_STATUS", kUnknown, kUnknownOutcome}),
  };
  return rows;
}

TEST(FromHttpStatus, EveryStatusWithTheUpstreamsOwnWords) {
  for (const StatusRow& row : StatusRows()) {
    for (const NamedBody& body : OwnBodies(row.status)) {
      SCOPED_TRACE(std::to_string(row.status) + ", " + body.name);
      const Failure failure = Generate(row.status, body.body);
      ExpectIs(failure, row.own);
      EXPECT_EQ(v1::ErrorKind_Name(failure.error.kind()), v1::ErrorKind_Name(row.kind));
      EXPECT_EQ(failure.error.http_status(), row.status);
      EXPECT_EQ(failure.error.message(), "Said so.");
      EXPECT_TRUE(failure.message.starts_with("HTTP " + std::to_string(row.status))) << failure.message;
      EXPECT_TRUE(failure.message.ends_with(": Said so")) << failure.message;
    }
  }
}

TEST(FromHttpStatus, EveryStatusWithSomeoneElsesBody) {
  for (const StatusRow& row : StatusRows()) {
    for (const NamedBody& body : ForeignBodies()) {
      SCOPED_TRACE(std::to_string(row.status) + ", " + body.name);
      const Failure failure =
          FromHttpStatus(Operation::kGenerate, KeyOwner::kService, row.status, Parse(body.body, ""));
      ExpectIs(failure, row.foreign);
      EXPECT_EQ(v1::ErrorKind_Name(failure.error.kind()), v1::ErrorKind_Name(row.kind));
      EXPECT_EQ(failure.error.http_status(), row.status);
      EXPECT_EQ(failure.error.SerializeAsString().find("secret"), std::string::npos);
      EXPECT_EQ(failure.message.find("secret"), std::string::npos);
    }
  }
}

// Some of these share a kind, which therefore cannot tell them apart.
TEST(FromHttpStatus, SaysWhoHasToActAndHowAToolEnds) {
  struct Row {
    int status;
    v1::ResponsibleParty responsible;
    v1::ExitClass exit_class;
  };
  for (const Row& row : {Row{400, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID},
                         Row{401, v1::RESPONSIBLE_PARTY_OPERATOR, v1::EXIT_CLASS_NOT_ALLOWED},
                         Row{402, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::EXIT_CLASS_LIMIT},
                         Row{404, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_NOT_FOUND},
                         Row{418, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID},
                         Row{422, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID},
                         Row{429, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::EXIT_CLASS_LIMIT},
                         Row{503, v1::RESPONSIBLE_PARTY_UPSTREAM, v1::EXIT_CLASS_UNAVAILABLE}}) {
    const Failure failure = Generate(row.status, OwnBodies(row.status)[0].body);
    EXPECT_EQ(failure.error.responsible_party(), row.responsible) << row.status;
    EXPECT_EQ(failure.error.exit_class(), row.exit_class) << row.status;
  }
  const Failure edge = Generate(429, "<html>");
  EXPECT_EQ(edge.error.responsible_party(), v1::RESPONSIBLE_PARTY_NETWORK);
  EXPECT_EQ(edge.error.exit_class(), v1::EXIT_CLASS_LIMIT);
}

TEST(FromErrorInSuccess, WhoHasToActIsThatOfTheNamedStatus) {
  const auto named = [](const std::string& code) {
    return FromErrorInSuccess(Operation::kGenerate,
                              Parse(R"({"error":{"message":"m","code":")" + code + "\"}}"))
        .error;
  };
  EXPECT_EQ(named("novel").responsible_party(), v1::RESPONSIBLE_PARTY_UPSTREAM);
  EXPECT_EQ(named("novel").exit_class(), v1::EXIT_CLASS_UNAVAILABLE);
  EXPECT_EQ(named("content_policy_violation").responsible_party(), v1::RESPONSIBLE_PARTY_CALLER);
  EXPECT_EQ(named("content_policy_violation").exit_class(), v1::EXIT_CLASS_INVALID);
  EXPECT_EQ(named("rate_limit_exceeded").responsible_party(), v1::RESPONSIBLE_PARTY_ACCOUNT);
  // Whose key it is, is not known there.
  EXPECT_EQ(named("authentication").responsible_party(), v1::RESPONSIBLE_PARTY_ACCOUNT);
}

TEST(FromHttpStatus, NothingOfTheCatalogIsEverUnknown) {
  const auto code_of = [](int status, const std::string& body) {
    const Failure failure = FromHttpStatus(Operation::kCatalog, KeyOwner::kService, status, Parse(body));
    EXPECT_EQ(failure.error.billing_outcome(), kNotBilled) << status;
    const bool permanent = status < 408;
    EXPECT_EQ(failure.retryability, permanent ? kPermanent : kTransient) << status;
    return failure.code;
  };
  for (const std::string body : {"", "<html>", R"({"error":{"code":1,"message":"m"}})"}) {
    EXPECT_EQ(code_of(408, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(504, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(524, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(502, body), StatusCode::kUnavailable);
    EXPECT_EQ(code_of(302, body), StatusCode::kFailedPrecondition);
    EXPECT_EQ(code_of(404, body), StatusCode::kNotFound);
  }
  EXPECT_EQ(code_of(429, "<html>"), StatusCode::kUnavailable);
  EXPECT_EQ(code_of(500, "<html>"), StatusCode::kUnavailable);
}

TEST(FromHttpStatus, TellsWhoseKeyWasRefused) {
  const ErrorBody body = Parse(OwnBodies(401)[0].body);
  ExpectIs(FromHttpStatus(Operation::kGenerate, KeyOwner::kCaller, 401, body),
           {StatusCode::kUnauthenticated, "API_KEY_REJECTED", kNotBilled, kPermanent});
  ExpectIs(FromHttpStatus(Operation::kGenerate, KeyOwner::kService, 401, body),
           {StatusCode::kFailedPrecondition, "UPSTREAM_AUTH", kNotBilled, kPermanent});
}

struct MetadataRow {
  const char* name;
  int status;
  const char* metadata;
  Expected expected;
};

TEST(FromHttpStatus, MetadataTellsTheKindsOf402And403Apart) {
  const Expected credits = {StatusCode::kFailedPrecondition, "CREDITS", kNotBilled, kPermanent};
  const Expected key_limit = {StatusCode::kFailedPrecondition, "KEY_LIMIT", kNotBilled, kPermanent};
  const Expected in_flight = {StatusCode::kResourceExhausted, "IN_FLIGHT_BUDGET", kNotBilled, kTransient};
  const Expected forbidden = {StatusCode::kPermissionDenied, "FORBIDDEN", kNotBilled, kPermanent};
  const Expected moderation = {StatusCode::kPermissionDenied, "MODERATION", kNotBilled, kPermanent};
  const Expected guardrail = {StatusCode::kPermissionDenied, "GUARDRAIL", kNotBilled, kPermanent};
  const Expected budget = {StatusCode::kResourceExhausted, "BUDGET", kNotBilled, kPermanent};
  const MetadataRow rows[] = {
      {"credits", 402, R"({"limit_source":"openrouter_credits"})", credits},
      {"key limit", 402, R"({"limit_source":"openrouter_key_limit"})", key_limit},
      {"in flight", 402, R"({"limit_source":"openrouter_in_flight_budget"})", in_flight},
      {"unknown source", 402, R"({"limit_source":"openrouter_novelty"})", credits},
      {"source of another type", 402, R"({"limit_source":["openrouter_in_flight_budget"]})", credits},
      {"no source", 402, "{}", credits},
      {"reasons", 403, R"({"reasons":["violence"],"provider_name":"p"})", moderation},
      {"flagged input", 403, R"({"flagged_input":"x"})", moderation},
      {"error type", 403, R"({"error_type":"content_policy_violation"})", moderation},
      {"patterns", 403, R"({"patterns":["email"]})", guardrail},
      {"guardrail budget", 403, R"({"limit_source":"openrouter_guardrail_budget","patterns":[]})", budget},
      {"workspace budget", 403, R"({"limit_source":"openrouter_workspace_budget","limit_usd":5})", budget},
      {"key's budget", 403, R"({"limit_source":"openrouter_key_limit"})", budget},
      {"unknown budget", 403, R"({"limit_source":"openrouter_novelty"})", forbidden},
      {"in flight is no 403", 403, R"({"limit_source":"openrouter_in_flight_budget"})", forbidden},
      {"nothing known", 403, R"({"novelty":1})", forbidden},
  };
  for (const MetadataRow& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string metadata = row.metadata;
    ExpectIs(Generate(row.status, R"({"error":{"code":1,"message":"m","metadata":)" + metadata + "}}"),
             row.expected);
    // Not the upstream's own form, for it lacks a message: only the status counts.
    ExpectIs(Generate(row.status, R"({"error":{"code":1,"metadata":)" + metadata + "}}"),
             row.status == 402 ? credits : forbidden);
  }
}

std::string WithAvailability(const char* availability) {
  return std::string(R"({"error":{"message":"m","error_type":"t","availability":)") + availability + "}}";
}

TEST(FromHttpStatus, ObeysTheUpstreamOnWhetherRepeatingHelps) {
  EXPECT_EQ(Generate(404, WithAvailability(R"({"retryable":true})")).retryability, kTransient);
  EXPECT_EQ(Generate(404, WithAvailability(R"({"retryable":false})")).retryability, kPermanent);
  EXPECT_EQ(Generate(503, WithAvailability(R"({"retryable":true})")).retryability, kTransient);
  EXPECT_EQ(Generate(503, WithAvailability(R"({"retryable":null})")).retryability, kTransient);
  const Failure final = Generate(503, WithAvailability(R"({"retryable":false})"));
  EXPECT_EQ(final.retryability, kPermanent);
  EXPECT_EQ(final.code, StatusCode::kUnavailable);
  EXPECT_NE(final.error.advice().find("will not help"), std::string::npos);
}

TEST(FromHttpStatus, DoesNotBelieveRetryableOfALostAnswer) {
  for (const int status : {408, 504, 524}) {
    const Failure failure = Generate(status, WithAvailability(R"({"retryable":true,"retry_after":1})"));
    EXPECT_EQ(failure.retryability, kUnknownOutcome) << status;
    EXPECT_EQ(failure.error.billing_outcome(), kUnknown) << status;
  }
  for (const int status : {202, 307, 600}) {
    const Failure failure = Generate(status, WithAvailability(R"({"retryable":true})"));
    EXPECT_EQ(failure.retryability, Generate(status, "").retryability) << status;
    EXPECT_EQ(failure.error.billing_outcome(), kUnknown) << status;
  }
  // Someone else's body: without a message it is not the upstream's.
  EXPECT_EQ(Generate(503, R"({"error":{"code":503,"availability":{"retryable":true}}})").retryability,
            kUnknownOutcome);
}

TEST(FromHttpStatus, ReadsRetryAfterFromTheBody) {
  const auto wait = [](const char* availability) {
    return Generate(503, WithAvailability(availability)).retry_after;
  };
  EXPECT_EQ(wait(R"({"retry_after":2})"), milliseconds(2000));
  EXPECT_EQ(wait(R"({"retry_after":0.0001})"), milliseconds(1));
  EXPECT_EQ(wait(R"({"retry_after":0})"), milliseconds(0));
  EXPECT_EQ(wait(R"({"retry_after":1e300})"), std::chrono::hours(24));
  EXPECT_EQ(wait(R"({"retry_after":-1})"), std::nullopt);
  EXPECT_EQ(wait(R"({"retry_after":"2"})"), std::nullopt);
  EXPECT_EQ(wait("{}"), std::nullopt);
}

TEST(FromHttpStatus, PutsTheUpstreamsWordsInOneShortLine) {
  EXPECT_EQ(Generate(429, R"({"error":{"code":429,"message":" Slow\n\u0007down. "}})").message,
            "HTTP 429 from OpenRouter (rate limit): Slow down");
  EXPECT_EQ(Generate(502, R"({"error":{"code":502,"message":"<html>page</html>"}})").message,
            "HTTP 502 from OpenRouter (the provider failed)");
  EXPECT_EQ(Generate(502, "<html>").message, "HTTP 502 (an error page by something in between)");
  const Failure longwinded =
      Generate(400, R"({"error":{"code":400,"message":")" + std::string(9000, 'x') + "\"}}");
  EXPECT_LT(longwinded.message.size(), 300u);
  EXPECT_EQ(longwinded.error.message().size(), 9000u);
}

TEST(FromHttpStatus, ATimeoutNamedByTheBodyLeavesTheOutcomeOpen) {
  for (const int status : {500, 502, 503, 529, 599}) {
    for (const int named : {408, 504, 524}) {
      SCOPED_TRACE(std::to_string(status) + ", " + std::to_string(named));
      const Failure failure = Generate(status, R"({"error":{"code":)" + std::to_string(named) +
                                                   R"(,"message":"m","availability":{"retryable":true}}})");
      EXPECT_EQ(failure.error.billing_outcome(), kUnknown);
      EXPECT_EQ(failure.retryability, kUnknownOutcome);
      EXPECT_EQ(failure.code, StatusCode::kUnknown);
      EXPECT_EQ(failure.error.http_status(), status);
      EXPECT_EQ(failure.error.kind(), Generate(status, OwnBodies(status)[0].body).error.kind());
    }
  }
  // The request itself was refused, whatever the body says.
  EXPECT_EQ(Generate(400, R"({"error":{"code":504,"message":"m"}})").error.billing_outcome(), kNotBilled);
}

struct ConditionRow {
  Condition condition;
  v1::ErrorKind kind;
  Expected expected;
};

TEST(FromCondition, EveryConditionWithoutAStatusOfItsOwn) {
  const ConditionRow rows[] = {
      {Condition::kDns,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnavailable, "UPSTREAM_DNS", kNotSent, kTransient}},
      {Condition::kConnect,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnavailable, "UPSTREAM_CONNECT", kNotSent, kTransient}},
      {Condition::kConnectTimeout,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnavailable, "UPSTREAM_CONNECT_TIMEOUT", kNotSent, kTransient}},
      {Condition::kTlsHandshake,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnavailable, "UPSTREAM_TLS", kNotSent, kTransient}},
      {Condition::kCertificate,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kFailedPrecondition, "UPSTREAM_CERTIFICATE", kNotSent, kPermanent}},
      {Condition::kConnectionLost,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnknown, "OUTCOME_UNKNOWN", kUnknown, kUnknownOutcome}},
      {Condition::kRedispatch,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnknown, "OUTCOME_UNKNOWN", kUnknown, kUnknownOutcome}},
      {Condition::kTruncated,
       v1::ERROR_KIND_CONNECTION,
       {StatusCode::kUnknown, "TRUNCATED", kUnknown, kUnknownOutcome}},
      {Condition::kProtocol,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kUnknown, "UPSTREAM_PROTOCOL", kUnknown, kUnknownOutcome}},
      {Condition::kFirstByteTimeout,
       v1::ERROR_KIND_REQUEST_TIMEOUT,
       {StatusCode::kUnknown, "FIRST_BYTE_TIMEOUT", kUnknown, kUnknownOutcome}},
      {Condition::kStalled,
       v1::ERROR_KIND_REQUEST_TIMEOUT,
       {StatusCode::kUnknown, "STALLED", kUnknown, kUnknownOutcome}},
      {Condition::kDeadlineBeforeDispatch,
       v1::ERROR_KIND_REQUEST_TIMEOUT,
       {StatusCode::kDeadlineExceeded, "DEADLINE", kNotSent, kPermanent}},
      {Condition::kDeadlineAfterDispatch,
       v1::ERROR_KIND_REQUEST_TIMEOUT,
       {StatusCode::kUnknown, "DEADLINE", kUnknown, kPermanent}},
      {Condition::kCancelledBeforeDispatch,
       v1::ERROR_KIND_REQUEST_ABORTED,
       {StatusCode::kCancelled, "CANCELLED", kNotSent, kPermanent}},
      {Condition::kCancelledAfterDispatch,
       v1::ERROR_KIND_REQUEST_ABORTED,
       {StatusCode::kCancelled, "CANCELLED", kUnknown, kPermanent}},
      {Condition::kEmptyReply,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kUnknown, "EMPTY_REPLY", kUnknown, kUnknownOutcome}},
      {Condition::kNoImages,
       v1::ERROR_KIND_GENERATION_FAILED,
       {StatusCode::kDataLoss, "NO_PICTURES", kUnknown, kUnknownOutcome}},
      {Condition::kUndecodableImage,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kDataLoss, "UNDECODABLE_PICTURE", kBilled, kPermanent}},
      {Condition::kTooLarge,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kDataLoss, "TOO_LARGE", kBilled, kPermanent}},
      {Condition::kTooManyImages,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kDataLoss, "TOO_MANY_PICTURES", kBilled, kPermanent}},
      {Condition::kIncompleteStream,
       v1::ERROR_KIND_RESPONSE_VALIDATION,
       {StatusCode::kUnknown, "INCOMPLETE_STREAM", kUnknown, kUnknownOutcome}},
      {Condition::kMalformedMessage,
       v1::ERROR_KIND_INVALID_REQUEST,
       {StatusCode::kInvalidArgument, "MALFORMED_MESSAGE", kNotSent, kPermanent}},
      {Condition::kNoApiKey,
       v1::ERROR_KIND_UNEXPECTED,
       {StatusCode::kFailedPrecondition, "NO_API_KEY", kNotSent, kPermanent}},
      {Condition::kCallerKeyNotAllowed,
       v1::ERROR_KIND_INVALID_REQUEST,
       {StatusCode::kPermissionDenied, "CALLER_KEY_NOT_ALLOWED", kNotSent, kPermanent}},
      {Condition::kDraining,
       v1::ERROR_KIND_UNAVAILABLE,
       {StatusCode::kUnavailable, "DRAINING", kNotSent, kPermanent}},
      {Condition::kDrainedAfterDispatch,
       v1::ERROR_KIND_UNAVAILABLE,
       {StatusCode::kUnknown, "DRAINING", kUnknown, kPermanent}},
      {Condition::kInternal,
       v1::ERROR_KIND_UNEXPECTED,
       {StatusCode::kInternal, "INTERNAL", kNotSent, kPermanent}},
      {Condition::kInternalAfterDispatch,
       v1::ERROR_KIND_UNEXPECTED,
       {StatusCode::kUnknown, "INTERNAL", kUnknown, kPermanent}},
  };
  for (const ConditionRow& row : rows) {
    SCOPED_TRACE(RowOfGeneration(row.condition).what);
    const Failure failure = FromCondition(Operation::kGenerate, row.condition, "detail\n");
    EXPECT_EQ(failure.row->condition, row.condition);
    ExpectIs(failure, row.expected);
    EXPECT_EQ(v1::ErrorKind_Name(failure.error.kind()), v1::ErrorKind_Name(row.kind));
    EXPECT_TRUE(failure.message.ends_with(": detail")) << failure.message;
  }
}

TEST(FromCondition, LostRepliesOfTheCatalogAreTransient) {
  const auto expect = [](Condition condition, Expected expected) {
    SCOPED_TRACE(RowOfGeneration(condition).what);
    ExpectIs(FromCondition(Operation::kCatalog, condition, ""), expected);
  };
  expect(Condition::kDns, {StatusCode::kUnavailable, "UPSTREAM_DNS", kNotSent, kTransient});
  expect(Condition::kCertificate,
         {StatusCode::kFailedPrecondition, "UPSTREAM_CERTIFICATE", kNotSent, kPermanent});
  expect(Condition::kConnectionLost, {StatusCode::kUnavailable, "CONNECTION_LOST", kNotBilled, kTransient});
  expect(Condition::kRedispatch, {StatusCode::kUnavailable, "CONNECTION_LOST", kNotBilled, kTransient});
  expect(Condition::kTruncated, {StatusCode::kUnavailable, "TRUNCATED", kNotBilled, kTransient});
  expect(Condition::kProtocol, {StatusCode::kUnavailable, "UPSTREAM_PROTOCOL", kNotBilled, kTransient});
  expect(Condition::kFirstByteTimeout,
         {StatusCode::kDeadlineExceeded, "FIRST_BYTE_TIMEOUT", kNotBilled, kTransient});
  expect(Condition::kStalled, {StatusCode::kDeadlineExceeded, "STALLED", kNotBilled, kTransient});
  expect(Condition::kDeadlineAfterDispatch,
         {StatusCode::kDeadlineExceeded, "DEADLINE", kNotBilled, kPermanent});
  expect(Condition::kCancelledAfterDispatch, {StatusCode::kCancelled, "CANCELLED", kNotBilled, kPermanent});
  expect(Condition::kEmptyReply, {StatusCode::kUnavailable, "EMPTY_REPLY", kNotBilled, kTransient});
  expect(Condition::kDrainedAfterDispatch, {StatusCode::kUnavailable, "DRAINING", kNotBilled, kPermanent});
  expect(Condition::kInternalAfterDispatch, {StatusCode::kInternal, "INTERNAL", kNotBilled, kPermanent});
}

TEST(FromCondition, SaysWhatHappenedWithOrWithoutDetail) {
  EXPECT_EQ(FromCondition(Operation::kGenerate, Condition::kTruncated, "").message,
            "The reply broke off before its end");
  EXPECT_EQ(FromCondition(Operation::kGenerate, Condition::kConnect, "port 443: refused.").message,
            "No connection to OpenRouter could be made: port 443: refused");
}

struct SuccessRow {
  const char* name;
  const char* body;
  StatusCode code;
  Retryability retryability;
};

TEST(FromErrorInSuccess, TakesItsCodeFromTheErrorsOwn) {
  const SuccessRow rows[] = {
      {"number", R"({"error":{"code":502,"message":"m"}})", StatusCode::kUnavailable, kOnce},
      {"number as text", R"({"error":{"code":"429","message":"m"}})", StatusCode::kResourceExhausted, kOnce},
      {"permanent number", R"({"error":{"code":400,"message":"m"}})", StatusCode::kInvalidArgument,
       kPermanent},
      {"refused key", R"({"error":{"code":401,"message":"m"}})", StatusCode::kFailedPrecondition, kPermanent},
      {"http_status", R"({"error":{"message":"m","error_type":"x","http_status":404}})",
       StatusCode::kNotFound, kPermanent},
      {"moderation", R"({"error":{"code":403,"message":"m","metadata":{"reasons":[]}}})",
       StatusCode::kPermissionDenied, kPermanent},
      {"in flight",
       R"({"error":{"code":402,"message":"m","metadata":{"limit_source":"openrouter_in_flight_budget"}}})",
       StatusCode::kResourceExhausted, kOnce},
      {"word as code", R"({"type":"error","error":{"message":"m","code":"content_policy_violation"}})",
       StatusCode::kInvalidArgument, kPermanent},
      {"word as type", R"({"type":"error","error":{"message":"m","type":"provider_overloaded"}})",
       StatusCode::kUnavailable, kOnce},
      {"unknown word", R"({"type":"error","error":{"message":"m","code":"novelty"}})", StatusCode::kUnknown,
       kOnce},
      {"no code", R"({"type":"error","error":{"message":"m","code":null}})", StatusCode::kUnknown, kOnce},
      {"a success as code", R"({"error":{"code":200,"message":"m"}})", StatusCode::kUnknown, kOnce},
      {"a redirect as code", R"({"error":{"code":301,"message":"m"}})", StatusCode::kUnknown, kOnce},
      {"not retryable", R"({"error":{"message":"m","http_status":503,"availability":{"retryable":false}}})",
       StatusCode::kUnavailable, kPermanent},
      {"retryable", R"({"error":{"message":"m","http_status":404,"availability":{"retryable":true}}})",
       StatusCode::kNotFound, kOnce},
  };
  for (const SuccessRow& row : rows) {
    SCOPED_TRACE(row.name);
    const Failure failure = FromErrorInSuccess(Operation::kGenerate, Parse(row.body));
    ExpectIs(failure, {row.code, "GENERATION_FAILED", kNotBilled, row.retryability});
    EXPECT_EQ(failure.error.kind(), v1::ERROR_KIND_GENERATION_FAILED);
    EXPECT_EQ(failure.error.message(), "m");
    EXPECT_EQ(failure.message, "The generation failed: m");
  }
}

TEST(FromErrorInSuccess, ATimeoutLeavesTheOutcomeOpen) {
  const NamedBody bodies[] = {
      {"408", R"({"error":{"code":408,"message":"m"}})"},
      {"504", R"({"error":{"code":504,"message":"m"}})"},
      {"524 as text", R"({"error":{"code":"524","message":"m"}})"},
      {"http_status", R"({"error":{"message":"m","error_type":"x","http_status":504}})"},
      {"word as code", R"({"type":"error","error":{"message":"m","code":"timeout"}})"},
      {"word as type", R"({"type":"error","error":{"message":"m","type":"timeout"}})"},
      {"said to be retryable",
       R"({"error":{"message":"m","http_status":504,"availability":{"retryable":true,"retry_after":1}}})"},
  };
  for (const NamedBody& body : bodies) {
    SCOPED_TRACE(body.name);
    const Failure failure = FromErrorInSuccess(Operation::kGenerate, Parse(body.body));
    ExpectIs(failure, {StatusCode::kUnknown, "GENERATION_FAILED", kUnknown, kUnknownOutcome});
    EXPECT_EQ(failure.error.advice(), RowOfGeneration(Condition::kHttp504).advice);
    EXPECT_EQ(failure.retry_after, std::nullopt);
  }
}

TEST(FromErrorInSuccess, AdvisesWhatTheNamedStatusDoes) {
  const auto advice = [](const char* body) {
    return FromErrorInSuccess(Operation::kGenerate, Parse(body)).error.advice();
  };
  EXPECT_EQ(advice(R"({"error":{"code":402,"message":"m"}})"),
            RowOfGeneration(Condition::kHttp402Credits).advice);
  EXPECT_EQ(advice(R"({"error":{"code":403,"message":"m","metadata":{"reasons":[]}}})"),
            RowOfGeneration(Condition::kHttp403Moderation).advice);
  EXPECT_EQ(advice(R"({"error":{"code":429,"message":"m"}})"), RowOfGeneration(Condition::kHttp429).advice);
  EXPECT_EQ(advice(R"({"error":{"code":200,"message":"m"}})"),
            RowOfGeneration(Condition::kErrorInSuccess).advice);
  // Nobody knows here whose key it was.
  EXPECT_EQ(advice(R"({"error":{"code":401,"message":"m"}})"),
            "Nothing was paid: a valid OpenRouter key is needed, then ask again, which is free.");
}

TEST(FromErrorInSuccess, PromisesNothingForAnErrorOfUnknownForm) {
  for (const NamedBody& body : ForeignBodies()) {
    SCOPED_TRACE(body.name);
    ExpectIs(FromErrorInSuccess(Operation::kGenerate, Parse(body.body)),
             {StatusCode::kUnknown, "UPSTREAM_PROTOCOL", kUnknown, kUnknownOutcome});
  }
}

TEST(InvalidRequest, KeepsEveryViolationAndNamesTheFirst) {
  const Failure one = InvalidRequest({{"image.n", "must be 1 to 10"}});
  ExpectIs(one, {StatusCode::kInvalidArgument, "INVALID_REQUEST", kNotSent, kPermanent});
  EXPECT_EQ(one.error.kind(), v1::ERROR_KIND_INVALID_REQUEST);
  EXPECT_EQ(one.message, "The request is invalid: image.n: must be 1 to 10");

  const Failure two = InvalidRequest({{"image.prompt", std::string(900, 'x')}, {"b\xff", "y\n"}, {"c", "z"}});
  EXPECT_EQ(two.violations.size(), 3u);
  EXPECT_TRUE(two.message.ends_with("…, and 2 more")) << two.message;
}

TEST(RaiseBillingOutcome, OneDoubtfulAttemptMakesTheCallDoubtful) {
  Failure failure = Generate(429, OwnBodies(429)[0].body);
  RaiseBillingOutcome(kUnknown, failure);
  ExpectIs(failure, {StatusCode::kUnknown, "RATE_LIMIT", kUnknown, kTransient});
  EXPECT_NE(failure.error.advice().find("may have been paid for"), std::string::npos);

  Failure permanent = Generate(400, OwnBodies(400)[0].body);
  RaiseBillingOutcome(kUnknown, permanent);
  ExpectIs(permanent, {StatusCode::kInvalidArgument, "BAD_REQUEST", kUnknown, kPermanent});
}

TEST(RaiseBillingOutcome, OnceSentTheAdviceDoesNotDenyIt) {
  Failure refused = FromCondition(Operation::kGenerate, Condition::kConnect, "");
  RaiseBillingOutcome(kNotBilled, refused);
  ExpectIs(refused, {StatusCode::kUnavailable, "UPSTREAM_CONNECT", kNotBilled, kTransient});
  EXPECT_EQ(refused.error.advice(),
            "Nothing was paid, so asking again is free: wait a little, then ask again.");
  for (const ErrorRow& row : ErrorTable(Operation::kGenerate)) {
    if (row.billing != kNotSent) continue;
    Failure failure = FromCondition(Operation::kGenerate, row.condition, "");
    RaiseBillingOutcome(kNotBilled, failure);
    EXPECT_TRUE(failure.error.advice().starts_with("Nothing was paid")) << failure.error.advice();
    EXPECT_EQ(failure.error.advice().find("was sent"), std::string::npos) << failure.error.advice();
  }
}

TEST(RaiseBillingOutcome, ABilledAttemptStaysBilled) {
  Failure lost = FromCondition(Operation::kGenerate, Condition::kConnectionLost, "");
  RaiseBillingOutcome(kBilled, lost);
  EXPECT_EQ(lost.error.billing_outcome(), kBilled);
}

TEST(RaiseBillingOutcome, NeverMakesAnOutcomeBetter) {
  Failure billed = FromCondition(Operation::kGenerate, Condition::kTooLarge, "");
  RaiseBillingOutcome(kUnknown, billed);
  ExpectIs(billed, {StatusCode::kDataLoss, "TOO_LARGE", kBilled, kPermanent});
}

TEST(MarkBilled, SaysThatAskingAgainIsNotFree) {
  for (const v1::BillingOutcome outcome : {kBilled, kUnknown}) {
    Failure failure = FromErrorInSuccess(
        Operation::kGenerate,
        Parse(R"({"error":{"message":"m","http_status":503,"availability":{"retry_after":1}}})"));
    MarkBilled(outcome, failure);
    ExpectIs(failure, {StatusCode::kUnknown, "GENERATION_FAILED", outcome, kPermanent});
    EXPECT_EQ(failure.error.advice().find("free"), std::string::npos);
    EXPECT_NE(failure.error.advice().find("paid for"), std::string::npos);
  }
}

TEST(RaiseRetryAfter, KeepsTheLongest) {
  Failure failure = FromCondition(Operation::kGenerate, Condition::kDns, "");
  RaiseRetryAfter(milliseconds(20), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(20));
  RaiseRetryAfter(milliseconds(10), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(20));
  RaiseRetryAfter(milliseconds(30), failure);
  EXPECT_EQ(failure.retry_after, milliseconds(30));
}

}  // namespace
}  // namespace openrouter_images::errors
