#include "service/upstream/reply/image_reply_reader.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "service/json/json_struct.h"

namespace openrouter_images::upstream {
namespace {

using errors::Condition;
using Document = ImageReplyReader::Document;

class Gallery final : public ImageSink {
 public:
  std::string& BufferFor(int index) override {
    EXPECT_LE(images[index].size() - size_before_, kMaxImageStep);
    EXPECT_FALSE(ended[index]);
    size_before_ = images[index].size();
    return images[index];
  }
  void OnImageEnd(int index) override {
    EXPECT_FALSE(ended[index]);
    ended[index] = true;
    size_before_ = 0;
  }

  std::map<int, std::string> images;
  std::map<int, bool> ended;

 private:
  std::size_t size_before_ = 0;
};

struct Outcome {
  std::optional<Condition> defect;
  // Of a defect of an image: those of other defects depend on the cut.
  std::string message;
  std::string document;
  std::map<int, std::string> images;

  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  out << (outcome.defect ? static_cast<int>(*outcome.defect) : -1) << " " << outcome.message << " "
      << outcome.document;
  for (const auto& [index, bytes] : outcome.images) out << " [" << index << "]=" << bytes.substr(0, 40);
  return out;
}

Outcome Read(const std::vector<std::string_view>& pieces, Document kind = Document::kReply,
             const ReplyLimits& limits = {}) {
  Gallery gallery;
  ImageReplyReader reader(kind, limits, gallery);
  bool good = true;
  for (const std::string_view piece : pieces) {
    EXPECT_TRUE(good || !reader.Write(piece));
    good = good && reader.Write(piece);
  }
  std::optional<boost::json::value> document = reader.Finish();
  EXPECT_EQ(document.has_value(), !reader.defect().has_value());
  Outcome outcome;
  if (document) {
    outcome.document = boost::json::serialize(*document);
    for (const auto& [index, ended] : gallery.ended) {
      EXPECT_TRUE(ended);
      outcome.images[index] = gallery.images[index];
    }
  } else {
    EXPECT_FALSE(reader.defect()->message.empty());
    outcome.defect = reader.defect()->condition;
    if (outcome.defect != Condition::kProtocol && outcome.defect != Condition::kTruncated)
      outcome.message = reader.defect()->message;
  }
  return outcome;
}

// The outcome, after checking that no cut in two, in three, or into single bytes changes it.
Outcome ReadEverySplit(std::string_view text, Document kind = Document::kReply,
                       const ReplyLimits& limits = {}) {
  const Outcome whole = Read({text}, kind, limits);
  for (std::size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(Read({text.substr(0, i), text.substr(i)}, kind, limits), whole) << text << " split at " << i;
    const std::size_t j = i + (text.size() - i) / 2;
    EXPECT_EQ(Read({text.substr(0, i), text.substr(i, j - i), text.substr(j)}, kind, limits), whole) << text;
  }
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  EXPECT_EQ(Read(bytes, kind, limits), whole) << text;
  return whole;
}

TEST(ImageReplyReader, TakesImagesOutOfAReply) {
  const Outcome outcome = ReadEverySplit(
      R"({"created":1748372400,"data":[{"b64_json":"aGVsbG8=","media_type":"image/png"},)"
      R"({"media_type":"image/webp","b64_json":"IQ==","seed":7}],"usage":{"cost":0.5,"b64_json":"x"},"é\u00e9":"\ud83d\ude00"})");
  EXPECT_EQ(outcome.defect, std::nullopt);
  EXPECT_EQ(boost::json::parse(outcome.document),
            boost::json::parse(
                R"({"created":1748372400,"data":[{"media_type":"image/png"},)"
                R"({"media_type":"image/webp","seed":7}],"usage":{"cost":0.5,"b64_json":"x"},"éé":"😀"})"));
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "hello"}, {1, "!"}}));
}

TEST(ImageReplyReader, TakesTheImageOutOfAnEvent) {
  const Outcome outcome = ReadEverySplit(
      R"({"type":"image_generation.partial_image","b64_json":"aGVsbG8=","partial_image_index":2,)"
      R"("data":[{"b64_json":"stays"}]})",
      Document::kStreamEvent);
  EXPECT_EQ(boost::json::parse(outcome.document),
            boost::json::parse(R"({"type":"image_generation.partial_image","partial_image_index":2,)"
                               R"("data":[{"b64_json":"stays"}]})"));
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "hello"}}));
}

