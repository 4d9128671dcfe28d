#include "service/json/json_document.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

TEST(ParseDocument, TakesWhatIsNearlyJson) {
  struct Row {
    std::string body;
    const char* document;
  };
  for (const Row& row :
       {Row{R"({"a":1})", R"({"a":1})"}, Row{"\xEF\xBB\xBF [1]\n", "[1]"},
        Row{R"({"error":{"message":"a \ud83d b"}})", R"({"error":{"message":"a \ufffd b"}})"},
        Row{"{\"error\":\"\xFF\"}", R"({"error":"\ufffd"})"}, Row{R"({"a":NaN})", R"({"a":null})"},
        Row{R"({"a":1}<html>)", R"({"a":1})"}, Row{R"({"a":1}{"b":2})", R"({"a":1})"},
        Row{R"({"a":1,"a":2})", R"({"a":2})"}, Row{"17", "17"}, Row{" null \n", "null"},
        Row{"\"x\"", "\"x\""}}) {
    const auto document = ParseDocument(row.body);
    ASSERT_TRUE(document.ok()) << row.body << ": " << document.status();
    EXPECT_EQ(*document, boost::json::parse(row.document)) << row.body;
  }
}

TEST(ParseDocument, RefusesTheRestAndQuotesNothing) {
  for (const char* body : {"", " ", "<html>secret</html>", R"({"a":"secret)", "502 secret", "null secret",
                           "\"a\" secret", "[1,]", "{'secret':1}"}) {
    const auto document = ParseDocument(body);
    ASSERT_FALSE(document.ok()) << body;
    EXPECT_EQ(document.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(document.status().message().find("secret"), std::string::npos) << document.status();
  }
}

TEST(ParseDocument, TakesAnyDepthAndLength) {
  const std::string deep =
      "{\"error\":1,\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const auto document = ParseDocument(deep);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->at("error"), 1);
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(ParseDocument("[\"" + long_text + "\"]")->at(0).as_string(), long_text);
}

}  // namespace
}  // namespace openrouter_images::json
