#include "service/upstream/request/image_request.h"

#include <absl/strings/escaping.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>

namespace openrouter_images::upstream {
namespace {

using namespace std::string_literals;

v1::ImageSpec SpecOf(const std::string& text) {
  v1::ImageSpec spec;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &spec));
  return spec;
}

boost::json::value Encoded(const std::string& text, Delivery delivery = Delivery::kBuffered) {
  return boost::json::parse(EncodeImageRequest(SpecOf(text), delivery));
}

TEST(EncodeImageRequest, SendsOnlyWhatIsSet) {
  EXPECT_EQ(EncodeImageRequest({}, Delivery::kBuffered), "{}");
  EXPECT_EQ(EncodeImageRequest(SpecOf(R"(model: "a/b" prompt: "p")"), Delivery::kBuffered),
            R"({"model":"a/b","prompt":"p"})");
  EXPECT_EQ(EncodeImageRequest(SpecOf(R"(model: "a/b" prompt: "p")"), Delivery::kStreamed),
            R"({"model":"a/b","prompt":"p","stream":true})");
}

TEST(EncodeImageRequest, EveryField) {
  EXPECT_EQ(Encoded(R"(
    model: "a/b" prompt: "p" n: 2 size: "2K" resolution: "1K" aspect_ratio: "1:1" quality: "high" output_format: "png"
    output_compression: 0 background: "auto" seed: -9223372036854775808 session_id: "s" user: "u"
    input_references { url: "https://x/\"y" } input_references { inline { data: "?" media_type: "image/x-new" } }
    provider { order: "a" only: ["b", "c"] ignore: "d" sort: "price" allow_fallbacks: false
      options { key: "x" value { fields { key: "steps" value { number_value: 40 } } } }
      additional_fields { fields { key: "max_price" value { number_value: 0.5 } } } }
    trace { trace_id: "t" additional_fields { fields { key: "tenant" value { string_value: "blue" } } } }
    additional_fields { fields { key: "style" value { list_value { values { null_value: NULL_VALUE } } } } })"),
            boost::json::parse(R"({
    "model":"a/b","prompt":"p","n":2,"size":"2K","resolution":"1K","aspect_ratio":"1:1","quality":"high",
    "output_format":"png","output_compression":0,"background":"auto","seed":-9223372036854775808,"session_id":"s","user":"u",
    "input_references":[{"type":"image_url","image_url":{"url":"https://x/\"y"}},
                        {"type":"image_url","image_url":{"url":"data:image/x-new;base64,Pw=="}}],
    "provider":{"order":["a"],"only":["b","c"],"ignore":["d"],"sort":"price","allow_fallbacks":false,
                "options":{"x":{"steps":40}},"max_price":0.5},
    "trace":{"trace_id":"t","tenant":"blue"},"style":[null]})"));
}

TEST(EncodeImageRequest, SortConfigIsSentAsSort) {
  EXPECT_EQ(Encoded(R"(provider { sort_config { by: "price" additional_fields {
                fields { key: "then" value { string_value: "latency" } } } } })"),
            boost::json::parse(R"({"provider":{"sort":{"by":"price","then":"latency"}}})"));
  EXPECT_EQ(Encoded(R"(provider { sort_config { by: "price" partition: "none" } })"),
            boost::json::parse(R"({"provider":{"sort":{"by":"price","partition":"none"}}})"));
  EXPECT_EQ(Encoded("provider {}"), boost::json::parse(R"({"provider":{}})"));
}

TEST(EncodeImageRequest, MoreOfAReference) {
  EXPECT_EQ(Encoded(R"(
    input_references { url: "https://x" additional_fields {
      fields { key: "role" value { string_value: "mask" } }
      fields { key: "image_url" value { struct_value { fields { key: "detail" value { string_value: "low" } } } } } } }
    input_references { inline { data: "?" media_type: "image/x" } additional_fields {
      fields { key: "weight" value { number_value: 2 } } } }
    input_references { url: "https://y" additional_fields { fields { key: "image_url" value { struct_value {} } } } }
    input_references { additional_fields { fields { key: "type" value { string_value: "video" } } } })"),
            boost::json::parse(R"({"input_references":[
              {"type":"image_url","image_url":{"url":"https://x","detail":"low"},"role":"mask"},
              {"type":"image_url","image_url":{"url":"data:image/x;base64,Pw=="},"weight":2},
              {"type":"image_url","image_url":{"url":"https://y"}},
              {"type":"video"}]})"));
}

TEST(EncodeImageRequest, TextSurvivesExactly) {
  const std::string text = "\x01\t\n\"\\/\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\0end"s;
  v1::ImageSpec spec;
  spec.set_prompt(text);
  spec.add_input_references()->set_url(text);
  const boost::json::value body = boost::json::parse(EncodeImageRequest(spec, Delivery::kBuffered));
  EXPECT_EQ(std::string_view(body.at("prompt").as_string()), text);
  EXPECT_EQ(std::string_view(body.at("input_references").at(0).at("image_url").at("url").as_string()), text);
}

TEST(EncodeImageRequest, InlineImagesOfEverySize) {
  std::string bytes = "\xFF\xD8\xFF";
  for (const std::size_t size : {3u, 4u, 5u, 48u * 1024 - 1, 48u * 1024, 48u * 1024 + 1, 200000u}) {
    std::uint32_t state = 7;
    while (bytes.size() < size) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    v1::ImageSpec spec;
    spec.add_input_references()->mutable_inline_()->set_data(bytes);
    EXPECT_EQ(EncodeImageRequest(spec, Delivery::kBuffered),
              R"({"input_references":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,)" +
                  absl::Base64Escape(bytes) + R"("}}]})")
        << size;
  }
}

TEST(EncodeImageRequest, TakesNoMoreMemoryThanTheBody) {
  v1::ImageSpec spec = SpecOf(R"(prompt: "p")");
  for (int i = 0; i < 4; ++i)
    spec.add_input_references()->mutable_inline_()->set_data(std::string(1 << 20, 'x'));
  const std::string body = EncodeImageRequest(spec, Delivery::kStreamed);
  EXPECT_LE(body.capacity(), body.size() + 1024);
}

}  // namespace
}  // namespace openrouter_images::upstream
