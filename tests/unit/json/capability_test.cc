#include "service/json/capability.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "service/json/json_struct.h"

namespace openrouter_images::json {
namespace {

v1::CapabilityDescriptor Read(const std::string& text) {
  v1::CapabilityDescriptor capability;
  ReadCapability(boost::json::parse(text).as_object(), capability);
  return capability;
}

TEST(ReadCapability, KnownTypes) {
  const auto values = Read(R"({"type":"enum","values":["1K","2K"]})");
  ASSERT_EQ(values.enum_().values_size(), 2);
  EXPECT_EQ(values.enum_().values(1), "2K");
  EXPECT_FALSE(values.has_additional_fields());

  const auto range = Read(R"({"type":"range","min":-1,"max":0.5})");
  EXPECT_EQ(range.range().min(), -1);
  EXPECT_EQ(range.range().max(), 0.5);
  EXPECT_FALSE(range.has_additional_fields());

  const auto boolean = Read(R"({"type":"boolean"})");
  EXPECT_TRUE(boolean.has_boolean());
  EXPECT_FALSE(boolean.has_additional_fields());
}

TEST(ReadCapability, FurtherFieldsAreKept) {
  const auto range = Read(R"({"type":"range","min":1,"max":10,"step":2})");
  EXPECT_TRUE(range.has_range());
  EXPECT_EQ(FromStruct(range.additional_fields()), boost::json::parse(R"({"step":2})"));
}

TEST(ReadCapability, OddValuesAreKeptApart) {
  const auto values = Read(R"({"type":"enum","values":["1K",null,"2K",7],"later":1})");
  ASSERT_EQ(values.enum_().values_size(), 2);
  EXPECT_EQ(values.enum_().values(1), "2K");
  EXPECT_EQ(FromStruct(values.additional_fields()), boost::json::parse(R"({"values":[null,7],"later":1})"));
}

TEST(ReadCapability, WhatIsNotUnderstoodIsKeptWhole) {
  for (const char* text :
       {R"({"type":"regex","pattern":"^a$"})", R"({"type":7})", R"({"min":1})", R"({"type":"range","min":1})",
        R"({"type":"range","min":"1","max":2})", R"({"type":"enum"})", R"({"type":"enum","values":[1]})",
        R"({"type":"enum","values":"a"})"}) {
    const auto capability = Read(text);
    EXPECT_EQ(capability.type_case(), v1::CapabilityDescriptor::TYPE_NOT_SET) << text;
    EXPECT_EQ(FromStruct(capability.additional_fields()), boost::json::parse(text)) << text;
  }
}

TEST(ReadCapability, ReplacesWhatWasThere) {
  auto capability = Read(R"({"type":"range","min":1,"max":10,"step":2})");
  ReadCapability(boost::json::parse(R"({"type":"boolean"})").as_object(), capability);
  EXPECT_TRUE(capability.has_boolean());
  EXPECT_FALSE(capability.has_additional_fields());
}

}  // namespace
}  // namespace openrouter_images::json
