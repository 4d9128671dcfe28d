#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;

// How the peer ends the connection after the bytes of a row.
enum class Ending { kFin, kReset, kStayOpen };

struct ReplyRow {
  const char* name;
  std::string reply;
  Ending ending;
  Fault fault;
  int status = 0;
  std::string body;
};

void PrintTo(const ReplyRow& row, std::ostream* out) {
  *out << row.name;
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";

const std::vector<ReplyRow>& Rows() {
  static const std::vector<ReplyRow> rows = {
      {"NoReply", "", Ending::kFin, Fault::kEmptyReply, 0, ""},
      {"ResetBeforeReply", "", Ending::kReset, Fault::kReset, 0, ""},
      {"ResetInBody", kOk + "Content-Length: 10\r\n\r\nabc", Ending::kReset, Fault::kReset, 200, "abc"},
      {"EndInStatusLine", "HTTP/1.1 20", Ending::kFin, Fault::kEmptyReply, 0, ""},
      {"EndAfterStatusLine", kOk, Ending::kFin, Fault::kTruncated, 0, ""},
      {"EndInHeader", kOk + "Content-Le", Ending::kFin, Fault::kTruncated, 0, ""},
      {"EndBeforeBlankLine", kOk + "Content-Length: 3\r\n", Ending::kFin, Fault::kTruncated, 0, ""},
      {"EndAfterInterimReply", "HTTP/1.1 103 Early Hints\r\n\r\n", Ending::kFin, Fault::kTruncated, 0, ""},
      {"EndBeforeBody", kOk + "Content-Length: 3\r\n\r\n", Ending::kFin, Fault::kTruncated, 200, ""},
      {"BodyShorterThanLength", kOk + "Content-Length: 5\r\n\r\nabc", Ending::kFin, Fault::kTruncated, 200,
       "abc"},
      {"ErrorBodyShort", "HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nabc", Ending::kFin, Fault::kTruncated,
       503, "abc"},
      {"ChunkCutOff", kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", Ending::kFin, Fault::kTruncated,
       200, "abc"},
      {"NoLastChunk", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Ending::kFin, Fault::kTruncated,
       200, "abc"},
      {"LastChunkCutOff", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", Ending::kFin,
       Fault::kTruncated, 200, "abc"},
      {"BadChunkSize", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n", Ending::kStayOpen,
       Fault::kProtocol, 200, "abc"},
      {"HugeChunkSize", kOk + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", Ending::kStayOpen,
       Fault::kProtocol, 200, ""},
      {"NoChunkEnding", kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", Ending::kStayOpen,
       Fault::kProtocol, 200, "abc"},
      {"BadLength", kOk + "Content-Length: -5\r\n\r\nabc", Ending::kStayOpen, Fault::kProtocol, 0, ""},
      {"NotHttp", "SSH-2.0-OpenSSH_9.2\r\nhello\r\n", Ending::kStayOpen, Fault::kProtocol, 0, ""},
      {"HeadAboveLimit", kOk + "A: " + std::string(70'000, 'a') + "\r\n\r\n", Ending::kStayOpen,
       Fault::kHeaderTooLarge, 0, ""},
      {"LineAboveLibcurlsLimit", kOk + "A: " + std::string(200'000, 'a') + "\r\n\r\n", Ending::kStayOpen,
       Fault::kHeaderTooLarge, 0, ""},
      {"TrailerAboveLibcurlsLimit",
       kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: " + std::string(5'000, 'a') + "\r\n\r\n",
       Ending::kStayOpen, Fault::kHeaderTooLarge, 200, "abc"},
      {"BodyUntilClose", kOk + "\r\nabc", Ending::kFin, Fault::kNone, 200, "abc"},
      {"Http10UntilClose", "HTTP/1.0 200 OK\r\n\r\nabc", Ending::kFin, Fault::kNone, 200, "abc"},
      {"Http10WithLength", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", Ending::kStayOpen, Fault::kNone,
       200, "abc"},
      {"IdentityUntilClose", kOk + "Transfer-Encoding: identity\r\n\r\nabc", Ending::kFin, Fault::kNone, 200,
       "abc"},
      {"ExtraAfterLength", kOk + "Content-Length: 3\r\n\r\nabcdef", Ending::kStayOpen, Fault::kNone, 200,
       "abc"},
      {"Chunks", kOk + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n",
       Ending::kStayOpen, Fault::kNone, 200, "abcde"},
      {"EmptyBody", kOk + "Content-Length: 0\r\n\r\n", Ending::kStayOpen, Fault::kNone, 200, ""},
      {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", Ending::kStayOpen, Fault::kNone, 204, ""},
      {"InterimReplies",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" + kOk +
           "Content-Length: 3\r\n\r\nabc",
       Ending::kStayOpen, Fault::kNone, 200, "abc"},
      {"ServerError", "HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nabc", Ending::kStayOpen, Fault::kNone,
       500, "abc"},
      {"UnknownStatus", "HTTP/1.1 529 Overloaded\r\nContent-Length: 2\r\n\r\n{}", Ending::kStayOpen,
       Fault::kNone, 529, "{}"},
      {"CompressedBodyLeftAlone", kOk + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
       Ending::kStayOpen, Fault::kNone, 200, "abc"},
  };
  return rows;
}

class ReplyTest : public testing::ClientTest, public ::testing::WithParamInterface<ReplyRow> {};

TEST_P(ReplyTest, EndsAsItShould) {
  const ReplyRow& row = GetParam();
  Peer peer(context, [&row](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.Write(row.reply);
    // A reset throws away what the client has not read yet, so it waits until the client has.
    if (row.ending == Ending::kReset && !row.reply.empty()) co_await c.PassGate();
    if (row.ending == Ending::kReset) c.Reset();
    if (row.ending == Ending::kFin) c.Finish();
    if (row.ending != Ending::kReset) co_await c.WaitForClose();
  });
  const Request request = Post(peer.Url());
  Collector collector;
  collector.on_body = [&peer](std::string_view) {
    peer.OpenGate();
    return Flow::kContinue;
  };

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(row.fault)) << result.detail;
  EXPECT_EQ(result.detail.empty(), row.fault == Fault::kNone) << result.detail;
  EXPECT_EQ(result.status, row.status);
  EXPECT_EQ(result.body_bytes, row.body.size());
  EXPECT_EQ(collector.body, row.body);
  EXPECT_EQ(collector.heads, row.status == 0 ? 0 : 1);
  EXPECT_EQ(collector.head.status, row.status);
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(collector.dispatches, 1);
  RunUntil([&] { return peer.finished() == 1; });
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(peer.CountRequests("POST"), 1);
}

INSTANTIATE_TEST_SUITE_P(All, ReplyTest, ::testing::ValuesIn(Rows()),
                         [](const auto& row) { return std::string(row.param.name); });

class RedirectTest : public testing::ClientTest, public ::testing::WithParamInterface<int> {};

TEST_P(RedirectTest, IsAReplyAndNotFollowed) {
  Peer other(context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); });
  const std::string head =
      "HTTP/1.1 " + std::to_string(GetParam()) + " Moved\r\nContent-Length: 0\r\nLocation: ";
  Peer peer(context, Answer(head + other.Url() + "\r\n\r\n"));
  const Request request = Post(peer.Url());
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.status, GetParam());
  EXPECT_EQ(collector.head.Find("Location"), other.Url());
  RunUntil([&] { return peer.finished() == 1; });
  context.poll();
  EXPECT_EQ(other.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, RedirectTest, ::testing::Values(301, 302, 303, 307, 308));

using RequestFaultTest = testing::ClientTest;

TEST_F(RequestFaultTest, ConnectionLostDuringTheUpload) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1'000'000);
    c.Reset();
  });
  const Request request = Post(peer.Url(), std::string(20'000'000, 'x'));
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_THAT(result.fault, ::testing::AnyOf(Fault::kSend, Fault::kReset)) << result.detail;
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(RequestFaultTest, PeerFinishesAfterHalfOfTheBody) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1'000'000);
    c.Finish();
    co_await c.WaitForClose();
  });
  const Request request = Post(peer.Url(), std::string(20'000'000, 'x'));
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kEmptyReply)) << result.detail;
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(RequestFaultTest, ReplyThatRefusesTheBodyIsReadFromTheBrokenConnection) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1'000);
    co_await c.Write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    // The script ends with unread data: the kernel resets the connection.
  });
  const Request request = Post(peer.Url(), std::string(20'000'000, 'x'));
  Collector collector;

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(result.status, 413);
  EXPECT_EQ(collector.body, "{}");
}

