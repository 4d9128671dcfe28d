#include "service/limits/field_path.h"

#include <absl/strings/str_cat.h>

namespace openrouter_images::limits {

std::string FieldPath::ToString() const {
  std::string text = parent_ == nullptr ? std::string() : parent_->ToString();
  switch (kind_) {
    case Kind::kField:
      if (!text.empty()) text += '.';
      [[fallthrough]];
    case Kind::kRoot:
      return text.append(text_);
    case Kind::kIndex:
      return absl::StrCat(text, "[", index_, "]");
    case Kind::kKey:
      return text.append("[").append(text_).append("]");
  }
  return text;
}

std::string FieldPath::First() const {
  const bool below_empty_root = parent_ != nullptr && parent_->parent_ == nullptr && parent_->text_.empty();
  return parent_ == nullptr || below_empty_root ? ToString() : parent_->First();
}

}  // namespace openrouter_images::limits