TEST(ImageReplyReader, UndoesEscapesInsideAnImage) {
  // "//8+" escaped in every way that JSON has.
  const Outcome outcome = ReadEverySplit(R"({"data":[{"b64_json":"\/\u002F\u0038\u002b\/\/8+"}]})");
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "\xFF\xFF\x3E\xFF\xFF\x3E"}}));
  EXPECT_EQ(Read({R"({"data":[{"b64_\u006ason":"IQ=="}],"d\u0061ta2":1})"}).images,
            (std::map<int, std::string>{{0, "!"}}));
}

TEST(ImageReplyReader, OnlyImagesInTheirPlaceAreTaken) {
  for (const char* text : {R"([{"b64_json":"!"}])", R"({"b64_json":"!"})", R"({"data":{"b64_json":"!"}})",
                           R"({"data":[["b64_json","!"]]})", R"({"data":[[{"b64_json":"!"}]]})",
                           R"({"data":[{"x":{"b64_json":"!"}}]})", R"({"x":{"data":[{"b64_json":"!"}]}})",
                           R"({"x":[{"b64_json":"!"}],"data":[]})", R"({"data":[],"x":[{"b64_json":"!"}]})",
                           R"({"data2":[{"b64_json":"!"}]})", R"({"data":[{"b64_json2":"!"}]})",
                           R"({"data":[{"b64_jso":"!"}]})", R"("b64_json")", "17", "null"}) {
    const Outcome outcome = ReadEverySplit(text);
    EXPECT_EQ(outcome.defect, std::nullopt) << text;
    EXPECT_EQ(outcome.document, boost::json::serialize(boost::json::parse(text)));
    EXPECT_TRUE(outcome.images.empty()) << text;
  }
}

TEST(ImageReplyReader, WhatIsNotAStringStaysInTheDocument) {
  for (const char* value : {"null", "true", "17", "-0.5", "[]", "[\"x\"]", "{}", "{\"b64_json\":\"x\"}"}) {
    const std::string text = R"({"data":[{"a":1,"b64_json":)" + std::string(value) + R"(,"b":2}]})";
    const Outcome outcome = ReadEverySplit(text);
    EXPECT_EQ(boost::json::parse(outcome.document), boost::json::parse(text));
    EXPECT_TRUE(outcome.images.empty());
  }
}

TEST(ImageReplyReader, IndexIsThePlaceInTheArray) {
  const Outcome outcome = ReadEverySplit(
      R"({"data":[null,{"b64_json":"IQ=="},[],{},"x",{"a":[1,{"b":2}],"b64_json":"aGVsbG8="}]})");
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{1, "!"}, {5, "hello"}}));
  EXPECT_EQ(boost::json::parse(outcome.document),
            boost::json::parse(R"({"data":[null,{},[],{},"x",{"a":[1,{"b":2}]}]})"));
}

TEST(ImageReplyReader, AnEmptyImageEndsWithoutABuffer) {
  EXPECT_EQ(ReadEverySplit(R"({"data":[{"b64_json":""}]})").images, (std::map<int, std::string>{{0, ""}}));
}

struct Hostile {
  const char* name;
  std::string text;
  Condition condition;
  const char* message = "";
};

class ImageReplyReaderHostile : public testing::TestWithParam<Hostile> {};

