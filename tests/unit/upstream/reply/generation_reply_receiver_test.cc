#include "service/upstream/reply/generation_reply_receiver.h"

#include <absl/strings/escaping.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/http/client.h"
#include "tests/support/recorded_events.h"

namespace openrouter_images::upstream {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

const std::string kPng = "\x89PNG\r\n\x1A\n";

std::string Base64(const std::string& bytes) {
  return absl::Base64Escape(bytes);
}

std::string Event(const std::string& data) {
  return "data: " + data + "\n\n";
}

std::string Preview(const std::string& bytes) {
  return Event(R"({"type":"image_generation.partial_image","partial_image_index":0,"b64_json":")" +
               Base64(bytes) + "\"}");
}

std::string Text(const std::string& phase, const std::string& text) {
  return Event(R"({"type":"image_generation.text_chunk","phase":")" + phase + R"(","text":")" + text + "\"}");
}

std::string Completed(const std::string& bytes) {
  return Event(R"({"type":"image_generation.completed","b64_json":")" + Base64(bytes) +
               R"(","created":7,"usage":{"cost":0.25}})");
}

std::string Error(const std::string& message) {
  return Event(R"({"type":"error","error":{"message":")" + message + "\"}}");
}

const std::string kDone = Event("[DONE]");

// One reply, received in pieces, and what became of it.
class Received {
 public:
  explicit Received(const std::string& content_type = "text/event-stream", const ReplyLimits& limits = {},
                    int images = 1, bool delivers = true)
      : client_(context_, {}),
        sink_(delivers),
        reply_(AttemptContext{errors::Operation::kGenerate, errors::KeyOwner::kService, {}, {}, {}}, limits,
               images, client_, sink_) {
    http::ResponseHead head;
    head.status = 200;
    head.headers.push_back({"content-type", content_type});
    reply_.OnHead(head);
    started_ = sink_.events.front().generation_started();
    sink_.events.clear();
  }

  http::Flow Write(std::string_view bytes) {
    if (flow_ == http::Flow::kContinue && !bytes.empty()) flow_ = reply_.OnBody(bytes);
    return flow_;
  }

  // The end of the body, or of the connection.
  std::optional<errors::Failure> End(http::Fault fault = http::Fault::kNone) {
    http::TransferResult result;
    result.dispatched = true;
    result.fault = flow_ == http::Flow::kAbort ? http::Fault::kAbortedByHandler : fault;
    return reply_.Conclude(result);
  }

  // What the head made known.
  const v1::GenerationStarted& started() const { return started_; }
  RecordedEvents& sink() { return sink_; }
  GenerationReplyReceiver& reply() { return reply_; }

 private:
  boost::asio::io_context context_;
  http::Client client_;
  RecordedEvents sink_;
  GenerationReplyReceiver reply_;
  v1::GenerationStarted started_;
  http::Flow flow_ = http::Flow::kContinue;
};

TEST(GenerationReplyReceiver, PassesOnWhatComesInItsOrder) {
  Received received;
  received.Write(": OPENROUTER PROCESSING\n\n" + Text("reasoning", "hm") + Preview("rough") +
                 Text("content", "a") + Text("content", "b") + Preview("finer") + Completed(kPng) + kDone);
  EXPECT_FALSE(received.End());
  EXPECT_THAT(received.sink().Lines(),
              ElementsAre("text reasoning: hm", "preview 0: rough", "text content: ab", "preview 1: finer",
                          "image 0: " + kPng));
  const v1::GenerationCompleted& completed = received.reply().completed();
  ASSERT_EQ(completed.images_size(), 1);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_EQ(completed.images(0).size_bytes(), static_cast<std::int64_t>(kPng.size()));
  EXPECT_EQ(completed.created(), 7);
  EXPECT_EQ(completed.usage().cost(), 0.25);
  EXPECT_EQ(completed.unknown_events(), 0);
}

TEST(GenerationReplyReceiver, IsTheSameForEveryCut) {
  const std::string stream = ": hi\r\n\r\n" + Text("draft", "\\u00e9t\\u00e9") +
                             Event(R"({"type":"new","x":[1]})") + Preview("rough") + Completed(kPng + "one") +
                             Completed(kPng + "two") + kDone;
  Received whole;
  whole.Write(stream);
  ASSERT_FALSE(whole.End());
  const std::string completed = whole.reply().completed().DebugString();
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    Received received;
    received.Write(std::string_view(stream).substr(0, cut));
    received.Write(std::string_view(stream).substr(cut));
    ASSERT_FALSE(received.End());
    EXPECT_EQ(received.sink().Lines(), whole.sink().Lines());
    EXPECT_EQ(received.reply().completed().DebugString(), completed);
  }
  Received received;
  for (const char& byte : stream) received.Write({&byte, 1});
  ASSERT_FALSE(received.End());
  EXPECT_EQ(received.sink().Lines(), whole.sink().Lines());
  EXPECT_EQ(received.reply().completed().DebugString(), completed);
}

