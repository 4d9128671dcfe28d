#include "service/upstream/reply/generation_reply_receiver.h"

#include <absl/strings/escaping.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/sha256.h"
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
      : client_(context_, {}), sink_(delivers), reply_(Context(), limits, images, client_, sink_) {
    http::ResponseHead head;
    head.status = 200;
    if (!content_type.empty()) head.headers.push_back({"content-type", content_type});
    reply_.OnHead(head);
    TakeStarted();
  }

  http::Flow Write(std::string_view bytes) {
    if (flow_ == http::Flow::kContinue && !bytes.empty()) flow_ = reply_.OnBody(bytes);
    TakeStarted();
    return flow_;
  }

  // The end of the body, or of the connection.
  std::optional<errors::Failure> End(http::Fault fault = http::Fault::kNone) {
    http::TransferResult result;
    result.dispatched = true;
    result.fault = flow_ == http::Flow::kAbort ? http::Fault::kAbortedByHandler : fault;
    return reply_.Conclude(result);
  }

  // Unset until it is sent.
  const std::optional<v1::GenerationStarted>& started() const { return started_; }
  RecordedEvents& sink() { return sink_; }
  GenerationReplyReceiver& reply() { return reply_; }
  const v1::GenerationCompleted& completed() { return reply_.completed(); }

 private:
  static AttemptContext Context() {
    AttemptContext context;
    context.number = 2;
    context.operation = errors::Operation::kGenerate;
    context.key = "sk-or-v1-secret";
    return context;
  }

  void TakeStarted() {
    if (sink_.events.empty() || !sink_.events.front().has_generation_started()) return;
    EXPECT_FALSE(started_) << "once";
    started_ = sink_.events.front().generation_started();
    sink_.events.erase(sink_.events.begin());
  }

  boost::asio::io_context context_;
  http::Client client_;
  RecordedEvents sink_;
  GenerationReplyReceiver reply_;
  std::optional<v1::GenerationStarted> started_;
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
  const v1::GenerationCompleted& completed = received.completed();
  ASSERT_EQ(completed.images_size(), 1);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_EQ(completed.images(0).size_bytes(), static_cast<std::int64_t>(kPng.size()));
  EXPECT_EQ(completed.created(), 7);
  EXPECT_EQ(completed.usage().cost(), 0.25);
  EXPECT_FALSE(completed.has_partial_failure());
}

TEST(GenerationReplyReceiver, IsTheSameForEveryCut) {
  const std::string stream = ": hi\r\n\r\n" + Text("draft", "\\u00e9t\\u00e9") +
                             Event(R"({"type":"new","x":[1]})") + Event("odd") + Preview("rough") +
                             Completed(kPng + "one") + Completed(kPng + "two") + kDone;
  Received whole;
  whole.Write(stream);
  ASSERT_FALSE(whole.End());
  const std::string completed = whole.completed().DebugString();
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    Received received;
    received.Write(std::string_view(stream).substr(0, cut));
    received.Write(std::string_view(stream).substr(cut));
    ASSERT_FALSE(received.End());
    EXPECT_EQ(received.sink().Lines(), whole.sink().Lines());
    EXPECT_EQ(received.completed().DebugString(), completed);
  }
  Received received;
  for (const char& byte : stream) received.Write({&byte, 1});
  ASSERT_FALSE(received.End());
  EXPECT_EQ(received.sink().Lines(), whole.sink().Lines());
  EXPECT_EQ(received.completed().DebugString(), completed);
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
  EXPECT_EQ(received.completed().images(0).size_bytes(), static_cast<std::int64_t>(large.size()));
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
  EXPECT_EQ(received.completed().images_size(), 1);
}

