#include "service/sandbox/api/generator.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "tests/unit/sandbox/draw/decoded.h"

namespace openrouter_images::sandbox {
namespace {

GenerationRequest RequestFor(const std::string& members = "", const std::string& prompt = "a fox",
                             const std::string& model = "sandbox/painter") {
  const std::string body = R"({"resolution":"512","model":")" + model + R"(","prompt":")" + prompt + "\"" +
                           (members.empty() ? "" : ",") + members + "}";
  return std::get<GenerationRequest>(ReadGeneration(boost::json::parse(body).as_object(), nullptr));
}

TEST(DrawImage, DecodesWithTheRightSize) {
  for (const char* format : {"png", "jpeg", "webp"}) {
    for (const char* ratio : {"1:1", "16:9", "9:19.5", "1:8"}) {
      SCOPED_TRACE(std::string(format) + " " + ratio);
      const auto request =
          RequestFor(std::string(R"("output_format":")") + format + R"(","aspect_ratio":")" + ratio + "\"");
      const auto image = Decode(DrawImage(request, 0));
      ASSERT_TRUE(image);
      EXPECT_EQ(image->width, request.size.width);
      EXPECT_EQ(image->height, request.size.height);
    }
  }
  const auto exact = Decode(DrawImage(RequestFor(R"("size":"333x77")"), 0));
  EXPECT_EQ(exact->width, 333);
  EXPECT_EQ(exact->height, 77);
}

TEST(DrawImage, EqualInputGivesEqualBytes) {
  for (const char* format : {"png", "jpeg", "webp"}) {
    const auto request = RequestFor(std::string(R"("seed":5,"output_format":")") + format + "\"");
    EXPECT_EQ(DrawImage(request, 0), DrawImage(request, 0)) << format;
  }
  const auto vector = RequestFor("", "a fox", "quiver/arrow-1");
  EXPECT_EQ(DrawImage(vector, 0), DrawImage(vector, 0));
}

TEST(DrawImage, OtherInputGivesAnotherImage) {
  const std::string reference = R"("input_references":[{"type":"image_url","image_url":{"url":"https://x/)";
  const std::map<std::string, Decoded> images = {
      {"plain", *Decode(DrawImage(RequestFor(), 0))},
      {"second of n", *Decode(DrawImage(RequestFor(R"("n":2)"), 1))},
      {"another prompt", *Decode(DrawImage(RequestFor("", "a wolf"), 0))},
      {"another seed", *Decode(DrawImage(RequestFor(R"("seed":1)"), 0))},
      {"high quality", *Decode(DrawImage(RequestFor(R"("quality":"high")"), 0))},
      {"low quality", *Decode(DrawImage(RequestFor(R"("quality":"low")"), 0))},
      {"a reference", *Decode(DrawImage(RequestFor(reference + "1\"}}]"), 0))},
      {"another reference", *Decode(DrawImage(RequestFor(reference + "2\"}}]"), 0))},
  };
  for (const auto& [name, image] : images) {
    for (const auto& [other_name, other] : images) {
      if (name == other_name) continue;
      EXPECT_GT(Difference(image, other), 1.0) << name << " and " << other_name;
    }
  }
}

TEST(DrawImage, IsAnImageAndNotAColour) {
  for (const char* prompt : {"hills", "sea", "planet", "lanterns", "tea"}) {
    const auto image = *Decode(DrawImage(RequestFor("", prompt), 0));
    Decoded flat = image;
    for (std::size_t i = 0; i < flat.rgba.size(); ++i) flat.rgba[i] = image.rgba[i % 4];
    EXPECT_GT(Difference(image, flat), 8) << prompt;
  }
}

TEST(DrawImage, TransparencyIsInTheFile) {
  for (const char* format : {"png", "webp"}) {
    for (const char* prompt : {"hills", "sea", "planet", "lanterns"}) {
      SCOPED_TRACE(std::string(format) + " " + prompt);
      const std::string members = std::string(R"("output_format":")") + format + "\"";
      const auto clear =
          *Decode(DrawImage(RequestFor(members + R"(,"background":"transparent")", prompt), 0));
      const auto opaque = *Decode(DrawImage(RequestFor(members, prompt), 0));
      std::size_t see_through = 0, solid = 0;
      for (int y = 0; y < clear.height; ++y) {
        for (int x = 0; x < clear.width; ++x) {
          see_through += clear.alpha(x, y) == 0;
          solid += clear.alpha(x, y) > 200;
          ASSERT_EQ(opaque.alpha(x, y), 255);
        }
      }
      EXPECT_GT(see_through, 1000u);
      EXPECT_GT(solid, 1000u);
    }
  }
}

TEST(DrawImage, CompressionSetsTheFileSize) {
  for (const char* format : {"jpeg", "webp"}) {
    const std::string members = std::string(R"("output_format":")") + format + R"(","output_compression":)";
    EXPECT_LT(DrawImage(RequestFor(members + "10"), 0).size(),
              DrawImage(RequestFor(members + "95"), 0).size())
        << format;
  }
}

TEST(DrawImage, WritesVectors) {
  const std::string svg = DrawImage(RequestFor(R"("aspect_ratio":"16:9")", "a fox", "quiver/arrow-1"), 0);
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1368\" height=\"768\""))
      << svg.substr(0, 100);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_GT(svg.size(), 2000u);
}

TEST(DrawPartials, SharpenTowardsTheImage) {
  const auto request = RequestFor();
  const auto final_image = *Decode(DrawImage(request, 0));
  double last = 255;
  const auto partials = DrawPartials(request);
  ASSERT_EQ(partials.size(), 3u);
  for (const std::string& partial : partials) {
    const auto image = Decode(partial);
    ASSERT_TRUE(image);
    const double difference = Difference(*image, final_image);
    EXPECT_LT(difference, last);
    EXPECT_GT(difference, 0.05);
    last = difference;
  }
}

}  // namespace
}  // namespace openrouter_images::sandbox
