#include "service/sandbox/api/generator.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json.hpp>

#include "service/sandbox/api/pricing.h"
#include "service/sandbox/draw/canvas.h"
#include "service/sandbox/draw/dice.h"
#include "service/sandbox/draw/encoders.h"
#include "service/sandbox/draw/scene.h"
#include "service/sandbox/draw/svg.h"
#include "service/sandbox/faults/fault_reply.h"
#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::string_view kGarbage = "These bytes are no image in any format.";

Detail DetailFor(std::string_view quality) {
  if (quality == "low") return Detail::kLow;
  if (quality == "high" || quality == "xhigh" || quality == "max") return Detail::kHigh;
  return Detail::kMedium;
}

Scene SceneFor(const GenerationRequest& request, int index) {
  SceneRequest scene;
  scene.prompt = request.prompt;
  scene.seed = HashBytes(request.prompt,
                         HashBytes(request.model_id, static_cast<std::uint64_t>(request.seed.value_or(0)))) +
               static_cast<std::uint64_t>(index);
  for (const std::string& reference : request.references) scene.tint = HashBytes(reference, scene.tint);
  const float side = static_cast<float>(std::min(request.size.width, request.size.height));
  scene.width = static_cast<float>(request.size.width) / side;
  scene.height = static_cast<float>(request.size.height) / side;
  scene.detail = DetailFor(request.quality);
  scene.transparent = request.transparent;
  return ComposeScene(scene);
}

std::string Encode(const Canvas& canvas, ImageFormat format, int compression) {
  switch (format) {
    case ImageFormat::kJpeg:
      return EncodeJpeg(canvas, compression);
    case ImageFormat::kWebp:
      return EncodeWebp(canvas, compression);
    case ImageFormat::kPng:
    case ImageFormat::kSvg:
      return EncodePng(canvas);
  }
  return {};
}

struct Image {
  std::string bytes;
  std::string_view media_type;
};

Image MakeImage(const GenerationRequest& request, const FaultScript& fault, int index) {
  if (fault.image == FaultScript::Image::kEmpty) return {"", "image/png"};
  if (fault.image == FaultScript::Image::kGarbage) return {std::string(kGarbage), "image/png"};
  if (fault.bytes) {
    GenerationRequest small = request;
    // The content of an image of a given length does not matter: the smallest one leaves room for padding.
    small.size = {8, 8};
    return {PadPng(EncodePng(PaintScene(SceneFor(small, index), 8, 8)), *fault.bytes), "image/png"};
  }
  return {DrawImage(request, index), MediaType(request.format)};
}

}  // namespace

bool IsStreamed(const GenerationRequest& request, const FaultScript& fault) {
  if (fault.sse != FaultScript::Sse::kAsAsked) return fault.sse == FaultScript::Sse::kAlways;
  return request.stream && request.endpoint->streams && request.n == 1;
}

std::string DrawImage(const GenerationRequest& request, int index) {
  const Scene scene = SceneFor(request, index);
  const auto [width, height] = request.size;
  if (request.format == ImageFormat::kSvg) return EncodeSvg(scene, width, height);
  return Encode(PaintScene(scene, width, height), request.format, request.compression);
}

std::vector<std::string> DrawPartials(const GenerationRequest& request) {
  std::vector<std::string> partials;
  if (request.format == ImageFormat::kSvg) return partials;
  const auto [width, height] = request.size;
  const Canvas canvas = PaintScene(SceneFor(request, 0), width, height);
  for (int squares : {12, 36, 108}) {
    const int block = std::max(2, std::min(width, height) / squares);
    partials.push_back(Encode(Pixelated(canvas, block), request.format, request.compression));
  }
  return partials;
}

std::string ImageMembers(const GenerationRequest& request, const FaultScript& fault, int index) {
  const Image image = MakeImage(request, fault, index);
  std::string base64;
  absl::Base64Escape(image.bytes, &base64);
  if (!base64.empty()) base64 = WithBase64Defect(std::move(base64), fault.base64);
  std::string members = absl::StrCat("\"b64_json\":\"", base64, "\"");
  const std::string media_type = fault.media_type.value_or(std::string(image.media_type));
  if (!media_type.empty())
    absl::StrAppend(&members, ",\"media_type\":", JsonText(boost::json::string(media_type)));
  return members;
}

HttpReply GenerationReply(const GenerationRequest& request, const FaultScript& fault, std::int64_t created,
                          const std::stop_token& stop) {
  HttpReply reply{fault.status,
                  {{"content-type", "application/json"}},
                  absl::StrCat("{\"created\":", created, ",\"data\":["),
                  {}};
  const int count = fault.images.value_or(request.n);
  for (int index = 0; index < count && !stop.stop_requested(); ++index) {
    absl::StrAppend(&reply.body, index == 0 ? "{" : ",{", ImageMembers(request, fault, index), "}");
  }
  absl::StrAppend(&reply.body, "],\"usage\":", JsonText(UsageJson(UsageOf(request))), "}");
  return reply;
}

}  // namespace openrouter_images::sandbox
