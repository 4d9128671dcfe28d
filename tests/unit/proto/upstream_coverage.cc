#include "tests/unit/proto/upstream_coverage.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "google/protobuf/struct.pb.h"
#include "openrouter_images/v1/limits.pb.h"

namespace openrouter_images::proto {
namespace {

namespace pb = google::protobuf;
using pb::Descriptor;
using Field = pb::FieldDescriptor;

// Properties that another field carries.
struct Rename {
  std::string_view message;
  std::string_view property;
  // "." when the properties inside belong to the message itself.
  std::string_view field;
  std::string_view reason;
};
constexpr std::array kRenames = {
    Rename{"InputReference", "image_url", ".", "one level of nesting less"},
    Rename{"GenerateImagesResponse", "data", "images", "says what it holds"},
    Rename{"GeneratedImage", "b64_json", "data", "bytes, never base64"},
    Rename{"ListImageModelsResponse", "data", "models", "says what it holds"},
    Rename{"ListImageModelEndpointsRequest", "author", "model", "author/slug is one name"},
    Rename{"ListImageModelEndpointsRequest", "slug", "model", "author/slug is one name"},
    Rename{"ImageChunk", "b64_json", "data", "bytes, never base64"},
    Rename{"UpstreamError", "error", ".", "one level of nesting less"},
    Rename{"UpstreamError", "type", "error_type", "the same thing under two names"},
};

// Properties without a field in their message: the reason says where their value is, or why it is nowhere.
struct NoField {
  std::string_view message;
  std::string_view property;
  std::string_view reason;
};
constexpr std::array kNoField = {
    NoField{"ImageSpec", "stream", "the method says it"},
    NoField{"InputReference", "type", "there is one type; the oneof names the source"},
    NoField{"GeneratedImage", "media_type", "is ImageInfo.upstream_media_type"},
    NoField{"EnumCapability", "type", "the oneof says it"},
    NoField{"RangeCapability", "type", "the oneof says it"},
    NoField{"BooleanCapability", "type", "the oneof says it"},
    NoField{"ImageChunk", "type", "the oneof says it"},
    NoField{"TextChunk", "type", "the oneof says it"},
    NoField{"GenerationCompleted", "type", "the oneof says it"},
    NoField{"GenerationCompleted", "b64_json", "goes ahead, in image_chunk events"},
    NoField{"GenerationCompleted", "media_type", "is ImageInfo.upstream_media_type, one per image"},
};

// Takes the object form of a property whose field of its name takes the text.
constexpr std::string_view kTextForm = "openrouter_images.v1.ProviderPreferences.sort";
constexpr std::string_view kObjectForm = "sort_config";

// The text field that keeps numbers too.
constexpr std::string_view kNumberOrWord = "openrouter_images.v1.UpstreamError.code";

template <typename Table>
auto Find(const Table& table, std::string_view message, std::string_view property) {
  const auto found = std::ranges::find_if(
      table, [&](const auto& row) { return row.message == message && row.property == property; });
  return found == table.end() ? nullptr : &*found;
}

// "a.b[].*<enum>" → "a", "b", "[]", "*", "<enum>"
std::vector<std::string> Steps(std::string_view path) {
  std::vector<std::string> steps(1);
  for (const char c : path) {
    if (c == '.' || c == '[' || c == '<') steps.emplace_back();
    if (c != '.') steps.back() += c;
  }
  return steps;
}

// Follows one path of the table through our messages.
class Place {
 public:
  explicit Place(const Descriptor* message) : message_(message) {}

  // False: the path ends here, at a fault or at something that carries whatever is inside.
  bool Follow(const std::string& step) {
    property_ = step;
    if (step == "[]") return FollowElement();
    if (step == "*") return FollowAnyKey();
    if (step[0] == '<') return FollowName(step.substr(1, step.size() - 2));
    return FollowName(step);
  }

  // Whether the field reached takes a value of this JSON type.
  void CheckType(const std::string& type) {
    if (field_ == nullptr || IsStruct()) return;
    const bool list = field_->is_repeated() && !field_->is_map() && !in_element_;
    const bool object =
        !list && (field_->cpp_type() == Field::CPPTYPE_MESSAGE || field_->full_name() == kTextForm);
    const bool text = !list && (field_->type() == Field::TYPE_STRING || field_->type() == Field::TYPE_BYTES);
    const bool base64 = field_->type() == Field::TYPE_BYTES;
    const bool integer =
        field_->cpp_type() == Field::CPPTYPE_INT64 || field_->cpp_type() == Field::CPPTYPE_INT32;
    const bool fits = (type == "array" && list) || (type == "object" && object) ||
                      (type == "string" && text && base64 == (property_ == "b64_json")) ||
                      (type == "integer" && (integer || field_->full_name() == kNumberOrWord)) ||
                      (type == "number" && field_->type() == Field::TYPE_DOUBLE) ||
                      (type == "boolean" && field_->type() == Field::TYPE_BOOL);
    if (!fits) fault_ = absl::StrCat(field_->full_name(), " takes no ", type);
  }

