#include "service/sandbox/api/pricing.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

namespace openrouter_images::sandbox {
namespace {

constexpr std::int64_t kTokensPerReference = 258;

double QualityFactor(std::string_view quality) {
  if (quality == "low") return 0.25;
  if (quality == "high") return 1.5;
  if (quality == "xhigh") return 2;
  if (quality == "max") return 3;
  return 1;
}

struct Quantities {
  double images, megapixels, tokens;
};

double QuantityOf(const Quantities& quantities, std::string_view unit) {
  if (unit == "image") return quantities.images;
  if (unit == "megapixel") return quantities.megapixels;
  if (unit == "token") return quantities.tokens;
  return quantities.images > 0 ? 1 : 0;
}

// For one billable, the lines without a variant always apply, and of the others the one that fits the image,
// else the first.
double CostOf(const GenerationRequest& request, std::string_view billable, const Quantities& quantities) {
  double cost = 0;
  const Price* variant = nullptr;
  bool fits = false;
  for (const Price& price : request.endpoint->pricing) {
    if (price.billable != billable) continue;
    if (price.variant.empty()) {
      cost += price.cost_usd * QuantityOf(quantities, price.unit);
      continue;
    }
    const bool exact = price.variant == request.resolution || price.variant == request.quality;
    if (variant == nullptr || (exact && !fits)) variant = &price;
    fits = fits || exact;
  }
  if (variant != nullptr) cost += variant->cost_usd * QuantityOf(quantities, variant->unit);
  return cost;
}

}  // namespace

Usage UsageOf(const GenerationRequest& request) {
  const double megapixels = static_cast<double>(request.size.width) * request.size.height / 1e6 * request.n;
  const double references = static_cast<double>(request.references.size());
  const auto text_tokens = static_cast<std::int64_t>((request.prompt.size() + 3) / 4);
  const auto reference_tokens = kTokensPerReference * static_cast<std::int64_t>(request.references.size());
  Usage usage;
  usage.prompt_tokens = text_tokens + reference_tokens;
  usage.completion_tokens =
      std::llround(megapixels * request.model->tokens_per_megapixel * QualityFactor(request.quality));
  usage.completion_cost =
      CostOf(request, "output_image",
             {static_cast<double>(request.n), megapixels, static_cast<double>(usage.completion_tokens)});
  const Quantities text{1, 0, static_cast<double>(text_tokens)};
  // A provider scales references to a megapixel before it reads them.
  const Quantities images{references, references, static_cast<double>(reference_tokens)};
  const Quantities fonts{static_cast<double>(request.fonts), 0, 0};
  usage.prompt_cost = CostOf(request, "input_text", text) + CostOf(request, "input_image", images) +
                      CostOf(request, "input_reference", images) + CostOf(request, "input_font", fonts);
  return usage;
}

boost::json::object UsageJson(const Usage& usage) {
  return {
      {"prompt_tokens", usage.prompt_tokens},
      {"completion_tokens", usage.completion_tokens},
      {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
      {"cost", usage.cost()},
      {"is_byok", false},
      {"prompt_tokens_details", boost::json::object{{"cached_tokens", 0}, {"audio_tokens", 0}}},
      {"cost_details", boost::json::object{{"upstream_inference_cost", nullptr},
                                           {"upstream_inference_prompt_cost", usage.prompt_cost},
                                           {"upstream_inference_completions_cost", usage.completion_cost}}},
      {"completion_tokens_details",
       boost::json::object{{"reasoning_tokens", 0}, {"image_tokens", usage.completion_tokens}}}};
}

}  // namespace openrouter_images::sandbox