TEST(GenerationReplyReceiver, AnEventMayNameItsTypeAfterItsImage) {
  Received received;
  const std::string large = kPng + std::string(500'000, 'x');
  received.Write(
      Event(R"({"b64_json":")" + Base64("rough") + R"(","type":"image_generation.partial_image"})"));
  received.Write(Event(R"({"b64_json":")" + Base64(large) + R"(","type":"image_generation.completed"})"));
  EXPECT_FALSE(received.End());
  EXPECT_THAT(received.sink().Lines(), ElementsAre("preview 0: rough", "image 0: " + large));
  for (const auto& event : received.sink().events) EXPECT_LE(event.ByteSizeLong(), 256U * 1024 + 100);
}

// The image is held until the type is known, but not sent faster than the caller takes it.
TEST(GenerationReplyReceiver, AHeldImageIsSentAsTheCallerTakesIt) {
  Received received;
  const std::string large = kPng + std::string(1'000'000, 'x');
  const std::string stream =
      Event(R"({"b64_json":")" + Base64(large) + R"(","type":"image_generation.completed"})") +
      Text("content", "after") + kDone;
  received.sink().full_after = 1;
  int pauses = 0;
  while (received.reply().OnBody(stream) == http::Flow::kPause) {
    ++pauses;
    ASSERT_LT(pauses, 100);
    ASSERT_TRUE(received.sink().when_ready);
    EXPECT_LE(received.sink().events.size(), static_cast<std::size_t>(pauses) + 1);
    received.sink().full = false;
    received.sink().full_after = 1;
  }
  EXPECT_GE(pauses, 7);
  EXPECT_FALSE(received.End());
  EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + large, "text content: after"));
  EXPECT_EQ(received.reply().completed().images(0).size_bytes(), static_cast<std::int64_t>(large.size()));
}

// For instance at the end of its deadline: the image is there and paid for.
TEST(GenerationReplyReceiver, AHeldImageIsSentWhenTheTransferEnds) {
  Received received;
  const std::string large = kPng + std::string(1'000'000, 'x');
  received.sink().full_after = 1;
  EXPECT_EQ(
      received.Write(Event(R"({"b64_json":")" + Base64(large) + R"(","type":"image_generation.completed"})")),
      http::Flow::kPause);
  EXPECT_FALSE(received.End(http::Fault::kDeadline));
  EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + large));
  EXPECT_EQ(received.reply().completed().images_size(), 1);
}

TEST(GenerationReplyReceiver, APreviewThatCannotBeReadIsSkipped) {
  for (const std::string& data : {
           std::string(R"({"type":"image_generation.partial_image","b64_json":"cm91Z2g%"})"),
           std::string(R"({"b64_json":"cm91Z2g%","type":"image_generation.partial_image"})"),
           std::string(R"({"type":"image_generation.partial_image","b64_json":"cm91)"),
       }) {
    SCOPED_TRACE(data);
    Received received;
    received.Write(Preview("rough") + Event(data) + Preview("finer") + Completed(kPng) + kDone);
    EXPECT_FALSE(received.End());
    EXPECT_THAT(received.sink().Lines(),
                ElementsAre("preview 0: rough", "preview 1: finer", "image 0: " + kPng));
    EXPECT_EQ(received.reply().completed().unknown_events(), 1);
  }
}

TEST(GenerationReplyReceiver, EndsTheTransferAtDone) {
  Received received;
  EXPECT_EQ(received.Write(Completed(kPng)), http::Flow::kContinue);
  EXPECT_EQ(received.Write(kDone), http::Flow::kAbort);
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.reply().completed().images_size(), 1);
}