  void CheckRequired() {
    if (field_ == nullptr || field_->options().GetExtension(v1::limits).required()) return;
    fault_ = absl::StrCat(field_->full_name(), " is not required");
  }

  const std::string& fault() const { return fault_; }

 private:
  bool IsStruct() const { return field_ != nullptr && field_->message_type() == pb::Struct::descriptor(); }

  bool Fail(const std::string& fault) {
    fault_ = fault;
    return Stop();
  }
  bool Stop() {
    field_ = nullptr;
    return false;
  }

  bool FollowName(const std::string& name) {
    if (!EnterField()) return false;
    if (Find(kNoField, message_->name(), name) != nullptr) return Stop();
    const Rename* rename = Find(kRenames, message_->name(), name);
    in_element_ = false;
    field_ = nullptr;
    if (rename != nullptr && rename->field == ".") return true;
    field_ = message_->FindFieldByName(rename == nullptr ? name : std::string(rename->field));
    return field_ != nullptr || Fail(absl::StrCat(message_->name(), " has no field ", name));
  }

  bool FollowElement() {
    if (IsStruct()) return Stop();
    if (field_ == nullptr || !field_->is_repeated() || field_->is_map()) return Fail("is no list");
    in_element_ = true;
    return true;
  }

  bool FollowAnyKey() {
    if (IsStruct()) return Stop();
    if (field_ != nullptr && field_->is_map()) {
      field_ = field_->message_type()->map_value();
      return true;
    }
    if (!EnterField()) return false;
    if (message_->FindFieldByName("additional_fields") != nullptr) return Stop();
    return Fail(absl::StrCat(message_->name(), " has no additional_fields"));
  }

  // From a field to the message that it holds.
  bool EnterField() {
    if (field_ == nullptr) return true;
    if (IsStruct()) return Stop();
    if (field_->full_name() == kTextForm) field_ = message_->FindFieldByName(std::string(kObjectForm));
    if (field_->message_type() == nullptr || field_->is_map()) {
      return Fail(absl::StrCat(field_->full_name(), " holds no properties"));
    }
    message_ = field_->message_type();
    return true;
  }

  const Descriptor* message_;
  // Null: the message itself, or nothing more to check.
  const Field* field_ = nullptr;
  bool in_element_ = false;
  std::string property_;
  std::string fault_;
};

// What is wrong with a line "path types [required]"; empty when nothing is.
std::string Fault(const std::vector<std::string>& line, const Descriptor* message) {
  Place place(message);
  const std::vector<std::string> steps = Steps(line[0]);
  for (const std::string& step : steps) {
    if (!place.Follow(step)) return place.fault();
  }
  for (const std::string& type : std::vector<std::string>(absl::StrSplit(line[1], '|')))
    place.CheckType(type);
  // Inside an object that may be missing, rules of the service's own take the part of the option.
  if (line.size() > 2 && steps.size() == 1) place.CheckRequired();
  return place.fault();
}

}  // namespace

std::vector<std::string> FindUncovered(const std::string& table, const std::vector<Section>& sections) {
  std::vector<std::string> uncovered;
  std::string name;
  const Descriptor* message = nullptr;
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(table, '\n', absl::SkipEmpty()))) {
    if (text[0] == '#') continue;
    if (text[0] == '[') {
      name = text.substr(1, text.size() - 2);
      const auto section = std::ranges::find(sections, name, &Section::name);
      message = section == sections.end() ? nullptr : section->message;
      if (message == nullptr) uncovered.push_back(absl::StrCat(name, ": has no message"));
      continue;
    }
    if (message == nullptr) continue;
    const std::vector<std::string> line = absl::StrSplit(text, ' ');
    const std::string fault = Fault(line, message);
    if (!fault.empty()) uncovered.push_back(absl::StrCat(name, ": ", line[0], ": ", fault));
  }
  return uncovered;
}

}  // namespace openrouter_images::proto
