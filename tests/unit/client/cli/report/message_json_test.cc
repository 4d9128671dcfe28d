#include "client/cli/report/message_json.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/usage.pb.h"

namespace openrouter_images::client::cli {
namespace {

std::string Json(const google::protobuf::Message& message) {
  return boost::json::serialize(MessageJson(message));
}

TEST(MessageJsonTest, CountsAreNumbersUnlessReadersWouldRoundThem) {
  v1::ImageUsage usage;
  usage.set_prompt_tokens(9'007'199'254'740'992);
  usage.set_completion_tokens(9'007'199'254'740'993);
  usage.set_total_tokens(-12);
  EXPECT_EQ(Json(usage), R"({"prompt_tokens":9007199254740992,"completion_tokens":"9007199254740993",)"
                         R"("total_tokens":-12,"iterations":[]})");
}

TEST(MessageJsonTest, WhatIsAlwaysThere) {
  v1::CapabilityDescriptor capability;
  capability.mutable_range()->set_max(10);
  EXPECT_EQ(Json(capability), R"({"range":{"min":0E0,"max":1E1}})");
  EXPECT_EQ(Json(v1::ImageModel()), "{}");
  EXPECT_EQ(Json(v1::ListImageModelsResponse()), R"({"models":[],"unreadable_models":[]})");
}

TEST(MessageJsonTest, DurationsEnumsMapsAndStructs) {
  v1::ImagesError error;
  error.set_reason(v1::ERROR_REASON_RATE_LIMIT);
  error.set_kind(static_cast<v1::ErrorKind>(99));
  error.mutable_call()->mutable_total_time()->set_seconds(1);
  error.mutable_call()->mutable_total_time()->set_nanos(500'000'000);
  (*error.mutable_call()->mutable_rate_limit())["x-ratelimit-limit"] = "5";
  (*error.mutable_upstream()->mutable_metadata()->mutable_fields())["key"].set_number_value(2);
  const boost::json::object json = MessageJson(error);
  EXPECT_EQ(json.at("reason").as_string(), "RATE_LIMIT");
  EXPECT_EQ(json.at("kind").as_string(), "99");
  EXPECT_FALSE(json.contains("billing_outcome"));
  EXPECT_EQ(json.at("call").at("total_time_seconds").as_double(), 1.5);
  EXPECT_EQ(json.at("call").at("rate_limit").at("x-ratelimit-limit").as_string(), "5");
  EXPECT_EQ(json.at("upstream").at("metadata").at("key"), 2);
}

}  // namespace
}  // namespace openrouter_images::client::cli