// Also one of which a part has left: the image behind it is paid for.
TEST(GenerationReplyReceiver, ABrokenPreviewEndsAndReadingGoesOn) {
  struct Broken {
    const char* name;
    std::string data;
    std::string sent;
  };
  const std::string large(300'000, 'x');
  const std::string type = R"("type":"image_generation.partial_image")";
  for (const Broken& row : {
           Broken{"cut", "{" + type + R"(,"b64_json":"cm91Z2ggYW5k)", "rough and"},
           Broken{"cut, type last", R"({"partial_image_index":0,"b64_json":"cm91Z2g=")", "rough"},
           Broken{"cut after a part left", "{" + type + R"(,"b64_json":")" + Base64(large), large},
           Broken{"too large", "{" + type + R"(,"b64_json":")" + Base64(large + large) + "\"}", ""},
           Broken{"no image", "{" + type + "}", ""},
       }) {
    for (const bool delivers : {true, false}) {
      SCOPED_TRACE(row.name);
      Received received("text/event-stream", {.max_image_bytes = 400'000}, /*images=*/1, delivers);
      received.Write(Preview("first") + Event(row.data) + Preview("finer") + Completed(kPng) + kDone);
      EXPECT_FALSE(received.End());
      EXPECT_FALSE(received.completed().has_partial_failure());
      std::vector<v1::ImageChunk> last;
      std::string second;
      for (const auto& event : received.sink().events) {
        if (event.partial_image().last()) last.push_back(event.partial_image());
        if (event.partial_image().index() == 1) second += event.partial_image().data();
      }
      ASSERT_EQ(last.size(), 3U) << "every file has an end";
      EXPECT_EQ(last[1].index(), 1);
      if (!row.sent.empty()) {
        EXPECT_EQ(second, row.sent);
      }
      const bool is_whole = row.sent == "rough";
      EXPECT_EQ(std::ranges::count(last[1].defects(), v1::IMAGE_DEFECT_INCOMPLETE), is_whole ? 0 : 1);
      EXPECT_EQ(received.sink().Lines().back(), "image 0: " + kPng);
    }
  }
}

TEST(GenerationReplyReceiver, PreviewsAndTextsCarryTheirOtherFields) {
  Received received;
  received.Write(
      Event(
          R"({"type":"image_generation.partial_image","partial_image_index":5,"b64_json":"iVBORw0KGgo=","a":1})") +
      Event(R"({"type":"image_generation.text_chunk","phase":"draft","text":"hm","b":2})") + Completed(kPng) +
      kDone);
  EXPECT_FALSE(received.End());
  const v1::ImageChunk& preview = received.sink().events[0].partial_image();
  EXPECT_EQ(preview.partial_image_index(), 5);
  EXPECT_EQ(preview.media_type(), "image/png");
  EXPECT_EQ(preview.attempt(), 2);
  EXPECT_EQ(preview.additional_fields().fields().at("a").number_value(), 1);
  const v1::TextChunk& text = received.sink().events[1].text_chunk();
  EXPECT_EQ(text.additional_fields().fields().size(), 1U);
  EXPECT_EQ(text.additional_fields().fields().at("b").number_value(), 2);
}

TEST(GenerationReplyReceiver, EndsTheTransferAtDone) {
  Received received;
  EXPECT_EQ(received.Write(Completed(kPng)), http::Flow::kContinue);
  EXPECT_EQ(received.Write(kDone), http::Flow::kAbort);
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.completed().images_size(), 1);
}

TEST(GenerationReplyReceiver, TheEndFitsIntoOneMessage) {
  Received received("text/event-stream", {}, /*images=*/10);
  for (int i = 0; i < 10; ++i) {
    received.Write(Event(R"({"type":"image_generation.completed","b64_json":"Pz8/","media_type":")" +
                         std::string(400'000, 'm') + R"(","new)" + std::to_string(i) + R"(":")" +
                         std::string(400'000, 'x') + "\"}"));
  }
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.completed().images_size(), 10);
  EXPECT_LE(received.completed().ByteSizeLong(), 1024U * 1024);
}

TEST(GenerationReplyReceiver, UnknownEventsOfAnySizeAreHandedOn) {
  // More than the limit of everything but images.
  const std::string large(2'000'000, 'A');
  struct Unknown {
    std::string data;
    std::string type = "image_generation.video";
  };
  const std::vector<Unknown> events = {
      {R"({"type":"image_generation.video","video":")" + std::string(40'000'000, 'A') + "\"}"},
      {R"({"type":"image_generation.video","video":")" + large + "\"}"},
      {R"({"video":")" + large + R"(","type":"image_generation.video"})"},
      {R"({"type":"image_generation.video","b64_json":")" + large + "\"}"},
      {R"({"b64_json":")" + large + R"(","type":"image_generation.video"})"},
      {R"({"type":"image_generation.video","broken":)"},
      {R"({"type":"image_generation.text_chunk","text":"a)", "image_generation.text_chunk"},
      {"not JSON", ""},
      {"[1,2]", ""},
      {"{}", ""},
      {R"({"type":7})", ""},
      {R"({"new":[1,{"deep":true}]})", ""},
  };
  for (const Unknown& row : events) {
    SCOPED_TRACE(row.data.substr(0, 60));
    Received received;
    received.Write(Preview("rough"));
    received.Write(Event(row.data));
    received.Write(Completed(kPng) + kDone);
    EXPECT_FALSE(received.End());
    EXPECT_FALSE(received.completed().has_partial_failure());
    ASSERT_EQ(received.sink().events.size(), 3U);
    const v1::UnknownEvent& unknown = received.sink().events[1].unknown_event();
    EXPECT_EQ(unknown.type(), row.type);
    EXPECT_TRUE(unknown.data() == row.data.substr(0, 256 * 1024)) << unknown.data().size();
    EXPECT_EQ(unknown.truncated(), row.data.size() > 256 * 1024);
    EXPECT_EQ(received.sink().Lines().back(), "image 0: " + kPng);
  }
}

