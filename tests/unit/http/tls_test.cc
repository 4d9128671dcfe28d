#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/http/certificates.h"
#include "tests/unit/http/fixture.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Answer;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

class TlsTest : public testing::ClientTest {
 protected:
  TlsTest() : authority(testing::MakeAuthority()), bundle(authority) { options.ca_bundle = bundle.path(); }

  // What becomes of a paid request to a TLS peer with `identity` that runs `script`.
  TransferResult SendTo(const testing::Identity& identity, Peer::Script script) {
    asio::ssl::context tls = testing::ServerContext(identity);
    Peer peer(context, std::move(script), &tls);
    const TransferResult result = Send(Post(peer.Url()), collector);
    RunUntil([&] { return peer.finished() == peer.connections(); });
    requests = peer.CountRequests("POST");
    return result;
  }

  testing::Identity authority;
  testing::BundleFile bundle;
  Collector collector;
  int requests = 0;
};

TEST_F(TlsTest, TrustedCertificate) {
  const TransferResult result = SendTo(testing::Issue(authority, "IP:127.0.0.1"), Answer(Reply("secret")));
  EXPECT_EQ(result.fault, Fault::kNone) << result.detail;
  EXPECT_EQ(collector.body, "secret");
  EXPECT_GT(result.timings.tls, result.timings.connect);
}

TEST_F(TlsTest, ConnectionsAreKeptAndReused) {
  asio::ssl::context tls = testing::ServerContext(testing::Issue(authority, "IP:127.0.0.1"));
  Peer peer(
      context,
      [](PeerConnection& c) -> asio::awaitable<void> {
        while (!(co_await c.ReadRequest()).empty()) co_await c.Write(Reply("ok"));
      },
      &tls);
  for (int i = 0; i < 3; ++i) {
    Collector each;
    EXPECT_EQ(Send(Get(peer.Url()), each).fault, Fault::kNone);
  }
  EXPECT_EQ(peer.connections(), 1);
}

struct BadCertificate {
  const char* name;
  bool known_authority;
  const char* alternative_name;
  std::chrono::seconds valid_for;
};

void PrintTo(const BadCertificate& row, std::ostream* out) {
  *out << row.name;
}

class BadCertificateTest : public TlsTest, public ::testing::WithParamInterface<BadCertificate> {};

TEST_P(BadCertificateTest, SendsNothing) {
  const BadCertificate& row = GetParam();
  const testing::Identity stranger = testing::MakeAuthority("Stranger");
  const TransferResult result =
      SendTo(testing::Issue(row.known_authority ? authority : stranger, row.alternative_name, row.valid_for),
             Answer(Reply("secret")));
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kCertificate)) << result.detail;
  EXPECT_FALSE(result.detail.empty());
  EXPECT_FALSE(result.dispatched);
  EXPECT_EQ(collector.dispatches, 0);
  EXPECT_EQ(requests, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCertificateTest,
    ::testing::Values(BadCertificate{"UnknownAuthority", false, "IP:127.0.0.1", std::chrono::hours(1)},
                      BadCertificate{"OtherAddress", true, "IP:127.0.0.2", std::chrono::hours(1)},
                      BadCertificate{"OtherName", true, "DNS:example.com", std::chrono::hours(1)},
                      BadCertificate{"Expired", true, "IP:127.0.0.1", std::chrono::seconds(-60)}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(TlsTest, BundleThatCannotBeRead) {
  const std::string garbage = bundle.path() + ".garbage";
  std::ofstream(garbage) << "no certificate\n";
  for (const std::string& path : {std::string("/nonexistent/ca.pem"), garbage}) {
    SCOPED_TRACE(path);
    options.ca_bundle = path;
    DestroyClient();
    const TransferResult result = SendTo(testing::Issue(authority, "IP:127.0.0.1"), Answer(Reply("secret")));
    EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kCaBundle)) << result.detail;
    EXPECT_THAT(result.detail, ::testing::StartsWith("the certificate authorities cannot be read"));
    EXPECT_THAT(result.detail, ::testing::HasSubstr(path));
    EXPECT_FALSE(result.dispatched);
  }
  std::filesystem::remove(garbage);
}

