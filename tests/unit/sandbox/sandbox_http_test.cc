#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "service/sandbox/sandbox.h"
#include "tests/unit/sandbox/draw/decoded.h"
#include "tests/unit/sandbox/raw_client.h"

namespace openrouter_images::sandbox {
namespace {

constexpr char kFox[] = R"({"model":"sandbox/painter","prompt":"a fox","resolution":"512"})";

std::unique_ptr<Sandbox> Start(Sandbox::Options options = {}) {
  return *Sandbox::Start(std::move(options));
}

TEST(SandboxHttp, GeneratesAnImage) {
  Sandbox::Options options;
  options.now = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1748372400)); };
  const auto sandbox = Start(options);
  const auto reply = Generate(sandbox->port(), kFox);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(FindHeader(reply->headers, "content-type"), "application/json");
  EXPECT_TRUE(FindHeader(reply->headers, "x-generation-id")->starts_with("gen-img-"));
  EXPECT_TRUE(FindHeader(reply->headers, "x-request-id") && FindHeader(reply->headers, "cf-ray"));
  const auto body = boost::json::parse(reply->body);
  EXPECT_EQ(body.at("created").as_int64(), 1748372400);
  EXPECT_EQ(body.at("data").as_array().size(), 1u);
  EXPECT_EQ(body.at("data").at(0).at("media_type").as_string(), "image/png");
  EXPECT_DOUBLE_EQ(body.at("usage").at("cost").as_double(), 0.01);
  EXPECT_EQ(Decode(ImageInReply(reply->body))->width, 512);

  const auto entry = sandbox->ledger().Snapshot().at(0);
  EXPECT_EQ(entry.method + " " + entry.target, "POST /api/v1/images");
  EXPECT_EQ(*entry.body, kFox);
  EXPECT_TRUE(entry.body_complete && entry.billed && entry.status == 200 && entry.fault.empty());
  EXPECT_DOUBLE_EQ(sandbox->ledger().cost_usd(), 0.01);
}

TEST(SandboxHttp, MakesNDifferentImages) {
  const auto sandbox = Start();
  const auto reply =
      Generate(sandbox->port(), R"({"model":"sandbox/painter","prompt":"a fox","size":"64x64","n":10})");
  EXPECT_NE(ImageInReply(reply->body, 0), ImageInReply(reply->body, 9));
  EXPECT_FALSE(ImageInReply(reply->body, 9).empty());
  EXPECT_DOUBLE_EQ(sandbox->ledger().cost_usd(), 0.1);
}

TEST(SandboxHttp, Routes) {
  const auto sandbox = Start();
  struct Row {
    const char* name;
    const char* method;
    const char* target;
    int status;
  };
  for (const Row& row :
       {Row{"models", "GET", "/api/v1/images/models", 200},
        Row{"models with a query", "GET", "/api/v1/images/models?a=b", 200},
        Row{"endpoints", "GET", "/api/v1/images/models/openai/gpt-image-1/endpoints", 200},
        Row{"endpoints, percent-encoded", "GET", "/api/v1/images/models/openai/gpt%2Dimage%2D1/endpoints",
            200},
        Row{"endpoints of nobody", "GET", "/api/v1/images/models/nobody/nothing/endpoints", 404},
        Row{"endpoints with one segment", "GET", "/api/v1/images/models/openai/endpoints", 404},
        Row{"endpoints with three segments", "GET", "/api/v1/images/models/a/b/c/endpoints", 404},
        Row{"elsewhere", "GET", "/api/v1/chat", 404}, Row{"the root", "GET", "/", 404},
        Row{"images by GET", "GET", "/api/v1/images", 405},
        Row{"models by POST", "POST", "/api/v1/images/models", 405},
        Row{"ledger by POST", "POST", "/sandbox/ledger", 405},
        Row{"sandbox elsewhere", "GET", "/sandbox/", 404},
        Row{"a bad escape", "GET", "/api/v1/images/models/%zz/%/endpoints", 404}}) {
    SCOPED_TRACE(row.name);
    const auto reply = Fetch(sandbox->port(), row.method, row.target, "", "");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, row.status);
    EXPECT_TRUE(boost::json::parse(reply->body).is_object());
  }
}

