// What becomes of transfers when libcurl, the event loop or this process itself cannot go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/unit/http/certificates.h"
#include "tests/unit/http/failing_calls.h"
#include "tests/unit/http/fixture.h"
#include "tests/unit/http/lookups.h"

namespace openrouter_images::http {
namespace {

namespace asio = boost::asio;
using testing::Collector;
using testing::Peer;
using testing::PeerConnection;
using testing::Reply;

class BrokenLoopTest : public testing::ClientTest {
 protected:
  BrokenLoopTest()
      : peer_(context, [](PeerConnection& c) -> asio::awaitable<void> {
          co_await c.ReadRequest();
          co_await c.PassGate();
          co_await c.Write(Reply("ok"));
          co_await c.WaitForClose();
        }) {}

  Peer peer_;
};

// libcurl does not say whom its failure concerns, so that all end at once, without a time limit of their own.
TEST_F(BrokenLoopTest, FailureOfLibcurlEndsWhatIsUnderWay) {
  const Request request = Post(peer_.Url());
  Collector sent;
  Collector unsent;
  const auto first = Start(request, sent);
  RunUntil([&] { return peer_.requests().size() == 1; });
  const auto second = Start(request, unsent);
  testing::FailNextSocketAction();
  RunUntil([&] { return first->result && second->result; });

  for (const auto* running : {first.get(), second.get()}) {
    EXPECT_EQ(FaultName(running->result->fault), FaultName(Fault::kOther));
    EXPECT_EQ(running->result->detail, "libcurl failed: Out of memory");
    EXPECT_EQ(running->result->dispatched, running == first.get());
  }
  EXPECT_EQ(client().active_transfers(), 0u);

  peer_.OpenGate();
  Collector next;
  EXPECT_EQ(Send(request, next).fault, Fault::kNone) << "the loop goes on";
}

TEST_F(BrokenLoopTest, SocketThatCannotBeWatchedEndsItsTransferOnly) {
  const Request request = Post(peer_.Url());
  Collector bystander;
  const auto other = Start(request, bystander);
  RunUntil([&] { return peer_.requests().size() == 1; });

  Collector collector;
  testing::FailNextWatch();
  const TransferResult result = Send(request, collector);

  EXPECT_EQ(FaultName(result.fault), FaultName(Fault::kOther));
  EXPECT_EQ(result.detail, "libcurl failed: its socket cannot be watched");
  EXPECT_FALSE(result.dispatched);
  EXPECT_FALSE(other->result);
  peer_.OpenGate();
  RunUntil([&] { return other->result.has_value(); });
  EXPECT_EQ(other->result->fault, Fault::kNone) << other->result->detail;
}

struct DescriptorRow {
  const char* name;
  int spare;
  std::string host;
  bool tls;
  Fault fault;
};

void PrintTo(const DescriptorRow& row, std::ostream* out) {
  *out << row.name;
}

class FewDescriptorsTest : public testing::ClientTest, public ::testing::WithParamInterface<DescriptorRow> {};

TEST_P(FewDescriptorsTest, AreNamed) {
  const testing::Identity authority = testing::MakeAuthority();
  const testing::BundleFile bundle(authority);
  options.ca_bundle = bundle.path();
  asio::ssl::context tls = testing::ServerContext(testing::Issue(authority, "IP:127.0.0.1"));
  Peer peer(
      context, [](PeerConnection& c) -> asio::awaitable<void> { co_await c.ReadRequest(); },
      GetParam().tls ? &tls : nullptr);
  const Request request = Post(peer.Url("/", GetParam().host));
  Collector collector;
  client();

  TransferResult result;
  {
    const testing::FewDescriptors few(GetParam().spare);
    result = Send(request, collector);
  }

  EXPECT_EQ(FaultName(result.fault), FaultName(GetParam().fault)) << result.detail;
  if (GetParam().fault == Fault::kOutOfDescriptors) {
    EXPECT_EQ(result.detail, "this process has no file descriptor left");
  }
  EXPECT_FALSE(result.dispatched);
}

INSTANTIATE_TEST_SUITE_P(
    All, FewDescriptorsTest,
    ::testing::Values(
        DescriptorRow{"Socket", 0, "127.0.0.1", false, Fault::kOutOfDescriptors},
        DescriptorRow{"LookupThread", 1, std::string(testing::kUnknownHost), false, Fault::kOutOfDescriptors},
        DescriptorRow{"Lookup", 2, std::string(testing::kUnknownHost), false, Fault::kOutOfDescriptors},
        DescriptorRow{"BundleOfAuthorities", 1, "127.0.0.1", true, Fault::kOutOfDescriptors},
        DescriptorRow{"EnoughLeft", 20, std::string(testing::kUnknownHost), false, Fault::kResolve}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace openrouter_images::http
