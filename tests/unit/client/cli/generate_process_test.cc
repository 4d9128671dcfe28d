// `generate` as a process: what it sends, saves and prints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <future>
#include <iterator>
#include <string>

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
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest& request,
                            v1::GenerateImagesResponse& response) {
    received = request;
    return Draw(response);
  };
  ASSERT_EQ(Generate({"-o", "first.png"}).exit_code, 0);
  EXPECT_FALSE(received.has_options());
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
}

TEST_F(GenerateProcessTest, JsonHasNoImages) {
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

TEST_F(GenerateProcessTest, ProgressIsDrawnOnATerminalAndWipedAway) {
  Tool tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model"}),
            {.error_stream = ErrorStream::kTerminal});
  const Finished finished = tool.Wait();
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("Drawing with some/model  0 s"));
  EXPECT_TRUE(finished.err.ends_with("\r\x1B[K")) << finished.err;
  const Finished quiet = Tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model", "-q"}),
                              {.error_stream = ErrorStream::kTerminal})
                             .Wait();
  EXPECT_EQ(quiet.err, "");
}

}  // namespace
}  // namespace openrouter_images::client::cli
