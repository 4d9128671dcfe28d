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
#include <set>
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
  void OnImageEnd(int index, Base64Fault fault) override {
    EXPECT_FALSE(ended[index]);
    ended[index] = true;
    if (fault != Base64Fault::kNone) faults[index] = fault;
    size_before_ = 0;
  }
  void OnImageTooLarge(int index) override {
    EXPECT_FALSE(ended[index]);
    EXPECT_TRUE(too_large.insert(index).second);
    size_before_ = 0;
  }
  void OnMediaType(int index, std::string_view media_type) override {
    media_types[index] = std::string(media_type);
  }

  std::map<int, std::string> images;
  std::map<int, bool> ended;
  std::map<int, Base64Fault> faults;
  std::map<int, std::string> media_types;
  std::set<int> too_large;

 private:
  std::size_t size_before_ = 0;
};

struct Outcome {
  std::optional<Condition> defect;
  // With a defect, what was read before it.
  std::string document;
  // Those that are complete.
  std::map<int, std::string> images;
  std::map<int, Base64Fault> faults;
  std::map<int, std::string> media_types;
  std::set<int> too_large;
  int dropped_images = 0;
  bool other_fields_dropped = false;

  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  out << (outcome.defect ? static_cast<int>(*outcome.defect) : -1) << " " << outcome.document;
  for (const auto& [index, bytes] : outcome.images) out << " [" << index << "]=" << bytes.substr(0, 40);
  return out << " " << outcome.dropped_images << " dropped"
             << (outcome.other_fields_dropped ? ", others too" : "");
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
  if (!document) {
    EXPECT_FALSE(reader.defect()->message.empty());
    outcome.defect = reader.defect()->condition;
    document = reader.TakePartial();
  }
  outcome.document = boost::json::serialize(*document);
  for (const auto& [index, ended] : gallery.ended) {
    if (ended) outcome.images[index] = gallery.images[index];
  }
  outcome.faults = gallery.faults;
  outcome.media_types = gallery.media_types;
  outcome.too_large = gallery.too_large;
  outcome.dropped_images = reader.dropped_images();
  outcome.other_fields_dropped = reader.other_fields_dropped();
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

struct Faulty {
  const char* name;
  std::string text;
  Condition condition;
  // What is kept of it.
  const char* document = "null";
};

class ImageReplyReaderFaulty : public testing::TestWithParam<Faulty> {};

TEST_P(ImageReplyReaderFaulty, HasItsDefectHoweverItIsCut) {
  const Outcome outcome = ReadEverySplit(GetParam().text);
  EXPECT_EQ(outcome.defect, GetParam().condition);
  EXPECT_EQ(outcome.document, GetParam().document);
  EXPECT_TRUE(outcome.images.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImageReplyReaderFaulty,
    testing::Values(
        Faulty{"empty", "", Condition::kTruncated}, Faulty{"blank", " \n", Condition::kTruncated},
        Faulty{"truncated_mark", "\xEF\xBB", Condition::kTruncated},
        Faulty{"truncated_object", R"({"data":[)", Condition::kTruncated, R"({"data":[]})"},
        Faulty{"truncated_image", R"({"data":[{"b64_json":"aGVs)", Condition::kTruncated, R"({"data":[{}]})"},
        Faulty{"truncated_escape", R"({"data":[{"b64_json":"aGVs\u00)", Condition::kTruncated,
               R"({"data":[{}]})"},
        Faulty{"truncated_literal", R"({"data":nul)", Condition::kTruncated, "{}"},
        Faulty{"truncated_nan", R"({"data":Na)", Condition::kTruncated, "{}"},
        Faulty{"truncated_text", R"({"a":1,"b":"x)", Condition::kTruncated, R"({"a":1})"},
        Faulty{"truncated_key", R"({"a":[1,2],"b)", Condition::kTruncated, R"({"a":[1,2]})"},
        Faulty{"html", "<html></html>", Condition::kProtocol},
        Faulty{"nan_and_more", R"({"created":NaNa})", Condition::kProtocol, R"({"created":null})"},
        Faulty{"comment", R"({"data":[]/**/})", Condition::kProtocol, R"({"data":[]})"},
        Faulty{"trailing_comma", R"({"data":[],})", Condition::kProtocol, R"({"data":[]})"},
        Faulty{"single_quotes", R"({'data':[]})", Condition::kProtocol, "{}"},
        Faulty{"bad_utf8_outside", "{\xFF}", Condition::kProtocol, "{}"}),
    [](const auto& row) { return std::string(row.param.name); });

struct Odd {
  const char* name;
  std::string text;
  const char* document;
  Base64Fault fault = Base64Fault::kNone;
};

class ImageReplyReaderOdd : public testing::TestWithParam<Odd> {};

TEST_P(ImageReplyReaderOdd, StillHasItsImage) {
  const Outcome outcome = ReadEverySplit(GetParam().text);
  EXPECT_EQ(outcome.defect, std::nullopt);
  EXPECT_EQ(boost::json::parse(outcome.document), boost::json::parse(GetParam().document));
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "hello hello"}}));
  EXPECT_EQ(outcome.faults.contains(0) ? outcome.faults.at(0) : Base64Fault::kNone, GetParam().fault);
  EXPECT_FALSE(outcome.other_fields_dropped);
}

