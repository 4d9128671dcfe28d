#include "service/json/json_struct.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "tests/support/nested_struct.h"

namespace openrouter_images::json {
namespace {

namespace pb = google::protobuf;

boost::json::object Parse(const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = 1000;
  return boost::json::parse(text, {}, options).as_object();
}

std::string Text(double number) {
  pb::Struct fields;
  (*fields.mutable_fields())["x"].set_number_value(number);
  return boost::json::serialize(FromStruct(fields).at("x"));
}

TEST(JsonStruct, RoundTripsEveryKind) {
  const boost::json::object object =
      Parse(R"({"a":null,"b":true,"c":-3,"d":0.25,"e":"é\u0000","f":[1,[],{"g":{}}],"":{"h":[null]}})");
  EXPECT_EQ(FromStruct(ToStruct(object)), object);
}

TEST(JsonStruct, WholeNumbersBecomeIntegersUpToTwoToThe53) {
  struct Row {
    double number;
    const char* text;
  };
  for (const Row& row : {Row{5, "5"}, Row{-5, "-5"}, Row{0, "0"}, Row{9007199254740992.0, "9007199254740992"},
                         Row{-9007199254740992.0, "-9007199254740992"}}) {
    EXPECT_EQ(Text(row.number), row.text);
  }
  for (const double number : {0.5, 1e300, 9007199254740994.0, -0.0}) {
    const std::string text = Text(number);
    EXPECT_EQ(std::stod(text), number) << text;
    EXPECT_NE(text.find_first_of(".eE"), std::string::npos) << text;
  }
  EXPECT_EQ(Text(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(Text(std::nan("")), "null");
}

TEST(JsonStruct, IntegersBeyondADoubleKeepTheirDigits) {
  const pb::Struct fields = ToStruct(Parse(
      R"({"exact":9007199254740991,"big":9007199254740993,"min":-9223372036854775808,"max":18446744073709551615})"));
  EXPECT_EQ(fields.fields().at("exact").number_value(), 9007199254740991.0);
  EXPECT_EQ(fields.fields().at("big").string_value(), "9007199254740993");
  EXPECT_EQ(fields.fields().at("min").string_value(), "-9223372036854775808");
  EXPECT_EQ(fields.fields().at("max").string_value(), "18446744073709551615");
}

TEST(JsonStruct, DepthIsBoundedFromStruct) {
  EXPECT_EQ(boost::json::serialize(FromStruct(NestedStruct(kMaxJsonDepth))).find("null"), std::string::npos);
  EXPECT_NE(boost::json::serialize(FromStruct(NestedStruct(kMaxJsonDepth + 1))).find("null"),
            std::string::npos);

  pb::Struct lists;
  pb::Value* value = &(*lists.mutable_fields())["k"];
  for (std::size_t level = 1; level < kMaxJsonDepth; ++level)
    value = value->mutable_list_value()->add_values();
  value->mutable_list_value();
  EXPECT_NE(boost::json::serialize(FromStruct(lists)).find("null"), std::string::npos);
}

TEST(JsonStruct, WhatIsTooDeepForAStructBecomesItsText) {
  std::string text = "[7]";
  for (std::size_t level = 0; level < kMaxJsonDepth; ++level) text = "{\"k\":" + text + "}";
  const pb::Struct fields = ToStruct(Parse(text));
  const pb::Struct* inner = &fields;
  for (std::size_t level = 1; level < kMaxJsonDepth; ++level) inner = &inner->fields().at("k").struct_value();
  EXPECT_EQ(inner->fields().at("k").string_value(), "[7]");
}

TEST(JsonStruct, ValuesStandAlone) {
  EXPECT_EQ(ToValue(boost::json::value(5)).number_value(), 5);
  EXPECT_EQ(ToValue(boost::json::parse("[1,2]")).list_value().values_size(), 2);
}

}  // namespace
}  // namespace openrouter_images::json
