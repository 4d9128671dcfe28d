#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "service/errors/classification.h"
#include "tests/unit/errors/failures.h"

namespace openrouter_images::errors {
namespace {

using absl::StatusCode;
using retry::Retryability;
using std::chrono::milliseconds;

struct NamedBody {
  const char* name;
  std::string body;
};

std::vector<NamedBody> OwnBodies(int status) {
  const std::string number = std::to_string(status);
  return {
      {"code and message", R"({"error":{"code":)" + number + R"(,"message":"Said so."}})"},
      {"availability", R"({"error":{"message":"Said so.","error_type":"novel","http_status":)" + number +
                           R"(,"availability":{"code":"novel"}}})"},
      {"user id", R"({"error":{"message":"Said so."},"user_id":null})"},
  };
}

const std::vector<NamedBody>& ForeignBodies() {
  static const std::vector<NamedBody> bodies = {
      {"HTML", "<html><title>Oops</title></html>"},
      {"empty", ""},
      {"truncated", R"({"error":{"code":500,"param":"secret)"},
      {"a gateway's JSON", R"({"error":{"code":"bad_gateway","message":"text"}})"},
      {"a text as error", R"({"error":"text"})"},
      {"a message alone", R"({"message":"text"})"},
      {"plain text", "error code: 522"},
  };
  return bodies;
}

struct StatusRow {
  int status;
  v1::ErrorKind kind;
  Condition own;
  Condition foreign;
};

const std::vector<StatusRow>& StatusRows() {
  static const std::vector<StatusRow> rows = {
      {400, v1::ERROR_KIND_BAD_REQUEST, Condition::kHttp400, Condition::kHttp400},
      {401, v1::ERROR_KIND_UNAUTHORIZED, Condition::kHttp401ServiceKey, Condition::kHttp401ServiceKey},
      {402, v1::ERROR_KIND_PAYMENT_REQUIRED, Condition::kHttp402Credits, Condition::kHttp402Credits},
      {403, v1::ERROR_KIND_FORBIDDEN, Condition::kHttp403Permission, Condition::kHttp403Permission},
      {404, v1::ERROR_KIND_NOT_FOUND, Condition::kHttp404, Condition::kUnknownPath},
      {408, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttp408, Condition::kHttp408},
      {413, v1::ERROR_KIND_PAYLOAD_TOO_LARGE, Condition::kHttp413, Condition::kHttp413},
      {422, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttp422, Condition::kHttp422},
      {407, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther4xx, Condition::kHttpOther4xx},
      {412, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther4xx, Condition::kHttpOther4xx},
      {418, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther4xx, Condition::kHttpOther4xx},
      {499, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther4xx, Condition::kHttpOther4xx},
      {429, v1::ERROR_KIND_TOO_MANY_REQUESTS, Condition::kHttp429, Condition::kHttp429},
      {500, v1::ERROR_KIND_INTERNAL_SERVER, Condition::kHttp500, Condition::kEdgePage},
      {501, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther5xx, Condition::kEdgePage},
      {502, v1::ERROR_KIND_BAD_GATEWAY, Condition::kHttp502, Condition::kEdgePage},
      {503, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttp503, Condition::kEdgePage},
      {504, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttp504, Condition::kHttp504},
      {520, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther5xx, Condition::kEdgePage},
      {524, v1::ERROR_KIND_EDGE_NETWORK_TIMEOUT, Condition::kHttp524, Condition::kHttp524},
      {529, v1::ERROR_KIND_PROVIDER_OVERLOADED, Condition::kHttp529, Condition::kEdgePage},
      {599, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kHttpOther5xx, Condition::kEdgePage},
      {301, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kRedirect, Condition::kRedirect},
      {307, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kRedirect, Condition::kRedirect},
      {101, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kUnexpectedStatus, Condition::kUnexpectedStatus},
      {202, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kUnexpectedStatus, Condition::kUnexpectedStatus},
      {600, v1::ERROR_KIND_OTHER_HTTP_STATUS, Condition::kUnexpectedStatus, Condition::kUnexpectedStatus},
  };
  return rows;
}

TEST(FromHttpStatus, EveryStatusWithTheUpstreamsOwnWords) {
  for (const StatusRow& row : StatusRows()) {
    for (const NamedBody& body : OwnBodies(row.status)) {
      SCOPED_TRACE(std::to_string(row.status) + ", " + body.name);
      const Failure failure = Http(row.status, body.body);
      ExpectIs(failure, row.own);
      EXPECT_EQ(failure.error.kind(), row.kind);
      EXPECT_EQ(failure.source, Source::kUpstream);
      EXPECT_EQ(failure.error.responsible_party(), failure.row->responsible);
      EXPECT_EQ(failure.error.upstream().http_status(), row.status);
      EXPECT_EQ(failure.error.upstream().message(), "Said so.");
      EXPECT_TRUE(failure.message.starts_with("HTTP " + std::to_string(row.status) + " from OpenRouter ("))
          << failure.message;
      EXPECT_TRUE(failure.message.ends_with(": Said so")) << failure.message;
    }
  }
}

TEST(FromHttpStatus, EveryStatusWithSomeoneElsesBody) {
  for (const StatusRow& row : StatusRows()) {
    for (const NamedBody& body : ForeignBodies()) {
      SCOPED_TRACE(std::to_string(row.status) + ", " + body.name);
      const Failure failure = Http(row.status, body.body);
      ExpectIs(failure, row.foreign);
      EXPECT_EQ(failure.error.kind(), row.kind);
      EXPECT_EQ(failure.source, Source::kIntermediary);
      EXPECT_EQ(failure.error.upstream().http_status(), row.status);
      EXPECT_EQ(failure.message.find("from OpenRouter"), std::string::npos);
      EXPECT_EQ(failure.message.find("secret"), std::string::npos);
    }
  }
}

// Some of these share a kind, which therefore cannot tell them apart.
TEST(FromHttpStatus, SaysWhoHasToAct) {
  const auto party_of = [](int status, const std::string& body) {
    return Http(status, body).error.responsible_party();
  };
  struct Row {
    int status;
    v1::ResponsibleParty own;
    v1::ResponsibleParty page;
  };
  for (const Row& row : {Row{400, v1::RESPONSIBLE_PARTY_CALLER, v1::RESPONSIBLE_PARTY_NETWORK},
                         Row{401, v1::RESPONSIBLE_PARTY_OPERATOR, v1::RESPONSIBLE_PARTY_OPERATOR},
                         Row{403, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::RESPONSIBLE_PARTY_NETWORK},
                         Row{404, v1::RESPONSIBLE_PARTY_CALLER, v1::RESPONSIBLE_PARTY_OPERATOR},
                         Row{407, v1::RESPONSIBLE_PARTY_CALLER, v1::RESPONSIBLE_PARTY_NETWORK},
                         Row{422, v1::RESPONSIBLE_PARTY_CALLER, v1::RESPONSIBLE_PARTY_NETWORK},
                         Row{429, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::RESPONSIBLE_PARTY_ACCOUNT},
                         Row{503, v1::RESPONSIBLE_PARTY_UPSTREAM, v1::RESPONSIBLE_PARTY_NETWORK}}) {
    EXPECT_EQ(party_of(row.status, OwnBodies(row.status)[0].body), row.own) << row.status;
    EXPECT_EQ(party_of(row.status, "<html>"), row.page) << row.status;
  }
}

TEST(FromHttpStatus, NothingOfTheCatalogIsEverUnknown) {
  const auto code_of = [](int status, const std::string& body) {
    const Failure failure = FromHttpStatus(Operation::kCatalog, KeyOwner::kService, JsonReply(status, body));
    EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED) << status;
    const bool permanent = status < 408;
    EXPECT_EQ(failure.retryability, permanent ? Retryability::kPermanent : Retryability::kTransient)
        << status;
    return failure.code;
  };
  for (const std::string body : {"", "<html>", R"({"error":{"code":1,"message":"m"}})"}) {
    EXPECT_EQ(code_of(408, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(504, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(524, body), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(code_of(502, body), StatusCode::kUnavailable);
    EXPECT_EQ(code_of(302, body), StatusCode::kInternal);
    EXPECT_EQ(code_of(404, body), StatusCode::kInternal);
  }
  EXPECT_EQ(code_of(404, OwnBodies(404)[0].body), StatusCode::kNotFound);
  EXPECT_EQ(code_of(429, "<html>"), StatusCode::kResourceExhausted);
  EXPECT_EQ(code_of(500, "<html>"), StatusCode::kUnavailable);
}

TEST(FromHttpStatus, TellsWhoseKeyWasRefused) {
  const std::string body = OwnBodies(401)[0].body;
  ExpectIs(Http(401, body, KeyOwner::kCaller), Condition::kHttp401CallerKey);
  ExpectIs(Http(401, body, KeyOwner::kService), Condition::kHttp401ServiceKey);
}

struct MetadataRow {
  const char* name;
  int status;
  const char* metadata;
  Condition expected;
};

const MetadataRow kMetadataRows[] = {
    {"credits", 402, R"({"limit_source":"openrouter_credits"})", Condition::kHttp402Credits},
    {"key limit", 402, R"({"limit_source":"openrouter_key_limit"})", Condition::kKeyLimit},
    {"in flight", 402, R"({"limit_source":"openrouter_in_flight_budget"})", Condition::kHttp402InFlight},
    {"unknown source", 402, R"({"limit_source":"openrouter_novelty"})", Condition::kHttp402OtherLimit},
    {"source of another type", 402, R"({"limit_source":["openrouter_in_flight_budget"]})",
     Condition::kHttp402Credits},
    {"no source", 402, "{}", Condition::kHttp402Credits},
    {"reasons", 403, R"({"reasons":["violence"],"provider_name":"p","limit_source":null})",
     Condition::kModeration},
    {"flagged input", 403, R"({"flagged_input":"x"})", Condition::kModeration},
    {"error type", 403, R"({"error_type":"content_policy_violation"})", Condition::kModeration},
    {"patterns", 403, R"({"patterns":["email"]})", Condition::kHttp403Guardrail},
    {"guardrail budget", 403, R"({"limit_source":"openrouter_guardrail_budget","patterns":[]})",
     Condition::kHttp403Budget},
    {"workspace budget", 403, R"({"limit_source":"openrouter_workspace_budget","limit_usd":5})",
     Condition::kHttp403Budget},
    {"key limit as 403", 403, R"({"limit_source":"openrouter_key_limit"})", Condition::kKeyLimit},
    {"unknown budget", 403, R"({"limit_source":"openrouter_novelty"})", Condition::kHttp403Budget},
    {"amounts", 403, R"({"limit_usd":5,"spend_usd":5.1})", Condition::kHttp403Budget},
    {"a reset", 403, R"({"resets_at":"2026-12-01T00:00:00Z"})", Condition::kHttp403Budget},
    {"nothing known", 403, R"({"novelty":1})", Condition::kHttp403Permission},
    {"refused content as 400", 400, R"({"error_type":"refusal"})", Condition::kModeration},
    {"flagged as 400", 400, R"({"reasons":["violence"]})", Condition::kModeration},
    {"no such model", 400, R"({"error_type":"model_not_found"})", Condition::kHttp404},
    {"an unusable image", 400, R"({"error_type":"invalid_image"})", Condition::kHttp400},
};

// As a status and inside a success alike: the reason does not depend on the kind of call.
TEST(FromHttpStatus, WordsDistinguishTheKindsOf400And402And403) {
  for (const MetadataRow& row : kMetadataRows) {
    SCOPED_TRACE(row.name);
    const std::string body = R"({"error":{"code":)" + std::to_string(row.status) +
                             R"(,"message":"m","metadata":)" + row.metadata + "}}";
    ExpectIs(Http(row.status, body), row.expected);
    const Failure inside = InSuccess(body);
    EXPECT_EQ(inside.row->condition, row.expected);
    EXPECT_EQ(inside.error.kind(), Http(row.status, body).error.kind());
    EXPECT_EQ(inside.code, Http(row.status, body).code);
  }
}

TEST(FromHttpStatus, A400ThatSaysModelNotFoundIsNotFound) {
  for (const std::string error :
       {R"({"code":"model_not_found","message":"m"})",
        R"({"code":400,"message":"m","error_type":"model_not_found"})",
        R"({"code":400,"message":"m","availability":{"code":"model_not_found"}})"}) {
    SCOPED_TRACE(error);
    const Failure failure = Http(400, R"({"error":)" + error + "}");
    ExpectIs(failure, Condition::kHttp404);
    EXPECT_EQ(failure.error.kind(), v1::ERROR_KIND_BAD_REQUEST) << "that of the status";
  }
}

TEST(FromHttpStatus, ARateLimitIsOneWhoeverSaysIt) {
  for (const NamedBody& body : ForeignBodies()) {
    SCOPED_TRACE(body.name);
    ExpectIs(Http(429, body.body), Condition::kHttp429, Retryability::kTransient);
  }
}

std::string WithAvailability(const char* availability) {
  return std::string(R"({"error":{"message":"m","error_type":"t","availability":)") + availability + "}}";
}

TEST(FromHttpStatus, ObeysTheUpstreamOnWhetherRepeatingHelps) {
  EXPECT_EQ(Http(404, WithAvailability(R"({"retryable":true})")).retryability, Retryability::kTransient);
  EXPECT_EQ(Http(404, WithAvailability(R"({"retryable":false})")).retryability, Retryability::kPermanent);
  EXPECT_EQ(Http(503, WithAvailability(R"({"retryable":true})")).retryability, Retryability::kTransient);
  EXPECT_EQ(Http(503, WithAvailability(R"({"retryable":null})")).retryability, Retryability::kTransient);
  const Failure final = Http(503, WithAvailability(R"({"retryable":false})"));
  EXPECT_EQ(final.retryability, Retryability::kPermanent);
  EXPECT_EQ(final.code, StatusCode::kUnavailable);
  EXPECT_NE(final.error.advice().find("will not help"), std::string::npos);
}

TEST(FromHttpStatus, DoesNotBelieveRetryableOfALostAnswer) {
  for (const int status : {202, 307, 408, 504, 524, 600}) {
    const Failure failure = Http(status, WithAvailability(R"({"retryable":true})"));
    EXPECT_EQ(failure.retryability, Http(status, "").retryability) << status;
    EXPECT_EQ(failure.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN) << status;
  }
  // Someone else's body: without a message it is not the upstream's.
  EXPECT_EQ(Http(503, R"({"error":{"code":503,"availability":{"retryable":true}}})").retryability,
            Retryability::kUnknownOutcome);
}

TEST(FromHttpStatus, ReadsRetryAfterFromTheBody) {
  const auto wait = [](const char* availability) {
    return Http(503, WithAvailability(availability)).retry_after;
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
  EXPECT_EQ(Http(429, R"({"error":{"code":429,"message":" Slow\n\u0007down. "}})").message,
            "HTTP 429 from OpenRouter (rate limit): Slow down");
  EXPECT_EQ(Http(502, R"({"error":{"code":502,"message":"<html>page</html>"}})").message,
            "HTTP 502 from OpenRouter (the provider failed)");
  EXPECT_EQ(Http(502, "<html>").message, "HTTP 502 (an error page that is not OpenRouter's)");
  EXPECT_EQ(Http(503, "no healthy upstream").message,
            "HTTP 503 (an error page that is not OpenRouter's): no healthy upstream");
  const Failure longwinded =
      Http(400, R"({"error":{"code":400,"message":")" + std::string(9000, 'x') + "\"}}");
  EXPECT_LT(longwinded.message.size(), 300u);
}

TEST(FromHttpStatus, ATimeoutNamedByTheBodyLeavesTheOutcomeOpen) {
  for (const int status : {500, 502, 503, 529, 599}) {
    for (const int named : {408, 504, 524}) {
      SCOPED_TRACE(std::to_string(status) + ", " + std::to_string(named));
      const Failure failure =
          Http(status, R"({"error":{"code":)" + std::to_string(named) +
                           R"(,"message":"m","availability":{"retryable":true}},"user_id":"u"})");
      ExpectIs(failure, ConditionOfStatus(named));
      EXPECT_EQ(failure.error.upstream().http_status(), status);
      EXPECT_EQ(failure.error.kind(), Http(status, "").error.kind());
    }
  }
  // The request itself was refused, whatever the body says.
  ExpectIs(Http(400, R"({"error":{"code":504,"message":"m"}})"), Condition::kHttp400);
}

struct SuccessRow {
  const char* name;
  const char* body;
  Condition condition;
  Retryability retryability;
};

TEST(FromErrorInSuccess, IsTheRowOfTheStatusThatTheErrorNames) {
  constexpr auto kOnce = Retryability::kOnce;
  constexpr auto kPermanent = Retryability::kPermanent;
  constexpr auto kUnknownOutcome = Retryability::kUnknownOutcome;
  const SuccessRow rows[] = {
      {"number", R"({"error":{"code":502,"message":"m"}})", Condition::kHttp502, kOnce},
      {"number as text", R"({"error":{"code":"429","message":"m"}})", Condition::kHttp429, kOnce},
      {"permanent number", R"({"error":{"code":400,"message":"m"}})", Condition::kHttp400, kPermanent},
      {"http_status", R"({"error":{"message":"m","error_type":"x","http_status":404}})", Condition::kHttp404,
       kPermanent},
      {"in flight",
       R"({"error":{"code":402,"message":"m","metadata":{"limit_source":"openrouter_in_flight_budget"}}})",
       Condition::kHttp402InFlight, kOnce},
      {"a refusal", R"({"type":"error","error":{"message":"m","code":"content_policy_violation"}})",
       Condition::kModeration, kPermanent},
      {"word as type", R"({"type":"error","error":{"message":"m","type":"provider_overloaded"}})",
       Condition::kHttp529, kOnce},
      {"availability", R"({"error":{"message":"m","availability":{"code":"no_endpoints"}}})",
       Condition::kHttp404, kPermanent},
      {"a timeout", R"({"error":{"code":504,"message":"m"}})", Condition::kHttp504, kUnknownOutcome},
      {"a timeout as a word", R"({"type":"error","error":{"message":"m","code":"timeout"}})",
       Condition::kHttp504, kUnknownOutcome},
      {"a timeout said to be retryable",
       R"({"error":{"message":"m","http_status":408,"availability":{"retryable":true,"retry_after":1}}})",
       Condition::kHttp408, kUnknownOutcome},
      {"unknown word", R"({"type":"error","error":{"message":"m","code":"novelty"}})",
       Condition::kErrorInSuccess, kOnce},
      {"no code", R"({"type":"error","error":{"message":"m","code":null}})", Condition::kErrorInSuccess,
       kOnce},
      {"a success as code", R"({"error":{"code":200,"message":"m"}})", Condition::kErrorInSuccess, kOnce},
      {"a redirect as code", R"({"error":{"code":301,"message":"m"}})", Condition::kErrorInSuccess, kOnce},
      {"a text", R"({"error":"m"})", Condition::kErrorInSuccess, kOnce},
      {"not retryable", R"({"error":{"message":"m","http_status":503,"availability":{"retryable":false}}})",
       Condition::kHttp503, kPermanent},
      {"retryable", R"({"error":{"message":"m","http_status":404,"availability":{"retryable":true}}})",
       Condition::kHttp404, kOnce},
  };
  for (const SuccessRow& row : rows) {
    SCOPED_TRACE(row.name);
    const Failure failure = InSuccess(row.body);
    ExpectIs(failure, row.condition, row.retryability);
    EXPECT_EQ(failure.error.kind(),
              failure.row->kind == v1::ERROR_KIND_FORBIDDEN ? v1::ERROR_KIND_BAD_REQUEST : failure.row->kind);
    EXPECT_EQ(failure.error.upstream().message(), "m");
    EXPECT_EQ(failure.error.upstream().http_status(), 200);
    EXPECT_TRUE(failure.message.ends_with(": m")) << failure.message;
    EXPECT_EQ(failure.source, Source::kUpstream);
  }
}

TEST(FromErrorInSuccess, TellsWhoseKeyWasRefused) {
  const std::string body = R"({"error":{"code":"authentication","message":"m"}})";
  ExpectIs(InSuccess(body, KeyOwner::kCaller), Condition::kHttp401CallerKey);
  ExpectIs(InSuccess(body, KeyOwner::kService), Condition::kHttp401ServiceKey);
}

TEST(FromErrorInSuccess, SaysWhatItIs) {
  EXPECT_EQ(InSuccess(R"({"error":"boom"})").message, "The generation failed: boom");
  EXPECT_EQ(InSuccess(R"({"error":{"message":"m","code":429}})").message,
            "OpenRouter's reply reports an error (rate limit): m");
}

TEST(FromErrorInSuccess, PromisesNothingWithoutAnError) {
  for (const char* body : {"<html>", "", R"({"data":[]})", R"({"error":null})", R"({"error":[1]})"}) {
    ExpectIs(InSuccess(body), Condition::kProtocol);
  }
}

}  // namespace
}  // namespace openrouter_images::errors