TEST(GenerationReplyReceiver, TheEndFitsIntoOneMessage) {
  Received received("text/event-stream", {}, /*images=*/10);
  for (int i = 0; i < 10; ++i) {
    received.Write(Event(R"({"type":"image_generation.completed","b64_json":"Pz8/","media_type":")" +
                         std::string(400'000, 'm') + R"(","new)" + std::to_string(i) + R"(":")" +
                         std::string(400'000, 'x') + "\"}"));
  }
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.reply().completed().images_size(), 10);
  EXPECT_LE(received.reply().completed().ByteSizeLong(), 1024U * 1024);
}

TEST(GenerationReplyReceiver, UnknownEventsOfAnySizeAreSkipped) {
  // More than the limit of everything but images.
  const std::string large(2'000'000, 'A');
  const std::vector<std::string> events = {
      R"({"type":"image_generation.video","video":")" + std::string(40'000'000, 'A') + "\"}",
      R"({"type":"image_generation.video","video":")" + large + "\"}",
      R"({"video":")" + large + R"(","type":"image_generation.video"})",
      R"({"type":"image_generation.video","b64_json":")" + large + "\"}",
      R"({"b64_json":")" + large + R"(","type":"image_generation.video"})",
      R"({"type":"image_generation.video","broken":)",
      "not JSON",
      "[1,2]",
      "{}",
      R"({"type":7})",
  };
  for (const std::string& data : events) {
    SCOPED_TRACE(data.substr(0, 60));
    Received received;
    received.Write(Preview("rough"));
    received.Write(Event(data));
    received.Write(Completed(kPng) + kDone);
    EXPECT_FALSE(received.End());
    EXPECT_THAT(received.sink().Lines(), ElementsAre("preview 0: rough", "image 0: " + kPng));
    EXPECT_EQ(received.reply().completed().unknown_events(), 1);
  }
}

TEST(GenerationReplyReceiver, NothingCountsAfterDone) {
  Received received;
  received.Write(Completed(kPng) + kDone + Completed(kPng) + Error("no") + Event("not JSON"));
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.reply().completed().images_size(), 1);
}

TEST(GenerationReplyReceiver, ACompletedImageCountsHoweverTheStreamEnds) {
  for (const http::Fault fault : {http::Fault::kNone, http::Fault::kReset, http::Fault::kTruncated}) {
    Received received;
    received.Write(Completed(kPng));
    EXPECT_FALSE(received.End(fault));
    EXPECT_EQ(received.reply().completed().images_size(), 1);
  }
}

TEST(GenerationReplyReceiver, FewerImagesThanAskedForNeedTheStreamsProperEnd) {
  const auto end = [](const std::string& body, http::Fault fault) {
    Received received("text/event-stream", {}, /*images=*/3);
    received.Write(body);
    return received.End(fault);
  };
  EXPECT_FALSE(end(Completed(kPng) + kDone, http::Fault::kNone));
  EXPECT_FALSE(end(Completed(kPng) + kDone, http::Fault::kTruncated));
  EXPECT_FALSE(end(Completed(kPng), http::Fault::kNone));
  EXPECT_FALSE(end(Completed(kPng) + Completed(kPng) + Completed(kPng), http::Fault::kTruncated));
  const std::optional<errors::Failure> failure = end(Completed(kPng), http::Fault::kTruncated);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, "TRUNCATED");
  EXPECT_EQ(failure->error.billing_outcome(), v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(failure->error.delivered().images(), 1);
}

TEST(GenerationReplyReceiver, PausesWhileTheSinkIsFull) {
  Received received;
  received.sink().full = true;
  EXPECT_EQ(received.reply().OnBody("data: x"), http::Flow::kPause);
  EXPECT_TRUE(received.sink().when_ready);
  received.sink().full = false;
  EXPECT_EQ(received.reply().OnBody("data: "), http::Flow::kContinue);
}

