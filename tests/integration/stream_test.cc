// StreamGenerateImages through the whole service, against the sandbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/sha256.h"
#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr std::size_t kMaxMessage = 1024 * 1024;
constexpr std::size_t kMaxPiece = 256 * 1024;
constexpr char kPng[] = "\x89PNG\r\n";

// A stream read to its end.
struct Received {
  grpc::Status status;
  std::map<int, std::string> previews;
  std::map<int, std::string> images;
  std::map<std::string, std::string> text;  // by phase
  v1::GenerationStarted started;
  v1::GenerationCompleted completed;
  int heartbeats = 0;
  int unknown_events = 0;
  // Names of the events, each run of equal ones once.
  std::vector<std::string> order;
};

void Append(std::map<int, std::string>& files, const v1::ImageChunk& chunk) {
  std::string& file = files[chunk.index()];
  EXPECT_EQ(chunk.offset(), static_cast<std::int64_t>(file.size()));
  EXPECT_LE(chunk.data().size(), kMaxPiece);
  EXPECT_FALSE(chunk.data().empty());
  file += chunk.data();
}

v1::StreamGenerateImagesRequest StreamOf(const std::string& model) {
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = ImageRequest(model).image();
  return request;
}

// Reads with a client that changed no setting.
Received Read(Stack& stack, const v1::StreamGenerateImagesRequest& request, grpc::ClientContext& context) {
  auto stub = v1::ImagesService::NewStub(
      grpc::CreateChannel(stack.server().address(), grpc::InsecureChannelCredentials()));
  auto reader = stub->StreamGenerateImages(&context, request);
  Received received;
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
    EXPECT_LE(event.ByteSizeLong(), kMaxMessage);
    const auto* field = event.GetDescriptor()->FindFieldByNumber(event.event_case());
    if (received.order.empty() || received.order.back() != field->name())
      received.order.push_back(field->name());
    if (event.has_generation_started()) received.started = event.generation_started();
    if (event.has_partial_image()) Append(received.previews, event.partial_image());
    if (event.has_image_chunk()) Append(received.images, event.image_chunk());
    if (event.has_text_chunk()) received.text[event.text_chunk().phase()] += event.text_chunk().text();
    if (event.has_completed()) received.completed = event.completed();
    if (event.has_heartbeat()) ++received.heartbeats;
    if (event.has_unknown_event()) ++received.unknown_events;
  }
  received.status = reader->Finish();
  return received;
}

Received Read(Stack& stack, const std::string& model) {
  grpc::ClientContext context;
  return Read(stack, StreamOf(model), context);
}

void ExpectDigests(const Received& received) {
  ASSERT_EQ(received.completed.images_size(), static_cast<int>(received.images.size()));
  for (int i = 0; i < received.completed.images_size(); ++i) {
    const v1::ImageInfo& info = received.completed.images(i);
    const std::string& image = received.images.at(i);
    EXPECT_EQ(info.size_bytes(), static_cast<std::int64_t>(image.size()));
    EXPECT_EQ(info.sha256(), client::Sha256Of(image));
  }
}

TEST(StreamTest, SendsPreviewsThenTheImage) {
  Stack stack;
  const Received received = Read(stack, "sandbox/painter");
  ASSERT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_THAT(received.order, ElementsAre("generation_started", "partial_image", "image_chunk", "completed"));
  EXPECT_TRUE(received.started.provider_streams());
  EXPECT_GE(received.previews.size(), 2U);
  for (const auto& [index, preview] : received.previews) EXPECT_THAT(preview, StartsWith(kPng));
  ASSERT_EQ(received.images.size(), 1U);
  EXPECT_THAT(received.images.at(0), StartsWith(kPng));
  ExpectDigests(received);
  EXPECT_EQ(received.completed.images(0).media_type(), "image/png");
  EXPECT_GT(received.completed.usage().cost(), 0);
  EXPECT_GT(received.completed.created(), 0);
  EXPECT_EQ(received.completed.call().requests_sent(), 1);
  EXPECT_EQ(received.completed.additional_fields().fields_size(), 0);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
  EXPECT_EQ(stack.ledger().billed(), 1U);
}

TEST(StreamTest, TheSameImageAsUnary) {
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse unary;
  ASSERT_TRUE(stack.stub().GenerateImages(&context, ImageRequest(), &unary).ok());
  EXPECT_EQ(Read(stack, "sandbox/painter").images.at(0), unary.images(0).data());
}

TEST(StreamTest, AProviderThatDoesNotStreamSendsOnlyImages) {
  Stack stack;
  v1::StreamGenerateImagesRequest request = StreamOf("sandbox/sse=never");
  request.mutable_image()->set_n(3);
  grpc::ClientContext context;
  const Received received = Read(stack, request, context);
  ASSERT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_THAT(received.order, ElementsAre("generation_started", "image_chunk", "completed"));
  EXPECT_FALSE(received.started.provider_streams());
  EXPECT_EQ(received.images.size(), 3U);
  ExpectDigests(received);
}

