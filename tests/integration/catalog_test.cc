// The catalog's operations through the whole service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

TEST(CatalogTest, ListsModelsOfEveryCapability) {
  Stack stack;
  grpc::ClientContext context;
  v1::ListImageModelsResponse response;
  ASSERT_TRUE(stack.stub().ListImageModels(&context, {}, &response).ok());
  EXPECT_GE(response.models_size(), 12);
  EXPECT_EQ(response.call().requests_sent(), 1);
  std::set<v1::CapabilityDescriptor::TypeCase> types;
  for (const v1::ImageModel& model : response.models()) {
    EXPECT_FALSE(model.id().empty());
    EXPECT_GT(model.created(), 0);
    EXPECT_EQ(model.additional_fields().fields_size(), 0) << model.ShortDebugString();
    for (const auto& [name, capability] : model.supported_parameters()) types.insert(capability.type_case());
  }
  EXPECT_THAT(types, ::testing::UnorderedElementsAre(v1::CapabilityDescriptor::kEnum,
                                                     v1::CapabilityDescriptor::kRange,
                                                     v1::CapabilityDescriptor::kBoolean));
}

TEST(CatalogTest, ListsEndpointsOfEveryModel) {
  Stack stack;
  grpc::ClientContext list_context;
  v1::ListImageModelsResponse models;
  ASSERT_TRUE(stack.stub().ListImageModels(&list_context, {}, &models).ok());
  std::set<std::string> billables;
  std::set<std::string> units;
  for (const v1::ImageModel& model : models.models()) {
    grpc::ClientContext context;
    v1::ListImageModelEndpointsRequest request;
    request.set_model(model.id());
    v1::ListImageModelEndpointsResponse response;
    ASSERT_TRUE(stack.stub().ListImageModelEndpoints(&context, request, &response).ok()) << model.id();
    EXPECT_EQ(response.id(), model.id());
    ASSERT_GT(response.endpoints_size(), 0);
    for (const v1::ImageEndpoint& endpoint : response.endpoints()) {
      EXPECT_EQ(endpoint.additional_fields().fields_size(), 0) << endpoint.ShortDebugString();
      for (const v1::ImagePricingEntry& entry : endpoint.pricing()) {
        billables.insert(entry.billable());
        units.insert(entry.unit());
      }
    }
  }
  EXPECT_THAT(billables, ::testing::UnorderedElementsAre("output_image", "input_image", "input_font",
                                                         "input_reference", "input_text"));
  EXPECT_THAT(units, ::testing::UnorderedElementsAre("request", "image", "megapixel", "token"));
}

TEST(CatalogTest, NeedsNoKey) {
  Stack stack({.api_key = std::nullopt});
  grpc::ClientContext context;
  v1::ListImageModelsResponse response;
  EXPECT_TRUE(stack.stub().ListImageModels(&context, {}, &response).ok());
}

TEST(CatalogTest, NamesTheModelThatIsNotThere) {
  Stack stack;
  grpc::ClientContext context;
  v1::ListImageModelEndpointsRequest request;
  request.set_model("nobody/nothing");
  v1::ListImageModelEndpointsResponse response;
  const grpc::Status status = stack.stub().ListImageModelEndpoints(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.kind(), v1::ERROR_KIND_NOT_FOUND);
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST(CatalogTest, RefusesAModelThatIsNoPath) {
  Stack stack;
  for (const char* model : {"", "nobody", "/x", "x/", "../images", "a/.."}) {
    grpc::ClientContext context;
    v1::ListImageModelEndpointsRequest request;
    request.set_model(model);
    v1::ListImageModelEndpointsResponse response;
    EXPECT_EQ(stack.stub().ListImageModelEndpoints(&context, request, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << model;
  }
  EXPECT_TRUE(stack.ledger().Snapshot().empty());
}

TEST(CatalogTest, EncodesEachSegmentOfTheModel) {
  Stack stack;
  grpc::ClientContext context;
  v1::ListImageModelEndpointsRequest request;
  request.set_model("a?b/c#d%2F:free");
  v1::ListImageModelEndpointsResponse response;
  EXPECT_EQ(stack.stub().ListImageModelEndpoints(&context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  ASSERT_EQ(stack.ledger().Snapshot().size(), 1U);
  EXPECT_EQ(stack.ledger().Snapshot()[0].target, "/api/v1/images/models/a%3Fb/c%23d%252F%3Afree/endpoints");
}

// What is free is repeated after any passing fault, a lost reply too.
TEST(CatalogTest, RepeatsPassingFaults) {
  Stack stack;
  for (const char* fault :
       {"status=503;body=html", "status=504;body=html", "reset=0", "fin=20", "status=429;retry-after=2"}) {
    SCOPED_TRACE(fault);
    stack.ledger().Clear();
    ASSERT_TRUE(stack.sandbox().Script(fault));
    grpc::ClientContext context;
    v1::ListImageModelsResponse response;
    const grpc::Status status = stack.stub().ListImageModels(&context, {}, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.call().requests_sent(), static_cast<int>(stack.ledger().Snapshot().size()));
    EXPECT_EQ(response.call().requests_sent(), 2);
  }
}

// Some upstreams echo the key of the request.
TEST(CatalogTest, HandsOnNoKey) {
  Stack stack;
  sandbox::FaultScript reply;
  reply.body = sandbox::FaultScript::Body::kText;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.message =
      R"({"data":[{"id":"a/b","name":"N","auth":"Bearer KEY"},"KEY"],"seen":{"KEY":1},"endpoints":[],"id":"KEY"})";
  for (std::size_t at; (at = reply.message.find("KEY")) != std::string::npos;)
    reply.message.replace(at, 3, kKey);
  stack.sandbox().Script(reply);
  grpc::ClientContext list_context;
  v1::ListImageModelsResponse models;
  ASSERT_TRUE(stack.stub().ListImageModels(&list_context, {}, &models).ok());
  EXPECT_EQ(models.models(0).additional_fields().fields().at("auth").string_value(), "Bearer [redacted]");
  EXPECT_EQ(models.DebugString().find(kKey), std::string::npos);
  stack.sandbox().Script(reply);
  grpc::ClientContext context;
  v1::ListImageModelEndpointsRequest request;
  request.set_model("a/b");
  v1::ListImageModelEndpointsResponse endpoints;
  ASSERT_TRUE(stack.stub().ListImageModelEndpoints(&context, request, &endpoints).ok());
  EXPECT_EQ(endpoints.id(), "[redacted]");
  EXPECT_EQ(endpoints.DebugString().find(kKey), std::string::npos);
}

TEST(CatalogTest, GivesUpAfterItsAttempts) {
  Stack stack;
  ASSERT_TRUE(stack.sandbox().Script("status=503;times=9"));
  grpc::ClientContext context;
  v1::ListImageModelsResponse response;
  const grpc::Status status = stack.stub().ListImageModels(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.error.call().requests_sent(), 4);
  EXPECT_EQ(stack.ledger().Snapshot().size(), 4U);
  EXPECT_TRUE(details.retry.has_value());
}

}  // namespace
}  // namespace openrouter_images::testing
