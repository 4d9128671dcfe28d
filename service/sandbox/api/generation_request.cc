#include "service/sandbox/api/generation_request.h"

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "service/sandbox/http/error_reply.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::size_t kMostReferences = 16;
constexpr int kMostImages = 10;

// Thrown by the rule that is broken, caught by ReadGeneration.
struct Rejection {
  HttpReply reply;
};

[[noreturn]] void Reject(std::string_view message, std::string_view error_type = "invalid_request") {
  throw Rejection{TypedErrorReply(400, message, error_type)};
}

template <typename... Parts>
std::string Say(const Parts&... parts) {
  std::string out;
  (out.append(parts), ...);
  return out;
}

std::string_view View(const boost::json::string& text) {
  return {text.data(), text.size()};
}

// Null and absent are the same to the API.
const boost::json::value* Find(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains({name.data(), name.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string_view> FindString(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = Find(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) Reject(Say(name, ": expected a string"));
  return View(value->get_string());
}

std::optional<std::int64_t> FindInteger(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = Find(object, name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  // Accepts 3 and 3.0, which are the same JSON number.
  const auto number = value->is_number() ? value->to_number<std::int64_t>(error) : 0;
  if (!value->is_number() || error) Reject(Say(name, ": expected an integer"));
  return number;
}

std::vector<std::string_view> Slugs(const boost::json::object& provider, std::string_view name) {
  std::vector<std::string_view> slugs;
  const boost::json::value* value = Find(provider, name);
  if (value == nullptr) return slugs;
  if (!value->is_array()) Reject(Say("provider.", name, ": expected an array"));
  for (const boost::json::value& slug : value->get_array()) {
    if (!slug.is_string()) Reject(Say("provider.", name, ": expected strings"));
    slugs.push_back(View(slug.get_string()));
  }
  return slugs;
}

bool Names(const std::vector<std::string_view>& slugs, const Endpoint& endpoint) {
  return std::any_of(slugs.begin(), slugs.end(), [&](std::string_view slug) {
    return slug == endpoint.provider_slug || slug == endpoint.provider_tag;
  });
}

HttpReply NoEndpoints(const std::string& model_id, std::string_view excluded_by) {
  boost::json::object availability{{"code", "no_endpoints"},
                                   {"retryable", false},
                                   {"requested_models", boost::json::array{model_id}},
                                   {"docs_url", "https://openrouter.ai/docs"}};
  if (!excluded_by.empty())
    availability["excluded_by"] =
        boost::json::array{boost::json::string(excluded_by.data(), excluded_by.size())};
  return AvailabilityReply(404, Say("No endpoints found for ", model_id, "."), "not_found",
                           std::move(availability));
}

const Endpoint* ChooseEndpoint(const Model& model, const boost::json::object& body,
                               const std::string& model_id) {
  if (model.retired) throw Rejection{NoEndpoints(model_id, "")};
  const boost::json::value* preferences = Find(body, "provider");
  if (preferences == nullptr) return &model.endpoints.front();
  if (!preferences->is_object()) Reject("provider: expected an object");
  const boost::json::object& provider = preferences->get_object();
  const auto order = Slugs(provider, "order"), only = Slugs(provider, "only"),
             ignore = Slugs(provider, "ignore");
  std::vector<const Endpoint*> left;
  for (const Endpoint& endpoint : model.endpoints) {
    if (!only.empty() && !Names(only, endpoint)) continue;
    if (!Names(ignore, endpoint)) left.push_back(&endpoint);
  }
  for (std::string_view slug : order) {
    for (const Endpoint* endpoint : left) {
      if (Names({slug}, *endpoint)) return endpoint;
    }
  }
  const boost::json::value* fallbacks = Find(provider, "allow_fallbacks");
  const bool order_is_all =
      !order.empty() && fallbacks != nullptr && fallbacks->is_bool() && !fallbacks->get_bool();
  if (left.empty() || order_is_all) throw Rejection{NoEndpoints(model_id, "provider_preferences")};
  return left.front();
}

// The value of an enumerated parameter: nullopt when it is absent, "auto", or when the endpoint has no such
// parameter.
std::optional<std::string_view> FindChoice(const boost::json::object& body, const Endpoint& endpoint,
                                           std::string_view name) {
  const auto value = FindString(body, name);
  const Capability* capability = FindCapability(endpoint, name);
  if (!value || *value == "auto" || capability == nullptr) return std::nullopt;
  const Values& values = std::get<Values>(*capability);
  if (std::find(values.begin(), values.end(), *value) == values.end()) {
    std::string allowed;
    for (const std::string& v : values) absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", v);
    Reject(Say(name, ": ", *value, " is not supported by this model; use one of ", allowed));
  }
  return value;
}

void ReadCount(const boost::json::object& body, GenerationRequest& request) {
  const auto n = FindInteger(body, "n");
  if (!n) return;
  if (*n < 1 || *n > kMostImages) Reject("n: must be between 1 and 10");
  const Capability* capability = FindCapability(*request.endpoint, "n");
  const double most = capability != nullptr ? std::get<Range>(*capability).max : 1;
  if (static_cast<double>(*n) > most) {
    Reject(most > 1 ? Say("n: this model makes at most ", std::to_string(static_cast<int>(most)),
                          " images a request")
                    : "n: this model makes a single image a request");
  }
  request.n = static_cast<int>(*n);
}

void ReadSize(const boost::json::object& body, GenerationRequest& request) {
  const auto ratio_text = FindString(body, "aspect_ratio");
  const auto size_text = FindString(body, "size");
  auto resolution = FindString(body, "resolution");
  if (resolution && !ParseTier(*resolution)) Reject(Say("resolution: ", *resolution, " is not a resolution"));
  std::optional<double> ratio;
  if (ratio_text && *ratio_text != "auto") {
    ratio = ParseRatio(*ratio_text);
    if (!ratio) Reject(Say("aspect_ratio: ", *ratio_text, " is not an aspect ratio"));
    FindChoice(body, *request.endpoint, "aspect_ratio");
  }
  FindChoice(body, *request.endpoint, "resolution");

  if (size_text && !ParseTier(*size_text)) {
    const auto pixels = ParsePixels(*size_text);
    if (!pixels) Reject(Say("size: ", *size_text, " is neither a tier nor WIDTHxHEIGHT"));
    const auto [low, high] = std::minmax(pixels->width, pixels->height);
    if (low < kMinSide) Reject(Say("size: ", *size_text, " is too small"), "image_too_small");
    if (high > kMaxSide || 1LL * low * high > kMaxArea)
      Reject(Say("size: ", *size_text, " is too large"), "image_too_large");
    if (resolution && NearestTier(*pixels) != *resolution)
      Reject(Say("size: ", *size_text, " does not match the resolution ", *resolution));
    const double drawn = static_cast<double>(pixels->width) / pixels->height;
    if (ratio && std::abs(drawn / *ratio - 1) > 0.03)
      Reject(Say("size: ", *size_text, " does not match the aspect ratio ", *ratio_text));
    request.size = *pixels;
    request.resolution = NearestTier(*pixels);
    return;
  }
  if (size_text && resolution && *size_text != *resolution)
    Reject(Say("size: ", *size_text, " does not match the resolution ", *resolution));
  if (size_text) resolution = size_text;
  // A model without the parameter draws at its own resolution.
  const Capability* tiers = FindCapability(*request.endpoint, "resolution");
  request.resolution = resolution && tiers != nullptr ? std::string(*resolution) : request.model->resolution;
  if (size_text && tiers != nullptr) {
    const Values& values = std::get<Values>(*tiers);
    if (std::find(values.begin(), values.end(), *size_text) == values.end())
      Reject(Say("size: ", *size_text, " is not supported by this model"));
  }
  request.size = SizeFor(*ParseTier(request.resolution), ratio.value_or(1));
}

void ReadFormat(const boost::json::object& body, GenerationRequest& request) {
  const auto format = FindString(body, "output_format");
  if (format && !ParseImageFormat(*format)) Reject(Say("output_format: ", *format, " is not a format"));
  const auto background = FindString(body, "background");
  if (background && *background != "auto" && *background != "transparent" && *background != "opaque") {
    Reject(Say("background: ", *background, " is not a background"));
  }
  const bool transparent = background == "transparent";
  if (transparent && (format == "jpeg" || format == "svg"))
    Reject("background: transparent needs output_format png or webp");
  request.format = request.model->format;
  if (const auto choice = FindChoice(body, *request.endpoint, "output_format"))
    request.format = *ParseImageFormat(*choice);
  request.transparent = transparent && FindChoice(body, *request.endpoint, "background");
  if (request.transparent && request.format == ImageFormat::kJpeg) request.format = ImageFormat::kPng;

  if (const auto compression = FindInteger(body, "output_compression")) {
    if (*compression < 0 || *compression > 100) Reject("output_compression: must be between 0 and 100");
    request.compression = static_cast<int>(*compression);
  }
  request.quality = FindChoice(body, *request.endpoint, "quality").value_or("");
}

// The bytes of a data URL, or the URL of an image that a provider would fetch.
std::string ReadReference(std::string_view url) {
  if (absl::StartsWithIgnoreCase({url.data(), url.size()}, "http://") ||
      absl::StartsWithIgnoreCase({url.data(), url.size()}, "https://")) {
    if (url.find("://") + 3 == url.size()) Reject("input_references: the URL has no host", "invalid_image");
    return std::string(url);
  }
  if (url.substr(0, 5) != "data:")
    Reject("input_references: expected an http(s) URL or a data URL", "invalid_image");
  const std::size_t comma = url.find(',');
  const std::string_view head = url.substr(5, comma == std::string_view::npos ? comma : comma - 5);
  if (comma == std::string_view::npos || head.size() < 7 || head.substr(head.size() - 7) != ";base64") {
    Reject("input_references: a data URL must be data:MEDIA_TYPE;base64,DATA", "invalid_image");
  }
  if (head.substr(0, 6) != "image/")
    Reject("input_references: the data URL is not an image", "unsupported_image_format");
  std::string bytes;
  const std::string_view data = url.substr(comma + 1);
  if (!absl::Base64Unescape({data.data(), data.size()}, &bytes) || bytes.empty()) {
    Reject("input_references: the data URL is not valid base64", "invalid_image");
  }
  return bytes;
}

void ReadReferences(const boost::json::object& body, GenerationRequest& request) {
  const boost::json::value* references = Find(body, "input_references");
  if (references == nullptr) return;
  if (!references->is_array()) Reject("input_references: expected an array");
  const boost::json::array& array = references->get_array();
  if (array.size() > kMostReferences) Reject("input_references: at most 16 are allowed");
  const Capability* capability = FindCapability(*request.endpoint, "input_references");
  const double most = capability != nullptr ? std::get<Range>(*capability).max : 0;
  if (static_cast<double>(array.size()) > most) {
    Reject(Say("input_references: this model takes at most ", std::to_string(static_cast<int>(most))));
  }
  for (const boost::json::value& part : array) {
    const boost::json::object* object = part.if_object();
    const boost::json::value* image_url = object != nullptr ? Find(*object, "image_url") : nullptr;
    if (image_url == nullptr || !image_url->is_object() || FindString(*object, "type") != "image_url") {
      Reject("input_references: expected {type: \"image_url\", image_url: {url}}");
    }
    const auto url = FindString(image_url->get_object(), "url");
    if (!url) Reject("input_references: image_url.url is required");
    request.references.push_back(ReadReference(*url));
  }
}

// How many fonts go to the chosen provider in provider.options.
int CountFonts(const boost::json::object& body, const Endpoint& endpoint) {
  const boost::json::value* at = Find(body, "provider");
  for (std::string_view step : {std::string_view("options"), std::string_view(endpoint.provider_slug),
                                std::string_view("font_inputs")}) {
    if (at == nullptr) return 0;
    if (!at->is_object()) Reject("provider.options: expected objects");
    at = Find(at->get_object(), step);
  }
  return at != nullptr && at->is_array() ? static_cast<int>(std::min<std::size_t>(at->get_array().size(), 16))
                                         : 0;
}

GenerationRequest Read(const boost::json::object& body, const Model* model) {
  GenerationRequest request;
  const auto id = FindString(body, "model");
  if (!id || id->empty()) Reject("model: required");
  request.model_id = *id;
  request.model = model != nullptr ? model : FindModel(*id);
  if (request.model == nullptr) Reject(Say(*id, " is not a valid model ID"), "model_not_found");
  const auto prompt = FindString(body, "prompt");
  if (!prompt || prompt->empty()) Reject("prompt: required, and not empty", "invalid_prompt");
  request.prompt = *prompt;
  request.endpoint = ChooseEndpoint(*request.model, body, request.model_id);
  ReadCount(body, request);
  ReadSize(body, request);
  ReadFormat(body, request);
  ReadReferences(body, request);
  request.seed = FindInteger(body, "seed");
  request.fonts = CountFonts(body, *request.endpoint);
  if (const boost::json::value* stream = Find(body, "stream")) {
    if (!stream->is_bool()) Reject("stream: expected a boolean");
    request.stream = stream->get_bool();
  }
  return request;
}

}  // namespace

std::variant<boost::json::object, HttpReply> ParseBody(std::string_view body) {
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 256;
  boost::json::value value = boost::json::parse({body.data(), body.size()}, error, {}, options);
  if (error)
    return TypedErrorReply(400, Say("The request body is not valid JSON: ", error.message()),
                           "invalid_request");
  if (!value.is_object())
    return TypedErrorReply(400, "The request body must be a JSON object", "invalid_request");
  return std::move(value.get_object());
}

std::variant<GenerationRequest, HttpReply> ReadGeneration(const boost::json::object& body,
                                                          const Model* model) {
  try {
    return Read(body, model);
  } catch (Rejection& rejection) {
    return std::move(rejection.reply);
  }
}

}  // namespace openrouter_images::sandbox