TEST(GenerationReplyReceiver, LongTextsComeInPieces) {
  Received received;
  std::string text;
  while (text.size() < 600'000) text += "\xC3\xA9\xE2\x82\xAC";
  received.Write(Text("content", text) + Completed(kPng));
  EXPECT_FALSE(received.End());
  for (const auto& event : received.sink().events) EXPECT_LE(event.ByteSizeLong(), 256U * 1024 + 100);
  EXPECT_EQ(received.sink().Lines().front(), "text content: " + text);
}

// As the reply to a unary call.
Received Unary(const std::string& content_type, const ReplyLimits& limits = {}) {
  return Received(content_type, limits, /*images=*/1, /*delivers=*/false);
}

struct Row {
  const char* name;
  std::string body;
  const char* reason;
  v1::BillingOutcome billing;
  int previews = 0;
  int images = 0;
  http::Fault fault = http::Fault::kNone;
  const char* content_type = "text/event-stream";
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class StreamFailures : public testing::TestWithParam<Row> {};

TEST_P(StreamFailures, AreDistinguished) {
  const Row& row = GetParam();
  Received received(row.content_type, {.max_images = 2, .max_image_bytes = 1000});
  received.Write(row.body);
  const std::optional<errors::Failure> failure = received.End(row.fault);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, row.reason) << failure->message;
  EXPECT_EQ(failure->error.billing_outcome(), row.billing);
  EXPECT_EQ(failure->error.delivered().previews(), row.previews);
  EXPECT_EQ(failure->error.delivered().images(), row.images);
  if (failure->error.delivered().bytes() > 0) {
    EXPECT_EQ(failure->retryability, retry::Retryability::kPermanent);
  }
  if (row.billing == v1::BILLING_OUTCOME_BILLED) {
    EXPECT_THAT(failure->error.advice(), ::testing::HasSubstr("paid"));
    EXPECT_NE(failure->code, absl::StatusCode::kUnavailable);
  }
}

// The same outcome, but nothing has reached the caller: what may be repeated may still be repeated.
TEST_P(StreamFailures, OfAUnaryCallDeliverNothing) {
  const Row& row = GetParam();
  Received received = Unary(row.content_type, {.max_images = 2, .max_image_bytes = 1000});
  received.Write(row.body);
  const std::optional<errors::Failure> failure = received.End(row.fault);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, row.reason) << failure->message;
  EXPECT_EQ(failure->error.billing_outcome(), row.billing);
  EXPECT_FALSE(failure->error.has_delivered());
  if (row.billing == v1::BILLING_OUTCOME_NOT_BILLED) {
    EXPECT_EQ(failure->retryability, retry::Retryability::kOnce);
  }
}

constexpr auto kUnknown = v1::BILLING_OUTCOME_UNKNOWN;
constexpr auto kFree = v1::BILLING_OUTCOME_NOT_BILLED;
constexpr auto kBilled = v1::BILLING_OUTCOME_BILLED;