TEST_P(ImageReplyReaderHostile, IsRefusedHoweverItIsCut) {
  const Outcome outcome = ReadEverySplit(GetParam().text);
  EXPECT_EQ(outcome.defect, GetParam().condition);
  EXPECT_EQ(outcome.message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImageReplyReaderHostile,
    testing::Values(
        Hostile{"empty", "", Condition::kTruncated}, Hostile{"blank", " \n", Condition::kTruncated},
        Hostile{"truncated_object", R"({"data":[)", Condition::kTruncated},
        Hostile{"truncated_image", R"({"data":[{"b64_json":"aGVs)", Condition::kTruncated},
        Hostile{"truncated_escape", R"({"data":[{"b64_json":"aGVs\u00)", Condition::kTruncated},
        Hostile{"truncated_literal", R"({"data":nul)", Condition::kTruncated},
        Hostile{"html", "<html></html>", Condition::kProtocol},
        Hostile{"byte_order_mark", "\xEF\xBB\xBF{}", Condition::kProtocol},
        Hostile{"trailing_garbage", R"({"data":[]}x)", Condition::kProtocol},
        Hostile{"two_documents", R"({}{})", Condition::kProtocol},
        Hostile{"nan", R"({"created":NaN})", Condition::kProtocol},
        Hostile{"infinity", R"({"created":-Infinity})", Condition::kProtocol},
        Hostile{"comment", R"({"data":[]/**/})", Condition::kProtocol},
        Hostile{"trailing_comma", R"({"data":[],})", Condition::kProtocol},
        Hostile{"single_quotes", R"({'data':[]})", Condition::kProtocol},
        Hostile{"control_character", "{\"a\":\"\n\"}", Condition::kProtocol},
        Hostile{"control_character_in_image", "{\"data\":[{\"b64_json\":\"aGVs\nbG8=\"}]}",
                Condition::kProtocol},
        Hostile{"bad_utf8", "{\"a\":\"\xC3\x28\"}", Condition::kProtocol},
        Hostile{"bad_utf8_in_key", "{\"\xFF\":1}", Condition::kProtocol},
        Hostile{"bad_utf8_in_image", "{\"data\":[{\"b64_json\":\"\xC3\x28\"}]}", Condition::kProtocol},
        Hostile{"overlong_utf8", "{\"a\":\"\xC0\xAF\"}", Condition::kProtocol},
        Hostile{"surrogate_in_utf8", "{\"a\":\"\xED\xA0\x80\"}", Condition::kProtocol},
        Hostile{"lone_high_surrogate", R"({"a":"\ud800"})", Condition::kProtocol},
        Hostile{"lone_low_surrogate", R"({"a":"\udc00"})", Condition::kProtocol},
        Hostile{"swapped_surrogates", R"({"a":"\udc00\ud800"})", Condition::kProtocol},
        Hostile{"image_twice", R"({"data":[{"b64_json":"IQ==","b64_json":"IQ=="}]})", Condition::kProtocol},
        Hostile{"image_and_null", R"({"data":[{},{"b64_json":"IQ==","b64_json":null}]})",
                Condition::kProtocol},
        Hostile{"images_twice", R"({"data":[{"b64_json":"IQ=="}],"data":[]})", Condition::kProtocol},
        Hostile{"bad_character", R"({"data":[{"b64_json":"aGV*"}]})", Condition::kUndecodableImage,
                "image 0 is not base64 at character 3"},
        Hostile{"escaped_newline", R"({"data":[{},{"b64_json":"aGVs\nbG8="}]})", Condition::kUndecodableImage,
                "image 1 is not base64 at character 4"},
        Hostile{"url_safe", R"({"data":[{"b64_json":"a-_s"}]})", Condition::kUndecodableImage,
                "image 0 is not base64 at character 1"},
        Hostile{"data_url", R"({"data":[{"b64_json":"data:image/png;base64,aGVs"}]})",
                Condition::kUndecodableImage, "image 0 is not base64 at character 4"},
        Hostile{"bad_padding", R"({"data":[{"b64_json":"aGVsbG8"}]})", Condition::kUndecodableImage,
                "image 0 is not base64 at character 7"},
        Hostile{"after_padding", R"({"data":[{"b64_json":"IQ==IQ=="}]})", Condition::kUndecodableImage,
                "image 0 is not base64 at character 4"},
        Hostile{"non_ascii_image", "{\"data\":[{\"b64_json\":\"aGV\xC3\xA9\"}]}",
                Condition::kUndecodableImage, "image 0 is not base64 at character 3"}),
    [](const auto& row) { return std::string(row.param.name); });

// Documents made at random from the words that matter, the same in every run.
class Author {
 public:
  explicit Author(std::uint32_t seed) : state_(seed) {}

  std::uint32_t Roll(std::uint32_t sides) { return (state_ = state_ * 1664525 + 1013904223) / 65536 % sides; }

  boost::json::value Write(int depth) {
    switch (Roll(depth > 0 ? 10 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return static_cast<std::int64_t>(Roll(1000)) - 500;
      case 2:
        return Roll(1000) / 8.0;
      case 3:
      case 4:
        return boost::json::string(
            Pick({"", "IQ==", "aGVsbG8=", "//8+", "b64_json", "not base64", "\xC3\xA9\n\"\\"}));
      case 5:
      case 6: {
        boost::json::array array;
        for (std::uint32_t i = Roll(4); i > 0; --i) array.push_back(Write(depth - 1));
        return array;
      }
      default: {
        boost::json::object object;
        for (std::uint32_t i = Roll(4); i > 0; --i) {
          object[Pick({"data", "b64_json", "b64_json", "usage", "\xC3\xA9"})] = Write(depth - 1);
        }
        return object;
      }
    }
  }

 private:
  const char* Pick(std::initializer_list<const char*> words) { return words.begin()[Roll(words.size())]; }

  std::uint32_t state_;
};

// What the reader should say of a document that was parsed whole.
Outcome Expected(boost::json::value document) {
  Outcome outcome;
  boost::json::value* data = document.is_object() ? document.get_object().if_contains("data") : nullptr;
  if (data != nullptr && data->is_array()) {
    for (std::size_t i = 0; i < data->get_array().size(); ++i) {
      boost::json::value& item = data->get_array()[i];
      boost::json::value* image = item.is_object() ? item.get_object().if_contains("b64_json") : nullptr;
      if (image == nullptr || !image->is_string()) continue;
      const int index = static_cast<int>(i);
      if (!absl::Base64Unescape(image->get_string().c_str(), &outcome.images[index])) {
        Outcome undecodable;
        undecodable.defect = Condition::kUndecodableImage;
        return undecodable;
      }
      // Keeps the order of the others, which erase does not.
      boost::json::object rest;
      for (const auto& [key, value] : item.get_object()) {
        if (key != "b64_json") rest.emplace(key, value);
      }
      item = std::move(rest);
    }
  }
  outcome.document = boost::json::serialize(document);
  return outcome;
}

TEST(ImageReplyReader, AgreesWithAParseOfTheWhole) {
  int with_images = 0;
  int undecodable = 0;
  for (std::uint32_t seed = 0; seed < 4000; ++seed) {
    Author author(seed);
    boost::json::object document;
    document["created"] = author.Write(2);
    boost::json::array data;
    for (std::uint32_t i = author.Roll(5); i > 0; --i) data.push_back(author.Write(3));
    document["data"] = std::move(data);
    document["more"] = author.Write(4);
    const std::string text = boost::json::serialize(document);
    const Outcome expected = Expected(document);
    with_images += !expected.images.empty();
    undecodable += expected.defect.has_value();
    const Outcome whole = Read({text});
    EXPECT_EQ(whole.defect, expected.defect) << text;
    EXPECT_EQ(whole.document, expected.document) << text;
    EXPECT_EQ(whole.images, expected.images) << text;
    const std::size_t cut = author.Roll(text.size());
    EXPECT_EQ(Read({std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)}), whole)
        << text;
  }
  EXPECT_GT(with_images, 50);
  EXPECT_GT(undecodable, 50);
}

TEST(ImageReplyReader, DepthIsBounded) {
  const auto nest = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(Read({nest(json::kMaxJsonDepth)}).defect, std::nullopt);
  EXPECT_EQ(Read({nest(json::kMaxJsonDepth + 1)}).defect, Condition::kProtocol);
  EXPECT_EQ(Read({std::string(100000, '[')}).defect, Condition::kProtocol);
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  EXPECT_EQ(Read({objects}).defect, Condition::kProtocol);
}

TEST(ImageReplyReader, ImagesAreCounted) {
  const ReplyLimits limits{.max_images = 2};
  EXPECT_EQ(ReadEverySplit(R"({"data":[{"b64_json":"IQ=="},{"b64_json":"IQ=="}]})", Document::kReply, limits)
                .defect,
            std::nullopt);
  const Outcome outcome =
      ReadEverySplit(R"({"data":[{"b64_json":"IQ=="},{},{"b64_json":"IQ=="}]})", Document::kReply, limits);
  EXPECT_EQ(outcome.defect, Condition::kTooManyImages);
}

TEST(ImageReplyReader, EachImageHasItsLimit) {
  const ReplyLimits limits{.max_image_bytes = 6};
  const auto reply = [](const std::string& second) {
    return R"({"data":[{"b64_json":"aGVsbG8h"},{"b64_json":")" + second + R"("}]})";
  };
  EXPECT_EQ(ReadEverySplit(reply("aGVsbG8h"), Document::kReply, limits).defect, std::nullopt);
  const Outcome outcome = ReadEverySplit(reply("aGVsbG8hIQ=="), Document::kReply, limits);
  EXPECT_EQ(outcome.defect, Condition::kTooLarge);
  EXPECT_EQ(outcome.message, "image 1 is larger than 6 bytes");
}

TEST(ImageReplyReader, TheRestHasItsLimit) {
  const ReplyLimits limits{.max_other_bytes = 1 << 16};
  const std::string many(1 << 16, 'x');
  std::string arrays = "[[]";
  for (int i = 0; i < 1 << 12; ++i) arrays += ",[]";
  for (const std::string& text :
       {R"({"a":")" + many + "\"}", "{\"" + many + "\":1}",
        "{\"a\":[\"" + many.substr(0, 40000) + "\",\"" + many.substr(0, 40000) + "\"]}", arrays + "]",
        R"({"data":[)" + arrays + "]]}"}) {
    for (const std::size_t step : {std::size_t{100}, text.size()}) {
      std::vector<std::string_view> pieces;
      for (std::size_t at = 0; at < text.size(); at += step)
        pieces.push_back(std::string_view(text).substr(at, step));
      const Outcome outcome = Read(pieces, Document::kReply, limits);
      EXPECT_EQ(outcome.defect, Condition::kProtocol);
    }
  }
}

