#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>

#include "service/sandbox/sandbox.h"
#include "tests/unit/sandbox/draw/decoded.h"
#include "tests/unit/sandbox/raw_client.h"

namespace openrouter_images::sandbox {
namespace {

// What a client saw, and what the ledger holds of it.
struct Outcome {
  std::string bytes;
  ReadEnd end = ReadEnd::kQuiet;
  LedgerEntry entry;

  std::string body() const { return bytes.substr(std::min(bytes.find("\r\n\r\n") + 4, bytes.size())); }
  bool has(std::string_view text) const { return bytes.find(text) != std::string::npos; }
};

enum class Billed { kNo, kYes };

struct FaultRow {
  const char* name;
  std::string fault;
  // Begin of the status line; empty when nothing at all is answered.
  std::string status;
  Billed billed;
  std::function<void(const Outcome&)> check = [](const Outcome&) {};
};

std::string Escaped(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

std::string BodyFor(const std::string& fault, int n) {
  return R"({"model":)" + Escaped("sandbox/" + fault) +
         R"(,"prompt":"a fox in a fight","size":"64x64","n":)" + std::to_string(n) + "}";
}

std::vector<FaultRow> Rows() {
  const auto valid_png = [](std::size_t size) {
    return [size](const Outcome& o) {
      EXPECT_EQ(ImageInReply(o.body()).size(), size);
      EXPECT_TRUE(Decode(ImageInReply(o.body())));
    };
  };
  const auto says = [](std::string text) {
    return [text](const Outcome& o) { EXPECT_TRUE(o.has(text)) << o.bytes.substr(0, 600); };
  };
  const auto ends = [](ReadEnd end) { return [end](const Outcome& o) { EXPECT_EQ(o.end, end); }; };
  const auto images = [](std::size_t count) {
    return [count](const Outcome& o) {
      EXPECT_EQ(boost::json::parse(o.body()).at("data").as_array().size(), count);
    };
  };
  return {
      {"rate limit with seconds", "status=429;retry-after=2", "HTTP/1.1 429", Billed::kNo,
       says("Retry-After: 2\r\n")},
      {"rate limit with a date", "status=429;retry-after=Wed, 21 Oct 2026 07:28:00 GMT", "HTTP/1.1 429",
       Billed::kNo, says("07:28:00 GMT\r\n")},
      {"rate limit with garbage", "status=429;retry-after=1e9 soon", "HTTP/1.1 429", Billed::kNo,
       says("Retry-After: 1e9 soon\r\n")},
      {"rate limit in milliseconds", "status=429;retry-after-ms=1500", "HTTP/1.1 429", Billed::kNo,
       says("Retry-After-Ms: 1500\r\n")},
      {"overloaded", "status=503;availability=overloaded;retryable=yes", "HTTP/1.1 503", Billed::kNo,
       says(R"("retryable":true)")},
      {"provider overloaded", "status=529", "HTTP/1.1 529 Site is overloaded", Billed::kNo},
      {"HTML of the edge", "status=524;body=html", "HTTP/1.1 524", Billed::kNo, says("<html")},
      {"HTML of the edge, the work done", "status=524;body=html;billed=yes", "HTTP/1.1 524", Billed::kYes},
      {"request timeout", "status=408", "HTTP/1.1 408", Billed::kNo},
      {"unauthorized", "status=401", "HTTP/1.1 401", Billed::kNo},
      {"in-flight budget", "status=402;limit-source=openrouter_in_flight_budget;retry-after=1",
       "HTTP/1.1 402", Billed::kNo, says(R"("limit_source":"openrouter_in_flight_budget")")},
      {"moderation", "status=403;moderation=yes", "HTTP/1.1 403", Billed::kNo,
       says(R"("flagged_input":"a fox in a fight")")},
      {"error with truncated JSON", "status=500;json=truncated", "HTTP/1.1 500", Billed::kNo},
      {"error with wrong types", "status=500;json=wrong-types", "HTTP/1.1 500", Billed::kNo,
       says(R"("code":"many")")},
      {"error without a body", "status=502;body=empty", "HTTP/1.1 502", Billed::kNo,
       says("content-length: 0\r\n")},
      {"error in plain text", "status=500;body=text;message=odd", "HTTP/1.1 500", Billed::kNo, says("odd")},
      {"error inside 200", "status=200;body=json;code=502", "HTTP/1.1 200", Billed::kNo,
       says(R"("error":{)")},
      {"redirect", "status=307;location=http://127.0.0.1:1/x", "HTTP/1.1 307", Billed::kNo,
       says("Location: http://127.0.0.1:1/x\r\n")},
      {"moved", "status=301;location=http://a/", "HTTP/1.1 301", Billed::kNo},
      {"permanent redirect", "status=308;location=http://a/", "HTTP/1.1 308", Billed::kNo},
      {"an odd status", "status=418", "HTTP/1.1 418", Billed::kNo},
      {"any header", "status=429;header.X-RateLimit-Reset=17", "HTTP/1.1 429", Billed::kNo,
       says("X-RateLimit-Reset: 17\r\n")},
      {"nothing at 200", "body=empty", "HTTP/1.1 200", Billed::kYes, says("content-length: 0\r\n")},
      {"no content", "status=204", "HTTP/1.1 204", Billed::kYes},
      {"no images", "images=0", "HTTP/1.1 200", Billed::kYes, images(0)},
      {"fewer images", "images=1", "HTTP/1.1 200", Billed::kYes, images(1)},
      {"more images", "images=5", "HTTP/1.1 200", Billed::kYes, images(5)},
      {"a large image", "images=1;bytes=3000000", "HTTP/1.1 200", Billed::kYes, valid_png(3000000)},
      {"bytes that are no image", "image=garbage", "HTTP/1.1 200", Billed::kYes,
       [](const Outcome& o) { EXPECT_FALSE(Decode(ImageInReply(o.body()))); }},
      {"an empty image", "image=empty", "HTTP/1.1 200", Billed::kYes, says(R"("b64_json":"")")},
      {"a lying media type", "media-type=image/gif", "HTTP/1.1 200", Billed::kYes,
       says(R"("media_type":"image/gif")")},
      {"no media type", "media-type=none", "HTTP/1.1 200", Billed::kYes,
       [](const Outcome& o) { EXPECT_FALSE(o.has("media_type")); }},
      {"base64 with a bad character", "base64=bad-char", "HTTP/1.1 200", Billed::kYes, says("!")},
      {"base64 with bad padding", "base64=bad-padding", "HTTP/1.1 200", Billed::kYes, says("A===\"")},
      {"base64 with white space", "base64=whitespace", "HTTP/1.1 200", Billed::kYes, says("\\r\\n")},
      {"base64 for URLs", "base64=url-safe", "HTTP/1.1 200", Billed::kYes},
      {"base64 in a data URL", "base64=data-url", "HTTP/1.1 200", Billed::kYes,
       says("\"data:image/png;base64,")},
      {"gzip", "encoding=gzip", "HTTP/1.1 200", Billed::kYes, says("Content-Encoding: gzip\r\n")},
      {"deep nesting", "json=deep", "HTTP/1.1 200", Billed::kYes, says(std::string(100000, '['))},
      {"not a number", "json=nan", "HTTP/1.1 200", Billed::kYes, says("NaN")},
      {"invalid UTF-8", "json=invalid-utf8", "HTTP/1.1 200", Billed::kYes, says("\xff\xc0\x80")},
      {"byte order mark", "json=bom", "HTTP/1.1 200", Billed::kYes, says("\r\n\r\n\xef\xbb\xbf{")},
      {"lone surrogate", "json=lone-surrogate", "HTTP/1.1 200", Billed::kYes, says("\\ud83d alone")},
      {"duplicate keys", "json=duplicate-keys", "HTTP/1.1 200", Billed::kYes, says(R"("data":[],)")},
      {"truncated JSON", "json=truncated", "HTTP/1.1 200", Billed::kYes},
      {"reset before the head", "reset=0", "", Billed::kYes, ends(ReadEnd::kReset)},
      {"reset in the head", "reset=30", "HTTP/1.1 200", Billed::kYes, ends(ReadEnd::kReset)},
      {"reset deep in a large reply", "images=1;bytes=3000000;reset=2000000", "HTTP/1.1 200", Billed::kYes,
       [](const Outcome& o) {
         EXPECT_TRUE(o.end == ReadEnd::kReset && o.bytes.size() == 2000000) << o.bytes.size();
       }},
      {"FIN before the head", "fin=0", "", Billed::kYes, ends(ReadEnd::kFin)},
      {"FIN in the body", "fin=1000", "HTTP/1.1 200", Billed::kYes,
       [](const Outcome& o) { EXPECT_TRUE(o.end == ReadEnd::kFin && o.bytes.size() == 1000); }},
      {"Content-Length too large", "length=+10", "HTTP/1.1 200", Billed::kYes, ends(ReadEnd::kFin)},
      {"Content-Length too small", "length=-10", "HTTP/1.1 200", Billed::kYes, ends(ReadEnd::kFin)},
      {"chunks", "chunked=ok", "HTTP/1.1 200", Billed::kYes, says("\r\n0\r\n\r\n")},
      {"chunks without an end", "chunked=unterminated", "HTTP/1.1 200", Billed::kYes,
       [](const Outcome& o) { EXPECT_TRUE(o.end == ReadEnd::kFin && !o.has("\r\n0\r\n\r\n")); }},
      {"chunks with a bad size", "chunked=bad-size", "HTTP/1.1 200", Billed::kYes, says("\r\nzz\r\n")},
      {"single bytes", "images=1;write=1", "HTTP/1.1 200", Billed::kYes, images(1)},
      {"rests between writes", "status=500;write=64;pause=1ms", "HTTP/1.1 500", Billed::kNo},
      {"a delay", "status=500;delay=5ms", "HTTP/1.1 500", Billed::kNo},
      {"a request cut in half", "request=half", "", Billed::kNo,
       [](const Outcome& o) {
         EXPECT_EQ(o.end, ReadEnd::kFin);
         EXPECT_FALSE(o.entry.body_complete);
         EXPECT_GT(o.entry.body_bytes, 0u);
       }},
      {"another model's answer", "as=quiver/arrow-1", "HTTP/1.1 400",
       Billed::kNo},  // n is 2, and it draws one.
      {"an unknown word", "shiny=yes", "HTTP/1.1 400", Billed::kNo, says("shiny")},
  };
}

Outcome Ask(Sandbox& sandbox, const std::string& body) {
  Outcome outcome;
  RawClient client(sandbox.port());
  client.Send(
      RequestBytes("POST", "/api/v1/images", body, "Authorization: Bearer k\r\nConnection: close\r\n"));
  outcome.bytes = client.ReadToEnd(outcome.end);
  outcome.entry = sandbox.ledger().Snapshot().back();
  return outcome;
}

void Check(const FaultRow& row, const Outcome& outcome) {
  EXPECT_EQ(outcome.bytes.substr(0, row.status.size()), row.status);
  EXPECT_EQ(outcome.bytes.empty(), row.status.empty());
  EXPECT_NE(outcome.end, ReadEnd::kQuiet);
  EXPECT_EQ(outcome.entry.billed, row.billed == Billed::kYes);
  EXPECT_EQ(outcome.entry.status, row.status.empty() ? 0 : std::stoi(row.status.substr(9, 3)));
  row.check(outcome);
}

TEST(SandboxFaults, ByTheModelsName) {
  const auto sandbox = *Sandbox::Start({});
  for (const FaultRow& row : Rows()) {
    SCOPED_TRACE(row.name);
    const Outcome outcome = Ask(*sandbox, BodyFor(row.fault, 2));
    Check(row, outcome);
    EXPECT_EQ(outcome.entry.fault, row.fault == "shiny=yes" ? "" : row.fault);
  }
}

TEST(SandboxFaults, ByTheScript) {
  const auto sandbox = *Sandbox::Start({});
  for (const FaultRow& row : Rows()) {
    if (row.fault == "shiny=yes" || row.fault.starts_with("as=")) continue;
    SCOPED_TRACE(row.name);
    ASSERT_TRUE(sandbox->Script(row.fault));
    const std::string body =
        R"({"model":"sandbox/painter","prompt":"a fox in a fight","size":"64x64","n":2})";
    const Outcome outcome = Ask(*sandbox, body);
    Check(row, outcome);
    EXPECT_EQ(outcome.entry.fault, row.fault);
    EXPECT_TRUE(Ask(*sandbox, body).has("200 OK"));
  }
  EXPECT_FALSE(sandbox->Script("shiny=yes"));
}

TEST(SandboxFaults, EndAfterTheirTimes) {
  const auto sandbox = *Sandbox::Start({});
  for (const char* fault :
       {"status=429;times=2", "status=429;times=2;key=mine", "reset=0;times=2", "request=half;times=2"}) {
    SCOPED_TRACE(fault);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(Ask(*sandbox, BodyFor(fault, 1)).has("200 OK"), i >= 2) << i;
  }
  sandbox->ClearScript();
  EXPECT_TRUE(Ask(*sandbox, BodyFor("status=429;times=2", 1)).has("429"));
}

TEST(SandboxFaults, MeetTheCatalogToo) {
  const auto sandbox = *Sandbox::Start({});
  const std::string target = "/api/v1/images/models/sandbox/status%3D502%3Btimes%3D1/endpoints";
  EXPECT_EQ(Fetch(sandbox->port(), "GET", target)->status, 502);
  EXPECT_EQ(Fetch(sandbox->port(), "GET", target)->status, 200);
  sandbox->Script("status=503;route=models");
  sandbox->Script("json=truncated;route=endpoints");
  EXPECT_EQ(Fetch(sandbox->port(), "GET", "/api/v1/images/models")->status, 503);
  const auto cut = Fetch(sandbox->port(), "GET", "/api/v1/images/models/openai/gpt-image-1/endpoints");
  boost::system::error_code error;
  boost::json::parse(cut->body, error);
  EXPECT_TRUE(error);
  EXPECT_EQ(sandbox->ledger().complete_posts(), 0u);
}

TEST(SandboxFaults, SilenceSendsNothingAndBillsNothing) {
  const auto sandbox = *Sandbox::Start({});
  RawClient client(sandbox->port());
  client.Send(RequestBytes("POST", "/api/v1/images", BodyFor("delay=forever", 1)));
  ASSERT_TRUE(sandbox->ledger().WaitForCompletePosts(1, std::chrono::seconds(20)));
  ReadEnd end = ReadEnd::kFin;
  EXPECT_EQ(client.ReadToEnd(end, std::chrono::milliseconds(100)), "");
  EXPECT_EQ(end, ReadEnd::kQuiet);
  EXPECT_EQ(sandbox->ledger().billed(), 0u);
}

TEST(SandboxFaults, HalfOfALargeRequestIsEnoughToEndIt) {
  const auto sandbox = *Sandbox::Start({});
  std::string body = BodyFor("request=half", 1);
  body.insert(body.size() - 1, R"(,"padding":")" + std::string(8 << 20, 'x') + "\"");
  const Outcome outcome = Ask(*sandbox, body);
  EXPECT_EQ(outcome.bytes, "");
  EXPECT_EQ(outcome.entry.body_bytes, body.size() / 2);
  EXPECT_EQ(sandbox->ledger().complete_posts(), 0u);
}

TEST(SandboxFaults, StreamsOverTheWire) {
  const auto sandbox = *Sandbox::Start({});
  const auto stream = [&](const std::string& fault) {
    std::string body = BodyFor(fault, 1);
    body.insert(body.size() - 1, R"(,"stream":true)");
    return Fetch(sandbox->port(), "POST", "/api/v1/images", body);
  };
  const auto whole = stream("key=whole");
  EXPECT_EQ(FindHeader(whole->headers, "content-type"), "text/event-stream");
  EXPECT_TRUE(whole->body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(sandbox->ledger().billed(), 1u);
  EXPECT_EQ(stream("sse-error=1")->body.find("image_generation.completed"), std::string::npos);
  EXPECT_EQ(sandbox->ledger().billed(), 1u);
  EXPECT_EQ(stream("sse-eof=1")->body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(sandbox->ledger().billed(), 2u);
  EXPECT_EQ(FindHeader(stream("sse=never")->headers, "content-type"), "application/json");
  EXPECT_FALSE(stream("fin=5000"));
}

}  // namespace
}  // namespace openrouter_images::sandbox