INSTANTIATE_TEST_SUITE_P(
    Table, StreamFailures,
    testing::Values(
        Row{"nothing", "", "INCOMPLETE_STREAM", kUnknown},
        Row{"only_done", kDone, "INCOMPLETE_STREAM", kUnknown},
        Row{"previews_only", Preview("a") + Preview("b") + kDone, "INCOMPLETE_STREAM", kUnknown, 2},
        Row{"completed_without_its_end",
            R"(data: {"type":"image_generation.completed","b64_json":")" + Base64(kPng) + "\"}\n",
            "INCOMPLETE_STREAM", kUnknown, 0, 1},
        Row{"connection_lost", Preview("a"), "OUTCOME_UNKNOWN", kUnknown, 1, 0, http::Fault::kReset},
        Row{"error_first", Error("no"), "GENERATION_FAILED", kFree},
        Row{"error_without_a_type", Event(R"({"error":{"code":502,"message":"no"}})"), "GENERATION_FAILED",
            kFree},
        Row{"error_after_a_preview", Preview("a") + Error("no"), "GENERATION_FAILED", kFree, 1},
        Row{"error_after_an_image", Completed(kPng) + Error("no"), "GENERATION_FAILED", kBilled, 0, 1},
        Row{"unreadable_event_alone", Event("nonsense") + kDone, "UPSTREAM_PROTOCOL", kUnknown},
        Row{"unreadable_event_then_error", Event("nonsense") + Error("no"), "GENERATION_FAILED", kFree},
        Row{"broken_after_an_image",
            Event(R"({"type":"image_generation.completed","b64_json":")" + Base64(kPng) + "\"") +
                Completed(kPng),
            "TRUNCATED", kUnknown, 0, 1},
        Row{"not_base64", Event(R"({"type":"image_generation.completed","b64_json":"%%%%"})"),
            "UNDECODABLE_PICTURE", kBilled},
        Row{"second_not_base64",
            Completed(kPng) + Event(R"({"type":"image_generation.completed","b64_json":"%%%%"})"),
            "UNDECODABLE_PICTURE", kBilled, 0, 1},
        Row{"preview_not_base64", Event(R"({"type":"image_generation.partial_image","b64_json":"%%%%"})"),
            "UNDECODABLE_PICTURE", kUnknown},
        Row{"second_breaks_off",
            Completed(kPng) + R"(data: {"type":"image_generation.completed","b64_json":")" + Base64(kPng),
            "TRUNCATED", kBilled, 0, 1},
        Row{"second_lacks_its_end",
            Completed(kPng) + R"(data: {"type":"image_generation.completed","b64_json":")" + Base64(kPng) +
                "\"",
            "TRUNCATED", kBilled, 0, 2},
        Row{"completed_without_an_image", Event(R"({"type":"image_generation.completed"})"),
            "UNDECODABLE_PICTURE", kBilled},
        Row{"completed_with_an_empty_image", Completed(""), "UNDECODABLE_PICTURE", kBilled},
        Row{"too_large", Completed(kPng + std::string(1000, 'x')), "TOO_LARGE", kBilled},
        Row{"too_large_before_its_type",
            Event(R"({"b64_json":")" + Base64(std::string(1001, 'x')) +
                  R"(","type":"image_generation.completed"})"),
            "TOO_LARGE", kUnknown},
        Row{"too_many", Completed(kPng) + Completed(kPng) + Completed(kPng), "TOO_MANY_PICTURES", kBilled, 0,
            3},
        Row{"json_empty", "", "EMPTY_REPLY", kUnknown, 0, 0, http::Fault::kNone, "application/json"},
        Row{"json_cut", R"({"data":[{"b64_json":")", "TRUNCATED", kUnknown, 0, 0, http::Fault::kNone,
            "application/json"},
        Row{"json_error", R"({"error":{"code":502,"message":"no"}})", "GENERATION_FAILED", kFree, 0, 0,
            http::Fault::kNone, "application/json"},
        Row{"json_without_images", R"({"data":[]})", "NO_PICTURES", kUnknown, 0, 0, http::Fault::kNone,
            "application/json"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GenerationReplyReceiver, ABufferedReplyIsSentOnAsItIsRead) {
  Received received("application/json; charset=utf-8");
  const std::string file = kPng + std::string(300'000, 'x');
  const std::string body = R"({"created":7,"data":[{"b64_json":")" + Base64(file) + R"("},{"b64_json":")" +
                           Base64("<svg/>") + R"("}],"usage":{"cost":1}})";
  received.Write(std::string_view(body).substr(0, 300'000));
  EXPECT_THAT(received.sink().Lines(), ElementsAre(StartsWith("image 0: " + kPng))) << "before its end";
  received.Write(std::string_view(body).substr(300'000));
  EXPECT_FALSE(received.End());
  EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + file, "image 1: <svg/>"));
  EXPECT_EQ(received.reply().completed().images(1).media_type(), "image/svg+xml");
  EXPECT_EQ(received.reply().completed().usage().cost(), 1);
}

TEST(GenerationReplyReceiver, BeginsWithWhatTheHeadSays) {
  struct Head {
    const char* content_type;
    bool is_stream;
  };
  for (const Head& row : {Head{"text/event-stream", true}, Head{"Text/Event-Stream;charset=utf-8", true},
                          Head{"application/json", false}, Head{"", false}}) {
    SCOPED_TRACE(row.content_type);
    EXPECT_EQ(Received(row.content_type).started().provider_streams(), row.is_stream);
  }
}

// What a provider answers does not depend on what was asked for.
TEST(GenerationReplyReceiver, AUnaryCallTakesAStream) {
  Received received = Unary("text/event-stream");
  received.Write(": OPENROUTER PROCESSING\n\n" + Text("reasoning", "hm") + Preview("rough") +
                 Completed(kPng) + kDone);
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.sink().Lines().back(), "image 0: " + kPng);
  const v1::GenerationCompleted& completed = received.reply().completed();
  ASSERT_EQ(completed.images_size(), 1);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_EQ(completed.images(0).sha256(), "") << "the bytes come in one message";
  EXPECT_EQ(completed.created(), 7);
  EXPECT_EQ(completed.usage().cost(), 0.25);
}

// The caller got none of it, so nothing forbids to read on.
TEST(GenerationReplyReceiver, AUnaryCallSurvivesAPreviewThatBreaksOffHalfway) {
  const std::string broken =
      R"({"type":"image_generation.partial_image","b64_json":")" + Base64(std::string(300'000, 'x')) + "%\"}";
  Received unary = Unary("text/event-stream");
  unary.Write(Event(broken) + Completed(kPng) + kDone);
  EXPECT_FALSE(unary.End());
  EXPECT_EQ(unary.reply().completed().images_size(), 1);
  EXPECT_EQ(unary.reply().completed().unknown_events(), 1);

  Received streamed;
  streamed.Write(Event(broken) + Completed(kPng) + kDone);
  const std::optional<errors::Failure> failure = streamed.End();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, "UNDECODABLE_PICTURE");
}

}  // namespace
}  // namespace openrouter_images::upstream