TEST(StreamTest, AnImageOfAnySize) {
  Stack stack;
  for (const char* model : {"sandbox/sse=never;bytes=25165824", "sandbox/sse=always;bytes=25165824"}) {
    SCOPED_TRACE(model);
    const Received received = Read(stack, model);
    ASSERT_TRUE(received.status.ok()) << received.status.error_message();
    EXPECT_EQ(received.images.at(0).size(), 25165824U);
    ExpectDigests(received);
  }
}

TEST(StreamTest, TextOfAModelThatWrites) {
  Stack stack;
  v1::StreamGenerateImagesRequest request = StreamOf("sandbox/as=quiver%2Farrow-1;sse=always");
  request.mutable_image()->clear_resolution();
  grpc::ClientContext context;
  const Received received = Read(stack, request, context);
  ASSERT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_EQ(received.text.count("reasoning"), 1U);
  EXPECT_THAT(received.text.at("content"), StartsWith("<svg"));
  EXPECT_EQ(received.text.at("content"), received.images.at(0));
  EXPECT_EQ(received.completed.images(0).media_type(), "image/svg+xml");
}

TEST(StreamTest, LineEndsCommentsAndUnknownEvents) {
  Stack stack;
  for (const char* newline : {"lf", "cr", "crlf", "mixed"}) {
    SCOPED_TRACE(newline);
    const Received received = Read(
        stack, std::string("sandbox/sse=always;sse-comments=3;sse-unknown=2;write=7;sse-newline=") + newline);
    ASSERT_TRUE(received.status.ok()) << received.status.error_message();
    ExpectDigests(received);
    EXPECT_EQ(received.unknown_events, 2);
  }
}

TEST(StreamTest, TheFirstPieceLeavesBeforeTheLastArrives) {
  Stack stack;
  // The last one never does.
  const Received received = Read(stack, "sandbox/sse=never;bytes=1048576;fin=900000");
  const Details details = DetailsOf(received.status);
  EXPECT_EQ(details.info.reason(), "TRUNCATED");
  ASSERT_EQ(received.images.size(), 1U);
  EXPECT_GT(received.images.at(0).size(), 300'000U);
  EXPECT_EQ(details.error.delivered().bytes(), static_cast<std::int64_t>(received.images.at(0).size()));
  EXPECT_EQ(details.error.delivered().images(), 0);
}

struct EndRow {
  const char* name;
  const char* model;
  grpc::StatusCode code;
  const char* reason;
  v1::BillingOutcome billing;
  int previews;
};

void PrintTo(const EndRow& row, std::ostream* out) {
  *out << row.model;
}

class StreamEndTest : public ::testing::TestWithParam<EndRow> {};

TEST_P(StreamEndTest, ReportsTheOutcome) {
  const EndRow& row = GetParam();
  Stack stack;
  grpc::ClientContext context;
  const Received received = Read(stack, StreamOf(row.model), context);
  EXPECT_EQ(received.status.error_code(), row.code) << received.status.error_message();
  const Details details = DetailsOf(received.status);
  EXPECT_EQ(details.info.reason(), row.reason);
  EXPECT_EQ(details.error.billing_outcome(), row.billing);
  EXPECT_EQ(details.error.delivered().previews(), row.previews);
  EXPECT_FALSE(received.completed.has_call());
  EXPECT_EQ(details.error.call().requests_sent(), static_cast<int>(stack.ledger().complete_posts()));
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Ends, StreamEndTest,
    ::testing::Values(EndRow{"EofAfterPreviews", "sandbox/sse=always;sse-eof=2", grpc::StatusCode::UNKNOWN,
                             "INCOMPLETE_STREAM", v1::BILLING_OUTCOME_UNKNOWN, 2},
                      EndRow{"EofBeforeAnything", "sandbox/sse=always;sse-eof=0", grpc::StatusCode::UNKNOWN,
                             "INCOMPLETE_STREAM", v1::BILLING_OUTCOME_UNKNOWN, 0},
                      EndRow{"ErrorAfterPreviews", "sandbox/sse=always;sse-error=2",
                             grpc::StatusCode::UNKNOWN, "GENERATION_FAILED", v1::BILLING_OUTCOME_NOT_BILLED,
                             2},
                      EndRow{"ErrorBeforePreviewsIsRepeatedOnce", "sandbox/sse=always;sse-error=0",
                             grpc::StatusCode::UNKNOWN, "GENERATION_FAILED", v1::BILLING_OUTCOME_NOT_BILLED,
                             0},
                      EndRow{"Truncated", "sandbox/sse=never;fin=3000", grpc::StatusCode::UNKNOWN,
                             "TRUNCATED", v1::BILLING_OUTCOME_UNKNOWN, 0},
                      EndRow{"TooLarge", "sandbox/sse=never;bytes=68000000", grpc::StatusCode::DATA_LOSS,
                             "TOO_LARGE", v1::BILLING_OUTCOME_BILLED, 0},
                      EndRow{"Status", "sandbox/status=400", grpc::StatusCode::INVALID_ARGUMENT,
                             "BAD_REQUEST", v1::BILLING_OUTCOME_NOT_BILLED, 0}),
    [](const auto& row) { return row.param.name; });

TEST(StreamTest, AnEventMayNameItsTypeLast) {
  Stack stack;
  const Received received = Read(stack, "sandbox/sse=always;sse-type=last;bytes=8000000");
  ASSERT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_THAT(received.order, ElementsAre("generation_started", "partial_image", "image_chunk", "completed"));
  EXPECT_EQ(received.images.at(0).size(), 8'000'000U);
  ExpectDigests(received);
}

// The sandbox streams one image, whatever was asked for, and here the end of its stream keeps the caller
// waiting.
TEST(StreamTest, DrainingReportsWhatWasDeliveredAndPaidFor) {
  Stack stack;
  v1::StreamGenerateImagesRequest request = StreamOf("sandbox/sse=always;sse-done=60s");
  request.mutable_image()->set_n(2);
  grpc::ClientContext context;
  auto reader = stack.stub().StreamGenerateImages(&context, request);
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event) && !(event.has_image_chunk() && event.image_chunk().last())) {
  }
  stack.server().Drain(milliseconds(1));
  while (reader->Read(&event)) {
  }
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_TRUE(event.has_completed());
  EXPECT_EQ(event.completed().images_size(), 1);
  EXPECT_EQ(event.completed().partial_failure().reason(), v1::ERROR_REASON_DRAINED_AFTER_DISPATCH);
  EXPECT_EQ(event.completed().call().attempts(0).billing_outcome(), v1::BILLING_OUTCOME_BILLED);
}

