#include "service/limits/wire_scan.h"

#include <gmock/gmock.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "openrouter_images/v1/generation.pb.h"
#include "service/limits/check.h"
#include "service/limits/struct_check.h"
#include "tests/support/nested_struct.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

WireScan Scan(const std::string& bytes) {
  // In pieces, as gRPC has them.
  pb::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()), 7);
  return ScanWire(stream, *v1::GenerateImagesRequest::descriptor());
}

std::vector<std::string> Paths(const Violations& violations) {
  std::vector<std::string> paths;
  for (const auto& violation : violations) paths.push_back(violation.field);
  return paths;
}

v1::GenerateImagesRequest Request(const std::string& text) {
  v1::GenerateImagesRequest request;
  EXPECT_TRUE(pb::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

// A field of a newer definition.
void AddField(int number, pb::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(number, 1);
}

TEST(WireScan, FindsNothingInAKnownMessage) {
  const WireScan found = Scan(Request(R"(
    image { model: "a/b" prompt: "p" n: 2 seed: -1 input_references { url: "u" } input_references { inline { data: "?" } }
            provider { order: ["a", "b"] sort_config { by: "x" } allow_fallbacks: false
                       options { key: "x" value { fields { key: "y" value { list_value { values {} } } } } } } }
    options { retry { exponent: 2 max_interval { seconds: 1 } retry_codes { codes: "429" } }
              headers { key: "a" value: "b" } })")
                                  .SerializeAsString());
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.unknown_fields, IsEmpty());
  EXPECT_THAT(found.excess, IsEmpty());
}

TEST(WireScan, NamesUnknownFieldsAtEveryLevel) {
  v1::GenerateImagesRequest request =
      Request("image { model: 'a/b' input_references {} input_references {} }");
  AddField(99, request);
  AddField(98, *request.mutable_image());
  AddField(4, *request.mutable_image()->mutable_input_references(1));
  AddField(11, *request.mutable_options()->mutable_retry());
  AddField(3, *request.mutable_options()->mutable_retry()->mutable_max_interval());
  const Violations found = Scan(request.SerializeAsString()).unknown_fields;
  EXPECT_THAT(Paths(found), ElementsAre("image.input_references[1].4", "image.98",
                                        "options.retry.max_interval.3", "options.retry.11", "99"));
  EXPECT_EQ(found[1].description, "is field number 98, which this service does not know");
}

// A parser drops unknown fields of a map's entries, so that they cannot be found afterwards.
TEST(WireScan, NamesThoseInMapsAndStructsByThePathOfThese) {
  v1::GenerateImagesRequest request;
  AddField(7, (*request.mutable_image()->mutable_provider()->mutable_options())["x"]);
  AddField(9, (*request.mutable_image()->mutable_additional_fields()->mutable_fields())["y"]);
  // options.headers: an entry with a field 3.
  const std::string bytes = request.SerializeAsString() + std::string("\x1a\x07\x12\x05\x0a\x01k\x18\x01", 9);
  EXPECT_THAT(Paths(Scan(bytes).unknown_fields),
              ElementsAre("image.provider.options.7", "image.additional_fields.9", "options.headers.3"));
}

TEST(WireScan, AnotherEncodingIsAnotherField) {
  // image.model as a number.
  EXPECT_THAT(Paths(Scan(std::string("\x0a\x02\x08\x01", 4)).unknown_fields), ElementsAre("image.1"));
}

TEST(WireScan, ReadsOnAfterUnknownFieldsOfEveryEncoding) {
  v1::GenerateImagesRequest request;
  pb::UnknownFieldSet& fields = *request.GetReflection()->MutableUnknownFields(&request);
  fields.AddVarint(100, 1);
  fields.AddFixed32(101, 1);
  fields.AddFixed64(102, 1);
  fields.AddLengthDelimited(103, "abc");
  fields.AddGroup(104)->AddVarint(1, 1);
  AddField(105, request);
  EXPECT_THAT(Paths(Scan(request.SerializeAsString()).unknown_fields),
              ElementsAre("100", "101", "102", "103", "104", "105"));
}

TEST(WireScan, ReportsSixteenEachOnce) {
  v1::GenerateImagesRequest request;
  for (int i = 0; i < 1000; ++i) AddField(1000 + i / 2, request);
  EXPECT_THAT(Scan(request.SerializeAsString()).unknown_fields, SizeIs(16));
}

TEST(WireScan, AFloodOfFieldsIsNamed) {
  v1::GenerateImagesRequest request;
  for (int i = 0; i < 3 * kMaxWireFields; ++i) request.mutable_image()->add_input_references();
  const WireScan found = Scan(request.SerializeAsString());
  EXPECT_THAT(Paths(found.excess), ElementsAre("image.input_references"));
  EXPECT_EQ(found.excess[0].description, "is one of more than 32768 fields");

  v1::GenerateImagesRequest values;
  auto& list =
      *(*values.mutable_image()->mutable_additional_fields()->mutable_fields())["x"].mutable_list_value();
  for (int i = 0; i < kMaxWireFields; ++i) list.add_values();
  EXPECT_THAT(Paths(Scan(values.SerializeAsString()).excess), ElementsAre("image.additional_fields"));
}

TEST(WireScan, TheFieldsInAnUnknownGroupCount) {
  v1::GenerateImagesRequest request;
  pb::UnknownFieldSet& fields =
      *request.mutable_image()->GetReflection()->MutableUnknownFields(request.mutable_image());
  pb::UnknownFieldSet& inner = *fields.AddGroup(99)->AddGroup(1);
  for (int i = 0; i < kMaxWireFields - 3; ++i) inner.AddVarint(1, 1);
  WireScan found = Scan(request.SerializeAsString());
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(Paths(found.unknown_fields), ElementsAre("image.99"));
  EXPECT_THAT(found.excess, IsEmpty());

  inner.AddVarint(1, 1);
  found = Scan(request.SerializeAsString());
  EXPECT_FALSE(found.complete);
  EXPECT_THAT(Paths(found.excess), ElementsAre("image"));
}

TEST(WireScan, AGroupEndsAndIsNotTooDeep) {
  EXPECT_TRUE(Scan("\x1b\x1c").complete);
  EXPECT_FALSE(Scan("\x1b").complete);
  EXPECT_FALSE(Scan("\x1b\x24").complete) << "the end of another group";
  EXPECT_THAT(Paths(Scan(std::string(100'000, '\x1b')).excess), ElementsAre(""));
}

// A parser would call the message malformed.
TEST(WireScan, NamesWhatIsTooDeepForAParser) {
  ASSERT_EQ(kMaxWireDepth, pb::io::CodedInputStream::GetDefaultRecursionLimit());
  for (std::size_t levels = 1; levels <= kMaxStructDepth + 8; ++levels) {
    v1::GenerateImagesRequest request;
    (*request.mutable_image()->mutable_provider()->mutable_options())["x"] = NestedStruct(levels);
    const std::string bytes = request.SerializeAsString();
    const Violations excess = Scan(bytes).excess;
    EXPECT_EQ(request.ParseFromString(bytes), excess.empty()) << levels;
    if (excess.empty()) continue;
    EXPECT_GT(levels, kMaxStructDepth);
    EXPECT_THAT(Paths(excess), ElementsAre("image.provider.options"));
    EXPECT_EQ(excess[0].description, "is nested deeper than 32 levels");
  }
}

// The most fields that a request can have: each of its values takes four.
TEST(WireScan, WhatKeepsTheOtherLimitsPasses) {
  v1::GenerateImagesRequest request = Request("image { model: 'a/b' prompt: 'p' }");
  v1::ImageSpec& image = *request.mutable_image();
  for (int i = 0; i < 16; ++i) {
    v1::InlineImage& reference = *image.add_input_references()->mutable_inline_();
    reference.set_data("?");
    reference.set_media_type("image/png");
    (*request.mutable_options()->mutable_labels())["l" + std::to_string(i)] = "x";
  }
  for (int i = 0; i < 64; ++i) {
    const std::string name = "p" + std::to_string(i);
    image.mutable_provider()->add_order(name);
    image.mutable_provider()->add_only(name);
    image.mutable_provider()->add_ignore(name);
    for (std::size_t value = 0; value < kMaxStructValues / 64; ++value) {
      (*(*image.mutable_provider()->mutable_options())[name].mutable_fields())[std::to_string(value)]
          .set_bool_value(true);
    }
  }
  for (int i = 0; i < 32; ++i) {
    (*request.mutable_options()->mutable_headers())["h" + std::to_string(i)] = "x";
    request.mutable_options()->mutable_attribution()->add_categories("x");
  }
  Violations violations;
  EXPECT_TRUE(Check(request, "", violations));
  EXPECT_THAT(violations, IsEmpty());
  EXPECT_THAT(Scan(request.SerializeAsString()).excess, IsEmpty());
}

TEST(WireScan, StopsAtWhatIsNoMessage) {
  EXPECT_TRUE(Scan("").complete);
  for (const std::string& bytes : {std::string("\xff\xff\xff"), std::string("\x0a\x05\x0a", 3),
                                   std::string("\x0c"), std::string("\x12\x05x"), std::string(1, '\0')}) {
    const WireScan found = Scan(bytes);
    EXPECT_FALSE(found.complete);
    EXPECT_THAT(found.excess, IsEmpty());
  }
}

}  // namespace
}  // namespace openrouter_images::limits
