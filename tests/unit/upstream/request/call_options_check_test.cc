#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "service/limits/check.h"
#include "service/upstream/request/call_options_check.h"

namespace openrouter_images::upstream {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Check(const v1::RequestOptions& options) {
  const std::vector<std::string> allowed = {"X-Team", "x-cost-center"};
  limits::Violations violations;
  if (limits::Check(options, "options", violations)) CheckOptions(options, allowed, violations);
  std::vector<std::string> fields;
  for (const auto& violation : violations) fields.push_back(violation.field);
  return fields;
}

std::vector<std::string> Check(const std::string& text) {
  v1::RequestOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options)) << text;
  return Check(options);
}

std::vector<std::string> CheckHeader(const std::string& name, const std::string& value) {
  v1::RequestOptions options;
  (*options.mutable_headers())[name] = value;
  return Check(options);
}

TEST(CheckOptions, NothingAsked) {
  EXPECT_THAT(Check(""), IsEmpty());
}

TEST(CheckOptions, HeadersOnTheListPass) {
  EXPECT_THAT(CheckHeader("x-team", "red\tand blue"), IsEmpty());
  EXPECT_THAT(CheckHeader("X-COST-CENTER", "7"), IsEmpty());
  EXPECT_THAT(CheckHeader("x-team", "caf\xC3\xA9"), IsEmpty());
}

TEST(CheckOptions, OtherHeadersAreNamed) {
  EXPECT_THAT(CheckHeader("authorization", "x"), ElementsAre("options.headers[authorization]"));
  EXPECT_THAT(CheckHeader("", "x"), ElementsAre("options.headers[]"));
  EXPECT_THAT(CheckHeader("x team", "x"), ElementsAre("options.headers[x team]"));
  EXPECT_THAT(CheckHeader("x-team:", "x"), ElementsAre("options.headers[x-team:]"));
  EXPECT_THAT(CheckHeader("x\r\ny", "x"), ElementsAre("options.headers[x\\r\\ny]"));
  EXPECT_THAT(CheckHeader(std::string("x\0y", 3), "x"), ElementsAre("options.headers[x\\x00y]"));
}

TEST(CheckOptions, ValuesAreNotEmpty) {
  EXPECT_THAT(CheckHeader("x-team", ""), ElementsAre("options.headers[x-team]"));
}

TEST(CheckOptions, ValuesCannotBreakOut) {
  for (const char* value : {"a\r\nb: c", "a\nb", "a\rb", "\x7F", "\x01"}) {
    EXPECT_THAT(CheckHeader("x-team", value), ElementsAre("options.headers[x-team]")) << value;
  }
  EXPECT_THAT(CheckHeader("x-team", std::string("a\0b", 3)), ElementsAre("options.headers[x-team]"));
}

TEST(CheckOptions, HeaderTwiceInOtherLetters) {
  EXPECT_THAT(Check("headers { key: 'x-team' value: 'a' } headers { key: 'X-Team' value: 'b' }"),
              ElementsAre("options.headers[x-team]"));
}

TEST(CheckOptions, HeadersAreFewAndSmall) {
  EXPECT_THAT(CheckHeader("x-team", std::string(8 * 1024 - 6, 'x')), IsEmpty());
  EXPECT_THAT(CheckHeader("x-team", std::string(8 * 1024 - 5, 'x')), ElementsAre("options.headers"));
  v1::RequestOptions options;
  for (int i = 0; i < 33; ++i) (*options.mutable_headers())["h" + std::to_string(i)] = "";
  EXPECT_THAT(Check(options), ElementsAre("options.headers"));
}

TEST(CheckOptions, SessionId) {
  v1::RequestOptions options;
  std::string id;
  for (int i = 0; i < 256; ++i) id += "\xC3\xA9";
  options.set_session_id(id);
  EXPECT_THAT(Check(options), IsEmpty());
  options.set_session_id(id + "x");
  EXPECT_THAT(Check(options), ElementsAre("options.session_id"));
  options.set_session_id("a\nb");
  EXPECT_THAT(Check(options), ElementsAre("options.session_id"));
}

TEST(CheckOptions, Attribution) {
  EXPECT_THAT(
      Check("attribution { http_referer: 'https://x' title: 'Caf\xC3\xA9' categories: ['image-gen', 'x'] }"),
      IsEmpty());
  EXPECT_THAT(Check("attribution { http_referer: 'a\\nb' title: '\\r' categories: ['ok', '\\t', 'a,b'] }"),
              ElementsAre("options.attribution.http_referer", "options.attribution.title",
                          "options.attribution.categories[1]", "options.attribution.categories[2]"));
}

TEST(CheckOptions, AttributionHasABound) {
  v1::RequestOptions options;
  v1::Attribution& attribution = *options.mutable_attribution();
  attribution.set_http_referer(std::string(512, 'x'));
  attribution.set_title(std::string(512, 'x'));
  for (int i = 0; i < 32; ++i) attribution.add_categories(std::string(128, 'x'));
  EXPECT_THAT(Check(options), IsEmpty());
  attribution.mutable_http_referer()->push_back('x');
  attribution.mutable_title()->push_back('x');
  attribution.mutable_categories(31)->push_back('x');
  EXPECT_THAT(Check(options), ElementsAre("options.attribution.http_referer", "options.attribution.title",
                                          "options.attribution.categories[31]"));
  for (int i = 0; i < 1000; ++i) attribution.add_categories("\n");
  EXPECT_THAT(Check(options), ElementsAre("options.attribution.http_referer", "options.attribution.title",
                                          "options.attribution.categories"));
}

}  // namespace
}  // namespace openrouter_images::upstream
