// `generate --stream` as a process: files, previews, failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <future>
#include <string>

#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

using StreamProcessTest = ToolTest;

TEST_F(StreamProcessTest, SavesAndReportsAsWithoutStreaming) {
  const Finished finished = Stream({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "panda.png  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 2 attempts\n");
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(Content(folder_ / "panda.png"), kPng);
  EXPECT_THAT(folder_.Names(), ElementsAre("panda.png", "rescue"));
  EXPECT_EQ(server_.stream_calls, 1);
  EXPECT_EQ(server_.generate_calls, 0);
}

TEST_F(StreamProcessTest, JsonHasTheShapeOfTheOtherCall) {
  const Finished streamed = Stream({"--json", "-o", "a.png", "--force"});
  const Finished whole = Generate({"--json", "-o", "a.png", "--force"});
  EXPECT_EQ(streamed.exit_code, 0) << streamed.err;
  EXPECT_EQ(streamed.out, whole.out);
  EXPECT_THAT(streamed.out, HasSubstr("\"bytes\":2024"));
}

TEST_F(StreamProcessTest, SeveralImages) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    stream.Image(kPng + "more");
    stream.Complete();
    return grpc::Status::OK;
  });
  const Finished finished = Stream({"-o", "panda.png", "-q"});
  EXPECT_EQ(finished.out, "panda-1.png\npanda-2.png\n");
  EXPECT_EQ(Content(folder_ / "panda-2.png"), kPng + "more");
}

TEST_F(StreamProcessTest, PreviewsAreSavedAndOverwriteNothing) {
  ASSERT_EQ(Stream({"--previews", "seen", "-o", "a.png"}).exit_code, 0);
  EXPECT_THAT(folder_.Names("seen"), ElementsAre("preview-0.png", "preview-1.jpg"));
  EXPECT_EQ(Content(folder_ / "seen/preview-0.png"), kPng);
  ASSERT_EQ(Stream({"--previews", "seen", "-o", "b.png"}).exit_code, 0);
  EXPECT_THAT(folder_.Names("seen"),
              ElementsAre("preview-0-2.png", "preview-0.png", "preview-1-2.jpg", "preview-1.jpg"));
  ASSERT_EQ(Stream({"--previews", "seen", "-o", "b.png", "--force"}).exit_code, 0);
  EXPECT_EQ(folder_.Names("seen").size(), 4U);
}

TEST_F(StreamProcessTest, AnErrorLeavesNoHalfImage) {
  Script([](StreamScript& stream) {
    v1::ImageChunk half;
    half.set_data(kPng);
    stream.Preview("small");
    stream.Chunk(half);
    v1::ImagesError error;
    error.set_kind(v1::ERROR_KIND_CONNECTION);
    error.set_billing_outcome(v1::BILLING_OUTCOME_UNKNOWN);
    error.mutable_delivered()->set_previews(1);
    error.mutable_delivered()->set_bytes(2029);
    return RichStatus(grpc::StatusCode::UNKNOWN, "The upstream hung up.", error);
  });
  const Finished finished = Stream();
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_THAT(finished.err, HasSubstr("  Received  1 preview and 0 images before it failed, 2.0 kB\n"));
  EXPECT_THAT(folder_.Names(), ElementsAre("rescue"));
}

TEST_F(StreamProcessTest, AWholeImageIsKeptWhenTheCallFailsLater) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    v1::ImagesError error;
    error.set_billing_outcome(v1::BILLING_OUTCOME_UNKNOWN);
    return RichStatus(grpc::StatusCode::UNKNOWN, "The upstream hung up.", error);
  });
  const Finished finished = Stream({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_EQ(Content(folder_ / "panda.png"), kPng);
  EXPECT_THAT(finished.err, HasSubstr("Note: panda.png came to its end before the call failed."));
  // It does not take a good one's place.
  EXPECT_THAT(Stream({"--force", "-o", "panda.png"}).err, HasSubstr("Note: panda-2.png came to its end"));
  const auto json = boost::json::parse(Stream({"--json", "-o", "json.png"}).out).as_object();
  EXPECT_EQ(json.at("unverified_images").at(0).at("path").as_string(), "json.png");
  EXPECT_EQ(json.at("error").at("exit_code").as_int64(), 7);
}

TEST_F(StreamProcessTest, ADamagedImageIsNoSuccess) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    stream.completed.mutable_images(0)->set_size_bytes(1);
    stream.Complete();
    return grpc::Status::OK;
  });
  const Finished finished = Stream();
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err, HasSubstr("Image 0 has 1 bytes, and 2024 were received."));
  EXPECT_THAT(finished.err, HasSubstr("The image was made and billed."));
}

// The limit on a file's size strikes in the middle, in both folders; the stream is read to its end all the
// same.
TEST_F(StreamProcessTest, AFullDiskIsReportedAsPaidAndLost) {
  const Finished finished = Stream({"--json"}, {.file_size = 1000});
  EXPECT_EQ(finished.exit_code, 8);
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_TRUE(json.at("images").at(0).at("path").is_null());
  EXPECT_EQ(json.at("images").at(0).at("bytes").as_int64(), 2024);
  EXPECT_EQ(json.at("usage").at("cost").as_double(), 0.0387);
  EXPECT_EQ(json.at("error").at("billing_outcome").as_string(), "BILLED");
  EXPECT_THAT(folder_.Names(), ElementsAre("rescue"));
  EXPECT_TRUE(fs::is_empty(folder_ / "rescue"));
}

TEST_F(StreamProcessTest, AFolderThatVanishesMeanwhileDoesNotLoseTheImage) {
  fs::create_directory(folder_ / "out");
  Script([this](StreamScript& stream) {
    fs::remove(folder_ / "out");
    return DrawStream(stream);
  });
  const Finished finished = Stream({"-o", "out"});
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err, HasSubstr("The image is safe in "));
  ASSERT_EQ(folder_.Names("rescue").size(), 1U);
  EXPECT_EQ(Content(folder_ / "rescue" / *folder_.Names("rescue").begin()), kPng);
}

TEST_F(StreamProcessTest, CtrlCCancelsTheCall) {
  std::promise<void> arrived;
  server_.on_stream = [&](grpc::ServerContext& context, const v1::StreamGenerateImagesRequest&,
                          grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
    context.AddInitialMetadata("openrouter-images-call-id", "0123456789abcdef0123456789abcdef");
    StreamScript stream(writer);
    stream.Started();
    stream.Preview(kPng);
    arrived.set_value();
    while (!context.IsCancelled()) ::usleep(1000);
    return grpc::Status::CANCELLED;
  };
  Tool tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model", "--previews", "seen"}));
  arrived.get_future().wait();
  Await("seen/preview-0.png");
  tool.Signal(SIGINT);
  const Finished finished = tool.Wait();
  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.err, HasSubstr("not known whether this was billed"));
  EXPECT_THAT(finished.err, HasSubstr("  Call      0123456789abcdef0123456789abcdef\n  Record    gen-1\n"));
}

TEST_F(StreamProcessTest, ProgressShowsThePhase) {
  const Finished finished = Stream({}, {.error = Attached::kTerminal, .environment = {"TERM=xterm"}});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("Drawing with some/model  0 s, waiting"));
  EXPECT_TRUE(finished.err.ends_with("\r\x1B[K")) << finished.err;
}

}  // namespace
}  // namespace openrouter_images::client::cli
