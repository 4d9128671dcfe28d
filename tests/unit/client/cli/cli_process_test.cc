// The tool as a process against a scripted server: output, errors, exit codes, signals, terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "tests/unit/client/cli/tool_process.h"
#include "tests/unit/client/fake_images_server.h"

namespace openrouter::images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class CliProcessTest : public testing::Test {
 protected:
  CliProcessTest() {
    std::string pattern = testing::TempDir() + "/cli_process_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ / "rescue");
    server_.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                             v1::GenerateImagesResponse& response) { return Draw(response); };
  }
  ~CliProcessTest() override { fs::remove_all(folder_); }

  static grpc::Status Draw(v1::GenerateImagesResponse& response) {
    using namespace std::string_literals;
    response.add_images()->set_data("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0"s +
                                    std::string(2000, 'x'));
    response.mutable_images(0)->mutable_info()->set_media_type("image/png");
    response.mutable_usage()->set_cost(0.0387);
    response.mutable_call()->set_attempts(2);
    response.mutable_call()->mutable_total_time()->set_seconds(12);
    return grpc::Status::OK;
  }

  std::vector<std::string> WithServer(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--server", server_.target()});
    return arguments;
  }
  Finished Run(std::vector<std::string> arguments) const {
    return Tool(folder_, WithServer(arguments)).Wait();
  }
  Finished Generate(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"generate", "A red panda", "-m", "some/model"});
    return Run(more);
  }
  int Entries() const { return static_cast<int>(std::distance(fs::directory_iterator(folder_), {})) - 1; }

  void Fail(grpc::StatusCode code, v1::ExitClass exit_class, v1::BillingOutcome outcome) {
    server_.on_generate = [=](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                              v1::GenerateImagesResponse&) {
      v1::ImagesError error;
      error.set_exit_class(exit_class);
      error.set_billing_outcome(outcome);
      error.set_advice("Do as advised.");
      return RichStatus(code, "It broke.", error);
    };
  }

  FakeImagesServer server_;
  fs::path folder_;
};