std::string Around(const std::string& others) {
  return R"({"data":[{"b64_json":"aGVsbG8gaGVsbG8="}],)" + others + "}";
}

std::string Image(const std::string& base64) {
  return R"({"data":[{"b64_json":")" + base64 + "\"}]}";
}

constexpr char kBare[] = R"({"data":[{}]})";

INSTANTIATE_TEST_SUITE_P(
    Json, ImageReplyReaderOdd,
    testing::Values(
        Odd{"byte_order_mark", "\xEF\xBB\xBF" + Image("aGVsbG8gaGVsbG8="), kBare},
        Odd{"trailing_garbage", Image("aGVsbG8gaGVsbG8=") + "x", kBare},
        Odd{"two_documents", Image("aGVsbG8gaGVsbG8=") + Image("IQ=="), kBare},
        Odd{"trailing_nul", Image("aGVsbG8gaGVsbG8=") + '\0', kBare},
        Odd{"nan", Around(R"("a":NaN,"b":[Infinity,-Infinity,-1])"),
            R"({"data":[{}],"a":null,"b":[null,null,-1]})"},
        Odd{"control_character", Around("\"a\":\"\n\x01\""), R"({"data":[{}],"a":"\n\u0001"})"},
        Odd{"bad_utf8", Around("\"a\":\"\xC3\x28\""), R"({"data":[{}],"a":"\ufffd("})"},
        Odd{"bad_utf8_in_key", Around("\"\xFF\":1"), R"({"data":[{}],"\ufffd":1})"},
        Odd{"surrogate_in_utf8", Around("\"a\":\"\xED\xA0\x80\""),
            R"({"data":[{}],"a":"\ufffd\ufffd\ufffd"})"},
        Odd{"lone_high_surrogate", Around(R"("a":"\ud83d")"), R"({"data":[{}],"a":"\ufffd"})"},
        Odd{"lone_low_surrogate", Around(R"("a":"\udc00x")"), R"({"data":[{}],"a":"\ufffdx"})"},
        Odd{"swapped_surrogates", Around(R"("a":"\udc00\ud800")"), R"({"data":[{}],"a":"\ufffd\ufffd"})"},
        Odd{"surrogate_in_key", Around(R"("\ud83dx":1)"), R"({"data":[{}],"\ufffdx":1})"},
        Odd{"same_key_twice", Around(R"("a":1,"a":2)"), R"({"data":[{}],"a":2})"},
        Odd{"odd_neighbours", R"({"data":[{"b64_json":"aGVsbG8gaGVsbG8="},null,7,{"b64_json":null}]})",
            R"({"data":[{},null,7,{"b64_json":null}]})"},
        Odd{"image_after_null", R"({"data":[{"b64_json":null,"b64_json":"aGVsbG8gaGVsbG8="}]})",
            R"({"data":[{"b64_json":null}]})"},
        Odd{"images_after_null", R"({"data":null,"data":[{"b64_json":"aGVsbG8gaGVsbG8="}]})", kBare},
        Odd{"images_after_no_image", R"({"data":[{"x":1},2],"data":[{"b64_json":"aGVsbG8gaGVsbG8="}]})",
            kBare},
        Odd{"images_after_none", R"({"data":[],"data":[{"b64_json":"aGVsbG8gaGVsbG8="}]})", kBare},
        Odd{"no_images_after_images", R"({"data":[{"b64_json":"aGVsbG8gaGVsbG8="}],"data":null})", kBare}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Base64, ImageReplyReaderOdd,
    testing::Values(Odd{"escaped_line_ends", Image("aGVs\\r\\nbG8gaGVs\\nbG8="), kBare},
                    Odd{"line_ends", Image("aGVs\r\nbG8gaGVs\nbG8="), kBare},
                    Odd{"no_padding", Image("aGVsbG8gaGVsbG8"), kBare},
                    Odd{"data_url", Image("data:image\\/png;base64,aGVsbG8gaGVsbG8="), kBare},
                    Odd{"bad_character", Image("aGVsbG8ga*GVsbG8="), kBare, Base64Fault::kSkipped},
                    Odd{"bad_utf8", Image("aGVsbG8ga\xC3GVsbG8="), kBare, Base64Fault::kSkipped},
                    Odd{"after_the_padding", Image("aGVsbG8gaGVsbG8=IQ=="), kBare, Base64Fault::kSkipped}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ImageReplyReader, WhatIsNoBase64ComesAsItIs) {
  const Outcome outcome = ReadEverySplit(R"({"data":[{"b64_json":"<svg>\u00e9</svg>"}]})");
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "<svg>\xC3\xA9</svg>"}}));
  EXPECT_EQ(outcome.faults, (std::map<int, Base64Fault>{{0, Base64Fault::kNotBase64}}));
}