// What the caller got of it does not have to be taken back.
TEST(GenerationReplyReceiver, AnUnknownEventForbidsNoRetry) {
  Received received;
  received.Write(Event(R"({"type":"new"})") +
                 Event(R"({"type":"error","error":{"code":502,"message":"no"}})"));
  const std::optional<errors::Failure> failure = received.End();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->retryability, retry::Retryability::kOnce);
  EXPECT_FALSE(failure->error.has_delivered());
}

TEST(GenerationReplyReceiver, NothingCountsAfterDone) {
  Received received;
  received.Write(Completed(kPng) + kDone + Completed(kPng) + Error("no") + Event("not JSON"));
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.completed().images_size(), 1);
}

TEST(GenerationReplyReceiver, OnceAllImagesCameTheEndOfTheStreamDoesNotMatter) {
  for (const http::Fault fault : {http::Fault::kNone, http::Fault::kReset, http::Fault::kTruncated,
                                  http::Fault::kDeadline, http::Fault::kCancelled}) {
    Received received;
    received.Write(Completed(kPng));
    EXPECT_FALSE(received.End(fault));
    EXPECT_EQ(received.completed().images_size(), 1);
    EXPECT_FALSE(received.completed().has_partial_failure());
  }
}

struct Rest {
  const char* name;
  // Follows a whole image of two that were asked for.
  std::string body;
  http::Fault fault;
  v1::ErrorReason reason;
  std::vector<std::string> images = {};
};

class PartialFailures : public testing::TestWithParam<Rest> {};

// The image that came is the answer, streamed or not.
TEST_P(PartialFailures, ArePartOfASuccess) {
  const Rest& row = GetParam();
  for (const bool delivers : {true, false}) {
    Received received("text/event-stream", {.max_image_bytes = 1000}, /*images=*/2, delivers);
    received.Write(Completed(kPng) + row.body);
    EXPECT_FALSE(received.End(row.fault));
    const v1::PartialFailure& failure = received.completed().partial_failure();
    EXPECT_EQ(v1::ErrorReason_Name(failure.reason()), v1::ErrorReason_Name(row.reason));
    EXPECT_EQ(received.completed().has_partial_failure(), row.reason != v1::ERROR_REASON_UNSPECIFIED);
    std::vector<std::string> images = {"image 0: " + kPng};
    images.insert(images.end(), row.images.begin(), row.images.end());
    EXPECT_EQ(received.sink().Lines(), images);
    ASSERT_EQ(received.completed().images_size(), static_cast<int>(images.size()));
    EXPECT_TRUE(received.completed().images(0).defects().empty());
    EXPECT_EQ(received.completed().usage().cost(), 0.25);
    for (int i = 0; delivers && i < received.completed().images_size(); ++i) {
      const std::string file = images[static_cast<std::size_t>(i)].substr(std::string("image 0: ").size());
      EXPECT_EQ(received.completed().images(i).size_bytes(), static_cast<std::int64_t>(file.size()));
      EXPECT_EQ(received.completed().images(i).sha256(), client::Sha256Of(file));
    }
  }
}

const std::string kHalfImage =
    R"(data: {"type":"image_generation.completed","b64_json":")" + Base64("half a");
const std::string kWholeImageCut = kHalfImage + "\",\"us";

