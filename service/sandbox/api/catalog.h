#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service/sandbox/draw/encoders.h"

namespace openrouter_images::sandbox {

// What a parameter may be: one of some values, a number in a range (ends included), or a boolean.
using Values = std::vector<std::string>;
struct Range {
  double min = 0, max = 0;
};
struct Flag {};
using Capability = std::variant<Values, Range, Flag>;
// In the order in which they are listed.
using Capabilities = std::vector<std::pair<std::string, Capability>>;

// One pricing line, in USD per unit. A `variant` is a resolution tier or a quality: the line applies to
// images of that kind only.
struct Price {
  std::string billable, unit;
  double cost_usd = 0;
  std::string variant = {};
};

struct Endpoint {
  std::string provider_name, provider_slug;
  std::optional<std::string> provider_tag;
  Capabilities parameters;
  std::vector<std::string> passthrough;
  bool streams = false;
  std::vector<Price> pricing;
};

struct Model {
  std::string id, name, description;
  std::int64_t created = 0;
  std::vector<std::string> input_modalities, output_modalities;
  ImageFormat format = ImageFormat::kPng;
  std::string resolution = "1K";
  // Completion tokens per megapixel of output.
  double tokens_per_megapixel = 4000;
  std::vector<Endpoint> endpoints;
  // Known by name, but served by no provider: not listed, and requests for it fail.
  bool retired = false;
};

// The models that the sandbox offers. Immutable.
const std::vector<Model>& Catalog();
// Null when there is no such model.
const Model* FindModel(std::string_view id);
// Null when the endpoint does not accept the parameter.
const Capability* FindCapability(const Endpoint& endpoint, std::string_view parameter);

// The bodies of the two catalog operations.
boost::json::object ModelsJson();
boost::json::object EndpointsJson(const Model& model);

}  // namespace openrouter_images::sandbox