TEST_F(RequestFaultTest, HandlerAborts) {
  Peer peer(context, Answer(testing::Reply("abc")));
  const Request request = Post(peer.Url());
  Collector collector;
  collector.on_body = [](std::string_view) { return Flow::kAbort; };

  const TransferResult result = Send(request, collector);

  EXPECT_EQ(result.fault, Fault::kAbortedByHandler);
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.body_bytes, 0u);
  EXPECT_EQ(collector.pieces, 1);
  RunUntil([&] { return peer.finished() == 1; });
}

enum class Callback { kDispatch, kHead, kBody, kResumedBody };

class ThrowingHandlerTest : public testing::ClientTest, public ::testing::WithParamInterface<Callback> {};

// libcurl is C: an exception that passed through it would end the process, and every transfer with it.
TEST_P(ThrowingHandlerTest, EndsItsOwnTransferOnly) {
  Peer peer(context, Answer(testing::Reply("abc")));
  Peer slow_peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadRequest();
    co_await c.PassGate();
    co_await c.Write(testing::Reply("def"));
  });
  Collector bystander;
  const Request slow_request = Post(slow_peer.Url());
  const auto running = Start(slow_request, bystander);
  RunUntil([&] { return bystander.dispatches == 1; });

  const auto fail = [] { throw std::length_error("no room"); };
  Collector collector;
  if (GetParam() == Callback::kDispatch) collector.on_dispatch = fail;
  if (GetParam() == Callback::kHead) collector.on_head = fail;
  collector.on_body = [&](std::string_view) {
    if (GetParam() == Callback::kBody || collector.pieces == 2) fail();
    client().Resume(collector);
    return Flow::kPause;
  };
  for (const Request& request : {Post(peer.Url()), Get(peer.Url())}) {
    SCOPED_TRACE(request.method == Method::kGet ? "GET" : "POST");
    collector.pieces = 0;
    const TransferResult result = Send(request, collector);
    EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kCallbackThrew));
    EXPECT_EQ(result.detail, "no room");
    EXPECT_EQ(result.dispatched, GetParam() != Callback::kDispatch);
    EXPECT_EQ(result.dispatches, result.dispatched ? 1 : 0);
  }
  RunUntil([&] { return peer.finished() == peer.connections(); });
  const std::size_t sent = GetParam() == Callback::kDispatch ? 0 : 2;
  EXPECT_EQ(peer.requests().size(), sent);

  slow_peer.OpenGate();
  RunUntil([&] { return running->result.has_value(); });
  EXPECT_EQ(running->result->fault, Fault::kNone) << running->result->detail;
}

