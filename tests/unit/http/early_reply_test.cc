// A reply that comes while the request's body is still on its way.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <tuple>

#include "tests/unit/http/certificates.h"
#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;

constexpr std::size_t kUploadBytes = 20'000'000;
constexpr std::size_t kReplyBytes = 40'000;

enum class Ending { kReset, kFin, kStayOpen };

struct EarlyReplyRow {
  const char* name;
  std::string status;
  bool chunked = false;
  bool says_close = false;
  Ending ending = Ending::kReset;
  bool tls = false;
};

void PrintTo(const EarlyReplyRow& row, std::ostream* out) {
  *out << row.name;
}

class EarlyReplyTest : public testing::ClientTest, public ::testing::WithParamInterface<EarlyReplyRow> {
 protected:
  EarlyReplyTest()
      : authority_(testing::MakeAuthority()),
        bundle_(authority_),
        tls_(testing::ServerContext(testing::Issue(authority_, "IP:127.0.0.1"))),
        peer_(
            context, [this](PeerConnection& c) { return Talk(c); }, GetParam().tls ? &tls_ : nullptr) {
    options.ca_bundle = bundle_.path();
    // So that the reply takes several reads.
    options.buffer_bytes = 1024;
  }

  asio::awaitable<void> Talk(PeerConnection& c) {
    co_await c.ReadExactly(100'000);
    co_await c.Write(WholeReply());
    switch (GetParam().ending) {
      case Ending::kReset:
        c.Reset();
        break;
      case Ending::kFin:
        c.Finish();
        co_await c.WaitForClose();
        break;
      case Ending::kStayOpen:
        co_await c.PassGate();
        break;
    }
  }

  std::string WholeReply() const {
    std::string head = "HTTP/1.1 " + GetParam().status + "\r\n";
    if (GetParam().says_close) head += "Connection: close\r\n";
    if (GetParam().chunked) {
      return head + "Transfer-Encoding: chunked\r\n\r\n9c40\r\n" + body_ + "\r\n0\r\n\r\n";
    }
    return head + "Content-Length: " + std::to_string(body_.size()) + "\r\n\r\n" + body_;
  }

  const std::string body_ = std::string(kReplyBytes - 1, 'r') + "!";
  testing::Identity authority_;
  testing::BundleFile bundle_;
  asio::ssl::context tls_;
  Peer peer_;
};

TEST_P(EarlyReplyTest, IsDeliveredWhole) {
  Collector collector;
  const TransferResult result = Send(Post(peer_.Url(), std::string(kUploadBytes, 'x')), collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kNone)) << result.detail;
  EXPECT_EQ(result.status, std::stoi(GetParam().status));
  EXPECT_TRUE(collector.body == body_) << collector.body.size();
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(peer_.connections(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, EarlyReplyTest,
    ::testing::Values(EarlyReplyRow{"Success", "200 OK"}, EarlyReplyRow{"SuccessInChunks", "200 OK", true},
                      EarlyReplyRow{"SuccessThatCloses", "200 OK", false, true},
                      EarlyReplyRow{"SuccessAndFin", "200 OK", false, false, Ending::kFin},
                      EarlyReplyRow{"SuccessInChunksAndFin", "200 OK", true, false, Ending::kFin},
                      EarlyReplyRow{"SuccessByPeerThatReadsNoMore", "200 OK", true, false, Ending::kStayOpen},
                      EarlyReplyRow{"SuccessByTls", "200 OK", true, false, Ending::kReset, true},
                      EarlyReplyRow{"Refusal", "413 Too Large"},
                      EarlyReplyRow{"RefusalInChunks", "413 Too Large", true},
                      EarlyReplyRow{"RefusalThatCloses", "413 Too Large", false, true},
                      EarlyReplyRow{"RefusalInChunksThatCloses", "413 Too Large", true, true},
                      EarlyReplyRow{"RefusalAndFin", "503 Busy", true, true, Ending::kFin},
                      EarlyReplyRow{"RefusalByTls", "503 Busy", true, true, Ending::kReset, true}),
    [](const auto& row) { return std::string(row.param.name); });

// What ends early without being complete is no success, and the body is not sent to a peer that has closed.
struct EarlyCutRow {
  const char* name;
  std::string reply;
  Fault fault;  // After an orderly end.
};

void PrintTo(const EarlyCutRow& row, std::ostream* out) {
  *out << row.name;
}

enum class CutBy { kFin, kCloseNotify, kReset };

class EarlyCutTest : public testing::ClientTest,
                     public ::testing::WithParamInterface<std::tuple<EarlyCutRow, CutBy>> {};

TEST_P(EarlyCutTest, IsAFault) {
  const auto& [row, cut] = GetParam();
  const testing::Identity authority = testing::MakeAuthority();
  const testing::BundleFile bundle(authority);
  options.ca_bundle = bundle.path();
  asio::ssl::context tls = testing::ServerContext(testing::Issue(authority, "IP:127.0.0.1"));
  // The peer reads no more: what it does not end stays open.
  Peer peer(
      context,
      [&row = row, cut = cut](PeerConnection& c) -> asio::awaitable<void> {
        co_await c.ReadExactly(100'000);
        co_await c.Write(row.reply);
        if (cut == CutBy::kFin) c.Finish();
        if (cut == CutBy::kCloseNotify) co_await c.CloseNotify();
        if (cut == CutBy::kReset) c.Reset();
        co_await c.PassGate();
      },
      cut == CutBy::kCloseNotify ? &tls : nullptr);
  Collector collector;

  const TransferResult result = Send(Post(peer.Url(), std::string(kUploadBytes, 'x')), collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(cut == CutBy::kReset ? Fault::kReset : row.fault));
  EXPECT_FALSE(result.detail.empty());
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(peer.connections(), 1);
}

std::string EarlyCutName(const ::testing::TestParamInfo<EarlyCutTest::ParamType>& info) {
  const auto& [row, cut] = info.param;
  return std::string(row.name) + (cut == CutBy::kFin     ? "Fin"
                                  : cut == CutBy::kReset ? "Reset"
                                                         : "CloseNotify");
}

INSTANTIATE_TEST_SUITE_P(
    All, EarlyCutTest,
    ::testing::Combine(
        ::testing::Values(
            EarlyCutRow{"Nothing", "", Fault::kEmptyReply},
            EarlyCutRow{"Interim", "HTTP/1.1 103 Early Hints\r\n\r\n", Fault::kTruncated},
            EarlyCutRow{"Head", "HTTP/1.1 200 OK\r\nA: 1\r\n", Fault::kTruncated},
            EarlyCutRow{"Length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Fault::kTruncated},
            EarlyCutRow{"Chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                        Fault::kTruncated}),
        ::testing::Values(CutBy::kFin, CutBy::kCloseNotify, CutBy::kReset)),
    EarlyCutName);

using EarlyHeadTest = testing::ClientTest;

// A server that answers while it reads gets the rest of the body.
TEST_F(EarlyHeadTest, DoesNotStopTheUpload) {
  Peer peer(context, [](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadHead();
    co_await c.Write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
    co_await c.ReadExactly(kUploadBytes);
    co_await c.Write("def");
    co_await c.WaitForClose();
  });
  Collector collector;
  const TransferResult result = Send(Post(peer.Url(), std::string(kUploadBytes, 'x')), collector);
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kNone)) << result.detail;
  EXPECT_EQ(collector.body, "abcdef");
}

}  // namespace
}  // namespace openrouter_images::http
