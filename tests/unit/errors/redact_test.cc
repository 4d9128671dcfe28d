#include "service/errors/redact.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "openrouter_images/v1/call.pb.h"
#include "service/base/string_view.h"
#include "tests/unit/errors/failures.h"

namespace openrouter_images::errors {
namespace {

constexpr const char* kSecret = "sk-or-v1-0123456789>?";

TEST(Redact, FindsTheKeyInEveryTextOfTheUpstream) {
  const std::string echo = std::string("key ") + kSecret + " and " + kSecret;
  Failure failure =
      Http(401, R"({"error":{"code":")" + echo + R"(","message":")" + echo + R"(","param":")" + echo +
                    R"(","error_type":")" + echo + R"(","metadata":{"deep":[{"er":")" + echo + R"("}],")" +
                    kSecret + R"(":1},"availability":{"code":")" + echo + R"(","requested_models":["a",")" +
                    echo + R"("],"new":")" + echo + R"("},"newer":{"x":")" + echo + R"("}},"user_id":")" +
                    echo + R"(","openrouter_metadata":{"y":")" + echo + R"("},"beside":")" + echo + "\"}");
  // All of it was read, or the test would show nothing.
  std::string before = failure.error.SerializeAsString();
  int found = 0;
  for (auto at = before.find(kSecret); at != std::string::npos; at = before.find(kSecret, at + 1)) ++found;
  ASSERT_GE(found, 21) << failure.error.DebugString();
  ASSERT_NE(failure.message.find(kSecret), std::string::npos);

  Redactor(kSecret).Redact(failure);
  EXPECT_EQ(failure.error.SerializeAsString().find(kSecret), std::string::npos)
      << failure.error.DebugString();
  const v1::UpstreamError& upstream = failure.error.upstream();
  EXPECT_EQ(upstream.message(), "key [redacted] and [redacted]");
  EXPECT_EQ(upstream.metadata().fields().at("[redacted]").number_value(), 1);
  EXPECT_EQ(upstream.availability().requested_models(1), "key [redacted] and [redacted]");
  EXPECT_TRUE(failure.message.ends_with(": key [redacted] and [redacted]")) << failure.message;
}

TEST(Redact, FindsTheKeyInReportsOfACall) {
  v1::CallReport report;
  report.add_attempts()->set_generation_id(kSecret);
  (*report.mutable_rate_limit())["x-ratelimit-key"] = kSecret;
  Redactor(kSecret).Redact(report);
  EXPECT_EQ(report.attempts(0).generation_id(), "[redacted]");
  EXPECT_EQ(report.rate_limit().at("x-ratelimit-key"), "[redacted]");
}

std::string Redacted(std::string text) {
  Redactor(kSecret).Redact(text);
  return text;
}

TEST(Redact, FindsTheKeyInEveryEncoding) {
  std::string percent, json, mixed;
  for (const char* c = kSecret; *c != 0; ++c) {
    char hex[8];
    std::snprintf(hex, sizeof(hex), "%02x", static_cast<unsigned char>(*c));
    percent += std::string("%") + hex;
    json += std::string("\\u00") + hex;
    mixed += std::isalnum(static_cast<unsigned char>(*c)) != 0 ? std::string(1, *c) : std::string("%") + hex;
  }
  EXPECT_EQ(Redacted("a" + percent + "b"), "a[redacted]b");
  EXPECT_EQ(Redacted("a" + json + "b"), "a[redacted]b");
  EXPECT_EQ(Redacted("a" + mixed + "b"), "a[redacted]b");
}

TEST(Redact, FindsTheKeyInBase64WhateverIsAroundIt) {
  for (std::size_t before = 0; before < 7; ++before) {
    for (std::size_t after = 0; after < 4; ++after) {
      SCOPED_TRACE(std::to_string(before) + ", " + std::to_string(after));
      const std::string plain = std::string(before, '~') + kSecret + std::string(after, '~');
      for (const std::string& encoded : {absl::Base64Escape(plain), absl::WebSafeBase64Escape(plain)}) {
        const std::string redacted = Redacted("auth=" + encoded + "&x");
        EXPECT_NE(redacted.find("[redacted]"), std::string::npos) << redacted;
        // At most a bit of the key's first and last byte are left at the borders.
        EXPECT_LE(redacted.size(), std::string("auth=[redacted]&x").size() + (before + after) * 4 / 3 + 6);
      }
    }
  }
}

TEST(Redact, FindsTheBeginningOfAKeyThatWasCut) {
  const std::string secret = "sk-or-v1-" + std::string(100, 'k');
  Failure failure =
      Http(400, R"({"error":{"code":400,"message":")" + std::string(150, 'x') + " " + secret + "\"}}");
  ASSERT_TRUE(failure.message.ends_with("k…")) << failure.message;
  Redactor(secret).Redact(failure);
  EXPECT_TRUE(failure.message.ends_with("x [redacted]…")) << failure.message;

  Failure cut = Http(502, R"({"error":{"message":"not )" + secret.substr(0, 40));
  Redactor(secret).Redact(cut);
  EXPECT_EQ(cut.error.upstream().body_excerpt(), R"({"error":{"message":"not [redacted])");
}

TEST(Redact, LeavesAllElseAlone) {
  const std::string body = R"({"error":{"code":400,"message":"sk-or-v1 is no key, nor is sk-or-v1-01"}})";
  for (const char* secret : {"", "no key", kSecret}) {
    Failure failure = Http(400, body);
    Redactor(secret).Redact(failure);
    EXPECT_EQ(failure.message, Http(400, body).message);
    EXPECT_EQ(failure.error.SerializeAsString(), Http(400, body).error.SerializeAsString());
  }
}

TEST(Redact, BoundsTheUpstreamsTexts) {
  Failure failure = Http(400, R"({"error":{"code":400,"message":")" + std::string(9000, 'x') +
                                  R"(","metadata":{"a":")" + std::string(9000, 'y') + "\"}}}");
  Redactor("").Redact(failure);
  EXPECT_EQ(failure.error.upstream().message().size(), kMaxUpstreamText);
  EXPECT_EQ(failure.error.upstream().metadata().fields().at("a").string_value().size(), kMaxUpstreamText);
}

}  // namespace
}  // namespace openrouter_images::errors
