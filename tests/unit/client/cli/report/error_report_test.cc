#include "client/cli/report/error_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/cli/report/exit_code.h"

namespace openrouter_images::client::cli {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::Not;

constexpr ErrorContext kContext = {.server = "localhost:50051"};

// An error that the service reported, without advice, which would hide the tool's own.
ImagesError Reported(StatusCode code, v1::ResponsibleParty responsible, v1::ExitClass exit_class,
                     int http_status = 0) {
  ImagesError error;
  error.from_service = true;
  error.code = code;
  error.message = "It broke.";
  error.kind = v1::ERROR_KIND_OTHER_HTTP_STATUS;
  error.responsible = responsible;
  error.exit_class = exit_class;
  error.billing_outcome = v1::BILLING_OUTCOME_NOT_BILLED;
  error.http_status = http_status;
  return error;
}

TEST(ErrorReportTest, NamesTheRequestForA422AndTheProviderForA503ThoughTheyShareAKind) {
  const ImagesError unprocessable =
      Reported(StatusCode::INVALID_ARGUMENT, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID, 422);
  EXPECT_THAT(ErrorText(unprocessable, kContext),
              HasSubstr("  Cause     the request; OpenRouter refused it (INVALID_ARGUMENT, "
                        "OTHER_HTTP_STATUS, HTTP 422)\n"));
  EXPECT_THAT(ErrorText(unprocessable, kContext), HasSubstr("  Next      Correct the request."));
  EXPECT_EQ(ExitCodeOf(unprocessable), ExitCode::kInvalid);

  const ImagesError unavailable =
      Reported(StatusCode::UNAVAILABLE, v1::RESPONSIBLE_PARTY_UPSTREAM, v1::EXIT_CLASS_UNAVAILABLE, 503);
  EXPECT_THAT(ErrorText(unavailable, kContext), HasSubstr("  Cause     OpenRouter or its provider ("));
  EXPECT_THAT(ErrorText(unavailable, kContext), HasSubstr("  Next      Try again later.\n"));
  EXPECT_EQ(ExitCodeOf(unavailable), ExitCode::kUnavailable);
}

TEST(ErrorReportTest, SaysWhoHasToAct) {
  struct Row {
    ImagesError error;
    const char* who;
  };
  const auto none = v1::EXIT_CLASS_UNEXPECTED;
  const auto too_late = v1::EXIT_CLASS_UNAVAILABLE;
  const Row rows[] = {
      {Reported(StatusCode::INVALID_ARGUMENT, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID),
       "the request ("},
      {Reported(StatusCode::DEADLINE_EXCEEDED, v1::RESPONSIBLE_PARTY_CALLER, too_late),
       "nobody: it took longer than the time limit ("},
      {Reported(StatusCode::CANCELLED, v1::RESPONSIBLE_PARTY_CALLER, too_late), "whoever cancelled it, "},
      {Reported(StatusCode::FAILED_PRECONDITION, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::EXIT_CLASS_LIMIT),
       "the OpenRouter account: "},
      {Reported(StatusCode::FAILED_PRECONDITION, v1::RESPONSIBLE_PARTY_OPERATOR, none),
       "the configuration of the images service ("},
      {Reported(StatusCode::INTERNAL, v1::RESPONSIBLE_PARTY_SERVICE, none), "the images service ("},
      {Reported(StatusCode::UNAVAILABLE, v1::RESPONSIBLE_PARTY_NETWORK, none),
       "the network between the service and OpenRouter ("},
      {ImagesError::FromStatus({StatusCode::UNAVAILABLE, "no words"}), "the way to the service ("},
      {ImagesError::FromStatus({StatusCode::PERMISSION_DENIED, "no words"}), "permissions of the caller ("},
      {Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_UNSPECIFIED, none), "not known ("},
      {Reported(StatusCode::UNKNOWN, static_cast<v1::ResponsibleParty>(99), none), "not known ("},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(ErrorText(row.error, kContext), HasSubstr(std::string("  Cause     ") + row.who));
  }
  EXPECT_EQ(ErrorJson(rows[0].error, kContext).at("responsible_party").as_string(), "CALLER");
}

TEST(ErrorReportTest, WhatToDoWhenThereIsNoConnection) {
  const auto next_step = [](const std::string& message, const ErrorContext& context) {
    const ImagesError error = ImagesError::FromStatus({StatusCode::UNAVAILABLE, message}, CallCost::kFree,
                                                      CallProgress::kNeverSent);
    const std::string text = ErrorText(error, context);
    return text.substr(text.find("  Next      ") + 12);
  };
  const std::string refused =
      "failed to connect to all addresses; last error: UNKNOWN: Failed to connect to remote host: Connection "
      "refused";
  EXPECT_THAT(next_step(refused, {.server = "host:1"}), HasSubstr("Start openrouter-images-server there"));
  EXPECT_THAT(next_step(refused, {.server = "host"}), HasSubstr("443 was asked. "));
  EXPECT_THAT(next_step(refused, {.server = "host"}), HasSubstr("--server host:50051."));
  EXPECT_THAT(next_step(refused, {.server = "host:1", .proxy_variable = "https_proxy"}),
              HasSubstr("no_proxy"));
  EXPECT_THAT(next_step("DNS resolution failed for host:1: NXDOMAIN", {.server = "host:1"}),
              HasSubstr("Check the name of the host"));
}

