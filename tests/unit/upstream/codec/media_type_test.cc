#include "service/upstream/codec/media_type.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::upstream {
namespace {

using namespace std::string_literals;

struct Row {
  const char* name;
  std::string bytes;
  const char* media_type;
};

class BySignature : public testing::TestWithParam<Row> {};

TEST_P(BySignature, IsKnown) {
  EXPECT_EQ(MediaTypeBySignature(GetParam().bytes), GetParam().media_type);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BySignature,
    testing::Values(
        Row{"png", "\x89PNG\r\n\x1A\n\0\0"s, "image/png"},
        Row{"png_mangled_newline", "\x89PNG\n\x1A\n\0\0\0"s, ""},
        Row{"jpeg_jfif", "\xFF\xD8\xFF\xE0"s, "image/jpeg"},
        Row{"jpeg_exif", "\xFF\xD8\xFF\xE1"s, "image/jpeg"}, Row{"jpeg_too_short", "\xFF\xD8"s, ""},
        Row{"gif87", "GIF87a"s, "image/gif"}, Row{"gif89", "GIF89a..."s, "image/gif"},
        Row{"gif88", "GIF88a"s, ""}, Row{"webp", "RIFF\x10\0\0\0WEBPVP8 "s, "image/webp"},
        Row{"riff_wave", "RIFF\x10\0\0\0WAVEfmt "s, ""}, Row{"riff_cut", "RIFF\x10\0\0\0WEB"s, ""},
        Row{"bmp", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s, "image/bmp"},
        Row{"text_with_bm", "BMW builds cars in Munich"s, ""},
        Row{"tiff_little", "II*\0\x08\0\0\0"s, "image/tiff"},
        Row{"tiff_big", "MM\0*\0\0\0\x08"s, "image/tiff"}, Row{"bigtiff", "II+\0\x08\0\0\0"s, "image/tiff"},
        Row{"avif", "\0\0\0\x1C"s + "ftypavif\0\0\0\0avifmif1miaf"s, "image/avif"},
        Row{"avif_compatible", "\0\0\0\x1C"s + "ftypmif1\0\0\0\0mif1avifmiaf"s, "image/avif"},
        Row{"heic", "\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic"s, "image/heic"},
        Row{"heif", "\0\0\0\x14"s + "ftypmif1\0\0\0\0mif1"s, "image/heif"},
        Row{"mp4", "\0\0\0\x18"s + "ftypisom\0\0\0\0isommp42"s, ""},
        Row{"brand_beyond_its_box", "\0\0\0\x10"s + "ftypisom\0\0\0\0avif"s, ""},
        Row{"box_of_size_zero", "\0\0\0\0"s + "ftypavif\0\0\0\0"s, ""},
        Row{"box_of_huge_size", "\xFF\xFF\xFF\xFF"s + "ftypavif\0\0\0\0"s, "image/avif"},
        Row{"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\">", "image/svg+xml"},
        Row{"svg_bare", "<svg>", "image/svg+xml"}, Row{"svg_empty", "<svg/>", "image/svg+xml"},
        Row{"svg_prefixed", "<svg:svg xmlns:svg=\"x\">", "image/svg+xml"},
        Row{"svg_after_bom_and_space", "\xEF\xBB\xBF \r\n\t<svg width='1'>", "image/svg+xml"},
        Row{"svg_after_prolog", "<?xml version=\"1.0\"?>\n<!-- a > b -->\n<!-- two --><svg\n>",
            "image/svg+xml"},
        Row{"svg_after_doctype", "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://x\"><svg >",
            "image/svg+xml"},
        Row{"svg_after_entities", "<!DOCTYPE svg [<!ENTITY a \"b\">\n<!ENTITY c \"d\">]><svg >",
            "image/svg+xml"},
        Row{"svg_in_a_comment", "<!-- <svg> --><html>", ""}, Row{"svg_cut_in_a_comment", "<!-- <svg>", ""},
        Row{"svg_cut_in_the_name", "<svg", ""}, Row{"svgz_element", "<svgfoo>", ""},
        Row{"html", "<html><svg>", ""}, Row{"text", "svg", ""}, Row{"empty", "", ""},
        Row{"lone_bracket", "<", ""}, Row{"lone_doctype", "<!DOCTYPE", ""}),
    [](const auto& row) { return std::string(row.param.name); });

struct TypeRow {
  const char* name;
  std::string bytes;
  const char* declared;
  ImageType type;
};

class ImageMediaTypes : public testing::TestWithParam<TypeRow> {};

TEST_P(ImageMediaTypes, AreNeverRefused) {
  const ImageType type = ImageMediaType(GetParam().bytes, GetParam().declared);
  EXPECT_EQ(type.media_type, GetParam().type.media_type);
  EXPECT_EQ(type.doubt, GetParam().type.doubt);
}

constexpr char kPng[] = "\x89PNG\r\n\x1A\n";
constexpr MediaTypeDoubt kUnknownFormat = MediaTypeDoubt::kUnknownFormat;
constexpr MediaTypeDoubt kMismatch = MediaTypeDoubt::kMismatch;

INSTANTIATE_TEST_SUITE_P(
    Table, ImageMediaTypes,
    testing::Values(
        TypeRow{"signature", kPng, "", {"image/png"}}, TypeRow{"both", kPng, "image/png", {"image/png"}},
        TypeRow{"case_and_parameters", kPng, " Image/PNG ; q=1", {"image/png"}},
        TypeRow{"other_name", "\xFF\xD8\xFF\xE0", "image/jpg", {"image/jpeg"}},
        TypeRow{"no_claim", kPng, "application/octet-stream", {"image/png"}},
        TypeRow{"nonsense", kPng, "png", {"image/png"}},
        TypeRow{"family", "\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic"s, "image/heif", {"image/heic"}},
        TypeRow{"another_kind", kPng, "image/jpeg", {"image/png", kMismatch}},
        TypeRow{"another_unknown_kind", kPng, "image/jxl", {"image/png", kMismatch}},
        TypeRow{"no_image", kPng, "text/plain", {"image/png", kMismatch}},
        TypeRow{"unknown", "?", "", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"nothing", "", "", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"unknown_to_us", "?", "image/jxl", {"image/jxl"}},
        TypeRow{"unknown_text", "?", "text/plain", {"text/plain", kUnknownFormat}},
        TypeRow{"unknown_and_octets",
                "?",
                "application/octet-stream",
                {"application/octet-stream", kUnknownFormat}},
        TypeRow{"unknown_and_nonsense", "?", "a b/c", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"no_type", "?", "/png", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"no_subtype", "?", "image/", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"two_slashes", "?", "image/a/b", {"application/octet-stream", kUnknownFormat}},
        TypeRow{"belied", "not an image", "image/png", {"image/png", kUnknownFormat}},
        TypeRow{"belied_avif", "not an image", "image/avif", {"image/avif", kUnknownFormat}},
        TypeRow{"belied_svg", "not markup", "image/svg+xml", {"image/svg+xml", kUnknownFormat}},
        TypeRow{"svg_to_come", "\xEF\xBB\xBF\n<!-- ", "image/svg+xml", {"image/svg+xml"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ImageMediaType, ALongClaimIsNone) {
  EXPECT_EQ(ImageMediaType("?", "image/" + std::string(300, 'x')).media_type, "application/octet-stream");
}

}  // namespace
}  // namespace openrouter_images::upstream
