// The tool's small text makers: tables, money, names, headers of images, capabilities, safe text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/commands/endpoints_command.h"
#include "client/cli/commands/models_command.h"
#include "client/cli/files/file_name.h"
#include "client/cli/files/image_header.h"
#include "client/cli/report/capability_text.h"
#include "client/cli/report/generate_report.h"
#include "client/cli/report/money.h"
#include "client/cli/report/table.h"
#include "client/cli/terminal/progress_line.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter::images::client::cli {
namespace {

using namespace std::string_literals;

TEST(MoneyTest, Usd) {
  const std::pair<double, const char*> rows[] = {
      {0, "$0"},
      {30, "$30"},
      {12.5, "$12.50"},
      {0.05, "$0.05"},
      {0.3, "$0.30"},
      {0.0387, "$0.0387"},
      {0.1 + 0.2, "$0.30"},
      {0.000003, "$0.000003"},
      {-0.5, "-$0.50"},
      {1234567.0, "$1234567"},
      {1e-9, "$0.000000001"},
  };
  for (const auto& [usd, text] : rows) EXPECT_EQ(FormatUsd(usd), text);
  EXPECT_EQ(FormatUsd(std::numeric_limits<double>::quiet_NaN()), "$?");
}

TEST(MoneyTest, Prices) {
  v1::ImagePricingEntry entry;
  EXPECT_EQ(FormatPrice(entry), "price not given");
  entry.set_billable("output_image");
  entry.set_unit("token");
  entry.set_cost_usd(0.00003);
  EXPECT_EQ(FormatPrice(entry), "output image: $30 / 1M tokens");
  entry.set_unit("image");
  entry.set_cost_usd(0.05);
  entry.set_variant("4K");
  EXPECT_EQ(FormatPrice(entry), "output image: $0.05 / image [4K]");
  entry.clear_billable();
  entry.clear_variant();
  EXPECT_EQ(FormatPrice(entry), "$0.05 / image");
}

TEST(TerminalTest, TextIsMadeSafe) {
  const std::pair<std::string, std::string> rows[] = {
      {"plain – Ünïcode 猫", "plain – Ünïcode 猫"},
      {"\x1b[31mred", "\uFFFD[31mred"},
      {"two\nlines\tand\rmore", "two lines and\uFFFDmore"},
      {"right\u202Eleft", "right\uFFFDleft"},
      {"\xC2\x9B", "\uFFFD"},
      {"bad\xFF\xC3(", "bad\uFFFD\uFFFD("},
      {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
      {"cut\xE2\x82", "cut\uFFFD\uFFFD"},
  };
  for (const auto& [text, safe] : rows) EXPECT_EQ(Printable(text), safe);
  EXPECT_EQ(DisplayWidth("n 1–10"), 6U);
  EXPECT_EQ(CutToWidth("1–10", 2), "1–");
  EXPECT_EQ(CutToWidth("abc", 9), "abc");
}

TEST(TableTest, ColumnsAndWrapping) {
  Table table({"ID", "PARAMETERS"});
  table.AddRow({"some/model", "n 1–10, resolution 1K|2K|4K, seed, quality low|high"});
  table.AddRow({"other", ""});
  EXPECT_EQ(table.Render(0),
            "ID          PARAMETERS\n"
            "some/model  n 1–10, resolution 1K|2K|4K, seed, quality low|high\n"
            "other\n");
  EXPECT_EQ(table.Render(42),
            "ID          PARAMETERS\n"
            "some/model  n 1–10, resolution 1K|2K|4K,\n"
            "            seed, quality low|high\n"
            "other\n");
  EXPECT_EQ(table.Render(36),
            "some/model\n"
            "  PARAMETERS  n 1–10,\n"
            "              resolution 1K|2K|4K,\n"
            "              seed, quality low|high\n"
            "other\n");
}

TEST(TableTest, WrappedLinesFitAndLoseNothing) {
  const std::string text =
      "aspect_ratio 1:1|1:2|2:1|2:3|3:2, n 1–10, anEndlessWordWithoutAnyPlaceToBreak, seed";
  for (BreakAt break_at : {BreakAt::kItems, BreakAt::kWords}) {
    for (size_t width = 1; width < 90; ++width) {
      std::string joined;
      for (const std::string& line : Wrap(text, width, break_at)) {
        EXPECT_LE(DisplayWidth(line), width);
        joined += line;
      }
      std::string expected = text;
      std::erase(expected, ' ');
      std::erase(joined, ' ');
      EXPECT_EQ(joined, expected) << width;
    }
  }
}

TEST(FileNameTest, Slugs) {
  const std::pair<const char*, const char*> rows[] = {
      {"A red panda astronaut", "red-panda-astronaut"},
      {"  The cat's   hat!! ", "cats-hat"},
      {"../../etc/passwd", "etc-passwd"},
      {"кошка", "image"},
      {"", "image"},
      {"a an the", "image"},
      {"one two three four five six seven eight nine ten", "one-two-three-four-five-six-seven-eight"},
      {"wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"},
  };
  for (const auto& [prompt, slug] : rows) EXPECT_EQ(Slug(prompt), slug) << prompt;
}

TEST(FileNameTest, NamesAndExtensions) {
  const std::string digest = "\xBA\x78" + std::string(30, '\0');
  EXPECT_EQ(ImageFileName("A red panda", digest, "image/png", 0, 1), "red-panda-ba78.png");
  EXPECT_EQ(ImageFileName("A red panda", digest, "image/jpeg", 1, 2), "red-panda-2-ba78.jpg");
  EXPECT_EQ(ImageFileName("x", digest, "text/evil/../", 0, 1), "x-ba78.bin");
  EXPECT_TRUE(ExtensionFits(".jpeg", "image/jpeg"));
  EXPECT_TRUE(ExtensionFits("", "image/jpeg"));
  EXPECT_TRUE(ExtensionFits(".image", "image/jpeg"));
  EXPECT_FALSE(ExtensionFits(".png", "image/jpeg"));
}

TEST(ImageInfoTest, Dimensions) {
  const std::string png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0"s;
  const std::string jpeg = "\xFF\xD8\xFF\xE0\0\4\0\0\xFF\xFF\xC2\0\x11\x08\2\0\3\0"s;
  const std::string vp8x = "RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\3\0\xFF\2\0"s;
  const std::string vp8l = "RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2F\xFF\xC3\xBF\0\0\0\0\0\0\0\0\0\0\0"s;
  const std::string vp8 = "RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2A\0\4\0\3"s;
  struct Row {
    const char* name;
    std::string file;
    uint32_t width, height;
  };
  for (const Row& row :
       {Row{"png", png, 1024, 768}, Row{"jpeg", jpeg, 768, 512}, Row{"vp8x", vp8x, 1024, 768},
        Row{"vp8l", vp8l, 1024, 768}, Row{"vp8", vp8, 1024, 768}}) {
    SCOPED_TRACE(row.name);
    const auto dimensions = ReadDimensions(row.file);
    ASSERT_TRUE(dimensions.has_value());
    EXPECT_EQ(dimensions->width, row.width);
    EXPECT_EQ(dimensions->height, row.height);
    // A header that ends early is never read beyond its end.
    for (size_t size = 0; size < row.file.size() && size < 18; ++size) {
      EXPECT_FALSE(ReadDimensions(row.file.substr(0, size)).has_value()) << size;
    }
  }
  EXPECT_FALSE(ReadDimensions("<svg/>").has_value());
  EXPECT_FALSE(ReadDimensions("\xFF\xD8\xFF\xE0\0\0\0\0"s).has_value());
}

TEST(ProgressTest, Text) {
  EXPECT_EQ(ElapsedText(std::chrono::milliseconds(59'999)), "59 s");
  EXPECT_EQ(ElapsedText(std::chrono::seconds(65)), "1:05 min");
  EXPECT_EQ(ProgressText("Drawing", "", std::chrono::seconds(7), 80), "⠋ Drawing  7 s");
  EXPECT_EQ(ProgressText("Drawing", "2 previews", std::chrono::seconds(7), 80), "⠋ Drawing  7 s, 2 previews");
  EXPECT_EQ(ProgressText("Drawing", "waiting", std::chrono::milliseconds(150), 5), "⠙ Dra");
}

TEST(GenerateReportTest, Durations) {
  EXPECT_EQ(DurationText(std::chrono::milliseconds(0)), "0 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(37)), "37 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(999)), "999 ms");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(1000)), "1.0 s");
  EXPECT_EQ(DurationText(std::chrono::milliseconds(12'540)), "12.5 s");
}

TEST(GenerateReportTest, SummaryTellsOfAttemptsThatMayHaveBeenBilled) {
  v1::GenerateImagesResponse response;
  response.mutable_usage()->set_cost(0.04);
  response.mutable_call()->set_attempts(3);
  response.mutable_call()->mutable_total_time()->set_nanos(250'000'000);
  EXPECT_EQ(GenerateText(response, {}, {}), "cost $0.04, 250 ms, 3 attempts\n");
  response.mutable_call()->set_possibly_billed_attempts(1);
  EXPECT_EQ(GenerateText(response, {}, {}),
            "cost $0.04, 250 ms, 3 attempts; 1 earlier attempt may have been billed too\n");
  response.mutable_call()->set_possibly_billed_attempts(2);
  EXPECT_THAT(GenerateText(response, {}, {}),
              testing::EndsWith("; 2 earlier attempts may have been billed too\n"));
  EXPECT_EQ(GenerateJson(response, {}).at("call").at("possibly_billed_attempts").as_int64(), 2);
}

TEST(CapabilityTest, BriefAndFull) {
  google::protobuf::Map<std::string, v1::CapabilityDescriptor> capabilities;
  for (int i = 0; i < 9; ++i)
    capabilities["aspect_ratio"].mutable_enum_()->add_values("1:" + std::to_string(i));
  capabilities["n"].mutable_range()->set_min(1);
  capabilities["n"].mutable_range()->set_max(10);
  capabilities["seed"].mutable_boolean();
  capabilities["new"].mutable_additional_fields();
  EXPECT_EQ(CapabilitiesText(capabilities, ValueDetail::kBrief),
            "aspect_ratio 1:0|1:1|1:2|1:3|1:4|1:5|… (9 values), n 1–10, new, seed");
  EXPECT_EQ(CapabilitiesText(capabilities, ValueDetail::kFull),
            "aspect_ratio 1:0|1:1|1:2|1:3|1:4|1:5|1:6|1:7|1:8, n 1–10, new, seed");
}

TEST(ModelsTest, FilterKeepsIdAndName) {
  v1::ListImageModelsResponse models;
  models.add_models()->set_id("openai/gpt-image");
  models.add_models()->set_name("Seedream GPT");
  models.add_models()->set_id("other");
  EXPECT_EQ(FilterModels(models, "gPt").models_size(), 2);
  EXPECT_EQ(FilterModels(models, "").models_size(), 3);
  EXPECT_EQ(FilterModels(models, "none").models_size(), 0);
}

TEST(EndpointsTest, Block) {
  v1::ListImageModelEndpointsResponse endpoints;
  endpoints.set_id("some/model");
  v1::ImageEndpoint& endpoint = *endpoints.add_endpoints();
  endpoint.set_provider_name("Some Provider");
  endpoint.set_provider_slug("some");
  endpoint.set_provider_tag("some/fast");
  endpoint.set_supports_streaming(true);
  endpoint.add_pricing()->set_cost_usd(0.04);
  (*endpoint.mutable_supported_parameters())["seed"].mutable_boolean();
  endpoint.add_allowed_passthrough_parameters("style");
  endpoint.add_allowed_passthrough_parameters("mask");
  EXPECT_EQ(EndpointsText(endpoints, 0),
            "some/model: 1 provider\n"
            "\n"
            "Some Provider  (some)\n"
            "  tag          some/fast\n"
            "  streams      yes\n"
            "  price        $0.04\n"
            "  parameters   seed\n"
            "  passthrough  style, mask\n");
}

}  // namespace
}  // namespace openrouter::images::client::cli