TEST(ImageReplyReader, AnAbortComesAtOnce) {
  Gallery gallery;
  ImageReplyReader reader(Document::kReply, {.max_image_bytes = 100000}, gallery);
  EXPECT_TRUE(reader.Write(R"({"data":[{"b64_json":")"));
  // Ten times the limit in one piece: no more than the limit and a step is ever held.
  EXPECT_FALSE(reader.Write(std::string(1400000, 'A')));
  EXPECT_EQ(reader.defect()->condition, Condition::kTooLarge);
  EXPECT_LE(gallery.images[0].size(), 100000 + kMaxImageStep);
}

TEST(ImageReplyReader, NumbersOfAnyLengthAreHarmless) {
  const std::string digits(100000, '7');
  EXPECT_EQ(Read({R"({"a":0.)" + digits + "}"}).defect, std::nullopt);
  EXPECT_EQ(Read({R"({"a":)" + digits + "}"}).defect, std::nullopt);
}

// Hands over every buffer that is full and forgets it.
class Conveyor final : public ImageSink {
 public:
  std::string& BufferFor(int) override {
    largest = std::max(largest, buffer_.capacity());
    if (buffer_.size() >= kChunk - kMaxImageStep) HandOver();
    return buffer_;
  }
  void OnImageEnd(int) override { HandOver(); }

  static constexpr std::size_t kChunk = 256 * 1024;
  std::size_t total = 0;
  std::size_t largest = 0;
  std::uint64_t checksum = 0;

 private:
  void HandOver() {
    EXPECT_LE(buffer_.size(), kChunk);
    for (const char byte : buffer_) checksum = checksum * 31 + static_cast<unsigned char>(byte);
    total += buffer_.size();
    buffer_.clear();
  }
  std::string buffer_;
};

TEST(ImageReplyReader, FortyMegabytesPassThroughAChunk) {
  // 3 MB that divide into whole groups, over and over.
  std::string bytes(3 << 20, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const std::string text = absl::Base64Escape(bytes);

  Conveyor conveyor;
  ImageReplyReader reader(Document::kReply, {}, conveyor);
  ASSERT_TRUE(reader.Write(R"({"created":1,"data":[{"b64_json":")"));
  constexpr int kRounds = 14;
  std::uint64_t checksum = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const char byte : bytes) checksum = checksum * 31 + static_cast<unsigned char>(byte);
    for (std::size_t at = 0; at < text.size(); at += 16384) {
      ASSERT_TRUE(reader.Write(std::string_view(text).substr(at, 16384)));
    }
  }
  ASSERT_TRUE(reader.Write(R"("}]})"));
  const auto document = reader.Finish();
  ASSERT_TRUE(document);
  EXPECT_EQ(boost::json::serialize(*document), R"({"created":1,"data":[{}]})");
  EXPECT_EQ(conveyor.total, bytes.size() * kRounds);
  EXPECT_EQ(conveyor.checksum, checksum);
  EXPECT_LE(conveyor.largest, 2 * Conveyor::kChunk);
}

}  // namespace
}  // namespace openrouter_images::upstream
