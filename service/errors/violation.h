#pragma once

#include <string>
#include <vector>

namespace openrouter::images::errors {

// What is wrong with one field of a request.
struct FieldViolation {
  // Path from the request message, for instance "image.input_references[2].url".
  std::string field;
  std::string description;
};

using Violations = std::vector<FieldViolation>;

}  // namespace openrouter::images::errors
