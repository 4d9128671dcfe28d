// The streamed call against a scripted server.
#include "openrouter_images/image_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "openrouter_images/channel.h"
#include "openrouter_images/images_client.h"
#include "tests/unit/client/fake_images_server.h"
#include "tests/unit/client/stream_script.h"

namespace openrouter_images::client {
namespace {

using testing::ElementsAre;

// Notes what it gets, images by index.
class Notes : public StreamListener {
 public:
  void OnStarted(const v1::GenerationStarted& started) override {
    events.push_back("started " + started.generation_id());
  }
  void OnCallId(std::string_view call_id) override { events.push_back("call " + std::string(call_id)); }
  void OnPreview(const Preview& preview) override {
    events.push_back("preview " + std::to_string(preview.index) + " " + std::string(preview.file) + " " +
                     std::string(preview.media_type) + " " +
                     std::to_string(preview.last_chunk.partial_image_index()) +
                     (preview.last_chunk.defects().empty() ? "" : " damaged"));
  }
  void OnImageBegin(int index, std::string_view media_type) override {
    events.push_back("begin " + std::to_string(index) + " " + std::string(media_type));
  }
  void OnUnknownEvent(const v1::UnknownEvent& event) override {
    events.push_back("unknown " + event.type() + " " + event.data());
  }
  void OnText(std::string_view phase, std::string_view text) override {
    events.push_back(std::string(phase) + ": " + std::string(text));
  }
  void OnImageBytes(int index, int64_t offset, std::string_view bytes) override {
    images.resize(static_cast<size_t>(index) + 1);
    EXPECT_EQ(images.back().size(), static_cast<size_t>(offset));
    images.back() += bytes;
  }
  void OnImageEnd(int index) override { events.push_back("image " + std::to_string(index)); }
  void OnHeartbeat(std::chrono::milliseconds elapsed) override {
    events.push_back("heartbeat " + std::to_string(elapsed.count()));
  }

  std::vector<std::string> events;
  std::vector<std::string> images;
};

class ImageStreamTest : public testing::Test {
 protected:
  Result<StreamedImages> Run(std::function<grpc::Status(StreamScript&)> script) {
    server_.on_stream = [script](grpc::ServerContext&, const v1::StreamGenerateImagesRequest&,
                                 grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
      StreamScript stream(writer);
      return script(stream);
    };
    return client_.Stream(v1::StreamGenerateImagesRequest(), notes_);
  }

