#include "service/sandbox/api/catalog.h"

#include <algorithm>
#include <boost/json.hpp>

namespace openrouter::images::sandbox {
namespace {

const Values kTiers = {"1K", "2K", "4K"};
const Values kCommonRatios = {"1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"};
const Values kAllRatios = {"1:1",    "1:2",  "1:4",  "1:8",  "2:1",  "2:3",    "3:2",  "3:4",
                           "4:1",    "4:3",  "4:5",  "5:4",  "8:1",  "9:16",   "16:9", "9:19.5",
                           "19.5:9", "9:20", "20:9", "9:21", "21:9", "2.35:1", "5:2",  "auto"};
const Values kOpenAiRatios = {"1:1", "2:3", "3:2", "auto"};
const Values kRasterFormats = {"png", "jpeg", "webp"};
const Values kBackgrounds = {"auto", "transparent", "opaque"};

std::vector<Model> BuildCatalog() {
  std::vector<Model> models;
  models.push_back(
      {"sandbox/painter",
       "Sandbox: Painter",
       "Draws a landscape from the words of the prompt. Accepts every parameter, costs nothing real.",
       1785542400,
       {"text", "image"},
       {"image"},
       ImageFormat::kPng,
       "1K",
       4000,
       {{"Sandbox",
         "sandbox",
         "sandbox",
         {{"resolution", Values{"512", "1K", "2K", "4K"}},
          {"aspect_ratio", kAllRatios},
          {"quality", Values{"auto", "low", "medium", "high", "xhigh", "max"}},
          {"output_format", kRasterFormats},
          {"background", kBackgrounds},
          {"output_compression", Range{0, 100}},
          {"n", Range{1, 10}},
          {"input_references", Range{0, 16}},
          {"seed", Flag{}}},
         {"style", "steps"},
         true,
         {{"output_image", "image", 0.01}, {"input_reference", "image", 0.001}}}}});
  models.push_back(
      {"bytedance-seed/seedream-4.5",
       "ByteDance Seed: Seedream 4.5",
       "Text-to-image and editing with several references, strong at typography and consistent characters.",
       1764633600,
       {"text", "image"},
       {"image"},
       ImageFormat::kJpeg,
       "2K",
       4000,
       {{"Seed",
         "seed",
         "seed",
         {{"resolution", kTiers},
          {"aspect_ratio", kCommonRatios},
          {"n", Range{1, 10}},
          {"input_references", Range{0, 10}},
          {"seed", Flag{}},
          {"output_format", Values{"png", "jpeg"}}},
         {"watermark", "sequential_image_generation"},
         false,
         {{"output_image", "image", 0.04}}}}});
  models.push_back(
      {"google/gemini-2.5-flash-image",
       "Google: Gemini 2.5 Flash Image (Nano Banana)",
       "Fast generation and conversational editing with world knowledge.",
       1759363200,
       {"text", "image"},
       {"image", "text"},
       ImageFormat::kPng,
       "1K",
       1230,
       {{"Google AI Studio",
         "google-ai-studio",
         "google-ai-studio",
         {{"aspect_ratio", kCommonRatios}, {"input_references", Range{0, 3}}, {"seed", Flag{}}},
         {"safety_settings"},
         false,
         {{"input_text", "token", 3e-7}, {"input_image", "token", 3e-7}, {"output_image", "token", 3e-5}}},
        {"Google Vertex",
         "google-vertex",
         "google-vertex/global",
         {{"aspect_ratio", kCommonRatios}, {"input_references", Range{0, 3}}},
         {"safety_settings"},
         false,
         {{"input_text", "token", 3e-7}, {"input_image", "token", 3e-7}, {"output_image", "token", 3e-5}}}}});
  models.push_back({"google/gemini-3-pro-image-preview",
                    "Google: Gemini 3 Pro Image Preview (Nano Banana Pro)",
                    "Studio quality with accurate text, up to 4K.",
                    1763596800,
                    {"text", "image"},
                    {"image", "text"},
                    ImageFormat::kPng,
                    "1K",
                    1120,
                    {{"Google AI Studio",
                      "google-ai-studio",
                      "google-ai-studio",
                      {{"resolution", kTiers},
                       {"aspect_ratio", kCommonRatios},
                       {"input_references", Range{0, 14}},
                       {"seed", Flag{}}},
                      {},
                      false,
                      {{"input_text", "token", 2e-6},
                       {"input_image", "token", 2e-6},
                       {"output_image", "token", 1.2e-4}}}}});
  models.push_back(
      {"openai/gpt-image-1",
       "OpenAI: GPT Image 1",
       "Follows instructions closely; renders text and transparency.",
       1745366400,
       {"text", "image"},
       {"image"},
       ImageFormat::kPng,
       "1K",
       3967,
       {{"OpenAI",
         "openai",
         "openai",
         {{"aspect_ratio", kOpenAiRatios},
          {"quality", Values{"auto", "low", "medium", "high"}},
          {"background", kBackgrounds},
          {"output_format", kRasterFormats},
          {"output_compression", Range{0, 100}},
          {"n", Range{1, 10}},
          {"input_references", Range{0, 16}}},
         {"moderation", "input_fidelity"},
         true,
         {{"input_text", "token", 5e-6}, {"input_image", "token", 1e-5}, {"output_image", "token", 4e-5}}},
        {"Azure",
         "azure",
         std::nullopt,
         {{"aspect_ratio", kOpenAiRatios}, {"quality", Values{"low", "medium", "high"}}, {"n", Range{1, 10}}},
         {},
         false,
         {{"input_text", "token", 5e-6}, {"output_image", "token", 4e-5}}}}});
  models.push_back({"openai/gpt-image-1-mini",
                    "OpenAI: GPT Image 1 Mini",
                    "The small sibling, for drafts and high volume.",
                    1759708800,
                    {"text", "image"},
                    {"image"},
                    ImageFormat::kPng,
                    "1K",
                    1007,
                    {{"OpenAI",
                      "openai",
                      "openai",
                      {{"aspect_ratio", kOpenAiRatios},
                       {"quality", Values{"auto", "low", "medium", "high"}},
                       {"background", kBackgrounds},
                       {"output_format", kRasterFormats},
                       {"output_compression", Range{0, 100}},
                       {"n", Range{1, 10}},
                       {"input_references", Range{0, 16}}},
                      {"moderation"},
                      true,
                      {{"input_text", "token", 2e-6},
                       {"input_image", "token", 2.5e-6},
                       {"output_image", "token", 8e-6}}}}});
  models.push_back({"black-forest-labs/flux.2-pro",
                    "Black Forest Labs: FLUX.2 Pro",
                    "Photographic quality, priced by the megapixel.",
                    1764028800,
                    {"text", "image"},
                    {"image"},
                    ImageFormat::kJpeg,
                    "1K",
                    4000,
                    {{"Black Forest Labs",
                      "black-forest-labs",
                      "black-forest-labs",
                      {{"resolution", Values{"512", "1K", "2K"}},
                       {"aspect_ratio", kCommonRatios},
                       {"output_format", Values{"jpeg", "png"}},
                       {"input_references", Range{0, 8}},
                       {"seed", Flag{}}},
                      {"safety_tolerance", "prompt_upsampling"},
                      false,
                      {{"output_image", "megapixel", 0.03}, {"input_image", "megapixel", 0.015}}}}});
  models.push_back(
      {"black-forest-labs/flux.2-flex",
       "Black Forest Labs: FLUX.2 Flex",
       "Steps and guidance under your control.",
       1764028800,
       {"text", "image"},
       {"image"},
       ImageFormat::kJpeg,
       "1K",
       4000,
       {{"Black Forest Labs",
         "black-forest-labs",
         "black-forest-labs",
         {{"resolution", Values{"512", "1K", "2K"}},
          {"aspect_ratio", kCommonRatios},
          {"output_format", Values{"jpeg", "png"}},
          {"input_references", Range{0, 8}},
          {"seed", Flag{}}},
         {"guidance", "steps", "safety_tolerance"},
         false,
         {{"output_image", "megapixel", 0.06}, {"input_image", "megapixel", 0.06}}},
        {"Together",
         "together",
         "together/fp8",
         {{"resolution", Values{"512", "1K"}}, {"aspect_ratio", kCommonRatios}, {"seed", Flag{}}},
         {"guidance", "steps"},
         false,
         {{"output_image", "megapixel", 0.05}}}}});
  models.push_back({"recraft/recraft-v4",
                    "Recraft: Recraft V4",
                    "Design-minded raster images in many styles.",
                    1769904000,
                    {"text"},
                    {"image"},
                    ImageFormat::kWebp,
                    "1K",
                    4000,
                    {{"Recraft",
                      "recraft",
                      "recraft",
                      {{"aspect_ratio", kCommonRatios},
                       {"n", Range{1, 6}},
                       {"output_format", Values{"webp", "png"}},
                       {"background", kBackgrounds}},
                      {"style", "colors", "text_layout"},
                      false,
                      {{"output_image", "image", 0.04}}}}});
  models.push_back({"recraft/recraft-v4-vector",
                    "Recraft: Recraft V4 Vector",
                    "Editable vector art.",
                    1769904000,
                    {"text"},
                    {"image"},
                    ImageFormat::kSvg,
                    "1K",
                    4000,
                    {{"Recraft",
                      "recraft",
                      "recraft",
                      {{"aspect_ratio", kCommonRatios}, {"output_format", Values{"svg"}}},
                      {"style", "colors"},
                      false,
                      {{"output_image", "image", 0.08}}}}});
  models.push_back({"quiver/arrow-1",
                    "Quiver: Arrow 1",
                    "Writes SVG markup, from text or from an image.",
                    1772323200,
                    {"text", "image"},
                    {"image", "text"},
                    ImageFormat::kSvg,
                    "1K",
                    2500,
                    {{"Quiver",
                      "quiver",
                      "quiver",
                      {{"aspect_ratio", kCommonRatios},
                       {"output_format", Values{"svg"}},
                       {"input_references", Range{0, 4}}},
                      {"instructions"},
                      true,
                      {{"output_image", "request", 0.02}, {"input_text", "token", 1e-6}}}}});
  models.push_back({"sourceful/riverflow-v2-pro",
                    "Sourceful: Riverflow V2 Pro",
                    "Production assets with your own fonts.",
                    1770336000,
                    {"text", "image", "file"},
                    {"image"},
                    ImageFormat::kPng,
                    "1K",
                    4000,
                    {{"Sourceful",
                      "sourceful",
                      "sourceful",
                      {{"resolution", kTiers},
                       {"aspect_ratio", kCommonRatios},
                       {"input_references", Range{0, 10}},
                       {"output_format", Values{"png", "webp"}},
                       {"background", Values{"transparent", "opaque"}}},
                      {"font_inputs", "enhance_prompt"},
                      false,
                      {{"output_image", "image", 0.15, "1K"},
                       {"output_image", "image", 0.15, "2K"},
                       {"output_image", "image", 0.33, "4K"},
                       {"input_font", "image", 0.03},
                       {"input_reference", "image", 0.02}}}}});
  models.push_back({"x-ai/grok-imagine-image",
                    "xAI: Grok Imagine Image",
                    "Quick, vivid images.",
                    1769472000,
                    {"text", "image"},
                    {"image"},
                    ImageFormat::kJpeg,
                    "1K",
                    4000,
                    {{"xAI",
                      "xai",
                      "xai",
                      {{"resolution", Values{"1K", "2K"}},
                       {"aspect_ratio", kAllRatios},
                       {"n", Range{1, 10}},
                       {"input_references", Range{0, 3}}},
                      {},
                      false,
                      {{"output_image", "image", 0.02}, {"input_image", "image", 0.002}}}}});
  models.push_back(
      {"tencent/hunyuan-image-3",
       "Tencent: Hunyuan Image 3",
       "An open model with long prompts.",
       1759017600,
       {"text"},
       {"image"},
       ImageFormat::kPng,
       "1K",
       4000,
       {{"Tencent",
         "tencent",
         "tencent",
         {{"aspect_ratio", kCommonRatios}, {"quality", Values{"medium", "high"}}, {"seed", Flag{}}},
         {"steps"},
         false,
         {{"output_image", "request", 0.03, "medium"}, {"output_image", "request", 0.05, "high"}}}}});
  Model retired;
  retired.id = "openai/dall-e-3";
  retired.name = "OpenAI: DALL-E 3";
  retired.retired = true;
  models.push_back(std::move(retired));
  return models;
}

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

}  // namespace openrouter::images::sandbox
