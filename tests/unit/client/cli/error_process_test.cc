// Failed calls and wrong usage as a process: what is printed, and the exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <limits>
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

TEST_F(ErrorProcessTest, CallAndGenerationAreNamed) {
  v1::ImagesError error;
  error.mutable_call()->set_call_id("0123456789abcdef0123456789abcdef");
  error.mutable_call()->set_requests_sent(2);
  error.mutable_call()->add_attempts()->set_generation_id("gen-1");
  error.mutable_call()->add_attempts();
  FailGenerate(RichStatus(grpc::StatusCode::UNKNOWN, "It broke.", error));
  const Finished finished = Generate();
  EXPECT_THAT(finished.err, HasSubstr("  Call      0123456789abcdef0123456789abcdef\n  Record    gen-1\n"));
  const auto json = boost::json::parse(Generate({"--json"}).out).at("error").as_object();
  EXPECT_EQ(json.at("call_id").as_string(), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(json.at("generation_id").as_string(), "gen-1");
  EXPECT_EQ(json.at("call").at("requests_sent").as_int64(), 2);
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

TEST_F(ErrorProcessTest, NumbersOutOfRangeAreRefusedWithTheRange) {
  const struct {
    const char* option;
    const char* value;
    const char* message;
  } rows[] = {
      {"--seed", "99999999999999999999",
       "--seed: 99999999999999999999 is not a whole number from -9223372036854775808 to "
       "9223372036854775807."},
      {"--seed", "1.5", "--seed: 1.5 is not a whole number from"},
      {"--n", "0", "--n: 0 is not a whole number from 1 to 10."},
      {"--n", "11", "from 1 to 10."},
      {"--n", "0x2", "from 1 to 10."},
      {"--compression", "101", "from 0 to 100."},
      {"--retries", "10", "from 0 to 9."},
      {"--timeout", "nan", "--timeout: nan is not a number of seconds from 0.001 to 86400."},
      {"--attempt-timeout", "0", "from 0.001 to 86400."},
  };
  for (const auto& row : rows) {
    const Finished finished = Generate({row.option, row.value});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr(row.message));
  }
  EXPECT_EQ(server_.generate_calls, 0);
  int64_t seed = 0;
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest& request,
                            v1::GenerateImagesResponse& response) {
    seed = request.image().seed();
    return Draw(response);
  };
  EXPECT_EQ(Generate({"--seed", "010"}).exit_code, 0);
  EXPECT_EQ(seed, 10);
  EXPECT_EQ(Generate({"--seed", "-9223372036854775808"}).exit_code, 0);
  EXPECT_EQ(seed, std::numeric_limits<int64_t>::min());
}

TEST_F(ErrorProcessTest, TextThatIsNotUtf8IsRefused) {
  const std::string latin1 = "caf\xE9";
  std::ofstream(folder_ / "prompt.txt") << latin1;
  const std::string refusal =
      "Error: The prompt is not valid UTF-8 from byte 4 on. Convert it first, for instance with iconv.\n";
  EXPECT_EQ(Run({"generate", "-m", "some/model", latin1}).err, refusal);
  EXPECT_EQ(Run({"generate", "-m", "some/model", "-"}, {.input = latin1}).err, refusal);
  EXPECT_EQ(Run({"generate", "-m", "some/model", "--prompt-file", "prompt.txt"}).err, refusal);
  EXPECT_THAT(Generate({"--user", latin1}).err, HasSubstr("Error: --user: not valid UTF-8 from byte 4 on."));
  EXPECT_EQ(server_.generate_calls, 0);
}

TEST_F(ErrorProcessTest, MistypedWordsGetSuggestions) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } rows[] = {
      {{"modells"}, "Error: There is no command modells. Did you mean models? "},
      {{"draw"}, "Error: There is no command draw. The commands are generate, models, endpoints, health. "},
      {{"a red fox"},
       "There is no command a red fox. To make an image: openrouter-images generate \"a red fox\" "},
      {{"generate", "x", "-m"}, "Error: --model needs a value. "},
      {{"generate", "x", "-m", "a/b", "-m", "c/d"}, "Error: --model is there more than once. "},
      {{"generate", "x", "--modle", "a/b"}, "Error: There is no option --modle. Did you mean --model? "},
      {{"generate", "x", "--modle=a/b"}, "Error: There is no option --modle. Did you mean --model? "},
      {{"generate", "x", "-m", "a/b", "--out", "y"}, "There is no option --out. Did you mean --output? "},
      {{"models", "--jsno"}, "There is no option --jsno. Did you mean --json? "},
      {{"models", "--wrong"}, "Error: There is no option --wrong. See "},
      {{"generate", "-m", "a/b", "three", "loose"}, "loose is one word too many. A prompt of several words "},
      {{"models", "--server", "http://localhost:50051/"},
       "--server takes HOST:PORT, not a URL. Try --server localhost:50051.\n"},
      {{"models", "--server", "https://images.example.com"}, "Try --server images.example.com:443 --tls.\n"},
  };
  for (const auto& row : rows) {
    const Finished finished = Tool(folder_.path(), row.arguments).Wait();
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr(row.message));
  }
  EXPECT_THAT(Tool(folder_.path(), {}).Wait().err, HasSubstr("Error: Which command? One of generate, "));
}

TEST_F(ErrorProcessTest, AProxyInTheEnvironmentIsNamed) {
  const std::string proxy = "https_proxy=http://127.0.0.1:" + std::to_string(ClosedPort());
  const Finished behind = Run({"health"}, {.environment = {proxy}});
  EXPECT_EQ(behind.exit_code, 6);
  EXPECT_THAT(behind.err, testing::StartsWith("Error: No connection to " + server_.target() +
                                              " through the proxy in https_proxy: Connection refused.\n"));
  EXPECT_THAT(behind.err,
              HasSubstr("  Next      Add the server's host to the environment variable no_proxy"));
  EXPECT_EQ(Run({"health"}, {.environment = {proxy, "no_proxy=localhost"}}).exit_code, 0);
}

TEST_F(ErrorProcessTest, HelpListsTheExitCodes) {
  const Finished finished = Run({"generate", "--help"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("--retry-unknown-outcome"));
  EXPECT_THAT(finished.out, HasSubstr("  130  interrupted"));
}

}  // namespace
}  // namespace openrouter_images::client::cli
