// `generate` as a process: what it sends, saves and prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using GenerateProcessTest = ToolTest;

TEST_F(GenerateProcessTest, GenerateSavesAndReports) {
  const Finished finished = Generate({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "panda.png  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 2 attempts\n");
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(fs::file_size(folder_ / "panda.png"), 2024U);
}

TEST_F(GenerateProcessTest, EveryOptionReachesTheRequest) {
  v1::GenerateImagesRequest received;
  std::string key;
  server_.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest& request,
                            v1::GenerateImagesResponse& response) {
    received = request;
    const auto header = context.client_metadata().find("openrouter-api-key");
    key = header == context.client_metadata().end()
              ? ""
              : std::string(header->second.data(), header->second.size());
    return Draw(response);
  };
  ASSERT_EQ(Generate({"-o", "first.png"}).exit_code, 0);
  EXPECT_FALSE(received.has_options());
  std::ofstream(folder_ / "key.txt") << "sk-or-1\n";
  const Finished finished = Generate({
      "--n=2",
      "--size=2K",
      "--resolution=4K",
      "--aspect-ratio=16:9",
      "--quality=high",
      "--format=webp",
      "--compression=80",
      "--background=opaque",
      "--seed=-5",
      "--reference=first.png",
      "--reference=https://example.com/a.png",
      "--provider-only=a,b",
      "--provider-order=c",
      "--provider-ignore=d",
      "--sort=price",
      "--session-id=s",
      "--user=u",
      "--header=X-One=1=2",
      R"(--extra={"new":{"field":[1,null]}})",
      "--retries=2",
      "--retry-unknown-outcome",
      "--attempt-timeout=1.5",
      "--label=team=pandas",
      "--api-key-file=key.txt",
  });
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
  EXPECT_EQ(received.options().retry().attempt_timeout().nanos(), 500'000'000);
  EXPECT_EQ(received.options().labels().at("team"), "pandas");
  EXPECT_EQ(key, "sk-or-1");
  ASSERT_EQ(Generate({}, {.environment = {"OPENROUTER_IMAGES_API_KEY=sk-or-2"}}).exit_code, 0);
  EXPECT_EQ(key, "sk-or-2");
  std::ofstream(folder_ / "key.txt") << "two\nlines\n";
  EXPECT_EQ(Generate({"--api-key-file=key.txt"}).err, "Error: The file key.txt does not hold one API key.\n");
}

TEST_F(GenerateProcessTest, ImagesBeforeAFailureAreSavedAndTheFailureTold) {
  const auto fail = [](v1::PartialFailure& failure) {
    failure.set_reason(v1::ERROR_REASON_TRUNCATED);
    failure.mutable_upstream()->set_message("connection reset");
  };
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                            v1::GenerateImagesResponse& response) {
    Draw(response);
    fail(*response.mutable_partial_failure());
    return grpc::Status::OK;
  };
  Script([&](StreamScript& stream) {
    fail(*stream.completed.mutable_partial_failure());
    return DrawStream(stream);
  });
  for (const Finished& finished : {Generate({"-o", "a.png"}), Stream({"-o", "b.png"})}) {
    EXPECT_EQ(finished.exit_code, 9);
    EXPECT_THAT(finished.out, HasSubstr(".png  image/png  1024x768  2,024 bytes\n"));
    EXPECT_EQ(finished.err,
              "Error: 1 image is saved, but then the reply failed (TRUNCATED): connection reset. More may "
              "have been "
              "made and billed.\n");
  }
  const auto json = boost::json::parse(Generate({"--json"}).out).as_object();
  EXPECT_EQ(json.at("images").as_array().size(), 1U);
  EXPECT_EQ(json.at("error").at("code").as_string(), "PARTIAL_FAILURE");
  EXPECT_EQ(json.at("error").at("exit_code").as_int64(), 9);
  EXPECT_EQ(json.at("partial_failure").at("reason").as_string(), "TRUNCATED");
}

