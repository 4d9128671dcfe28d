#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "service/sandbox/api/catalog.h"
#include "service/sandbox/api/size.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// A checked `POST /images`, with every default filled in.
struct GenerationRequest {
  const Model* model = nullptr;
  // The endpoint that serves it: the first one that `provider.order`, `only` and `ignore` leave.
  const Endpoint* endpoint = nullptr;
  // As the caller wrote it.
  std::string model_id;
  std::string prompt;
  int n = 1;
  PixelSize size;
  // The tier that is charged: the one asked for, or the nearest one to explicit pixels.
  std::string resolution;
  // Empty when the caller did not say.
  std::string quality;
  ImageFormat format = ImageFormat::kPng;
  bool transparent = false;
  // 0..100.
  int compression = 85;
  std::optional<std::int64_t> seed;
  // Decoded bytes of data URLs; other URLs as they are.
  std::vector<std::string> references;
  int fonts = 0;
  bool stream = false;
};

// The body as a JSON object, or a 400 reply that says why it is not one.
std::variant<boost::json::object, HttpReply> ParseBody(std::string_view body);

// Checks the body against the rules of the API and of the model; unknown fields are ignored. Returns the
// error reply of the first rule that is broken. `model` serves the request whatever the body's own "model"
// is; when null, the body's model is looked up.
std::variant<GenerationRequest, HttpReply> ReadGeneration(const boost::json::object& body,
                                                          const Model* model);

}  // namespace openrouter_images::sandbox
