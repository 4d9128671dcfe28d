#pragma once

#include <string>
#include <string_view>

namespace openrouter_images::limits {

// The path of a field, such as "image.input_references[2].url". Each step points to its parent, on the stack
// of a walk, so a path costs nothing until ToString.
class FieldPath {
 public:
  // The start of the path; may be empty. `root`, all names and all parents must outlive the path.
  explicit FieldPath(std::string_view root) : text_(root) {}

  FieldPath Field(std::string_view name) const { return {this, Kind::kField, name, 0}; }
  // A member of a Struct, written like a field. Keeps the first 128 bytes of the name.
  FieldPath Member(std::string_view name) const { return Field(name.substr(0, 128)); }
  FieldPath Index(int index) const { return {this, Kind::kIndex, {}, index}; }
  // Keeps the first 128 bytes of the key.
  FieldPath Key(std::string_view key) const { return {this, Kind::kKey, key.substr(0, 128), 0}; }

  std::string ToString() const;

  // The path's first part: the root, or the outermost field when the root is empty.
  std::string First() const;

 private:
  enum class Kind { kRoot, kField, kIndex, kKey };

  FieldPath(const FieldPath* parent, Kind kind, std::string_view text, int index)
      : parent_(parent), kind_(kind), text_(text), index_(index) {}

  const FieldPath* parent_ = nullptr;
  Kind kind_ = Kind::kRoot;
  std::string_view text_;
  int index_ = 0;
};

}  // namespace openrouter_images::limits