INSTANTIATE_TEST_SUITE_P(
    Table, PartialFailures,
    testing::Values(Rest{"fewer_and_done", kDone, http::Fault::kNone, v1::ERROR_REASON_UNSPECIFIED},
                    Rest{"fewer_and_lost_after_done", kDone, http::Fault::kTruncated,
                         v1::ERROR_REASON_UNSPECIFIED},
                    Rest{"fewer", "", http::Fault::kNone, v1::ERROR_REASON_UNSPECIFIED},
                    Rest{"truncated", "", http::Fault::kTruncated, v1::ERROR_REASON_TRUNCATED},
                    Rest{"lost", "", http::Fault::kReset, v1::ERROR_REASON_OUTCOME_UNKNOWN},
                    Rest{"deadline", "", http::Fault::kDeadline, v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH},
                    Rest{"stalled", "", http::Fault::kStallTimeout, v1::ERROR_REASON_STALLED},
                    Rest{"attempt", "", http::Fault::kAttemptTimeout, v1::ERROR_REASON_ATTEMPT_TIMEOUT},
                    Rest{"cancelled", "", http::Fault::kCancelled, v1::ERROR_REASON_CANCELLED_AFTER_DISPATCH},
                    Rest{"error", Event(R"({"type":"error","error":{"code":502,"message":"no"}})"),
                         http::Fault::kNone, v1::ERROR_REASON_PROVIDER_FAILED},
                    Rest{"half_an_image",
                         kHalfImage,
                         http::Fault::kTruncated,
                         v1::ERROR_REASON_TRUNCATED,
                         {"image 1: half a"}},
                    Rest{"half_an_image_in_its_event",
                         kHalfImage + "\n\n" + kDone,
                         http::Fault::kNone,
                         v1::ERROR_REASON_TRUNCATED,
                         {"image 1: half a"}},
                    Rest{"a_whole_image_in_half_an_event",
                         kWholeImageCut,
                         http::Fault::kTruncated,
                         v1::ERROR_REASON_TRUNCATED,
                         {"image 1: half a"}},
                    Rest{"too_large",
                         Completed(std::string(1001, 'x')) + kDone,
                         http::Fault::kNone,
                         v1::ERROR_REASON_TOO_LARGE,
                         {"image 1: " + std::string(1000, 'x')}},
                    Rest{"no_bytes",
                         Event(R"({"type":"image_generation.completed","usage":{"cost":0.25}})") + kDone,
                         http::Fault::kNone,
                         v1::ERROR_REASON_UNSPECIFIED,
                         {"image 1: "}}),
    [](const auto& row) { return std::string(row.param.name); });

// Its base64 came whole, so it is an image; only what follows it is missing.
TEST(GenerationReplyReceiver, AnImageWhoseEventIsCutIsWhole) {
  for (const std::string data :
       {R"(data: {"type":"image_generation.completed","created":3,"b64_json":"IQ==","x)",
        R"(data: {"b64_json":"IQ==","type":"image_generation.completed","created":3,"x)",
        R"(data: {"created":3,"b64_json":"IQ==","x)"}) {
    SCOPED_TRACE(data);
    Received received;
    received.Write(data);
    EXPECT_FALSE(received.End(http::Fault::kTruncated));
    EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: !"));
    EXPECT_EQ(received.completed().partial_failure().reason(), v1::ERROR_REASON_TRUNCATED);
    EXPECT_EQ(received.completed().created(), 3);
    EXPECT_THAT(received.completed().images(0).defects(), ElementsAre(v1::IMAGE_DEFECT_UNKNOWN_FORMAT));
  }
}

TEST(GenerationReplyReceiver, AnImageInAnEventWithoutATypeIsDelivered) {
  Received received;
  received.Write(Event(R"({"b64_json":"cm91Z2g=","partial_image_index":0})") +
                 Event(R"({"b64_json":"IQ==","error":{"message":"odd"}})") + kDone);
  EXPECT_FALSE(received.End());
  EXPECT_THAT(received.sink().Lines(), ElementsAre("preview 0: rough", "image 0: !"));
  EXPECT_TRUE(received.completed().images(0).additional_fields().fields().contains("error"));
}

TEST(GenerationReplyReceiver, ImagesAfterTheLastAreCounted) {
  Received received("text/event-stream", {.max_images = 2});
  received.Write(Completed(kPng) + Completed(kPng) + Completed(kPng) + Completed(kPng) + kDone);
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.completed().images_size(), 2);
  EXPECT_EQ(received.completed().dropped_images(), 2);
}

TEST(GenerationReplyReceiver, TheKeyIsTakenOutOfTheUpstreamsWords) {
  Received received("text/event-stream", {}, /*images=*/2);
  received.Write(Event(R"({"type":"debug","key":"sk-or-v1-secret"})") + Completed(kPng) +
                 Error("bad key sk-or-v1-secret"));
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.sink().events.front().unknown_event().type(), "debug");
  EXPECT_EQ(received.sink().events.front().DebugString().find("secret"), std::string::npos);
  EXPECT_TRUE(received.completed().has_partial_failure());
  EXPECT_EQ(received.completed().DebugString().find("secret"), std::string::npos);
}