TEST(ImageReplyReader, OfTwoImagesInOnePlaceTheFirstCounts) {
  const Outcome twice = ReadEverySplit(R"({"data":[{"b64_json":"IQ==","b64_json":"aGVs","x":1}]})");
  EXPECT_EQ(twice.document, R"({"data":[{"x":1}]})");
  EXPECT_EQ(twice.images, (std::map<int, std::string>{{0, "!"}}));
  EXPECT_EQ(twice.dropped_images, 1);
  const Outcome lists =
      ReadEverySplit(R"({"data":[{"b64_json":"IQ=="}],"data":[{"b64_json":"aGVs"},{"x":1}]})");
  EXPECT_EQ(lists.document, R"({"data":[{}]})");
  EXPECT_EQ(lists.images, (std::map<int, std::string>{{0, "!"}}));
  EXPECT_EQ(lists.dropped_images, 1);
}

TEST(ImageReplyReader, KeepsWhatIsCompleteOfADocumentThatEndsEarly) {
  const std::string text =
      R"({"created":1,"data":[{"b64_json":"IQ==","media_type":"image/png"},{"seed":2,"b64_json":"aGVs)";
  const Outcome outcome = ReadEverySplit(text);
  EXPECT_EQ(outcome.defect, Condition::kTruncated);
  EXPECT_EQ(outcome.document, R"({"created":1,"data":[{"media_type":"image/png"},{"seed":2}]})");
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "!"}}));
  const Outcome broken = ReadEverySplit(text + "\"},<html>");
  EXPECT_EQ(broken.defect, Condition::kProtocol);
  EXPECT_EQ(broken.images, (std::map<int, std::string>{{0, "!"}, {1, "hel"}}));
}

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
        Base64Decoder decoder;
        outcome.images[index].clear();
        decoder.Append(image->get_string(), outcome.images[index]);
        const Base64Fault fault = decoder.Finish(outcome.images[index]);
        if (fault != Base64Fault::kNone) outcome.faults[index] = fault;
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
  int faulty = 0;
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
    faulty += !expected.faults.empty();
    const Outcome whole = Read({text});
    EXPECT_EQ(whole.defect, expected.defect) << text;
    EXPECT_EQ(whole.document, expected.document) << text;
    EXPECT_EQ(whole.images, expected.images) << text;
    EXPECT_EQ(whole.faults, expected.faults) << text;
    const std::size_t cut = author.Roll(text.size());
    EXPECT_EQ(Read({std::string_view(text).substr(0, cut), std::string_view(text).substr(cut)}), whole)
        << text;
  }
  EXPECT_GT(with_images, 50);
  EXPECT_GT(faulty, 50);
}

