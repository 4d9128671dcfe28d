#include "service/sandbox/faults/fault_reply.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json.hpp>

namespace openrouter_images::sandbox {
namespace {

HttpReply Reply(std::string_view text) {
  return ReplyOfFault(*ParseFaultScript(text), "sandbox/x=y", "draw a fight");
}

TEST(ReplyOfFault, MakesTheErrorShape) {
  const HttpReply reply =
      Reply("status=402;limit-source=openrouter_in_flight_budget;message=wait;metadata.spend_usd=1.5");
  EXPECT_EQ(reply.status, 402);
  const auto error = boost::json::parse(reply.body).at("error");
  EXPECT_EQ(error.at("code").as_int64(), 402);
  EXPECT_EQ(error.at("message").as_string(), "wait");
  EXPECT_EQ(error.at("metadata").at("limit_source").as_string(), "openrouter_in_flight_budget");
  EXPECT_EQ(error.at("metadata").at("spend_usd").as_double(), 1.5);
}

TEST(ReplyOfFault, MakesModeration) {
  const auto metadata =
      boost::json::parse(Reply("status=403;moderation=yes").body).at("error").at("metadata");
  EXPECT_EQ(metadata.at("reasons").as_array().size(), 1u);
  EXPECT_EQ(metadata.at("flagged_input").as_string(), "draw a fight");
  EXPECT_TRUE(metadata.at("provider_name").is_string());
  EXPECT_EQ(metadata.at("model_slug").as_string(), "sandbox/x=y");
}

TEST(ReplyOfFault, CutsTheFlaggedInputBetweenCharacters) {
  for (const std::string_view character : {"x", "\u00e9", "\u20ac", "\U0001F98A"}) {
    for (std::size_t at = 100 - character.size(); at <= 100; ++at) {
      const std::string fits(at, 'a');
      const std::string prompt = fits + std::string(character) + "and what follows";
      const HttpReply reply =
          ReplyOfFault(*ParseFaultScript("status=403;moderation=yes"), "sandbox/x=y", prompt);
      boost::system::error_code error;
      const auto body = boost::json::parse(reply.body, error);
      ASSERT_FALSE(error) << character << " at " << at << ": " << error.message();
      const auto& flagged = body.at("error").at("metadata").at("flagged_input").as_string();
      EXPECT_LE(flagged.size(), 100u);
      EXPECT_TRUE(prompt.starts_with(std::string_view(flagged.data(), flagged.size())));
      EXPECT_GE(flagged.size(), at) << character;
    }
  }
}

TEST(ReplyOfFault, MakesTheAvailabilityShape) {
  const HttpReply reply =
      Reply("status=503;availability=overloaded;retryable=yes;retry-after=4;error-type=provider_overloaded");
  const auto error = boost::json::parse(reply.body).at("error");
  EXPECT_EQ(error.at("error_type").as_string(), "provider_overloaded");
  EXPECT_EQ(error.at("http_status").as_int64(), 503);
  EXPECT_EQ(error.at("availability").at("code").as_string(), "overloaded");
  EXPECT_TRUE(error.at("availability").at("retryable").as_bool());
  EXPECT_EQ(error.at("availability").at("retry_after").as_int64(), 4);
}

TEST(ReplyOfFault, MakesOtherBodies) {
  EXPECT_NE(Reply("status=524;body=html").body.find("<html"), std::string::npos);
  EXPECT_EQ(FindHeader(Reply("status=524;body=html").headers, "content-type"), "text/html; charset=UTF-8");
  EXPECT_EQ(Reply("status=500;body=text;message=odd").body, "odd\n");
  EXPECT_EQ(Reply("status=500;body=empty").body, "");
  EXPECT_EQ(Reply("status=301").body, "");
  EXPECT_EQ(boost::json::parse(Reply("status=200;body=json;code=502").body).at("error").at("code").as_int64(),
            502);
  EXPECT_EQ(Reply("status=200;body=json;code=502").status, 200);
  EXPECT_EQ(boost::json::parse(Reply("status=400;code=\"text\"").body).at("error").at("code").as_string(),
            "text");
}

TEST(WithJsonDefect, BreaksWhatItSays) {
  const std::string whole = R"({"created":1,"data":[{"b64_json":"QQ=="}]})";
  const auto with = [&](std::string_view text) { return WithJsonDefect(whole, *ParseFaultScript(text)); };
  boost::system::error_code error;
  for (const char* text :
       {"json=truncated", "json=deep", "json=nan", "json=invalid-utf8", "json=bom", "json=lone-surrogate"}) {
    boost::json::parse(with(text), error);
    EXPECT_TRUE(error) << text;
  }
  EXPECT_EQ(with("json=deep;depth=3").substr(0, 22), R"({"deep":[[[]]],"create)");
  EXPECT_EQ(boost::json::parse(with("json=deep;depth=3")).at("created").as_int64(), 1);
  EXPECT_TRUE(boost::json::parse(with("json=wrong-types")).at("created").is_string());
  const std::string doubled = with("json=duplicate-keys");
  EXPECT_NE(doubled.find("\"data\""), doubled.rfind("\"data\""));
  EXPECT_EQ(WithJsonDefect(whole, FaultScript{}), whole);
}

TEST(WithBase64Defect, BreaksWhatItSays) {
  const std::string bytes(300, '\xfb');
  std::string whole, out;
  absl::Base64Escape(bytes, &whole);
  EXPECT_FALSE(absl::Base64Unescape(WithBase64Defect(whole, FaultScript::Base64::kBadCharacter), &out));
  EXPECT_FALSE(absl::Base64Unescape(WithBase64Defect(whole, FaultScript::Base64::kBadPadding), &out));
  EXPECT_NE(WithBase64Defect(whole, FaultScript::Base64::kWhitespace).find("\\r\\n"), std::string::npos);
  const std::string url_safe = WithBase64Defect(whole, FaultScript::Base64::kUrlSafe);
  EXPECT_NE(url_safe, whole);
  EXPECT_TRUE(absl::WebSafeBase64Unescape(url_safe, &out));
  EXPECT_EQ(out, bytes);
  EXPECT_EQ(WithBase64Defect("QQ==", FaultScript::Base64::kUnpadded), "QQ");
  EXPECT_EQ(WithBase64Defect("QQ==", FaultScript::Base64::kDataUrl), "data:image/png;base64,QQ==");
}

TEST(ApplyToReply, Compresses) {
  HttpReply reply{200, {}, R"({"a":1})", {}};
  ApplyToReply(*ParseFaultScript("encoding=gzip"), reply);
  EXPECT_EQ(FindHeader(reply.headers, "content-encoding"), "gzip");
  std::string text(7, ' ');
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(reply.body.data());
  stream.avail_in = static_cast<uInt>(reply.body.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_FINISH);
  EXPECT_EQ(stream.total_out, 7u);
  inflateEnd(&stream);
  EXPECT_EQ(text, R"({"a":1})");
}

TEST(ApplyToReply, ReplacesOrdinaryHeaders) {
  HttpReply reply{200, {{"content-type", "application/json"}, {"x-request-id", "r"}}, "{\"a\":1}", {}};
  ApplyToReply(*ParseFaultScript("header.Content-Type=text/plain;header.X-Twice=1;header.X-Twice=2"), reply);
  EXPECT_EQ(FindHeader(reply.headers, "content-type"), "text/plain");
  EXPECT_EQ(reply.headers.size(), 4u);
}

}  // namespace
}  // namespace openrouter_images::sandbox