TEST(GenerationReplyReceiver, PausesWhileTheSinkIsFull) {
  Received received;
  received.sink().full = true;
  EXPECT_EQ(received.reply().OnBody("data: x"), http::Flow::kPause);
  EXPECT_TRUE(received.sink().when_ready);
  received.sink().full = false;
  EXPECT_EQ(received.reply().OnBody("data: "), http::Flow::kContinue);
}

std::string LongText(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "\xC3\xA9\xE2\x82\xAC";
  return text;
}

TEST(GenerationReplyReceiver, LongTextsComeInPieces) {
  Received received;
  const std::string text = LongText(3'000'000);
  received.Write(Text("content", text) + Completed(kPng));
  EXPECT_FALSE(received.End());
  for (const auto& event : received.sink().events) EXPECT_LE(event.ByteSizeLong(), 256U * 1024 + 100);
  EXPECT_TRUE(received.sink().Lines().front() == "text content: " + text);
}

TEST(GenerationReplyReceiver, WhatDoesNotFitIsNeverLostSilently) {
  Received received;
  received.Write(Text("content", LongText(8'400'000)) +
                 Event(R"({"type":"image_generation.completed","b64_json":"IQ==","x":")" +
                       std::string(1'100'000, 'x') + "\"}"));
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.sink().events.front().unknown_event().type(), "image_generation.text_chunk");
  EXPECT_TRUE(received.sink().events.front().unknown_event().truncated());
  EXPECT_EQ(received.sink().Lines().back(), "image 0: !");
  EXPECT_TRUE(received.completed().additional_fields_dropped());
}

