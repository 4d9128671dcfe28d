#include "service/sandbox/ledger.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

namespace openrouter_images::sandbox {
namespace {

HttpRequest Head(std::string authorization) {
  return {"POST", "/api/v1/images", {{"Authorization", std::move(authorization)}, {"X-Session-Id", "s"}}, ""};
}

TEST(Ledger, DistinguishesKeysWithoutKeepingThem) {
  Ledger ledger;
  for (const char* key :
       {"Bearer sk-first-secret", "Bearer sk-other-secret", "Bearer sk-first-secret", "nonsense"}) {
    ledger.Begin(1, Head(key));
  }
  const auto entries = ledger.Snapshot();
  EXPECT_EQ(entries[0].headers[0].second, entries[2].headers[0].second);
  EXPECT_NE(entries[0].headers[0].second, entries[1].headers[0].second);
  EXPECT_EQ(entries[0].headers[0].second.substr(0, 8), "Bearer #");
  EXPECT_EQ(LedgerJson(ledger).find("secret"), std::string::npos);
  EXPECT_EQ(LedgerJson(ledger).find("nonsense"), std::string::npos);
  EXPECT_EQ(entries[0].headers[1].second, "s");
}

TEST(Ledger, CountsCompletePostsAndBills) {
  Ledger ledger;
  const auto whole = ledger.Begin(1, Head("Bearer k")), half = ledger.Begin(2, Head("Bearer k"));
  ledger.RecordBody(whole, "{}", true, true);
  ledger.RecordBody(half, "{", false, true);
  ledger.RecordBill(whole, 0.04);
  ledger.RecordStatus(whole, 200);
  EXPECT_EQ(ledger.complete_posts(), 1u);
  EXPECT_EQ(ledger.billed(), 1u);
  EXPECT_DOUBLE_EQ(ledger.cost_usd(), 0.04);
  const auto entries = ledger.Snapshot();
  EXPECT_TRUE(entries[0].body_complete && entries[0].billed && entries[0].status == 200);
  EXPECT_TRUE(!entries[1].body_complete && !entries[1].billed && entries[1].status == 0);
  EXPECT_EQ(*entries[1].body, "{");

  ledger.Clear();
  ledger.RecordStatus(whole, 200);
  EXPECT_EQ(ledger.complete_posts() + ledger.billed() + ledger.Snapshot().size(), 0u);
}

TEST(Ledger, KeepsTheNewestBodiesAndNoLargeOne) {
  Ledger ledger;
  for (int i = 0; i < 300; ++i)
    ledger.RecordBody(ledger.Begin(1, Head("Bearer k")), std::to_string(i), true, true);
  ledger.RecordBody(ledger.Begin(1, Head("Bearer k")), std::string((1 << 20) + 1, 'x'), true, true);
  const auto entries = ledger.Snapshot();
  ASSERT_EQ(entries.size(), 301u);
  EXPECT_EQ(entries[44].body, nullptr);
  EXPECT_EQ(*entries[45].body, "45");
  EXPECT_EQ(entries[300].body, nullptr);
  EXPECT_EQ(entries[300].body_bytes, (1u << 20) + 1);
}

TEST(Ledger, ForgetsTheOldestEntriesButNoCount) {
  Ledger ledger;
  for (int i = 0; i < 17000; ++i) ledger.RecordBody(ledger.Begin(1, Head("Bearer k")), "", true, true);
  EXPECT_EQ(ledger.Snapshot().size(), 16384u);
  EXPECT_EQ(ledger.Snapshot().front().sequence, 17000u - 16384 + 1);
  EXPECT_EQ(ledger.complete_posts(), 17000u);
}

TEST(Ledger, WaitsForAPost) {
  Ledger ledger;
  EXPECT_FALSE(ledger.WaitForCompletePosts(1, std::chrono::milliseconds(0)));
  std::thread poster([&] { ledger.RecordBody(ledger.Begin(1, Head("Bearer k")), "", true, true); });
  EXPECT_TRUE(ledger.WaitForCompletePosts(1, std::chrono::seconds(20)));
  poster.join();
}

}  // namespace
}  // namespace openrouter_images::sandbox
