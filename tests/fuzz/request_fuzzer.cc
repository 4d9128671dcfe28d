// Whatever bytes a client sends, they are refused, or become a body in which nothing is lost.

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "openrouter_images/v1/generation.pb.h"
#include "service/limits/check.h"
#include "service/limits/struct_check.h"
#include "service/limits/wire_scan.h"
#include "service/upstream/request/additional_fields.h"
#include "service/upstream/request/image_request.h"
#include "service/upstream/request/image_request_check.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  v1::GenerateImagesRequest request;
  google::protobuf::io::ArrayInputStream stream(data, static_cast<int>(size));
  const limits::WireScan found = limits::ScanWire(stream, *request.GetDescriptor());
  if (!found.excess.empty()) return 0;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  if (!found.unknown_fields.empty()) return 0;
  const std::size_t known = request.ByteSizeLong();
  request.DiscardUnknownFields();
  Require(request.ByteSizeLong() == known, "the scan finds every unknown field");

  limits::Violations violations;
  upstream::MoveToFields(*request.mutable_image(), "image", violations);
  if (limits::Check(request, "", violations)) upstream::CheckImage(request.image(), violations);
  if (!violations.empty()) return 0;
  const std::string body = upstream::EncodeImageRequest(request.image(), upstream::Delivery::kStreamed);
  boost::json::parse_options deep;
  deep.max_depth = 2 * limits::kMaxStructDepth;
  const boost::json::object object = boost::json::parse(body, {}, deep).as_object();
  Require(object.at("model").as_string() == request.image().model(), "the model is sent");
  Require(object.at("prompt").as_string() == request.image().prompt(), "the prompt is sent");
  const auto* references = object.if_contains("input_references");
  const int sent = references == nullptr ? 0 : static_cast<int>(references->as_array().size());
  Require(sent == request.image().input_references_size(), "every reference is sent");
  for (const auto& [name, value] : request.image().additional_fields().fields()) {
    Require(object.contains(name), "every additional field is sent");
  }
  return 0;
}