TEST(GenerationReplyReceiver, FieldsThatDoNotFitIntoAMessageAreToldOf) {
  const std::string large = ",\"x\":\"" + std::string(600'000, 'x') + "\"}";
  const std::string several =
      ",\"x\":\"" + std::string(400'000, 'x') + "\",\"y\":\"" + std::string(250'000, 'y') + "\"}";
  for (const std::string& rest : {large, several, std::string("}")}) {
    Received received;
    received.Write(Event(R"({"type":"image_generation.partial_image","b64_json":"IQ==")" + rest) +
                   Event(R"({"type":"image_generation.text_chunk","phase":"draft","text":"hm")" + rest) +
                   Completed(kPng));
    EXPECT_FALSE(received.End());
    const bool is_dropped = rest != "}";
    EXPECT_EQ(received.sink().events[0].partial_image().additional_fields_dropped(), is_dropped);
    EXPECT_EQ(received.sink().events[1].text_chunk().additional_fields_dropped(), is_dropped);
    EXPECT_EQ(received.sink().events[1].text_chunk().text(), "hm");
  }
}

// As the reply to a unary call.
Received Unary(const std::string& content_type) {
  return Received(content_type, {}, /*images=*/1, /*delivers=*/false);
}

struct Row {
  const char* name;
  std::string body;
  v1::ErrorReason reason;
  int previews = 0;
  http::Fault fault = http::Fault::kNone;
  const char* content_type = "text/event-stream";
  double cost = 0;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class ReplyFailures : public testing::TestWithParam<Row> {};

TEST_P(ReplyFailures, AreDistinguished) {
  const Row& row = GetParam();
  for (const bool delivers : {true, false}) {
    SCOPED_TRACE(delivers);
    Received received(row.content_type, {.max_images = 2, .max_image_bytes = 1000}, /*images=*/1, delivers);
    received.Write(row.body);
    const std::optional<errors::Failure> failure = received.End(row.fault);
    ASSERT_TRUE(failure);
    EXPECT_EQ(v1::ErrorReason_Name(failure->reason), v1::ErrorReason_Name(row.reason)) << failure->message;
    EXPECT_EQ(failure->error.upstream().http_status(), 200);
    EXPECT_EQ(failure->error.cost_usd(), row.cost);
    EXPECT_EQ(failure->error.has_cost_usd(), row.cost > 0);
    if (!delivers) {
      // Nothing has reached the caller: what may be repeated may still be repeated.
      EXPECT_FALSE(failure->error.has_delivered());
      continue;
    }
    EXPECT_EQ(failure->error.delivered().previews(), row.previews);
    EXPECT_EQ(failure->error.delivered().images(), 0);
    if (failure->error.has_delivered()) {
      EXPECT_EQ(failure->retryability, retry::Retryability::kPermanent);
    }
  }
}

constexpr const char* kJsonType = "application/json";
const std::string kNamedError = Event(R"({"type":"error","error":{"code":502,"message":"no"}})");

INSTANTIATE_TEST_SUITE_P(
    Table, ReplyFailures,
    testing::Values(
        Row{"nothing", "", v1::ERROR_REASON_INCOMPLETE_STREAM},
        Row{"done_alone", kDone, v1::ERROR_REASON_INCOMPLETE_STREAM},
        Row{"previews_alone", Preview("rough") + kDone, v1::ERROR_REASON_INCOMPLETE_STREAM, 1},
        Row{"text_alone", Text("content", "hm"), v1::ERROR_REASON_INCOMPLETE_STREAM},
        Row{"unknown_alone", Event(R"({"type":"new"})"), v1::ERROR_REASON_INCOMPLETE_STREAM},
        Row{"nonsense", Event("nonsense"), v1::ERROR_REASON_UPSTREAM_PROTOCOL},
        Row{"cut", Preview("rough") + kHalfImage, v1::ERROR_REASON_TRUNCATED, 1, http::Fault::kTruncated},
        Row{"deadline", Preview("rough") + kHalfImage, v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH, 1,
            http::Fault::kDeadline},
        Row{"broken_image", kHalfImage + "\n\n", v1::ERROR_REASON_TRUNCATED},
        Row{"too_large_preview",
            Event(R"({"type":"image_generation.partial_image","b64_json":")" +
                  Base64(std::string(1001, 'x')) + "\"}"),
            v1::ERROR_REASON_INCOMPLETE_STREAM},
        Row{"too_large", Completed(std::string(1001, 'x')), v1::ERROR_REASON_TOO_LARGE, 0, http::Fault::kNone,
            "text/event-stream", 0.25},
        Row{"too_large_before_its_type",
            Event(R"({"b64_json":")" + Base64(std::string(1001, 'x')) +
                  R"(","type":"image_generation.completed"})"),
            v1::ERROR_REASON_TOO_LARGE},
        Row{"no_bytes_with_cost", Completed("") + kDone, v1::ERROR_REASON_ERROR_WITH_COST, 0,
            http::Fault::kNone, "text/event-stream", 0.25},
        Row{"error", Error("no"), v1::ERROR_REASON_GENERATION_FAILED},
        Row{"error_that_names_a_status", kNamedError, v1::ERROR_REASON_PROVIDER_FAILED},
        Row{"error_without_its_end", kNamedError.substr(0, kNamedError.size() - 1),
            v1::ERROR_REASON_PROVIDER_FAILED},
        Row{"error_without_type", Event(R"({"error":{"code":502,"message":"no"}})"),
            v1::ERROR_REASON_PROVIDER_FAILED},
        Row{"error_in_completed",
            Event(R"({"type":"image_generation.completed","error":{"code":502,"message":"no"}})"),
            v1::ERROR_REASON_PROVIDER_FAILED},
        Row{"error_with_cost",
            Event(R"({"type":"error","error":{"code":502,"message":"no"},"usage":{"cost":0.5}})"),
            v1::ERROR_REASON_ERROR_WITH_COST, 0, http::Fault::kNone, "text/event-stream", 0.5},
        Row{"json_empty", "", v1::ERROR_REASON_EMPTY_REPLY, 0, http::Fault::kNone, kJsonType},
        Row{"json_blank", " \n", v1::ERROR_REASON_EMPTY_REPLY, 0, http::Fault::kNone, kJsonType},
        Row{"json_cut", R"({"data":[{"b64_json":"aGVs)", v1::ERROR_REASON_TRUNCATED, 0, http::Fault::kNone,
            kJsonType},
        Row{"json_lost", R"({"data":[{"b64_json":"aGVs)", v1::ERROR_REASON_OUTCOME_UNKNOWN, 0,
            http::Fault::kReset, kJsonType},
        Row{"json_error", R"({"error":{"code":502,"message":"no"}})", v1::ERROR_REASON_PROVIDER_FAILED, 0,
            http::Fault::kNone, kJsonType},
        Row{"json_error_word", R"({"error":"boom"})", v1::ERROR_REASON_GENERATION_FAILED, 0,
            http::Fault::kNone, kJsonType},
        Row{"json_error_beside_items", R"({"data":[{}],"error":{"code":502,"message":"no"}})",
            v1::ERROR_REASON_PROVIDER_FAILED, 0, http::Fault::kNone, kJsonType},
        Row{"json_error_with_cost", R"({"error":{"code":502,"message":"no"},"usage":{"cost":0.5}})",
            v1::ERROR_REASON_ERROR_WITH_COST, 0, http::Fault::kNone, kJsonType, 0.5},
        Row{"json_no_images", R"({"data":[],"usage":{"cost":0}})", v1::ERROR_REASON_NO_IMAGES, 0,
            http::Fault::kNone, kJsonType},
        Row{"json_no_images_with_cost", R"({"data":[],"usage":{"cost":0.5}})",
            v1::ERROR_REASON_ERROR_WITH_COST, 0, http::Fault::kNone, kJsonType, 0.5},
        Row{"json_no_list", R"({"data":null})", v1::ERROR_REASON_UPSTREAM_PROTOCOL, 0, http::Fault::kNone,
            kJsonType},
        Row{"json_odd", "[1]", v1::ERROR_REASON_UPSTREAM_PROTOCOL, 0, http::Fault::kNone, kJsonType},
        Row{"json_items_without_bytes", R"({"data":[null,{"b64_json":""},{"url":"https://x"}]})",
            v1::ERROR_REASON_EMPTY_IMAGE, 0, http::Fault::kNone, kJsonType},
        Row{"json_too_large", R"({"data":[{"b64_json":")" + Base64(std::string(1001, 'x')) + "\"}]}",
            v1::ERROR_REASON_TOO_LARGE, 0, http::Fault::kNone, kJsonType},
        Row{"page", "<html>busy</html>", v1::ERROR_REASON_UPSTREAM_PROTOCOL, 0, http::Fault::kNone,
            "text/html"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GenerationReplyReceiver, ABodyThatIsNoReplyIsQuoted) {
  Received received("text/html");
  received.Write("<html><body>Sign in to the hotel's network</body></html>");
  const std::optional<errors::Failure> failure = received.End();
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->error.upstream().body_excerpt(), ::testing::HasSubstr("hotel's network"));
}

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
  EXPECT_EQ(received.completed().images(1).media_type(), "image/svg+xml");
  EXPECT_EQ(received.completed().usage().cost(), 1);
}

