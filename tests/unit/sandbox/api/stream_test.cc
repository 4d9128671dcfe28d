#include "service/sandbox/api/stream.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <utility>

#include "service/sandbox/api/generator.h"

namespace openrouter_images::sandbox {
namespace {

GenerationRequest Request(const std::string& members = "", const std::string& model = "sandbox/painter") {
  const std::string body = R"({"stream":true,"resolution":"512","prompt":"a fox","model":")" + model + "\"" +
                           (members.empty() ? "" : ",") + members + "}";
  return std::get<GenerationRequest>(ReadGeneration(boost::json::parse(body).as_object(), nullptr));
}

// The data of the events in a stream, by the rules of server-sent events, and how many comments there were.
struct Events {
  std::vector<std::string> data;
  int comments = 0;
};

Events Parse(const HttpReply& reply) {
  std::string text;
  for (const BodyPart& part : reply.parts) text += part.bytes;
  Events events;
  std::string data, line;
  const auto end_line = [&] {
    if (line.starts_with(":")) ++events.comments;
    if (line.starts_with("data: ")) data += (data.empty() ? "" : "\n") + line.substr(6);
    if (line.empty() && !data.empty()) events.data.push_back(std::exchange(data, ""));
    line.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r') {
      end_line();
    } else {
      line += text[i];
    }
  }
  return events;
}

Events Stream(std::string_view fault, const GenerationRequest& request = Request()) {
  return Parse(StreamReply(request, *ParseFaultScript(fault), 1700000000, std::chrono::milliseconds(0)));
}

std::vector<std::string> Types(const Events& events) {
  std::vector<std::string> types;
  for (const std::string& data : events.data) {
    types.push_back(data == "[DONE]" ? data
                                     : std::string(boost::json::parse(data).at("type").as_string().c_str()));
  }
  return types;
}

const std::string kPartial = "image_generation.partial_image", kCompleted = "image_generation.completed",
                  kDone = "[DONE]";

TEST(StreamReply, SharpensAndCompletes) {
  const Events events = Stream("");
  EXPECT_EQ(Types(events), (std::vector<std::string>{kPartial, kPartial, kPartial, kCompleted, kDone}));
  EXPECT_EQ(events.comments, 1);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(
        boost::json::parse(events.data[static_cast<std::size_t>(i)]).at("partial_image_index").as_int64(), i);
  const auto completed = boost::json::parse(events.data[3]);
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(std::string(completed.at("b64_json").as_string()), &bytes));
  EXPECT_EQ(bytes, DrawImage(Request(), 0));
  EXPECT_EQ(completed.at("created").as_int64(), 1700000000);
  EXPECT_EQ(completed.at("media_type").as_string(), "image/png");
  EXPECT_TRUE(completed.at("usage").at("cost").is_double());
}

TEST(StreamReply, SendsVectorsAsText) {
  const auto request = Request("", "quiver/arrow-1");
  const Events events = Stream("", request);
  std::string content;
  std::vector<std::string> phases;
  for (const std::string& data : events.data) {
    if (data == "[DONE]" || data.find("text_chunk") == std::string::npos) continue;
    const auto chunk = boost::json::parse(data);
    phases.emplace_back(chunk.at("phase").as_string().c_str());
    if (phases.back() == "content") content += chunk.at("text").as_string().c_str();
  }
  EXPECT_EQ(content, DrawImage(request, 0));
  EXPECT_EQ(phases[0], "reasoning");
  EXPECT_EQ(phases[1], "draft");
  EXPECT_EQ(boost::json::parse(*(events.data.rbegin() + 1)).at("media_type").as_string(), "image/svg+xml");
}

TEST(StreamReply, SpreadsItsTime) {
  const HttpReply reply = StreamReply(Request(), FaultScript{}, 0, std::chrono::milliseconds(4000));
  std::chrono::milliseconds sum{0};
  for (const BodyPart& part : reply.parts) sum += part.pause;
  EXPECT_EQ(sum, std::chrono::milliseconds(4000));
}

TEST(StreamReply, FailsOnDemand) {
  struct Row {
    const char* fault;
    std::vector<std::string> types;
    int comments = 1;
  };
  const std::string unknown = "image_generation.newer_than_this_client";
  for (const Row& row :
       {Row{"sse-eof=0", {}}, Row{"sse-eof=2", {kPartial, kPartial}},
        Row{"sse-eof=9", {kPartial, kPartial, kPartial}},
        Row{"sse-error=2", {kPartial, kPartial, "error", kDone}}, Row{"sse-error=0", {"error", kDone}},
        Row{"sse-unknown=2", {kPartial, kPartial, kPartial, unknown, unknown, kCompleted, kDone}},
        Row{"sse-comments=5;sse-interval=10ms", {kPartial, kPartial, kPartial, kCompleted, kDone}, 5},
        Row{"sse-type=last;sse-done=10ms", {kPartial, kPartial, kPartial, kCompleted, kDone}}}) {
    SCOPED_TRACE(row.fault);
    const Events events = Stream(row.fault);
    EXPECT_EQ(Types(events), row.types);
    EXPECT_EQ(events.comments, row.comments);
  }
}

TEST(StreamReply, LineEndsDoNotChangeTheEvents) {
  const auto whole = Stream("").data;
  for (const char* newline : {"lf", "crlf", "cr", "mixed"}) {
    EXPECT_EQ(Stream(std::string("sse-newline=") + newline).data, whole) << newline;
    const auto split = Stream(std::string("sse-multiline=yes;sse-newline=") + newline).data;
    ASSERT_EQ(split.size(), whole.size());
    EXPECT_EQ(split[0].substr(0, 3), "{\n\"");
    EXPECT_EQ(boost::json::parse(split[3]), boost::json::parse(whole[3]));
  }
}

TEST(IsStreamed, NeedsAModelThatStreamsAndOneImage) {
  EXPECT_TRUE(IsStreamed(Request(), FaultScript{}));
  EXPECT_FALSE(IsStreamed(Request(R"("n":2)"), FaultScript{}));
  EXPECT_FALSE(IsStreamed(Request("", "recraft/recraft-v4"), FaultScript{}));
  EXPECT_FALSE(IsStreamed(Request(), *ParseFaultScript("sse=never")));
  EXPECT_TRUE(IsStreamed(Request("", "recraft/recraft-v4"), *ParseFaultScript("sse=always")));
}

}  // namespace
}  // namespace openrouter_images::sandbox
