#include "service/json/json_repairer.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

using namespace std::string_literals;

// In pieces that end at the places given.
std::string RepairCut(std::string_view text, std::size_t first, std::size_t second) {
  JsonRepairer repairer;
  std::string repaired(repairer.Repair(text.substr(0, first)));
  repaired += repairer.Repair(text.substr(first, second - first));
  repaired += repairer.Repair(text.substr(second));
  return repaired;
}

std::string Repair(std::string_view text) {
  std::string whole = RepairCut(text, text.size(), text.size());
  for (std::size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(RepairCut(text, i, text.size()), whole) << "cut at " << i;
    EXPECT_EQ(RepairCut(text, i, i + (text.size() - i) / 2), whole) << "cut at " << i;
  }
  JsonRepairer repairer;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes += repairer.Repair(text.substr(i, 1));
  EXPECT_EQ(bytes, whole) << "byte by byte";
  return whole;
}

struct Flaw {
  const char* name;
  std::string text;
  std::string repaired;
};

class JsonRepairerFlaws : public testing::TestWithParam<Flaw> {};

TEST_P(JsonRepairerFlaws, AreRepairedHoweverTheTextIsCut) {
  const Flaw& flaw = GetParam();
  EXPECT_EQ(Repair(flaw.text), flaw.repaired);
  EXPECT_NO_THROW(boost::json::parse(flaw.repaired));
  EXPECT_EQ(Repair(flaw.repaired), flaw.repaired) << "what is repaired stays so";
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonRepairerFlaws,
    testing::Values(
        Flaw{"mark", "\xEF\xBB\xBF{}", "{}"}, Flaw{"high_surrogate", R"(["\ud83d"])", "[\"\xEF\xBF\xBD\"]"},
        Flaw{"high_surrogate_and_text", R"(["\uD83Dx"])", "[\"\xEF\xBF\xBDx\"]"},
        Flaw{"high_surrogate_and_escape", R"(["\uD83D\n"])", "[\"\xEF\xBF\xBD\\n\"]"},
        Flaw{"high_surrogate_and_unit", R"(["\uD83D\u00e9"])", "[\"\xEF\xBF\xBD\\u00e9\"]"},
        Flaw{"high_surrogate_and_character", "[\"\\uD83D\xC3\xA9\"]", "[\"\xEF\xBF\xBD\xC3\xA9\"]"},
        Flaw{"high_surrogate_and_pair", R"(["\uD83D\ud83d\ude00"])", "[\"\xEF\xBF\xBD\\ud83d\\ude00\"]"},
        Flaw{"low_surrogate", R"(["\ude00"])", "[\"\xEF\xBF\xBD\"]"},
        Flaw{"low_surrogate_after_a_pair", R"(["\ud83d\ude00\ude00"])", "[\"\\ud83d\\ude00\xEF\xBF\xBD\"]"},
        Flaw{"in_a_key", R"({"\ud83d":1})", "{\"\xEF\xBF\xBD\":1}"},
        Flaw{"unknown_escape", R"(["\'\x41"])", R"(["\\'\\x41"])"},
        Flaw{"escape_of_a_line_feed", "[\"\\\n\"]", R"(["\\\u000a"])"},
        Flaw{"short_unit", R"(["\u12"])", "[\"\xEF\xBF\xBD\"]"},
        Flaw{"short_unit_after_a_surrogate", R"(["\ud83d\u12x"])", "[\"\xEF\xBF\xBD\xEF\xBF\xBDx\"]"},
        Flaw{"control_characters", "[\"a\nb\x01\"]", R"(["a\u000ab\u0001"])"},
        Flaw{"nul", "[\"\0\"]"s, R"(["\u0000"])"},
        Flaw{"lone_continuation", "[\"\x80x\"]", "[\"\xEF\xBF\xBDx\"]"},
        Flaw{"cut_character", "[\"\xE2\x82\"]", "[\"\xEF\xBF\xBD\"]"},
        Flaw{"cut_character_before_another", "[\"\xE2\x82\xC3\xA9\"]", "[\"\xEF\xBF\xBD\xC3\xA9\"]"},
        Flaw{"overlong", "[\"\xC0\xAF\xE0\x80\xAF\"]",
             "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
        Flaw{"beyond_unicode", "[\"\xF4\x90\x80\x80\"]",
             "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
        Flaw{"latin1", "[\"caf\xE9\"]", "[\"caf\xEF\xBF\xBD\"]"},
        Flaw{"nan", R"({"a":NaN,"b":[-Infinity, Infinity]})", R"({"a":null,"b":[null, null]})"},
        Flaw{"nan_alone", "NaN", "null"}),
    [](const auto& row) { return std::string(row.param.name); });

class JsonRepairerSound : public testing::TestWithParam<std::string> {};

TEST_P(JsonRepairerSound, StaysAsItIs) {
  EXPECT_EQ(Repair(GetParam()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Table, JsonRepairerSound,
                         testing::Values("", "null", "-1", "[-1.5e-3, -2]",
                                         R"({"NaN":"-Infinity","a":[true,false]})",
                                         R"(["\ud83d\ude00\u00e9\u0000\"\\\/\b\f\n\r\t"])",
                                         "[\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F\"]",
                                         // Nor is what is no JSON for other reasons made into it.
                                         "<html>", "[1,]", "{'a':1}", "Nothing", "-x", "]]"));

TEST(JsonRepairer, WhatIsTooDeepBecomesItsText) {
  const auto nest = [](std::size_t levels, const std::string& inside) {
    return std::string(levels, '[') + inside + std::string(levels, ']');
  };
  EXPECT_EQ(Repair(nest(kMaxJsonDepth, "")), nest(kMaxJsonDepth, ""));
  EXPECT_EQ(Repair(nest(kMaxJsonDepth + 2, "")), nest(kMaxJsonDepth, R"("[[]]")"));
  EXPECT_EQ(Repair(nest(kMaxJsonDepth, "{ \"a\\\"}\" :\n[1, \"\xFF\n\\ud83d\"]},2")),
            nest(kMaxJsonDepth, "\"{\\\"a\\\\\\\"}\\\":[1,\\\"\xEF\xBF\xBD\\\\u000a\\\\ud83d\\\"]}\",2"));
  // Depth is that of the open brackets, not the number of brackets so far.
  std::string many = "[";
  for (int i = 0; i < 100; ++i) many += "[],{},";
  EXPECT_EQ(Repair(many + "1]"), many + "1]");
}

TEST(JsonRepairer, HandsOnLongTextsWithoutACopy) {
  const std::string text(1000, 'x');
  JsonRepairer repairer;
  EXPECT_EQ(repairer.Repair("[\""), "[\"");
  EXPECT_EQ(repairer.Repair(text).data(), text.data());
}

}  // namespace
}  // namespace openrouter_images::json
