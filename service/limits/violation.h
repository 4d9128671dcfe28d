#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::limits {

// What is wrong with one field of a request or of the configuration.
struct FieldViolation {
  // Path from the outermost message, for instance "image.input_references[2].url".
  std::string field;
  // Continues a sentence that begins with the field: "must be 1 to 10". Never quotes a value.
  std::string description;
};

using Violations = std::vector<FieldViolation>;

// Limit of the violations that are reported; a request could have millions.
inline constexpr std::size_t kMaxViolations = 256;

// Appends one violation unless there are kMaxViolations. Since a path may hold names that the caller chose,
// it is cut to 128 bytes, and all but printable ASCII is escaped.
void AddViolation(std::string_view path, std::string_view description, Violations& violations);

}  // namespace openrouter_images::limits
