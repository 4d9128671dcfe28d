#include "service/sandbox/faults/fault_book.h"

#include <gtest/gtest.h>

namespace openrouter_images::sandbox {
namespace {

TEST(FaultBook, HandsScriptedFaultsOutInOrderAndByRoute) {
  FaultBook book;
  book.Queue(*ParseFaultScript("status=500;times=2"), "first");
  book.Queue(*ParseFaultScript("status=502;route=models"), "second");
  EXPECT_EQ(book.TakeScripted(FaultScript::Route::kImages)->text, "first");
  EXPECT_EQ(book.TakeScripted(FaultScript::Route::kModels)->text, "first");
  EXPECT_FALSE(book.TakeScripted(FaultScript::Route::kImages));
  EXPECT_EQ(book.TakeScripted(FaultScript::Route::kModels)->text, "second");
  EXPECT_FALSE(book.TakeScripted(FaultScript::Route::kModels));
}

TEST(FaultBook, KeepsHandshakeFaultsForConnections) {
  FaultBook book;
  book.Queue(*ParseFaultScript("tls=stall"), "stall");
  EXPECT_FALSE(book.TakeScripted(FaultScript::Route::kImages));
  EXPECT_TRUE(book.TakeTlsStall());
  EXPECT_FALSE(book.TakeTlsStall());
}

TEST(FaultBook, CountsEachNameByItself) {
  FaultBook book;
  const FaultScript twice = *ParseFaultScript("status=500;times=2"), always = *ParseFaultScript("status=500");
  EXPECT_TRUE(book.CountUse(twice, "a"));
  EXPECT_TRUE(book.CountUse(twice, "b"));
  EXPECT_TRUE(book.CountUse(twice, "a"));
  EXPECT_FALSE(book.CountUse(twice, "a"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(book.CountUse(always, "c"));
  book.Clear();
  EXPECT_TRUE(book.CountUse(twice, "a"));
}

}  // namespace
}  // namespace openrouter_images::sandbox