struct TlsEnding {
  const char* name;
  std::string reply;
  bool close_notify;
  Fault fault;
  std::string body;
};

void PrintTo(const TlsEnding& row, std::ostream* out) {
  *out << row.name;
}

class TlsEndingTest : public TlsTest, public ::testing::WithParamInterface<TlsEnding> {};

TEST_P(TlsEndingTest, IsJudgedByCloseNotify) {
  const TlsEnding& row = GetParam();
  const TransferResult result =
      SendTo(testing::Issue(authority, "IP:127.0.0.1"), [&row](PeerConnection& c) -> asio::awaitable<void> {
        co_await c.ReadRequest();
        if (!row.reply.empty()) co_await c.Write(row.reply);
        if (row.close_notify) co_await c.CloseNotify();
        c.Finish();
        co_await c.WaitForClose();
      });
  EXPECT_EQ(FaultName(result.fault), FaultName(row.fault)) << result.detail;
  EXPECT_EQ(collector.body, row.body);
  EXPECT_TRUE(result.dispatched);
  EXPECT_EQ(requests, 1);
}

const std::string kOkLine = "HTTP/1.1 200 OK\r\n";

INSTANTIATE_TEST_SUITE_P(
    All, TlsEndingTest,
    ::testing::Values(TlsEnding{"LengthCutWithNotify", kOkLine + "Content-Length: 9\r\n\r\nabc", true,
                                Fault::kTruncated, "abc"},
                      TlsEnding{"LengthCut", kOkLine + "Content-Length: 9\r\n\r\nabc", false,
                                Fault::kTruncated, "abc"},
                      TlsEnding{"ChunkedCut", kOkLine + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                                false, Fault::kTruncated, "abc"},
                      TlsEnding{"UntilCloseWithNotify", kOkLine + "\r\nabc", true, Fault::kNone, "abc"},
                      TlsEnding{"UntilCloseCut", kOkLine + "\r\nabc", false, Fault::kTruncated, "abc"},
                      TlsEnding{"HeadCut", kOkLine + "A: 1\r\n", false, Fault::kTruncated, ""},
                      TlsEnding{"NothingWithNotify", "", true, Fault::kEmptyReply, ""},
                      TlsEnding{"Nothing", "", false, Fault::kEmptyReply, ""}),
    [](const auto& row) { return std::string(row.param.name); });

// The handshake broken by a peer that accepts TCP only.
class BrokenHandshakeTest : public TlsTest {
 protected:
  TransferResult SendToPlain(Peer::Script script) {
    Peer peer(context, std::move(script));
    return Send(Post("https://127.0.0.1:" + std::to_string(peer.port()) + "/"), collector);
  }
};

TEST_F(BrokenHandshakeTest, PeerSpeaksNoTls) {
  const TransferResult result = SendToPlain([](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1);
    co_await c.Write("HTTP/1.1 400 Bad Request\r\n\r\n");
    co_await c.WaitForClose();
  });
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kTlsHandshake)) << result.detail;
  EXPECT_FALSE(result.dispatched);
}

TEST_F(BrokenHandshakeTest, PeerCloses) {
  const TransferResult result = SendToPlain([](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1);
    c.Finish();
    co_await c.WaitForClose();
  });
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kTlsHandshake)) << result.detail;
  EXPECT_FALSE(result.dispatched);
}

TEST_F(BrokenHandshakeTest, PeerResets) {
  const TransferResult result = SendToPlain([](PeerConnection& c) -> asio::awaitable<void> {
    co_await c.ReadExactly(1);
    c.Reset();
  });
  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kTlsHandshake)) << result.detail;
  EXPECT_FALSE(result.dispatched);
}

}  // namespace
}  // namespace openrouter_images::http