TEST_F(CliProcessTest, GenerateSavesAndReports) {
  const Finished finished = Generate({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "panda.png  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 2 attempts\n");
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(fs::file_size(folder_ / "panda.png"), 2024U);
}

TEST_F(CliProcessTest, EveryOptionReachesTheRequest) {
  v1::GenerateImagesRequest received;
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest& request,
                            v1::GenerateImagesResponse& response) {
    received = request;
    return Draw(response);
  };
  ASSERT_EQ(Generate({"-o", "first.png"}).exit_code, 0);
  EXPECT_FALSE(received.has_options());
  const Finished finished = Generate({"--n",
                                      "2",
                                      "--size",
                                      "2K",
                                      "--resolution",
                                      "4K",
                                      "--aspect-ratio",
                                      "16:9",
                                      "--quality",
                                      "high",
                                      "--format",
                                      "webp",
                                      "--compression",
                                      "80",
                                      "--background",
                                      "opaque",
                                      "--seed",
                                      "-5",
                                      "--reference",
                                      "first.png",
                                      "--reference",
                                      "https://example.com/a.png",
                                      "--provider-only",
                                      "a,b",
                                      "--provider-order",
                                      "c",
                                      "--provider-ignore",
                                      "d",
                                      "--sort",
                                      "price",
                                      "--session-id",
                                      "s",
                                      "--user",
                                      "u",
                                      "--header",
                                      "X-One=1=2",
                                      "--extra",
                                      R"({"new":{"field":[1,null]}})",
                                      "--retries",
                                      "2",
                                      "--retry-unknown-outcome"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("2 images were asked for, the provider made 1"));
  const v1::ImageSpec& image = received.image();
  EXPECT_EQ(image.model(), "some/model");
  EXPECT_EQ(image.prompt(), "A red panda");
  EXPECT_EQ(image.n(), 2);
  EXPECT_EQ(image.size() + image.resolution() + image.aspect_ratio() + image.quality(), "2K4K16:9high");
  EXPECT_EQ(image.output_format() + image.background(), "webpopaque");
  EXPECT_EQ(image.output_compression(), 80);
  EXPECT_EQ(image.seed(), -5);
  ASSERT_EQ(image.input_references_size(), 2);
  EXPECT_EQ(image.input_references(0).inline_().data().size(), 2024U);
  EXPECT_EQ(image.input_references(1).url(), "https://example.com/a.png");
  EXPECT_THAT(image.provider().only(), testing::ElementsAre("a", "b"));
  EXPECT_THAT(image.provider().order(), testing::ElementsAre("c"));
  EXPECT_THAT(image.provider().ignore(), testing::ElementsAre("d"));
  EXPECT_EQ(image.provider().sort(), "price");
  EXPECT_EQ(image.session_id() + image.user(), "su");
  EXPECT_EQ(image.additional_fields().fields().count("new"), 1U);
  EXPECT_EQ(received.options().headers().at("X-One"), "1=2");
  EXPECT_EQ(received.options().retry().max_attempts(), 3);
  EXPECT_TRUE(received.options().retry().retry_unknown_outcome());
}

TEST_F(CliProcessTest, JsonHasNoImages) {
  const Finished finished = Generate({"--json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(json.at("images").at(0).at("width").as_int64(), 1024);
  EXPECT_EQ(json.at("images").at(0).at("bytes").as_int64(), 2024);
  EXPECT_TRUE(fs::exists(folder_ / std::string(json.at("images").at(0).at("path").as_string())));
  EXPECT_THAT(finished.out, HasSubstr("\"cost\":0.0387"));
  EXPECT_EQ(json.at("call").at("attempts").as_int64(), 2);
  EXPECT_LT(finished.out.size(), 500U);
}

TEST_F(CliProcessTest, ExitCodes) {
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
    Fail(row.code, row.exit_class, row.outcome);
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

TEST_F(CliProcessTest, AdviceIsGivenOnce) {
  server_.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse&) {
    v1::ImagesError error;
    error.set_advice("Ask again later.");
    return RichStatus(grpc::StatusCode::UNKNOWN, "It broke. Ask again later.", error);
  };
  const Finished finished = Generate();
  EXPECT_THAT(finished.err, testing::StartsWith("Error: It broke.\n"));
  EXPECT_THAT(finished.err, HasSubstr("  Next      Ask again later.\n"));
}

TEST_F(CliProcessTest, ViolationsStandOneALine) {
  server_.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse&) {
    google::rpc::BadRequest bad_request;
    for (const char* field : {"image.n", "image.size"}) {
      auto* violation = bad_request.add_field_violations();
      violation->set_field(field);
      violation->set_description("is \x1b[31mwrong");
    }
    return RichStatus(grpc::StatusCode::INVALID_ARGUMENT, "Two faults.", bad_request);
  };
  const Finished finished = Generate();
  EXPECT_THAT(finished.err,
              HasSubstr("Error: Two faults.\n  - image.n: is \uFFFD[31mwrong\n  - image.size: is "));
  EXPECT_THAT(finished.err, Not(HasSubstr("\x1b")));
}

TEST_F(CliProcessTest, NoServer) {
  const std::string address = "localhost:" + std::to_string(ClosedPort());
  const Finished finished = Tool(folder_, {"generate", "x", "-m", "some/model", "--server", address}).Wait();
  EXPECT_EQ(finished.exit_code, 6);
  EXPECT_EQ(finished.err,
            "Error: No server answers at " + address +
                ": connection refused.\n"
                "  Cause     the way to the service (UNAVAILABLE, CONNECTION)\n"
                "  Money     Nothing was sent to OpenRouter, so nothing was billed.\n"
                "  Next      Start openrouter-images-server there, or name another with --server "
                "HOST:PORT or OPENROUTER_IMAGES_SERVER.\n");
}

TEST_F(CliProcessTest, WrongUsageSpendsNothing) {
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

TEST_F(CliProcessTest, HelpListsTheExitCodes) {
  const Finished finished = Run({"generate", "--help"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("--retry-unknown-outcome"));
  EXPECT_THAT(finished.out, HasSubstr("  130  interrupted"));
}

TEST_F(CliProcessTest, AFolderThatVanishesMeanwhileDoesNotLoseTheImage) {
  fs::create_directory(folder_ / "out");
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                            v1::GenerateImagesResponse& response) {
    fs::remove(folder_ / "out");
    return Draw(response);
  };
  const Finished finished = Generate({"-o", "out"});
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err, HasSubstr("No such file or directory"));
  EXPECT_THAT(finished.err, HasSubstr("The image is safe in "));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "rescue"), {}), 1);
}

