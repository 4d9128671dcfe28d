#pragma once

#include <boost/json/object.hpp>
#include <cstdint>

#include "service/sandbox/api/generation_request.h"

namespace openrouter_images::sandbox {

// What a generation used, and what that costs by the pricing lines of its endpoint. Costs are USD.
struct Usage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  double prompt_cost = 0;
  double completion_cost = 0;

  double cost() const { return prompt_cost + completion_cost; }
};

Usage UsageOf(const GenerationRequest& request);
boost::json::object UsageJson(const Usage& usage);

}  // namespace openrouter_images::sandbox
