#include "service/limits/text.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace openrouter_images::limits {
namespace {

struct ClipRow {
  std::string name;
  std::string limits;
  std::string text;
  std::string violation;
};

void PrintTo(const ClipRow& row, std::ostream* os) {
  *os << row.name;
}

class TextTest : public testing::TestWithParam<ClipRow> {};

TEST_P(TextTest, NamesTheFirstFault) {
  v1::FieldLimits limits;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().limits, &limits));
  EXPECT_EQ(TextViolation(GetParam().text, limits), GetParam().violation);
}

const std::string kNul("a\0b", 3);

INSTANTIATE_TEST_SUITE_P(
    Limits, TextTest,
    testing::ValuesIn(std::vector<ClipRow>{
        {"None", "", "any \n thing", ""},
        {"NulAlways", "", kNul, "must not contain NUL"},
        {"Required", "required: true", "", "is required"},
        {"NotEmpty", "not_empty: true", "", "must not be empty"},
        {"AsManyBytes", "max_bytes: 4", "\xC3\xA9\xC3\xA9", ""},
        {"MoreBytes", "max_bytes: 4", "\xC3\xA9\xC3\xA9.", "takes 5 bytes; at most 4"},
        {"AsManyCharacters", "max_characters: 2", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80", ""},
        {"MoreCharacters", "max_characters: 2", "abc", "is longer than 2 characters"},
        {"FarMoreCharacters", "max_characters: 2", std::string(1000, 'x'), "is longer than 2 characters"},
        {"LengthBeforeCharacters", "max_bytes: 2 characters: CHARACTERS_NO_CONTROL", "\n\n\n",
         "takes 3 bytes; at most 2"},
        {"AllowedValue", "values: ['a', 'b', 'c']", "b", ""},
        {"OtherValue", "values: ['a', 'b', 'c']", "d", "must be a, b or c"},
        {"Tab", "characters: CHARACTERS_NO_CONTROL", "a\t", "must not contain control characters"},
        {"Delete", "characters: CHARACTERS_NO_CONTROL", "\x7F", "must not contain control characters"},
        {"NulAsControl", "characters: CHARACTERS_NO_CONTROL", kNul, "must not contain control characters"},
        {"NotAscii", "characters: CHARACTERS_NO_CONTROL", "\xC3\xA9 x", ""},
        {"TabAllowed", "characters: CHARACTERS_NO_CONTROL_BUT_TAB", "a\tb", ""},
        {"LineEnd", "characters: CHARACTERS_NO_CONTROL_BUT_TAB", "a\nb",
         "must not contain control characters but tabs"},
        {"Printable", "characters: CHARACTERS_PRINTABLE_ASCII", "!~", ""},
        {"NotPrintable", "characters: CHARACTERS_PRINTABLE_ASCII", "\xC3\xA9",
         "must be printable ASCII without spaces"},
        {"HeaderName", "characters: CHARACTERS_HEADER_NAME", "X-Team_1", ""},
        {"NoHeaderName", "characters: CHARACTERS_HEADER_NAME", "x:", "must be the name of an HTTP header"},
        {"EmptyHeaderName", "characters: CHARACTERS_HEADER_NAME", "", "must be the name of an HTTP header"},
    }),
    [](const testing::TestParamInfo<ClipRow>& row) { return row.param.name; });

}  // namespace
}  // namespace openrouter_images::limits