TEST_F(CliProcessTest, AFileSizeLimitIsReportedAndLeavesNoHalfFile) {
  const Finished finished =
      Tool(folder_, WithServer({"generate", "x", "-m", "some/model", "--json"}), {.file_size = 1000}).Wait();
  EXPECT_EQ(finished.exit_code, 8);
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(json.at("error").at("billing_outcome").as_string(), "BILLED");
  EXPECT_TRUE(json.at("images").at(0).at("path").is_null());
  EXPECT_EQ(Entries(), 0);
  EXPECT_TRUE(fs::is_empty(folder_ / "rescue"));
}

TEST_F(CliProcessTest, CtrlCCancelsTheCall) {
  std::promise<void> arrived;
  std::promise<void> cancelled;
  server_.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                            v1::GenerateImagesResponse&) {
    arrived.set_value();
    while (!context.IsCancelled()) ::usleep(1000);
    cancelled.set_value();
    return grpc::Status::CANCELLED;
  };
  Tool tool(folder_, WithServer({"generate", "x", "-m", "some/model"}));
  arrived.get_future().wait();
  tool.Signal(SIGINT);
  const Finished finished = tool.Wait();
  cancelled.get_future().wait();
  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.err, HasSubstr("Error: Interrupted."));
  EXPECT_THAT(finished.err, HasSubstr("not known whether this was billed"));
}

TEST_F(CliProcessTest, ProgressIsDrawnOnATerminalAndWipedAway) {
  Tool tool(folder_, WithServer({"generate", "x", "-m", "some/model"}),
            {.error_stream = ErrorStream::kTerminal});
  const Finished finished = tool.Wait();
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("Drawing with some/model  0 s"));
  EXPECT_TRUE(finished.err.ends_with("\r\x1B[K")) << finished.err;
  const Finished quiet = Tool(folder_, WithServer({"generate", "x", "-m", "some/model", "-q"}),
                              {.error_stream = ErrorStream::kTerminal})
                             .Wait();
  EXPECT_EQ(quiet.err, "");
}

TEST_F(CliProcessTest, ModelsEndpointsAndHealth) {
  server_.on_list_models = [](const v1::ListImageModelsRequest&, v1::ListImageModelsResponse& response) {
    response.add_models()->set_id("some/model");
    response.add_models()->set_id("other/model");
    return grpc::Status::OK;
  };
  server_.on_list_endpoints = [](const v1::ListImageModelEndpointsRequest& request,
                                 v1::ListImageModelEndpointsResponse& response) {
    response.set_id(request.model());
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"models", "--filter", "SOME"}).out,
            "ID          NAME  STREAMS  INPUT  PARAMETERS\nsome/model        no\n");
  EXPECT_EQ(Run({"models", "--filter", "SOME", "--json"}).out, "{\"models\":[{\"id\":\"some/model\"}]}\n");
  EXPECT_EQ(Run({"endpoints", "some/model"}).out, "some/model: 0 providers\n");
  EXPECT_EQ(Run({"endpoints", "some/model", "--json"}).out, "{\"id\":\"some/model\"}\n");
  EXPECT_EQ(Run({"health"}).out, "SERVING\n");
  EXPECT_EQ(Run({"--json", "health"}).out, "{\"status\":\"SERVING\"}\n");
}

}  // namespace
}  // namespace openrouter::images::client::cli
