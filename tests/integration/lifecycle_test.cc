// Deadlines, cancellation, bad bytes, shutdown: what happens around a call.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LifecycleTest, ADeadlineThatIsTooCloseSendsNothing) {
  Stack stack;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(200));
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(stack.ledger().Snapshot().size(), 0U);
}

// The status leaves a little before the caller's own timer fires, so that it can say what is known of the
// money.
TEST(LifecycleTest, ADeadlineDuringTheGenerationReportsTheOutcome) {
  Stack stack;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(800));
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/delay=forever"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << status.error_message();
  EXPECT_EQ(DetailsOf(status).error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(LifecycleTest, CancellationEndsTheTransferAtOnce) {
  Stack stack;
  grpc::ClientContext context;
  std::thread canceller([&] {
    EXPECT_TRUE(stack.ledger().WaitForCompletePosts(1, kSoon));
    context.TryCancel();
  });
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/delay=forever"), &response);
  canceller.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  // Ends only when no call is left; the outcome is on record.
  const std::string log = stack.StopAndReadLog();
  EXPECT_THAT(log, ::testing::HasSubstr("\"code\":\"CANCELLED\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"billing\":\"UNKNOWN\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"event\":\"not_delivered\""));
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

// A client library that retries UNAVAILABLE by habit does not repeat what may have been paid for.
TEST(LifecycleTest, ARetryingClientDoesNotRepeatAPaidCall) {
  Stack stack;
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(R"({"methodConfig": [{"name": [{}], "retryPolicy": {
      "maxAttempts": 5, "initialBackoff": "0.01s", "maxBackoff": "0.01s", "backoffMultiplier": 1,
      "retryableStatusCodes": ["UNAVAILABLE", "UNKNOWN", "RESOURCE_EXHAUSTED", "INTERNAL"]}}]})");
  auto stub = v1::ImagesService::NewStub(
      grpc::CreateCustomChannel(stack.server().address(), grpc::InsecureChannelCredentials(), arguments));
  for (const char* fault : {"reset=0", "status=502;body=html", "status=503"}) {
    SCOPED_TRACE(fault);
    stack.ledger().Clear();
    v1::GenerateImagesRequest request = ImageRequest(std::string("sandbox/") + fault);
    request.mutable_options()->mutable_retry()->set_strategy(v1::RetryOptions::STRATEGY_NONE);
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    EXPECT_FALSE(stub->GenerateImages(&context, request, &response).ok());
    EXPECT_EQ(stack.ledger().complete_posts(), 1U);
  }
}

// What tells gRPC clients and Envoy that the call is committed.
class HeadersReactor final : public grpc::ClientUnaryReactor {
 public:
  void OnReadInitialMetadataDone(bool ok) override { headers_.set_value(ok); }
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }
  bool WaitForHeaders() { return headers_.get_future().get(); }
  grpc::Status WaitForEnd() { return done_.get_future().get(); }

 private:
  std::promise<bool> headers_;
  std::promise<grpc::Status> done_;
};

TEST(LifecycleTest, TheHeadersLeaveAtTheDispatch) {
  Stack stack;
  grpc::ClientContext context;
  const v1::GenerateImagesRequest request = ImageRequest("sandbox/delay=forever");
  v1::GenerateImagesResponse response;
  HeadersReactor reactor;
  stack.stub().async()->GenerateImages(&context, &request, &response, &reactor);
  reactor.StartCall();
  // The upstream has not said a word.
  EXPECT_TRUE(reactor.WaitForHeaders());
  context.TryCancel();
  EXPECT_EQ(reactor.WaitForEnd().error_code(), grpc::StatusCode::CANCELLED);
}

// So that a client library may repeat what the service has tried only once.
TEST(LifecycleTest, NoHeadersLeaveWhenNothingWasSent) {
  Stack stack({.base_url = "http://127.0.0.1:1/api/v1"});
  grpc::ClientContext context;
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_options()->mutable_retry()->set_max_attempts(1);
  v1::GenerateImagesResponse response;
  HeadersReactor reactor;
  stack.stub().async()->GenerateImages(&context, &request, &response, &reactor);
  reactor.StartCall();
  EXPECT_FALSE(reactor.WaitForHeaders());
  EXPECT_EQ(reactor.WaitForEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 0U);
}

TEST(LifecycleTest, ASecondServerDoesNotShareThePort) {
  Stack stack;
  EXPECT_THROW(Stack({.configure =
                          [&](config::v1::Config& config) {
                            config.mutable_listen()->set_address(stack.server().address());
                          }}),
               std::runtime_error);
}

TEST(LifecycleTest, ReportsHealthByName) {
  Stack stack;
  const auto stub = grpc::health::v1::Health::NewStub(stack.channel());
  for (const char* service : {"", "openrouter_images.v1.ImagesService"}) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, request, &response).ok());
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
}

TEST(LifecycleTest, BytesThatAreNoMessageAreAnInvalidArgument) {
  Stack stack;
  grpc::GenericStub stub(stack.channel());
  for (const char* method : {"GenerateImages", "ListImageModels", "ListImageModelEndpoints"}) {
    SCOPED_TRACE(method);
    const grpc::Slice garbage("\xff\xff\xff\xff");
    const grpc::ByteBuffer request(&garbage, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    grpc::Status status;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, std::string("/openrouter_images.v1.ImagesService/") + method, {}, &request,
                   &response, [&done](grpc::Status result) { done.set_value(std::move(result)); });
    status = done.get_future().get();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(DetailsOf(status).error.kind(), v1::ERROR_KIND_INVALID_REQUEST);
  }
  EXPECT_TRUE(stack.ledger().Snapshot().empty());
}

TEST(LifecycleTest, CompressedRequestsAreRefused) {
  Stack stack;
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_image()->set_prompt(std::string(1'000'000, 'a'));
  v1::GenerateImagesResponse response;
  EXPECT_EQ(stack.stub().GenerateImages(&context, request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(stack.ledger().Snapshot().empty());
}

TEST(LifecycleTest, RequestsAboveTheLimitAreRefused) {
  Stack stack(
      {.configure = [](config::v1::Config& config) { config.mutable_limits()->set_max_request_mib(1); }});
  grpc::ClientContext context;
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_image()->add_input_references()->mutable_inline_()->set_data(std::string(2 << 20, 'a'));
  v1::GenerateImagesResponse response;
  EXPECT_EQ(stack.stub().GenerateImages(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(stack.ledger().Snapshot().empty());
}

TEST(LifecycleTest, DrainingLetsCallsFinish) {
  Stack stack;
  grpc::Status status;
  std::thread caller([&] {
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    status = stack.stub().GenerateImages(&context, ImageRequest("sandbox/delay=300ms"), &response);
  });
  EXPECT_TRUE(stack.ledger().WaitForCompletePosts(1, kSoon));
  stack.server().Drain(kSoon);
  caller.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST(LifecycleTest, DrainingEndsCallsThatOutlastTheGrace) {
  Stack stack;
  grpc::Status status;
  std::thread caller([&] {
    grpc::ClientContext context;
    v1::GenerateImagesResponse response;
    status = stack.stub().GenerateImages(&context, ImageRequest("sandbox/delay=forever"), &response);
  });
  EXPECT_TRUE(stack.ledger().WaitForCompletePosts(1, kSoon));
  stack.server().Drain(milliseconds(50));
  caller.join();
  // Not UNAVAILABLE, which would invite a repetition.
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.info.reason(), "DRAINED_AFTER_DISPATCH");
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_UNKNOWN);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

}  // namespace
}  // namespace openrouter_images::testing
