// What ends a generation after one of its images came: the image is the answer, unary and streamed alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using std::chrono::milliseconds;

// The stream holds one of the two images that are asked for, and then stays open.
v1::ImageSpec OneOfTwo() {
  v1::ImageSpec image = ImageRequest("sandbox/sse=always;sse-done=60s").image();
  image.set_n(2);
  return image;
}

struct Ended {
  grpc::Status status;
  v1::GenerateImagesResponse response;
};

Ended Generate(Stack& stack, grpc::ClientContext& context) {
  v1::GenerateImagesRequest request;
  *request.mutable_image() = OneOfTwo();
  Ended ended;
  ended.status = stack.stub().GenerateImages(&context, request, &ended.response);
  return ended;
}

TEST(PartialFailureTest, TheDeadlineOfAUnaryCall) {
  Stack stack;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(3000));
  const Ended ended = Generate(stack, context);
  ASSERT_TRUE(ended.status.ok()) << ended.status.error_message();
  EXPECT_EQ(ended.response.images_size(), 1);
  EXPECT_EQ(ended.response.partial_failure().reason(), v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH);
  EXPECT_GT(ended.response.skipped_events(), 0) << "the previews";
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
  const std::string log = stack.StopAndReadLog();
  EXPECT_THAT(log, ::testing::HasSubstr("\"reason\":\"DEADLINE_AFTER_DISPATCH\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"billing\":\"BILLED\""));
}

TEST(PartialFailureTest, TheDeadlineOfAStream) {
  Stack stack;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(3000));
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = OneOfTwo();
  auto reader = stack.stub().StreamGenerateImages(&context, request);
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_TRUE(event.has_completed());
  EXPECT_EQ(event.completed().images_size(), 1);
  EXPECT_EQ(event.completed().partial_failure().reason(), v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH);
}

TEST(PartialFailureTest, ADrainOfAUnaryCall) {
  Stack stack;
  std::thread drain([&] {
    EXPECT_TRUE(stack.ledger().WaitForCompletePosts(1, kSoon));
    // The grace outlasts the image, and not the stream.
    stack.server().Drain(milliseconds(3000));
  });
  grpc::ClientContext context;
  const Ended ended = Generate(stack, context);
  drain.join();
  ASSERT_TRUE(ended.status.ok()) << ended.status.error_message();
  EXPECT_EQ(ended.response.images_size(), 1);
  EXPECT_EQ(ended.response.partial_failure().reason(), v1::ERROR_REASON_DRAINED_AFTER_DISPATCH);
}

TEST(PartialFailureTest, ADrainOfAStream) {
  Stack stack;
  grpc::ClientContext context;
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = OneOfTwo();
  auto reader = stack.stub().StreamGenerateImages(&context, request);
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event) && !(event.has_image_chunk() && event.image_chunk().last())) {
  }
  std::thread drain([&] { stack.server().Drain(milliseconds(100)); });
  while (reader->Read(&event)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  drain.join();
  ASSERT_TRUE(event.has_completed());
  EXPECT_EQ(event.completed().images_size(), 1);
  EXPECT_EQ(event.completed().partial_failure().reason(), v1::ERROR_REASON_DRAINED_AFTER_DISPATCH);
}

// Of ten large images the first ones come, and then the caller reads no more.
TEST(PartialFailureTest, AReaderThatStallsAfterAnImageHasPaidForIt) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_timeouts()->mutable_write_stall()->set_nanos(200'000'000);
    config.mutable_timeouts()->mutable_write_stall()->clear_seconds();
  }});
  grpc::ClientContext context;
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = ImageRequest("sandbox/sse=never;bytes=8000000").image();
  request.mutable_image()->set_n(10);
  auto reader = stack.stub().StreamGenerateImages(&context, request);
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event) && !(event.has_image_chunk() && event.image_chunk().last())) {
  }
  ASSERT_TRUE(event.has_image_chunk());
  const std::string log = stack.StopAndReadLog();
  EXPECT_THAT(log, ::testing::HasSubstr("\"reason\":\"READER_STALLED_AFTER_COMPLETION\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"billing\":\"BILLED\""));
}

TEST(PartialFailureTest, ACallerThatCancelsGetsNoSuccess) {
  Stack stack;
  grpc::ClientContext context;
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = OneOfTwo();
  auto reader = stack.stub().StreamGenerateImages(&context, request);
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event) && !(event.has_image_chunk() && event.image_chunk().last())) {
  }
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  const std::string log = stack.StopAndReadLog();
  EXPECT_THAT(log, ::testing::HasSubstr("\"reason\":\"CANCELLED_AFTER_COMPLETION\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"billing\":\"BILLED\""));
}

}  // namespace
}  // namespace openrouter_images::testing
