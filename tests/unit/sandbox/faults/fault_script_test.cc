#include "service/sandbox/faults/fault_script.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace openrouter_images::sandbox {
namespace {

using std::chrono::milliseconds;

TEST(ParseFaultScript, ReadsPairs) {
  const auto fault = ParseFaultScript(
      "status=429;retry-after=Wed%2C 21 Oct 2026 07:28:00 "
      "GMT;header.X-Odd=a%3Bb;metadata.limit_usd=5;metadata.note=plain words;"
      "delay=1500ms;pause=2s;times=3;length=-7;bytes=1000;media-type=none;code=\"odd\";billed=yes;reset=0");
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->status, 429);
  EXPECT_EQ(FindHeader(fault->headers, "retry-after"), "Wed, 21 Oct 2026 07:28:00 GMT");
  EXPECT_EQ(FindHeader(fault->headers, "x-odd"), "a;b");
  EXPECT_EQ(fault->metadata.at("limit_usd").as_int64(), 5);
  EXPECT_EQ(fault->metadata.at("note").as_string(), "plain words");
  EXPECT_EQ(fault->delay, milliseconds(1500));
  EXPECT_EQ(fault->pause, milliseconds(2000));
  EXPECT_EQ(fault->times, 3);
  EXPECT_EQ(fault->length_error, -7);
  EXPECT_EQ(fault->bytes, 1000u);
  EXPECT_EQ(fault->media_type, "");
  EXPECT_EQ(fault->code->as_string(), "odd");
  EXPECT_EQ(fault->billed, true);
  EXPECT_EQ(fault->reset_after, 0u);
}

TEST(ParseFaultScript, ReadsTheSameFromAnObject) {
  const auto fault = ParseFaultScript(
      boost::json::parse(R"({"status":503,"retry-after":2,"times":2,"retryable":true,"body":"html"})")
          .as_object());
  ASSERT_TRUE(fault.ok()) << fault.status();
  EXPECT_EQ(fault->status, 503);
  EXPECT_EQ(FindHeader(fault->headers, "Retry-After"), "2");
  EXPECT_EQ(fault->times, 2);
  EXPECT_TRUE(fault->retryable);
  EXPECT_EQ(fault->body, FaultScript::Body::kHtml);
}

TEST(ParseFaultScript, RefusesWhatIsNotInTheTable) {
  for (const char* text : {"status", "status=", "status=99", "status=12x", "shiny=1", "json=odd",
                           "delay=soon", "length=5", "write=0", "header.=x", "header.A=b%0D%0AC: d",
                           "request=third", "times=-1", "metadata.=1", "bytes=-1"}) {
    const auto fault = ParseFaultScript(text);
    EXPECT_EQ(fault.status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(FaultScriptOfModel, IsWhatFollowsTheAuthor) {
  EXPECT_EQ(FaultScriptOfModel("sandbox/status=500"), "status=500");
  EXPECT_EQ(FaultScriptOfModel("sandbox/location=http://a/b"), "location=http://a/b");
  EXPECT_EQ(FaultScriptOfModel("sandbox/painter"), std::nullopt);
  EXPECT_EQ(FaultScriptOfModel("openai/status=500"), std::nullopt);
}

}  // namespace
}  // namespace openrouter_images::sandbox