// The good images are delivered beside the others, each in its place.
TEST(GenerationReplyReceiver, OneGoodImageOfABufferedReplyIsASuccess) {
  for (const bool delivers : {true, false}) {
    Received received("application/json", {.max_images = 5, .max_image_bytes = 1000}, /*images=*/1, delivers);
    received.Write(R"({"data":[null,{"b64_json":"%%%%%%%%%%%%"},{"url":"https://x"},{"b64_json":")" +
                   Base64(kPng) + R"("},7,{"b64_json":"IQ=="}],"error":{"message":"one failed"}})");
    EXPECT_FALSE(received.End());
    EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: ", "image 1: %%%%%%%%%%%%",
                                                     "image 2: ", "image 3: " + kPng, "image 4: "));
    const v1::GenerationCompleted& completed = received.completed();
    ASSERT_EQ(completed.images_size(), 5);
    EXPECT_THAT(completed.images(1).defects(), ::testing::Contains(v1::IMAGE_DEFECT_NOT_BASE64));
    EXPECT_TRUE(completed.images(2).additional_fields().fields().contains("url"));
    EXPECT_TRUE(completed.images(3).defects().empty());
    EXPECT_EQ(completed.dropped_images(), 1);
    EXPECT_TRUE(completed.additional_fields().fields().contains("error"));
    EXPECT_FALSE(completed.has_partial_failure());
  }
}

TEST(GenerationReplyReceiver, ABufferedReplyThatBreaksOffKeepsItsWholeImages) {
  struct Cut {
    std::string body;
    http::Fault fault;
    v1::ErrorReason reason;
  };
  const std::string whole = R"({"created":7,"data":[{"b64_json":")" + Base64(kPng) + "\"";
  for (const Cut& row : {
           Cut{whole, http::Fault::kTruncated, v1::ERROR_REASON_TRUNCATED},
           Cut{whole, http::Fault::kDeadline, v1::ERROR_REASON_DEADLINE_AFTER_DISPATCH},
           Cut{whole, http::Fault::kNone, v1::ERROR_REASON_TRUNCATED},
           Cut{whole + "}],\"usage\":", http::Fault::kCancelled, v1::ERROR_REASON_CANCELLED_AFTER_DISPATCH},
           Cut{whole + "}]}", http::Fault::kReset, v1::ERROR_REASON_UNSPECIFIED},
           Cut{whole + "}]} and more", http::Fault::kNone, v1::ERROR_REASON_UNSPECIFIED},
           Cut{whole + "!", http::Fault::kNone, v1::ERROR_REASON_UPSTREAM_PROTOCOL},
       }) {
    SCOPED_TRACE(row.body);
    Received received("application/json");
    received.Write(row.body);
    EXPECT_FALSE(received.End(row.fault));
    EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + kPng));
    ASSERT_EQ(received.completed().images_size(), 1);
    EXPECT_TRUE(received.completed().images(0).defects().empty());
    EXPECT_EQ(received.completed().created(), 7);
    EXPECT_EQ(received.completed().partial_failure().reason(), row.reason);
  }
}