  FakeImagesServer server_;
  const ImagesClient client_{MakeChannel(server_.target())};
  Notes notes_;
};

TEST_F(ImageStreamTest, EverythingReachesTheListener) {
  const auto result = Run([](StreamScript& stream) {
    stream.Started();
    stream.Heartbeat(15);
    stream.Preview("small");
    stream.Text("content", "<svg");
    stream.Unknown("video", "{}");
    stream.Image(std::string(250, 'a'));
    stream.Image("b");
    stream.completed.mutable_usage()->set_cost(0.04);
    stream.Complete();
    return grpc::Status::OK;
  });
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_THAT(notes_.events, ElementsAre("started gen-1", "heartbeat 15000", "preview 0 small image/webp 7",
                                         "content: <svg", "unknown video {}", "begin 0 image/png", "image 0",
                                         "begin 1 image/png", "image 1"));
  EXPECT_THAT(notes_.images, ElementsAre(std::string(250, 'a'), "b"));
  EXPECT_EQ(result->completed.usage().cost(), 0.04);
  EXPECT_EQ(result->completed.images_size(), 2);
  EXPECT_EQ(result->previews, 1);
}

// The service delivers it as it is: what is damaged is said, and nothing is lost.
TEST_F(ImageStreamTest, DefectsAndAPartialFailureAreNoError) {
  const auto result = Run([](StreamScript& stream) {
    stream.Preview("half", v1::IMAGE_DEFECT_INCOMPLETE);
    stream.Image("image");
    stream.Image("");
    stream.completed.mutable_images(1)->add_defects(v1::IMAGE_DEFECT_INCOMPLETE);
    stream.completed.mutable_partial_failure()->set_reason(v1::ERROR_REASON_TRUNCATED);
    stream.Complete();
    return grpc::Status::OK;
  });
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_EQ(notes_.events.front(), "preview 0 half image/webp 7 damaged");
  EXPECT_THAT(notes_.images, ElementsAre("image", ""));
  EXPECT_EQ(result->completed.partial_failure().reason(), v1::ERROR_REASON_TRUNCATED);
  EXPECT_THAT(result->completed.images(1).defects(), ElementsAre(v1::IMAGE_DEFECT_INCOMPLETE));
}

TEST_F(ImageStreamTest, TheCallIsNamedBeforeItsEvents) {
  server_.on_stream = [](grpc::ServerContext& context, const v1::StreamGenerateImagesRequest&,
                         grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
    context.AddInitialMetadata("openrouter-images-call-id", "call-1");
    StreamScript(writer).Started();
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "a mesh gave up");
  };
  const auto result = client_.Stream(v1::StreamGenerateImagesRequest(), notes_);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(notes_.events, ElementsAre("call call-1", "started gen-1"));
  EXPECT_EQ(result.error().call_id, "call-1");
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST_F(ImageStreamTest, ADamagedImageWasBilled) {
  const auto result = Run([](StreamScript& stream) {
    stream.Image("image");
    stream.completed.mutable_images(0)->set_sha256(std::string(32, 'x'));
    stream.completed.mutable_call()->set_call_id("call-1");
    stream.Complete();
    return grpc::Status::OK;
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_RESPONSE_VALIDATION);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(result.error().details.call().call_id(), "call-1");
  EXPECT_EQ(result.error().call_id, "call-1");
  EXPECT_THAT(result.error().message, testing::HasSubstr("SHA-256"));
}

// The stream is read on after a gap, since only its end says whether money was spent.
TEST_F(ImageStreamTest, AGapIsReportedWithTheOutcomeOfTheEnd) {
  v1::ImageChunk gap;
  gap.set_offset(3);
  gap.set_data("x");
  const auto billed = Run([&](StreamScript& stream) {
    stream.Chunk(gap);
    stream.Complete();
    return grpc::Status::OK;
  });
  ASSERT_FALSE(billed.ok());
  EXPECT_EQ(billed.error().billing_outcome, v1::BILLING_OUTCOME_BILLED);
  EXPECT_THAT(notes_.images, ElementsAre());
  const auto failed = Run([&](StreamScript& stream) {
    stream.Chunk(gap);
    v1::ImagesError error;
    error.set_billing_outcome(v1::BILLING_OUTCOME_NOT_BILLED);
    return RichStatus(grpc::StatusCode::UNAVAILABLE, "provider failed", error);
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failed.error().billing_outcome, v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST_F(ImageStreamTest, AnEndWithoutCompletionLeavesTheOutcomeUnknown) {
  const auto result = Run([](StreamScript& stream) {
    stream.Image("image");
    return grpc::Status::OK;
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST_F(ImageStreamTest, TheStatusSaysWhatWasDelivered) {
  const auto result = Run([](StreamScript& stream) {
    stream.Preview("small");
    v1::ImagesError error;
    error.set_billing_outcome(v1::BILLING_OUTCOME_UNKNOWN);
    error.mutable_delivered()->set_previews(1);
    return RichStatus(grpc::StatusCode::UNKNOWN, "lost", error);
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().details.delivered().previews(), 1);
}

TEST_F(ImageStreamTest, AStopRequestCancels) {
  std::stop_source stop;
  server_.on_stream = [&](grpc::ServerContext& context, const v1::StreamGenerateImagesRequest&,
                          grpc::ServerWriter<v1::StreamGenerateImagesResponse>&) {
    stop.request_stop();
    while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return grpc::Status::CANCELLED;
  };
  const auto result = client_.Stream(v1::StreamGenerateImagesRequest(), notes_,
                                     {.timeout = {}, .cancellation = stop.get_token()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::CANCELLED);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST(ImageStreamConnectionTest, NoServerMeansNothingSent) {
  Notes notes;
  const ImagesClient client(MakeChannel("localhost:" + std::to_string(ClosedPort())));
  const auto result = client.Stream(v1::StreamGenerateImagesRequest(), notes);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT) << result.error().ToString();
}

}  // namespace
}  // namespace openrouter_images::client
