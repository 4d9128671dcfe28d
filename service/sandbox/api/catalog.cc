#include "service/sandbox/api/catalog.h"

#include <algorithm>
#include <boost/json.hpp>

#include "service/sandbox/api/catalog_models.h"

namespace openrouter_images::sandbox {
namespace {

boost::json::object CapabilityJson(const Capability& capability) {
  if (const auto* values = std::get_if<Values>(&capability)) {
    return {{"type", "enum"}, {"values", boost::json::array(values->begin(), values->end())}};
  }
  if (const auto* range = std::get_if<Range>(&capability)) {
    return {{"type", "range"},
            {"min", static_cast<std::int64_t>(range->min)},
            {"max", static_cast<std::int64_t>(range->max)}};
  }
  return {{"type", "boolean"}};
}

boost::json::object CapabilitiesJson(const Capabilities& capabilities) {
  boost::json::object json;
  for (const auto& [name, capability] : capabilities) json[name] = CapabilityJson(capability);
  return json;
}

// What any endpoint of the model accepts.
Capabilities Union(const Model& model) {
  Capabilities all;
  for (const Endpoint& endpoint : model.endpoints) {
    for (const auto& [name, capability] : endpoint.parameters) {
      const auto known =
          std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == name; });
      if (known == all.end()) {
        all.emplace_back(name, capability);
      } else if (auto* values = std::get_if<Values>(&known->second)) {
        for (const std::string& value : std::get<Values>(capability)) {
          if (std::find(values->begin(), values->end(), value) == values->end()) values->push_back(value);
        }
      } else if (auto* range = std::get_if<Range>(&known->second)) {
        range->min = std::min(range->min, std::get<Range>(capability).min);
        range->max = std::max(range->max, std::get<Range>(capability).max);
      }
    }
  }
  return all;
}

boost::json::array Strings(const std::vector<std::string>& strings) {
  return boost::json::array(strings.begin(), strings.end());
}

boost::json::object EndpointJson(const Endpoint& endpoint) {
  boost::json::array pricing;
  for (const Price& price : endpoint.pricing) {
    boost::json::object line{
        {"billable", price.billable}, {"unit", price.unit}, {"cost_usd", price.cost_usd}};
    if (!price.variant.empty()) line["variant"] = price.variant;
    pricing.push_back(std::move(line));
  }
  boost::json::value tag = nullptr;
  if (endpoint.provider_tag) tag = *endpoint.provider_tag;
  return {{"provider_name", endpoint.provider_name},
          {"provider_slug", endpoint.provider_slug},
          {"provider_tag", std::move(tag)},
          {"supported_parameters", CapabilitiesJson(endpoint.parameters)},
          {"allowed_passthrough_parameters", Strings(endpoint.passthrough)},
          {"supports_streaming", endpoint.streams},
          {"pricing", std::move(pricing)}};
}

}  // namespace

const std::vector<Model>& Catalog() {
  static const auto& models = *new std::vector<Model>(BuildCatalog());
  return models;
}

const Model* FindModel(std::string_view id) {
  for (const Model& model : Catalog()) {
    if (model.id == id) return &model;
  }
  return nullptr;
}

const Capability* FindCapability(const Endpoint& endpoint, std::string_view parameter) {
  for (const auto& [name, capability] : endpoint.parameters) {
    if (name == parameter) return &capability;
  }
  return nullptr;
}

boost::json::object ModelsJson() {
  boost::json::array data;
  for (const Model& model : Catalog()) {
    if (model.retired) continue;
    const bool streams = std::any_of(model.endpoints.begin(), model.endpoints.end(),
                                     [](const Endpoint& e) { return e.streams; });
    data.push_back(boost::json::object{
        {"id", model.id},
        {"name", model.name},
        {"description", model.description},
        {"created", model.created},
        {"architecture", boost::json::object{{"input_modalities", Strings(model.input_modalities)},
                                             {"output_modalities", Strings(model.output_modalities)}}},
        {"supported_parameters", CapabilitiesJson(Union(model))},
        {"supports_streaming", streams},
        {"endpoints", "/api/v1/images/models/" + model.id + "/endpoints"}});
  }
  return {{"data", std::move(data)}};
}

boost::json::object EndpointsJson(const Model& model) {
  boost::json::array endpoints;
  for (const Endpoint& endpoint : model.endpoints) endpoints.push_back(EndpointJson(endpoint));
  return {{"id", model.id}, {"endpoints", std::move(endpoints)}};
}

}  // namespace openrouter_images::sandbox