TEST(ImageReplyReader, WhatIsTooDeepBecomesItsText) {
  const auto nest = [](std::size_t levels, const std::string& inside) {
    return std::string(levels, '[') + inside + std::string(levels, ']');
  };
  const std::size_t inner = json::kMaxJsonDepth - 1;
  const Outcome outcome = ReadEverySplit(
      Around("\"a\":" + nest(inner, R"({ "k\u00e9\n" : [1, "}", "\"\\", {}] })") + ",\"b\":2"));
  EXPECT_EQ(outcome.defect, std::nullopt);
  EXPECT_EQ(outcome.document, R"({"data":[{}],"a":)" +
                                  nest(inner, R"("{\"k\\u00e9\\n\":[1,\"}\",\"\\\"\\\\\",{}]}")") +
                                  R"(,"b":2})");
  EXPECT_EQ(outcome.images.at(0), "hello hello");
  // Of a depth without bounds nothing is kept, since it exceeds its limit.
  const Outcome abyss = Read({Around("\"a\":" + nest(2'000'000, "") + ",\"b\":2")});
  EXPECT_EQ(abyss.defect, std::nullopt);
  EXPECT_EQ(abyss.images.at(0), "hello hello");
  EXPECT_TRUE(abyss.other_fields_dropped);
  EXPECT_EQ(boost::json::parse(abyss.document).at("b"), 2);
  EXPECT_EQ(Read({std::string(100'000, '[')}).defect, Condition::kTruncated);
}

TEST(ImageReplyReader, ImagesBeyondTheLimitAreCounted) {
  const ReplyLimits limits{.max_images = 2};
  const Outcome all =
      ReadEverySplit(R"({"data":[{"b64_json":"IQ=="},{"b64_json":"IQ=="}]})", Document::kReply, limits);
  EXPECT_EQ(all.dropped_images, 0);
  const Outcome outcome = ReadEverySplit(
      R"({"data":[{"b64_json":"IQ=="},{},{"b64_json":"IQ==","x":1},null,{"x":{"b64_json":""}},{"b64_json":""}],"y":1})",
      Document::kReply, limits);
  EXPECT_EQ(outcome.defect, std::nullopt);
  EXPECT_EQ(outcome.document, R"({"data":[{},{}],"y":1})");
  EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "!"}}));
  EXPECT_EQ(outcome.dropped_images, 2);
  EXPECT_FALSE(outcome.other_fields_dropped);
}

TEST(ImageReplyReader, OfAnImageThatIsTooLargeTheRestIsSkipped) {
  const ReplyLimits limits{.max_image_bytes = 6};
  const auto reply = [](const std::string& second) {
    return R"({"data":[{"b64_json":"aGVsbG8h"},{"b64_json":")" + second +
           R"(","x":1},{"b64_json":"IQ=="}],"y":2})";
  };
  EXPECT_TRUE(ReadEverySplit(reply("aGVsbG8h"), Document::kReply, limits).too_large.empty());
  for (const char* second :
       {"aGVsbG8hIQ==", "aGVsbG8hIQ", "aGVsbG8hIQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "<svg/> "}) {
    const Outcome outcome = ReadEverySplit(reply(second), Document::kReply, limits);
    EXPECT_EQ(outcome.defect, std::nullopt);
    EXPECT_EQ(outcome.document, R"({"data":[{},{"x":1},{}],"y":2})");
    EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "hello!"}, {2, "!"}}));
    EXPECT_EQ(outcome.too_large, (std::set<int>{1}));
    EXPECT_EQ(outcome.dropped_images, 0);
  }
}

TEST(ImageReplyReader, SaysWhichTypesWereReported) {
  EXPECT_EQ(ReadEverySplit(R"({"media_type":"no","data":[{"media_type":"image/png","b64_json":"IQ=="},{},)"
                           R"({"b64_json":"IQ==","media_type":"image/webp","x":{"media_type":"no"}},)"
                           R"({"media_type":null}]})")
                .media_types,
            (std::map<int, std::string>{{0, "image/png"}, {2, "image/webp"}}));
  EXPECT_EQ(
      ReadEverySplit(R"({"b64_json":"IQ==","media_type":"image/webp"})", Document::kStreamEvent).media_types,
      (std::map<int, std::string>{{0, "image/webp"}}));
}

struct Oversized {
  const char* name;
  std::string others;
};

class ImageReplyReaderOversized : public testing::TestWithParam<Oversized> {};