TEST(GenerationReplyReceiver, AnImageThatWasCutOffBesideAWholeOneIsMarked) {
  Received received("application/json");
  received.Write(R"({"data":[{"b64_json":")" + Base64(kPng) + R"("},{"b64_json":"aGVsbG8h)");
  EXPECT_FALSE(received.End(http::Fault::kTruncated));
  EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + kPng, "image 1: hello!"));
  ASSERT_EQ(received.completed().images_size(), 2);
  const v1::ImageInfo& cut = received.completed().images(1);
  EXPECT_THAT(cut.defects(), ::testing::Contains(v1::IMAGE_DEFECT_INCOMPLETE));
  EXPECT_EQ(cut.size_bytes(), 6);
  EXPECT_EQ(cut.sha256(), client::Sha256Of("hello!"));
}

TEST(GenerationReplyReceiver, BeginsWithWhatTheHeadSays) {
  for (const char* type : {"text/event-stream", "Text/Event-Stream;charset=utf-8"}) {
    const Received received(type);
    ASSERT_TRUE(received.started()) << type;
    EXPECT_TRUE(received.started()->provider_streams()) << type;
    EXPECT_EQ(received.started()->attempt(), 2);
  }
  const Received received("application/json");
  ASSERT_TRUE(received.started());
  EXPECT_FALSE(received.started()->provider_streams());
}

// The type is missing, odd or wrong: the image is paid for all the same.
TEST(GenerationReplyReceiver, TheFirstByteTellsWhatTheReplyIs) {
  const std::string document = R"({"data":[{"b64_json":")" + Base64(kPng) + "\"}]}";
  const std::string stream = Completed(kPng) + kDone;
  for (const char* type :
       {"", "text/plain", "application/octet-stream", "application/json", "text/event-stream"}) {
    for (const std::string& body : {document, "\xEF\xBB\xBF \n" + document, stream, ": hi\n\n" + stream,
                                    "\n\n" + stream, "event: x\n" + stream}) {
      for (const std::size_t step : {std::size_t{1}, body.size()}) {
        SCOPED_TRACE(std::string(type) + ": " + body);
        Received received(type);
        const bool is_announced = received.started().has_value();
        for (std::size_t at = 0; at < body.size(); at += step) {
          received.Write(std::string_view(body).substr(at, step));
        }
        EXPECT_FALSE(received.End());
        EXPECT_THAT(received.sink().Lines(), ElementsAre("image 0: " + kPng));
        ASSERT_TRUE(received.started());
        const bool is_document = body.find("\"data\"") != std::string::npos;
        if (!is_announced) {
          EXPECT_EQ(received.started()->provider_streams(), !is_document);
        }
      }
    }
  }
}

TEST(GenerationReplyReceiver, NamesWhoServedTheCall) {
  const auto server = [](const char* type, const std::string& body) {
    Received received(type);
    received.Write(body);
    EXPECT_FALSE(received.End());
    v1::Attempt attempt;
    v1::CallReport report;
    received.reply().Report(attempt, report);
    return report.model() + " " + report.provider();
  };
  EXPECT_EQ(server("application/json", R"({"model":"a/b","provider":"P","data":[{"b64_json":"IQ=="}]})"),
            "a/b P");
  EXPECT_EQ(server("text/event-stream",
                   Event(R"({"type":"image_generation.completed","model":"a/b","b64_json":"IQ=="})")),
            "a/b ");
}

// What a provider answers does not depend on what was asked for.
TEST(GenerationReplyReceiver, AUnaryCallTakesAStream) {
  Received received = Unary("text/event-stream");
  received.Write(": OPENROUTER PROCESSING\n\n" + Text("reasoning", "hm") + Preview("rough") +
                 Completed(kPng) + kDone);
  EXPECT_FALSE(received.End());
  EXPECT_EQ(received.sink().Lines().back(), "image 0: " + kPng);
  const v1::GenerationCompleted& completed = received.completed();
  ASSERT_EQ(completed.images_size(), 1);
  EXPECT_EQ(completed.images(0).media_type(), "image/png");
  EXPECT_EQ(completed.images(0).sha256(), "") << "the bytes come in one message";
  EXPECT_EQ(completed.created(), 7);
  EXPECT_EQ(completed.usage().cost(), 0.25);
}

}  // namespace
}  // namespace openrouter_images::upstream