TEST_F(GenerateProcessTest, DefectsAreTold) {
  v1::ImageDefect defect = v1::IMAGE_DEFECT_UNKNOWN_FORMAT;
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                            v1::GenerateImagesResponse& response) {
    Draw(response);
    response.mutable_images(0)->mutable_info()->add_defects(defect);
    return grpc::Status::OK;
  };
  const Finished unknown = Generate({"-o", "a.png"});
  EXPECT_EQ(unknown.exit_code, 9);
  EXPECT_EQ(unknown.err, "Error: a.png is saved, but: not in a known image format.\n");
  const auto json = boost::json::parse(Generate({"--json"}).out).as_object();
  EXPECT_EQ(json.at("images").at(0).at("defects").at(0).as_string(), "UNKNOWN_FORMAT");
  EXPECT_EQ(json.at("error").at("code").as_string(), "DEFECTIVE_IMAGE");
  defect = v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH;
  const Finished mismatch = Generate({"-o", "b.png"});
  EXPECT_EQ(mismatch.exit_code, 0);
  EXPECT_EQ(mismatch.err, "Note: b.png is saved, but: not the kind of image that the provider said.\n");
}

TEST_F(GenerateProcessTest, JsonHasNoImages) {
  const Finished finished = Generate({"--json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(json.at("images").at(0).at("width").as_int64(), 1024);
  EXPECT_EQ(json.at("images").at(0).at("bytes").as_int64(), 2024);
  EXPECT_TRUE(fs::exists(folder_ / std::string(json.at("images").at(0).at("path").as_string())));
  EXPECT_THAT(finished.out, HasSubstr("\"cost\":0.0387"));
  EXPECT_EQ(json.at("call").at("requests_sent").as_int64(), 2);
  EXPECT_LT(finished.out.size(), 500U);
}

TEST_F(GenerateProcessTest, AFolderThatVanishesMeanwhileDoesNotLoseTheImage) {
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

TEST_F(GenerateProcessTest, AFileSizeLimitIsReportedAndLeavesNoHalfFile) {
  const Finished finished =
      Tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model", "--json"}), {.file_size = 1000})
          .Wait();
  EXPECT_EQ(finished.exit_code, 8);
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(json.at("error").at("billing_outcome").as_string(), "BILLED");
  EXPECT_TRUE(json.at("images").at(0).at("path").is_null());
  EXPECT_THAT(folder_.Names(), testing::ElementsAre("rescue"));
  EXPECT_TRUE(fs::is_empty(folder_ / "rescue"));
}

TEST_F(GenerateProcessTest, CtrlCCancelsTheCall) {
  std::promise<void> arrived;
  std::promise<void> cancelled;
  server_.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                            v1::GenerateImagesResponse&) {
    arrived.set_value();
    while (!context.IsCancelled()) ::usleep(1000);
    cancelled.set_value();
    return grpc::Status::CANCELLED;
  };
  Tool tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model"}));
  arrived.get_future().wait();
  tool.Signal(SIGINT);
  const Finished finished = tool.Wait();
  cancelled.get_future().wait();
  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.err, HasSubstr("Error: Interrupted."));
  EXPECT_THAT(finished.err, HasSubstr("not known whether this was billed"));
}

TEST_F(GenerateProcessTest, ADumbTerminalGetsNoEscapes) {
  for (const std::vector<std::string>& environment :
       std::vector<std::vector<std::string>>{{"TERM=dumb"}, {}}) {
    const ToolOptions options = {
        .output = Attached::kTerminal, .error = Attached::kTerminal, .environment = environment};
    const Finished finished = Generate({"-o", "a.png", "--force"}, options);
    EXPECT_EQ(finished.err, "");
    EXPECT_THAT(finished.out, testing::Not(HasSubstr("\x1B")));
  }
}

TEST_F(GenerateProcessTest, ANarrowTerminalShowsTheSeconds) {
  const ToolOptions options = {.error = Attached::kTerminal, .columns = 30, .environment = {"TERM=xterm"}};
  EXPECT_THAT(Generate({}, options).err, HasSubstr("Drawing with some/mod…  0 s\r"));
  EXPECT_THAT(Stream({}, options).err, HasSubstr("Drawing with some/mod…  0 s\r"));
}

TEST_F(GenerateProcessTest, ProgressIsDrawnOnATerminalAndWipedAway) {
  Tool tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model"}),
            {.error = Attached::kTerminal, .environment = {"TERM=xterm"}});
  const Finished finished = tool.Wait();
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("Drawing with some/model  0 s"));
  EXPECT_TRUE(finished.err.ends_with("\r\x1B[K")) << finished.err;
  const Finished quiet = Tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model", "-q"}),
                              {.error = Attached::kTerminal, .environment = {"TERM=xterm"}})
                             .Wait();
  EXPECT_EQ(quiet.err, "");
}

}  // namespace
}  // namespace openrouter_images::client::cli