TEST(SandboxHttp, AsksForAKey) {
  Sandbox::Options options;
  options.api_key = "sk-right";
  const auto strict = Start(options), open = Start();
  struct Row {
    const char* name;
    const char* headers;
    int strict, open;
  };
  for (const Row& row :
       {Row{"none", "", 401, 401}, Row{"the right one", "Authorization: Bearer sk-right\r\n", 200, 200},
        Row{"another", "Authorization: Bearer sk-wrong\r\n", 401, 200},
        Row{"an empty one", "Authorization: Bearer \r\n", 401, 401},
        Row{"another scheme", "Authorization: Basic abc\r\n", 401, 401},
        Row{"scheme in small letters", "authorization: bearer sk-right\r\n", 200, 200}}) {
    SCOPED_TRACE(row.name);
    const char* body = R"({"model":"sandbox/painter","prompt":"p","size":"64x64"})";
    EXPECT_EQ(Fetch(strict->port(), "POST", "/api/v1/images", body, row.headers)->status, row.strict);
    EXPECT_EQ(Fetch(open->port(), "POST", "/api/v1/images", body, row.headers)->status, row.open);
  }
  EXPECT_EQ(Fetch(strict->port(), "GET", "/api/v1/images/models", "", "")->status, 200);
  EXPECT_EQ(strict->ledger().complete_posts(), 6u);
  EXPECT_EQ(strict->ledger().billed(), 2u);
}

TEST(SandboxHttp, KeepsConnectionsAlive) {
  const auto sandbox = Start();
  RawClient client(sandbox->port());
  for (int i = 0; i < 3; ++i) {
    client.Send(RequestBytes("GET", "/api/v1/images/models"));
    EXPECT_EQ(client.ReadReply()->status, 200);
  }
  client.Send(RequestBytes("GET", "/api/v1/images/models", "", "Connection: close\r\n"));
  ReadEnd end = ReadEnd::kQuiet;
  EXPECT_NE(client.ReadToEnd(end).find("200 OK"), std::string::npos);
  EXPECT_EQ(end, ReadEnd::kFin);
  const auto entries = sandbox->ledger().Snapshot();
  ASSERT_EQ(entries.size(), 4u);
  for (const auto& entry : entries) EXPECT_EQ(entry.connection, entries[0].connection);
  Fetch(sandbox->port(), "GET", "/api/v1/images/models");
  EXPECT_NE(sandbox->ledger().Snapshot()[4].connection, entries[0].connection);
}

TEST(SandboxHttp, ReadsBodiesInWhateverPiecesTheyCome) {
  const auto sandbox = Start();
  const std::string body = R"({"model":"sandbox/painter","prompt":"p","size":"64x64"})";
  RawClient bytewise(sandbox->port());
  for (char c : RequestBytes("POST", "/api/v1/images", body)) bytewise.Send(std::string(1, c));
  EXPECT_EQ(bytewise.ReadReply()->status, 200);

  RawClient chunked(sandbox->port());
  chunked.Send(
      "POST /api/v1/images HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  for (char c : body) chunked.Send(std::string("1\r\n") + c + "\r\n");
  chunked.Send("0\r\n\r\n");
  EXPECT_EQ(chunked.ReadReply()->status, 200);

  RawClient expecting(sandbox->port());
  const std::string request =
      RequestBytes("POST", "/api/v1/images", body, "Authorization: Bearer k\r\nExpect: 100-continue\r\n");
  expecting.Send(request.substr(0, request.size() - body.size()));
  EXPECT_EQ(expecting.ReadReply()->status, 100);
  expecting.Send(body);
  EXPECT_EQ(expecting.ReadReply()->status, 200);
  EXPECT_EQ(sandbox->ledger().complete_posts(), 3u);
}

TEST(SandboxHttp, RefusesHugeAndMalformedRequests) {
  const auto sandbox = Start();
  RawClient huge(sandbox->port());
  huge.Send(
      "POST /api/v1/images HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\nContent-Length: "
      "67108865\r\n\r\n{");
  const auto refused = huge.ReadReply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 413);
  EXPECT_EQ(boost::json::parse(refused->body).at("error").at("code").as_int64(), 413);
  RawClient garbage(sandbox->port());
  garbage.Send("\x16\x03\x01 what is this\r\n\r\n");
  EXPECT_EQ(garbage.ReadReply()->status, 400);
  EXPECT_EQ(sandbox->ledger().complete_posts(), 0u);
}

TEST(SandboxHttp, RecordsAPostThatEndsEarly) {
  const auto sandbox = Start();
  {
    RawClient client(sandbox->port());
    client.Send(
        "POST /api/v1/images HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\nContent-Length: "
        "100\r\n\r\nhalf");
  }
  // A later request is answered after the lost one was noticed: one I/O thread serves both.
  for (int i = 0;
       i < 1000 && (sandbox->ledger().Snapshot().empty() || sandbox->ledger().Snapshot()[0].body_bytes == 0);
       ++i) {
    Fetch(sandbox->port(), "GET", "/nowhere");
  }
  const auto entry = sandbox->ledger().Snapshot().at(0);
  EXPECT_FALSE(entry.body_complete);
  EXPECT_EQ(entry.body_bytes, 4u);
  EXPECT_EQ(entry.status, 0);
}

