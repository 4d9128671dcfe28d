#include "service/rpc/response_builder.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "service/rpc/wire.h"

namespace openrouter_images::rpc {
namespace {

using google::protobuf::util::MessageDifferencer;

v1::StreamGenerateImagesResponse Chunk(int index, std::string data) {
  v1::StreamGenerateImagesResponse event;
  event.mutable_image_chunk()->set_index(index);
  event.mutable_image_chunk()->set_data(std::move(data));
  return event;
}

v1::StreamGenerateImagesResponse Started() {
  v1::StreamGenerateImagesResponse event;
  event.mutable_generation_started();
  return event;
}

v1::GenerationCompleted Completed(int images) {
  v1::GenerationCompleted completed;
  completed.set_created(7);
  for (int i = 0; i < images; ++i) completed.add_images()->set_media_type("image/" + std::to_string(i));
  completed.mutable_usage()->set_cost(0.25);
  completed.mutable_call()->set_requests_sent(2);
  (*completed.mutable_additional_fields()->mutable_fields())["later"].set_bool_value(true);
  completed.mutable_partial_failure()->set_reason(v1::ERROR_REASON_TRUNCATED);
  completed.set_dropped_images(3);
  return completed;
}

v1::GenerateImagesResponse Built(ResponseBuilder builder, v1::GenerationCompleted completed) {
  v1::GenerateImagesResponse response;
  EXPECT_TRUE(Parse(std::move(builder).Build(std::move(completed)), response));
  return response;
}

TEST(ResponseBuilderTest, IsWhatProtobufWouldWrite) {
  const std::string large(300'000, 'x');
  ResponseBuilder builder;
  builder.Take(Started());
  builder.Take(Chunk(0, "first "));
  builder.Take(Chunk(0, "image"));
  builder.Take(Chunk(1, large));
  EXPECT_EQ(builder.bytes(), 11U + large.size());

  v1::GenerateImagesResponse expected;
  expected.set_created(7);
  expected.add_images()->set_data("first image");
  expected.mutable_images(0)->mutable_info()->set_media_type("image/0");
  expected.add_images()->set_data(large);
  expected.mutable_images(1)->mutable_info()->set_media_type("image/1");
  expected.mutable_usage()->set_cost(0.25);
  expected.mutable_call()->set_requests_sent(2);
  (*expected.mutable_additional_fields()->mutable_fields())["later"].set_bool_value(true);
  expected.mutable_partial_failure()->set_reason(v1::ERROR_REASON_TRUNCATED);
  expected.set_dropped_images(3);
  EXPECT_TRUE(MessageDifferencer::Equals(Built(std::move(builder), Completed(2)), expected));
}

TEST(ResponseBuilderTest, AnotherAttemptBeginsAnew) {
  ResponseBuilder builder;
  builder.Take(Started());
  builder.Take(Chunk(0, "half an im"));
  builder.Take(Started());
  EXPECT_EQ(builder.bytes(), 0U);
  builder.Take(Chunk(0, "whole"));
  const auto response = Built(std::move(builder), Completed(1));
  ASSERT_EQ(response.images_size(), 1);
  EXPECT_EQ(response.images(0).data(), "whole");
}

TEST(ResponseBuilderTest, AnImageWithoutBytesKeepsItsPlace) {
  ResponseBuilder builder;
  builder.Take(Chunk(0, ""));
  builder.Take(Chunk(1, "image"));
  const auto response = Built(std::move(builder), Completed(2));
  ASSERT_EQ(response.images_size(), 2);
  EXPECT_EQ(response.images(0).data(), "");
  EXPECT_EQ(response.images(0).info().media_type(), "image/0");
  EXPECT_EQ(response.images(1).data(), "image");
}

TEST(ResponseBuilderTest, WhatTheUpstreamLeftOutIsUnset) {
  const auto response = Built(ResponseBuilder(), {});
  EXPECT_FALSE(response.has_created());
  EXPECT_FALSE(response.has_usage());
  EXPECT_FALSE(response.has_additional_fields());
  EXPECT_FALSE(response.has_partial_failure());
}

TEST(ResponseBuilderTest, CountsTheEventsThatHaveNoPlace) {
  ResponseBuilder builder;
  v1::StreamGenerateImagesResponse preview;
  preview.mutable_partial_image()->set_data("rough");
  builder.Take(preview);
  preview.mutable_partial_image()->set_last(true);
  builder.Take(preview);
  v1::StreamGenerateImagesResponse text;
  text.mutable_text_chunk()->set_text("<svg");
  builder.Take(text);
  v1::StreamGenerateImagesResponse unknown;
  unknown.mutable_unknown_event()->set_type("video");
  builder.Take(unknown);
  EXPECT_EQ(builder.bytes(), 0U);
  const auto response = Built(std::move(builder), Completed(0));
  EXPECT_EQ(response.images_size(), 0);
  EXPECT_EQ(response.skipped_events(), 3);
}

}  // namespace
}  // namespace openrouter_images::rpc
