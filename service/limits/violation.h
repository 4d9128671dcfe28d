#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openrouter::images::limits {

// What is wrong with one field of a request or of the configuration.
struct FieldViolation {
  // Path from the outermost message, for instance "image.input_references[2].url".
  std::string field;
  // Continues a sentence that begins with the field: "must be 1 to 10". Never quotes a value.
  std::string description;
};

using Violations = std::vector<FieldViolation>;

// As many are reported at most: a request could hold millions.
inline constexpr std::size_t kMaxViolations = 256;

// Appends one violation unless there are kMaxViolations. A path may hold names that the caller chose: it is
// cut to 128 bytes, and what is not printable ASCII is escaped.
void AddViolation(std::string_view path, std::string_view description, Violations& violations);

}  // namespace openrouter::images::limits