TEST(SandboxHttp, ShowsItsLedgerAndTakesScripts) {
  const auto sandbox = Start();
  EXPECT_EQ(
      Fetch(sandbox->port(), "POST", "/sandbox/script", R"({"status":529,"times":1,"route":"images"})", "")
          ->status,
      204);
  EXPECT_EQ(Fetch(sandbox->port(), "POST", "/sandbox/script", R"({"shiny":1})", "")->status, 400);
  EXPECT_EQ(Fetch(sandbox->port(), "POST", "/sandbox/script", "{", "")->status, 400);
  EXPECT_EQ(Fetch(sandbox->port(), "GET", "/api/v1/images/models", "", "")->status, 200);
  EXPECT_EQ(Generate(sandbox->port(), kFox)->status, 529);
  EXPECT_EQ(Generate(sandbox->port(), kFox)->status, 200);
  const auto ledger = boost::json::parse(Fetch(sandbox->port(), "GET", "/sandbox/ledger", "", "")->body);
  EXPECT_EQ(ledger.at("complete_posts").as_int64(), 2);
  EXPECT_EQ(ledger.at("billed").as_int64(), 1);
  std::vector<std::string> faults;
  for (const auto& request : ledger.at("requests").as_array()) {
    if (!request.at("fault").as_string().empty())
      faults.emplace_back(request.at("fault").as_string().c_str());
  }
  EXPECT_EQ(faults, std::vector<std::string>{R"({"status":529,"times":1,"route":"images"})"});
  EXPECT_EQ(Fetch(sandbox->port(), "DELETE", "/sandbox/ledger", "", "")->status, 204);
  EXPECT_EQ(sandbox->ledger().complete_posts(), 0u);
  sandbox->Script("status=500;times=9");
  EXPECT_EQ(Fetch(sandbox->port(), "DELETE", "/sandbox/script", "", "")->status, 204);
  EXPECT_EQ(Generate(sandbox->port(), kFox)->status, 200);
}

TEST(SandboxHttp, AnswersOthersWhileItDraws) {
  Sandbox::Options options;
  options.generation_time = std::chrono::hours(1);
  const auto sandbox = Start(options);
  RawClient slow(sandbox->port());
  slow.Send(RequestBytes("POST", "/api/v1/images", kFox));
  ASSERT_TRUE(sandbox->ledger().WaitForCompletePosts(1, std::chrono::seconds(20)));
  EXPECT_EQ(Fetch(sandbox->port(), "GET", "/api/v1/images/models")->status, 200);
  EXPECT_EQ(Generate(sandbox->port(), R"({"model":"sandbox/status=429","prompt":"p"})")->status, 429);
  EXPECT_EQ(sandbox->ledger().billed(), 0u);
}

TEST(SandboxHttp, StopsAtOnceWhateverHangs) {
  const auto begin = std::chrono::steady_clock::now();
  Sandbox::Options options;
  options.generation_time = std::chrono::hours(1);
  auto sandbox = Start(options);
  RawClient generating(sandbox->port()), silent(sandbox->port()), half(sandbox->port()),
      idle(sandbox->port());
  generating.Send(RequestBytes("POST", "/api/v1/images", kFox));
  silent.Send(RequestBytes("POST", "/api/v1/images", R"({"model":"sandbox/delay=forever","prompt":"p"})"));
  half.Send("POST /api/v1/images HTTP/1.1\r\nContent-Length: 9\r\n\r\n");
  ASSERT_TRUE(sandbox->ledger().WaitForCompletePosts(2, std::chrono::seconds(20)));
  sandbox.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(SandboxHttp, ServesManyAtOnce) {
  const auto sandbox = Start();
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        EXPECT_EQ(
            Generate(sandbox->port(), R"({"model":"sandbox/painter","prompt":"p","size":"64x64"})")->status,
            200);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(sandbox->ledger().complete_posts(), 40u);
  EXPECT_EQ(sandbox->ledger().billed(), 40u);
  EXPECT_NEAR(sandbox->ledger().cost_usd(), 0.4, 1e-9);
}

TEST(SandboxHttp, CannotTakeATakenPort) {
  const auto first = Start();
  Sandbox::Options options;
  options.port = first->port();
  EXPECT_EQ(Sandbox::Start(options).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(first->base_url(), "http://127.0.0.1:" + std::to_string(first->port()) + "/api/v1");
}

}  // namespace
}  // namespace openrouter_images::sandbox
