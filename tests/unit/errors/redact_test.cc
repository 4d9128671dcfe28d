#include "service/errors/redact.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::errors {
namespace {

Failure FailureOf(int status, const std::string& body) {
  return FromHttpStatus(Operation::kGenerate, KeyOwner::kService, status,
                        ParseErrorBody(body, "application/json"));
}

constexpr const char* kSecret = "sk-or-v1-0123456789";

TEST(Redact, FindsTheKeyInEveryTextOfTheUpstream) {
  const std::string echo = std::string("key ") + kSecret + " and " + kSecret;
  Failure failure = FailureOf(
      401, R"({"error":{"code":")" + echo + R"(","message":")" + echo + R"(","param":")" + echo +
               R"(","error_type":")" + echo + R"(","metadata":{"deep":[{"er":")" + echo + R"("}],")" +
               kSecret + R"(":1},"availability":{"code":")" + echo + R"(","requested_models":["a",")" + echo +
               R"("],"new":")" + echo + R"("},"newer":{"x":")" + echo + R"("}},"user_id":")" + echo +
               R"(","openrouter_metadata":{"y":")" + echo + "\"}}");
  // All of it was read, or the test would show nothing.
  std::string before = failure.error.SerializeAsString();
  int found = 0;
  for (auto at = before.find(kSecret); at != std::string::npos; at = before.find(kSecret, at + 1)) ++found;
  ASSERT_GE(found, 19) << failure.error.DebugString();
  ASSERT_NE(failure.message.find(kSecret), std::string::npos);

  Redact(kSecret, failure);
  EXPECT_EQ(failure.error.SerializeAsString().find(kSecret), std::string::npos)
      << failure.error.DebugString();
  EXPECT_EQ(failure.error.message(), "key *** and ***");
  EXPECT_EQ(failure.error.metadata().fields().at("***").number_value(), 1);
  EXPECT_EQ(failure.error.availability().requested_models(1), "key *** and ***");
  EXPECT_TRUE(failure.message.ends_with(": key *** and ***")) << failure.message;
  EXPECT_EQ(failure.error.http_status(), 401);
}

TEST(Redact, FindsTheBeginningOfAKeyThatWasCut) {
  const std::string secret = "sk-or-v1-" + std::string(100, 'k');
  Failure failure =
      FailureOf(400, R"({"error":{"code":400,"message":")" + std::string(150, 'x') + " " + secret + "\"}}");
  ASSERT_TRUE(failure.message.ends_with("k…")) << failure.message;
  Redact(secret, failure);
  EXPECT_TRUE(failure.message.ends_with("x ***…")) << failure.message;
}

TEST(Redact, LeavesAllElseAlone) {
  const std::string body = R"({"error":{"code":400,"message":"sk-or-v1 is no key, nor is s…"}})";
  for (const char* secret : {"", "no key", "sk-or-v1-0123456789"}) {
    Failure failure = FailureOf(400, body);
    Redact(secret, failure);
    EXPECT_EQ(failure.message, FailureOf(400, body).message);
    EXPECT_EQ(failure.error.SerializeAsString(), FailureOf(400, body).error.SerializeAsString());
  }
}

}  // namespace
}  // namespace openrouter_images::errors