// The timer may come due in the very turn of the loop that ends the stream.
TEST(StreamTest, NoHeartbeatComesAfterTheEnd) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_timeouts()->mutable_heartbeat()->set_nanos(1'000'000);
    config.mutable_timeouts()->mutable_heartbeat()->clear_seconds();
  }});
  for (int i = 0; i < 200; ++i) {
    EXPECT_FALSE(Read(stack, "sandbox/status=400;delay=1ms").status.ok());
  }
}

TEST(StreamTest, HeartbeatsOnASilentStream) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_timeouts()->mutable_heartbeat()->set_nanos(20'000'000);
    config.mutable_timeouts()->mutable_heartbeat()->clear_seconds();
  }});
  const Received received = Read(stack, "sandbox/delay=300ms");
  ASSERT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_GE(received.heartbeats, 3);
}

TEST(StreamTest, AReaderThatNeverReadsIsEnded) {
  Stack stack({.configure = [](config::v1::Config& config) {
    config.mutable_timeouts()->mutable_write_stall()->set_nanos(200'000'000);
    config.mutable_timeouts()->mutable_write_stall()->clear_seconds();
  }});
  grpc::ClientContext context;
  auto reader = stack.stub().StreamGenerateImages(&context, StreamOf("sandbox/sse=never;bytes=60000000"));
  ASSERT_TRUE(stack.ledger().WaitForCompletePosts(1, kSoon));
  EXPECT_THAT(stack.StopAndReadLog(), ::testing::HasSubstr("READER_STALLED"));
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(StreamTest, ReadersThatTakeNothingDoNotStopOthers) {
  // All on one loop.
  Stack stack(
      {.configure = [](config::v1::Config& config) { config.mutable_upstream()->set_event_loops(1); }});
  constexpr std::size_t kReaders = 4;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::StreamGenerateImagesResponse>>> readers;
  for (std::size_t i = 0; i < kReaders; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(stack.stub().StreamGenerateImages(contexts.back().get(),
                                                        StreamOf("sandbox/sse=never;bytes=24000000")));
  }
  ASSERT_TRUE(stack.ledger().WaitForCompletePosts(kReaders, kSoon));
  const Received received = Read(stack, "sandbox/sse=never;bytes=8000000");
  EXPECT_TRUE(received.status.ok()) << received.status.error_message();
  EXPECT_EQ(received.images.at(0).size(), 8'000'000U);
  for (auto& context : contexts) context->TryCancel();
  for (auto& reader : readers) EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(StreamTest, ACallersCancellationEndsTheTransfer) {
  Stack stack;
  grpc::ClientContext context;
  auto reader = stack.stub().StreamGenerateImages(&context, StreamOf("sandbox/sse=never;bytes=60000000"));
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event) && !event.has_image_chunk()) {
  }
  ASSERT_TRUE(event.has_image_chunk());
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_THAT(stack.StopAndReadLog(), ::testing::HasSubstr("\"code\":\"CANCELLED\""));
}

TEST(StreamTest, RefusesWhatIsInvalid) {
  Stack stack;
  v1::StreamGenerateImagesRequest request;
  grpc::ClientContext context;
  const Received received = Read(stack, request, context);
  EXPECT_EQ(received.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(received.order.empty());
  EXPECT_EQ(stack.ledger().complete_posts(), 0U);
}

}  // namespace
}  // namespace openrouter_images::testing