TEST(ErrorReportTest, AViolationThatTheMessageHasIsNotRepeated) {
  ImagesError error =
      Reported(StatusCode::INVALID_ARGUMENT, v1::RESPONSIBLE_PARTY_CALLER, v1::EXIT_CLASS_INVALID);
  error.message = "The request is invalid: image.n: is wrong.";
  error.violations = {{"image.n", "is wrong"}, {"image.size", "is wrong"}};
  EXPECT_THAT(
      ErrorText(error, kContext),
      testing::StartsWith("Error: The request is invalid: image.n: is wrong.\n  - image.size: is wrong\n"));
}

TEST(ErrorReportTest, JsonHasTheFieldsOfTheContract) {
  ImagesError error =
      Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_UPSTREAM, v1::EXIT_CLASS_UNAVAILABLE);
  error.details.mutable_upstream()->set_http_status(502);
  error.details.set_cost_usd(0.04);
  error.details.mutable_call()->add_attempts()->set_generation_id("gen-1");
  const boost::json::object json = ErrorJson(error, {.server = "host:1", .generation_id = "gen-0"});
  EXPECT_EQ(json.at("upstream").at("http_status").as_int64(), 502);
  EXPECT_EQ(json.at("cost_usd").as_double(), 0.04);
  EXPECT_EQ(json.at("generation_id").as_string(), "gen-1");
  EXPECT_EQ(ErrorJson(ImagesError(), {.server = "host:1", .generation_id = "gen-0"})
                .at("generation_id")
                .as_string(),
            "gen-0");
}

TEST(ErrorReportTest, EveryExitClassIsAnExitCode) {
  const google::protobuf::EnumDescriptor* classes = v1::ExitClass_descriptor();
  for (int i = 0; i < classes->value_count(); ++i) {
    const int number = classes->value(i)->number();
    if (number == v1::EXIT_CLASS_UNSPECIFIED) continue;
    const ImagesError error =
        Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_UNSPECIFIED, static_cast<v1::ExitClass>(number));
    EXPECT_EQ(static_cast<int>(ExitCodeOf(error)), number);
    EXPECT_THAT(ExitCodeHelp(), HasSubstr("  " + std::to_string(number) + "  "));
    EXPECT_NE(ExitCodeOf(error), ExitCode::kOutcomeUnknown);
    EXPECT_NE(ExitCodeOf(error), ExitCode::kPaidAndLost);
  }
  for (const int number : {0, 99}) {
    EXPECT_EQ(ExitCodeOf(Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_UNSPECIFIED,
                                  static_cast<v1::ExitClass>(number))),
              ExitCode::kUnexpected);
  }
}

TEST(ErrorReportTest, MoneyThatMayBeSpentDecidesTheExitCode) {
  ImagesError error = Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_ACCOUNT, v1::EXIT_CLASS_LIMIT);
  error.billing_outcome = v1::BILLING_OUTCOME_UNKNOWN;
  EXPECT_EQ(ExitCodeOf(error), ExitCode::kOutcomeUnknown);
  error.billing_outcome = v1::BILLING_OUTCOME_BILLED;
  EXPECT_EQ(ExitCodeOf(error), ExitCode::kPaidAndLost);
}

TEST(ErrorReportTest, ShowsReasonCallAndTheUpstreamsWords) {
  ImagesError error =
      Reported(StatusCode::UNKNOWN, v1::RESPONSIBLE_PARTY_NETWORK, v1::EXIT_CLASS_UNAVAILABLE, 502);
  error.reason = "EDGE_PAGE";
  error.call_id = "0123456789abcdef0123456789abcdef";
  error.details.mutable_upstream()->set_body_excerpt("502 Bad Gateway nginx");
  EXPECT_THAT(ErrorText(error, kContext), HasSubstr("  Upstream  502 Bad Gateway nginx\n"));
  EXPECT_THAT(ErrorText(error, kContext), HasSubstr("(UNKNOWN, EDGE_PAGE, HTTP 502)\n"));
  EXPECT_THAT(ErrorText(error, kContext), HasSubstr("  Call      0123456789abcdef0123456789abcdef\n"));

  error.details.mutable_upstream()->set_message("Provider broke");
  EXPECT_THAT(ErrorText(error, kContext), HasSubstr("  Upstream  Provider broke\n"));
  error.message = "HTTP 502 from OpenRouter (the provider failed): Provider broke.";
  EXPECT_THAT(ErrorText(error, kContext), Not(HasSubstr("  Upstream  ")));
}

}  // namespace
}  // namespace openrouter_images::client::cli
