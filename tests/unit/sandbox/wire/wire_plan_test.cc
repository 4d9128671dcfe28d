#include "service/sandbox/wire/wire_plan.h"

#include <gtest/gtest.h>

namespace openrouter_images::sandbox {
namespace {

std::string BytesOf(const WirePlan& plan) {
  std::string out;
  for (const BodyPart& piece : plan.pieces) out += piece.bytes;
  return out;
}

WirePlan Plan(std::string_view fault, bool keep_alive = true) {
  return PlanWire({200, {{"a", "b"}}, "12345", {}}, *ParseFaultScript(fault), keep_alive);
}

constexpr char kWhole[] = "HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 5\r\n\r\n12345";

TEST(PlanWire, FramesAReply) {
  EXPECT_EQ(BytesOf(Plan("")), kWhole);
  EXPECT_EQ(Plan("").end, WireEnd::kKeepAlive);
  EXPECT_EQ(Plan("", false).end, WireEnd::kClose);
  EXPECT_NE(BytesOf(Plan("", false)).find("connection: close\r\n"), std::string::npos);
}

TEST(PlanWire, GivesNoBodyToStatusesWithout) {
  const WirePlan plan = PlanWire({204, {}, "ignored", {}}, FaultScript{}, true);
  EXPECT_EQ(BytesOf(plan), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(PlanWire, LiesAboutLength) {
  EXPECT_NE(BytesOf(Plan("length=+3")).find("content-length: 8\r\n"), std::string::npos);
  EXPECT_NE(BytesOf(Plan("length=-3")).find("content-length: 2\r\n"), std::string::npos);
  EXPECT_NE(BytesOf(Plan("length=-30")).find("content-length: 0\r\n"), std::string::npos);
  EXPECT_EQ(Plan("length=+3").end, WireEnd::kClose);
}

TEST(PlanWire, Chunks) {
  const std::string head = "HTTP/1.1 200 OK\r\na: b\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n";
  EXPECT_EQ(BytesOf(Plan("chunked=ok")), head + "0\r\n\r\n");
  EXPECT_EQ(BytesOf(Plan("chunked=unterminated")), head);
  EXPECT_EQ(BytesOf(Plan("chunked=bad-size")).substr(head.size(), 2), "zz");
  EXPECT_EQ(Plan("chunked=unterminated").end, WireEnd::kClose);
  EXPECT_EQ(Plan("chunked=ok").end, WireEnd::kKeepAlive);
}

TEST(PlanWire, StreamsPartsAsChunks) {
  HttpReply reply{200, {}, "", {{"one", {}}, {"sixteen bytes ok", std::chrono::milliseconds(5)}}};
  const WirePlan plan = PlanWire(reply, FaultScript{}, true);
  EXPECT_TRUE(BytesOf(plan).ends_with("3\r\none\r\n10\r\nsixteen bytes ok\r\n0\r\n\r\n"));
  EXPECT_EQ(plan.pieces[2].pause, std::chrono::milliseconds(5));
}

TEST(PlanWire, CutsAtEveryByte) {
  const std::string whole = kWhole;
  for (std::size_t at = 0; at <= whole.size() + 3; ++at) {
    for (const char* kind : {"reset=", "fin="}) {
      const WirePlan plan = Plan(kind + std::to_string(at));
      EXPECT_EQ(BytesOf(plan), whole.substr(0, at));
      EXPECT_EQ(plan.end, kind[0] == 'r' ? WireEnd::kReset : WireEnd::kFin);
      EXPECT_EQ(plan.status_sent, at >= 17) << at;
    }
  }
}

}  // namespace
}  // namespace openrouter_images::sandbox
