#include "service/json/partial_document.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

namespace openrouter_images::json {
namespace {

TEST(ReadPartial, KeepsWhatCameBeforeTheBreak) {
  struct Row {
    const char* body;
    const char* object;
  };
  for (const Row& row : {
           Row{R"({"a":1,"b":[1,{"c":"d"}]})", R"({"a":1,"b":[1,{"c":"d"}]})"},
           Row{R"({"a":1,"b":[1,{"c":"d")", R"({"a":1,"b":[1,{"c":"d"}]})"},
           Row{R"({"a":1,"b":12)", R"({"a":1})"},
           Row{R"({"a":1,"b":tru)", R"({"a":1})"},
           Row{R"({"a":1,"word":"rate_li)", R"({"a":1})"},
           Row{R"({"a":1,"message":"slow do)", R"({"a":1,"message":"slow do"})"},
           Row{R"({"message":{"message":"slow do)", R"({"message":{"message":"slow do"}})"},
           Row{R"({"message":["slow do)", R"({"message":[]})"},
           Row{R"({"a":1,"mess)", R"({"a":1})"},
           Row{R"({"a":1,"b":<html>)", R"({"a":1})"},
           Row{"{\"a\":\"\xFF\",", R"({"a":"\ufffd"})"},
           Row{"{", "{}"},
           Row{"[1]", "{}"},
           Row{"17", "{}"},
           Row{"\"message", "{}"},
           Row{"\"message\"", "{}"},
           Row{"null", "{}"},
           Row{"", "{}"},
       }) {
    EXPECT_EQ(ReadPartial(row.body, "message").object, boost::json::parse(row.object).as_object())
        << row.body;
  }
}

TEST(ReadPartial, TellsWhatIsWhole) {
  const PartialDocument whole = ReadPartial(R"({"a":{"b":[1]},"c":2})", "");
  EXPECT_TRUE(whole.is_whole);
  EXPECT_TRUE(whole.IsWhole("a"));
  const PartialDocument cut = ReadPartial(R"({"a":{"b":[1]},"d":{"e":[1])", "");
  EXPECT_FALSE(cut.is_whole);
  EXPECT_TRUE(cut.IsWhole("a"));
  EXPECT_FALSE(cut.IsWhole("d"));
  EXPECT_FALSE(cut.IsWhole("b")) << "not a member of the document";
}

TEST(ReadPartial, LongTextsKeepTheirBeginning) {
  const std::string body = R"({"a":")" + std::string(kMaxPartialText - 1, 'x') + "ü" +
                           std::string(3'000'000, 'y') + R"(","code":7})";
  const PartialDocument document = ReadPartial(body, "");
  EXPECT_EQ(document.object.at("a").as_string(), std::string(kMaxPartialText - 1, 'x'));
  EXPECT_EQ(document.object.at("code"), 7);
  EXPECT_TRUE(document.is_whole);
}

// Whatever comes before them, there is room for the members that follow.
TEST(ReadPartial, LeavesOutWhatIsTooLarge) {
  std::string numbers = "[0";
  for (int i = 0; i < 100'000; ++i) numbers += ",0";
  numbers += "]";
  const PartialDocument document =
      ReadPartial("{\"a\":" + numbers + R"(,"error":{"b":)" + numbers + R"(,"code":7},"c":{}})", "");
  EXPECT_LT(document.object.at("a").as_array().size(), 2'000U);
  EXPECT_EQ(document.object.at("error").at("code"), 7);
  EXPECT_FALSE(document.is_whole);
  EXPECT_FALSE(document.IsWhole("a"));
  EXPECT_FALSE(document.IsWhole("error"));
  EXPECT_TRUE(document.IsWhole("c"));
}

}  // namespace
}  // namespace openrouter_images::json
