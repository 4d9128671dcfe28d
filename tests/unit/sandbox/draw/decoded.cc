#include "tests/unit/sandbox/draw/decoded.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include <absl/strings/escaping.h>

#include <boost/json.hpp>
#include <cstdlib>

namespace openrouter_images::sandbox {
namespace {

std::optional<Decoded> DecodePng(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) return std::nullopt;
  image.format = PNG_FORMAT_RGBA;
  Decoded out{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  out.rgba.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, out.rgba.data(), 0, nullptr)) return std::nullopt;
  return out;
}

std::optional<Decoded> DecodeJpeg(std::string_view bytes) {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr error;
  jpeg.err = jpeg_std_error(&error);  // Ends the process on a damaged file: the test has failed then.
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_EXT_RGBA;
  jpeg_start_decompress(&jpeg);
  Decoded out{static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height), {}};
  out.rgba.resize(std::size_t{jpeg.output_width} * jpeg.output_height * 4);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = out.rgba.data() + std::size_t{jpeg.output_scanline} * jpeg.output_width * 4;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return out;
}

std::optional<Decoded> DecodeWebp(std::string_view bytes) {
  Decoded out;
  std::uint8_t* pixels = WebPDecodeRGBA(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                                        &out.width, &out.height);
  if (pixels == nullptr) return std::nullopt;
  out.rgba.assign(pixels,
                  pixels + static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 4);
  WebPFree(pixels);
  return out;
}

}  // namespace

std::optional<Decoded> Decode(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG")) return DecodePng(bytes);
  if (bytes.starts_with("\xff\xd8\xff")) return DecodeJpeg(bytes);
  if (bytes.starts_with("RIFF")) return DecodeWebp(bytes);
  return std::nullopt;
}

double Difference(const Decoded& a, const Decoded& b) {
  if (a.width != b.width || a.height != b.height) return 255;
  double sum = 0;
  for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(int{a.rgba[i]} - int{b.rgba[i]});
  return sum / static_cast<double>(a.rgba.size());
}

std::string ImageInReply(std::string_view body, std::size_t index) {
  boost::system::error_code error;
  const auto value = boost::json::parse({body.data(), body.size()}, error);
  if (error || !value.is_object()) return {};
  const auto* data = value.get_object().if_contains("data");
  if (data == nullptr || !data->is_array() || data->get_array().size() <= index) return {};
  const auto& base64 = data->get_array()[index].at("b64_json").as_string();
  std::string out;
  absl::Base64Unescape({base64.data(), base64.size()}, &out);
  return out;
}

}  // namespace openrouter_images::sandbox
