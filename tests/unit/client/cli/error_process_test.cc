// Failed calls and wrong usage as a process: what is printed, and the exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

using ErrorProcessTest = ToolTest;

TEST_F(ErrorProcessTest, ExitCodes) {
  using grpc::StatusCode;
  struct Row {
    StatusCode code;
    v1::ExitClass exit_class;
    v1::BillingOutcome outcome;
    int exit_code;
  };
  const auto not_billed = v1::BILLING_OUTCOME_NOT_BILLED;
  const Row rows[] = {
      {StatusCode::INTERNAL, v1::EXIT_CLASS_UNEXPECTED, v1::BILLING_OUTCOME_NOT_SENT, 1},
      {StatusCode::INVALID_ARGUMENT, v1::EXIT_CLASS_INVALID, v1::BILLING_OUTCOME_NOT_SENT, 2},
      {StatusCode::FAILED_PRECONDITION, v1::EXIT_CLASS_NOT_ALLOWED, not_billed, 3},
      {StatusCode::NOT_FOUND, v1::EXIT_CLASS_NOT_FOUND, not_billed, 4},
      {StatusCode::FAILED_PRECONDITION, v1::EXIT_CLASS_LIMIT, not_billed, 5},
      {StatusCode::UNAVAILABLE, v1::EXIT_CLASS_UNAVAILABLE, not_billed, 6},
      {StatusCode::UNKNOWN, v1::EXIT_CLASS_UNAVAILABLE, v1::BILLING_OUTCOME_UNKNOWN, 7},
      {StatusCode::DATA_LOSS, v1::EXIT_CLASS_UNEXPECTED, v1::BILLING_OUTCOME_BILLED, 8},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.exit_code);
    v1::ImagesError error;
    error.set_exit_class(row.exit_class);
    error.set_billing_outcome(row.outcome);
    error.set_advice("Do as advised.");
    FailGenerate(RichStatus(row.code, "It broke.", error));
    const Finished finished = Generate();
    EXPECT_EQ(finished.exit_code, row.exit_code);
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, HasSubstr("Error: It broke."));
    EXPECT_THAT(finished.err, HasSubstr("  Money     "));
    EXPECT_THAT(finished.err, HasSubstr("  Next      Do as advised."));
    const auto json = boost::json::parse(Generate({"--json"}).out).as_object();
    EXPECT_EQ(json.at("error").at("exit_code").as_int64(), row.exit_code);
  }
}

TEST_F(ErrorProcessTest, AdviceIsGivenOnce) {
  v1::ImagesError error;
  error.set_advice("Ask again later.");
  FailGenerate(RichStatus(grpc::StatusCode::UNKNOWN, "It broke. Ask again later.", error));
  const Finished finished = Generate();
  EXPECT_THAT(finished.err, testing::StartsWith("Error: It broke.\n"));
  EXPECT_THAT(finished.err, HasSubstr("  Next      Ask again later.\n"));
}

TEST_F(ErrorProcessTest, OneLinePerViolation) {
  google::rpc::BadRequest bad_request;
  for (const char* field : {"image.n", "image.size"}) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description("is \x1b[31mwrong");
  }
  FailGenerate(RichStatus(grpc::StatusCode::INVALID_ARGUMENT, "Two faults.", bad_request));
  const Finished finished = Generate();
  EXPECT_THAT(finished.err,
              HasSubstr("Error: Two faults.\n  - image.n: is \uFFFD[31mwrong\n  - image.size: is "));
  EXPECT_THAT(finished.err, Not(HasSubstr("\x1b")));
}

TEST_F(ErrorProcessTest, NoServer) {
  const std::string address = "localhost:" + std::to_string(ClosedPort());
  const Finished finished =
      Tool(folder_.path(), {"generate", "x", "-m", "some/model", "--server", address}).Wait();
  EXPECT_EQ(finished.exit_code, 6);
  EXPECT_EQ(finished.err,
            "Error: No server answers at " + address +
                ": connection refused.\n"
                "  Cause     the way to the service (UNAVAILABLE, CONNECTION)\n"
                "  Money     Nothing was sent to OpenRouter, so nothing was billed.\n"
                "  Next      Start openrouter-images-server there, or name another with --server "
                "HOST:PORT or OPENROUTER_IMAGES_SERVER.\n");
}

TEST_F(ErrorProcessTest, WrongUsageSpendsNothing) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"draw"},
           {"generate", "x"},
           {"generate", "-m", "some/model"},
           {"generate", "-m", "some/model", "three", "loose", "words"},
           {"generate", "-m", "some/model", "x", "--extra", "[]"},
           {"generate", "-m", "some/model", "x", "--header", "nonsense"},
           {"generate", "-m", "some/model", "x", "--reference", "missing.png"},
           {"generate", "-m", "some/model", "x", "--prompt-file", "missing.txt"},
           {"generate", "-m", "some/model", "x", "-o", "missing/x.png"},
           {"generate", "-m", "some/model", "x", "--timeout", "0"},
           {"endpoints"},
       }) {
    const Finished finished = Run(arguments);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, testing::StartsWith("Error: "));
    EXPECT_EQ(finished.out, "");
  }
  EXPECT_EQ(server_.generate_calls, 0);
}

TEST_F(ErrorProcessTest, HelpListsTheExitCodes) {
  const Finished finished = Run({"generate", "--help"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("--retry-unknown-outcome"));
  EXPECT_THAT(finished.out, HasSubstr("  130  interrupted"));
}

}  // namespace
}  // namespace openrouter_images::client::cli
