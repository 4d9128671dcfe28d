#include "service/rpc/call_id.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace openrouter_images::rpc {
namespace {

TEST(CallIdTest, Is32HexadecimalDigits) {
  std::uint64_t next = 0xAB;
  EXPECT_EQ(NewCallId([&next] { return next++; }), "00000000000000ab00000000000000ac");
}

TEST(CallIdTest, UsesEveryBit) {
  EXPECT_EQ(NewCallId([] { return std::numeric_limits<std::uint64_t>::max(); }), std::string(32, 'f'));
}

}  // namespace
}  // namespace openrouter_images::rpc
