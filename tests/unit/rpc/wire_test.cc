#include "service/rpc/wire.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <string>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::rpc {
namespace {

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

TEST(WireTest, WhatIsSerializedParsesAgain) {
  v1::GenerateImagesResponse response;
  response.add_images()->set_data(std::string(3'000'000, 'x'));
  response.set_created(7);
  grpc::ByteBuffer bytes;
  Serialize(response, bytes);
  EXPECT_EQ(bytes.Length(), response.ByteSizeLong());
  v1::GenerateImagesResponse again;
  ASSERT_TRUE(Parse(bytes, again));
  EXPECT_EQ(again.SerializeAsString(), response.SerializeAsString());
}

TEST(WireTest, AnEmptyMessageIsAMessage) {
  grpc::ByteBuffer bytes;
  Serialize(v1::ListImageModelsRequest(), bytes);
  v1::ListImageModelsRequest request;
  EXPECT_TRUE(Parse(bytes, request));
}

TEST(WireTest, RefusesWhatIsNoMessage) {
  v1::GenerateImagesRequest request;
  EXPECT_FALSE(Parse(BufferOf("\xff\xff\xff"), request));
  // A string field that is not UTF-8.
  EXPECT_FALSE(Parse(BufferOf(std::string("\x0a\x03\x0a\x01\xff", 5)), request));
  // A message that ends inside a field.
  EXPECT_FALSE(Parse(BufferOf(std::string("\x0a\x05\x0a", 3)), request));
}

TEST(WireTest, ScansWhatItParses) {
  v1::GenerateImagesRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(99, 1);
  const auto& type = *v1::GenerateImagesRequest::descriptor();
  EXPECT_EQ(Scan(BufferOf(request.SerializeAsString()), type).unknown_fields.size(), 1U);
  EXPECT_TRUE(Scan(grpc::ByteBuffer(), type).unknown_fields.empty());
}

TEST(WireTest, TheStatusKeepsItsDetails) {
  google::rpc::Status status;
  status.set_code(14);
  status.set_message("no connection");
  status.add_details()->set_type_url("type.googleapis.com/x");
  const grpc::Status result = ToGrpcStatus(status);
  EXPECT_EQ(result.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(result.error_message(), "no connection");
  EXPECT_EQ(result.error_details(), status.SerializeAsString());
}

}  // namespace
}  // namespace openrouter_images::rpc