INSTANTIATE_TEST_SUITE_P(All, ThrowingHandlerTest,
                         ::testing::Values(Callback::kDispatch, Callback::kHead, Callback::kBody,
                                           Callback::kResumedBody),
                         [](const auto& row) {
                           switch (row.param) {
                             case Callback::kDispatch:
                               return "Dispatch";
                             case Callback::kHead:
                               return "Head";
                             case Callback::kBody:
                               return "Body";
                             case Callback::kResumedBody:
                               break;
                           }
                           return "ResumedBody";
                         });

TEST_F(RequestFaultTest, RefusesWhatMustNotGoOnTheWire) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); });
  struct Case {
    const char* name;
    std::string url;
    std::vector<std::string> headers;
  };
  const std::vector<Case> cases = {
      {"header with a line break", peer.Url(), {"A: 1\r\nB: 2"}},
      {"header with NUL", peer.Url(), {std::string("A: 1\0", 5)}},
      {"header without colon", peer.Url(), {"A"}},
      {"URL with a line break", peer.Url("/a\r\nB: 2"), {}},
      {"URL with a space", peer.Url("/a b"), {}},
      {"no URL", "", {}},
      {"other scheme", "ftp://127.0.0.1:" + std::to_string(peer.port()) + "/", {}},
      {"file", "file:///etc/hostname", {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Request request = Post(c.url);
    request.headers = c.headers;
    Collector collector;
    const TransferResult result = Send(request, collector);
    EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kInvalidRequest)) << result.detail;
    EXPECT_FALSE(result.detail.empty());
    EXPECT_FALSE(result.dispatched);
    EXPECT_EQ(collector.dispatches, 0);
  }
  context.poll();
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(RequestFaultTest, RefusesWhatItCouldNotHoldBack) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); });
  Request get = Get(peer.Url());
  get.before_dispatch = []() -> asio::awaitable<bool> { co_return true; };
  for (const Request& request : {get, Post(peer.Url(), "")}) {
    Collector collector;
    const TransferResult result = Send(request, collector);
    EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kInvalidRequest)) << result.detail;
    EXPECT_FALSE(result.dispatched);
  }
  context.poll();
  EXPECT_EQ(peer.connections(), 0);
}

}  // namespace
}  // namespace openrouter_images::http