TEST_P(ImageReplyReaderOversized, LosesOnlyWhatDoesNotFit) {
  const ReplyLimits limits{.max_other_bytes = 1 << 16};
  const std::string text = R"({"first":1,"data":[{"b64_json":"IQ==",)" + GetParam().others +
                           R"(},{"b64_json":"aGVs"}],)" + GetParam().others + R"(,"last":[2]})";
  for (const std::size_t step : {std::size_t{1}, std::size_t{100}, text.size()}) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size(); at += step)
      pieces.push_back(std::string_view(text).substr(at, step));
    const Outcome outcome = Read(pieces, Document::kReply, limits);
    EXPECT_EQ(outcome.defect, std::nullopt);
    EXPECT_TRUE(outcome.other_fields_dropped);
    EXPECT_EQ(outcome.images, (std::map<int, std::string>{{0, "!"}, {1, "hel"}}));
    EXPECT_EQ(outcome, Read({text}, Document::kReply, limits));
    EXPECT_LT(outcome.document.size(), limits.max_other_bytes);
    const boost::json::value document = boost::json::parse(outcome.document);
    EXPECT_EQ(document.at("first"), 1);
    EXPECT_EQ(document.at("data").as_array().size(), 2u);
  }
}

std::string Many(const std::string& element) {
  std::string list = "[" + element;
  for (int i = 0; i < 1 << 12; ++i) list += "," + element;
  return list + "]";
}

INSTANTIATE_TEST_SUITE_P(Table, ImageReplyReaderOversized,
                         testing::Values(Oversized{"text", R"("a":")" + std::string(1 << 16, 'x') + "\""},
                                         Oversized{"key", "\"" + std::string(1 << 16, 'x') + "\":1"},
                                         Oversized{"two_texts", R"("a":[")" + std::string(40'000, 'x') +
                                                                    R"(",")" + std::string(40'000, 'x') +
                                                                    "\"]"},
                                         Oversized{"arrays", R"("a":)" + Many("[]")},
                                         Oversized{"objects", R"("a":)" + Many(R"({"x":1})")},
                                         Oversized{"numbers", R"("a":)" + Many("1")}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ImageReplyReader, AfterAValueThatDoesNotFitOthersDo) {
  const ReplyLimits limits{.max_other_bytes = 1000};
  const Outcome outcome = ReadEverySplit(R"({"data":[{"b64_json":"IQ=="}],"a":")" + std::string(1000, 'x') +
                                             R"(","b":{"c":[")" + std::string(1000, 'y') + R"(",2]}})",
                                         Document::kReply, limits);
  EXPECT_EQ(outcome.document, R"({"data":[{}],"b":{"c":[2]}})");
  EXPECT_TRUE(outcome.other_fields_dropped);
}

// However many other fields come before it, what was paid is read.
TEST(ImageReplyReader, UsageAndCreatedAlwaysFindRoom) {
  const ReplyLimits limits{.max_other_bytes = 1 << 16};
  std::string others;
  for (int i = 0; i < 3000; ++i) others += "\"k" + std::to_string(i) + "\":\"" + std::string(50, 'x') + "\",";
  const std::string own = R"("created":7,"usage":{"cost":0.25,"completion_tokens":1000})";
  const Outcome reply =
      Read({"{" + others + R"("data":[{"b64_json":"IQ==",)" + others + own + "}]," + own + "}"},
           Document::kReply, limits);
  const boost::json::value document = boost::json::parse(reply.document);
  for (const boost::json::value& level : {document, document.at("data").at(0)}) {
    EXPECT_EQ(level.at("created"), 7);
    EXPECT_EQ(level.at("usage").at("cost"), 0.25);
    EXPECT_EQ(level.at("usage").at("completion_tokens"), 1000);
  }
  const Outcome event = Read({"{" + others + own + "}"}, Document::kStreamEvent, limits);
  EXPECT_EQ(boost::json::parse(event.document).at("usage").at("cost"), 0.25);
  EXPECT_TRUE(event.other_fields_dropped);
}

TEST(ImageReplyReader, OfAnImageThatIsTooLargeLittleIsHeld) {
  Gallery gallery;
  ImageReplyReader reader(Document::kReply, {.max_image_bytes = 100'000}, gallery);
  EXPECT_TRUE(reader.Write(R"({"data":[{"b64_json":")"));
  // Ten times the limit in one piece: no more than the limit is kept.
  EXPECT_TRUE(reader.Write(std::string(1'400'000, 'A')));
  EXPECT_EQ(gallery.too_large, (std::set<int>{0}));
  EXPECT_LE(gallery.images[0].size(), 100'000 + kMaxImageStep);
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
  void OnImageEnd(int, Base64Fault) override { HandOver(); }

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
