#include "service/limits/check.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "openrouter_images/v1/limits.pb.h"
#include "service/limits/field_path.h"
#include "service/limits/struct_check.h"
#include "service/limits/text.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;
using v1::FieldLimits;

// Outside every range; used for values that are not numbers.
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool HasRange(const FieldLimits& limits) {
  return limits.has_min() || limits.has_above() || limits.has_max();
}

// Written so that NaN is out of range.
bool InRange(double number, const FieldLimits& limits) {
  return (!limits.has_min() || number >= limits.min()) && (!limits.has_above() || number > limits.above()) &&
         (!limits.has_max() || number <= limits.max());
}

std::string FormatNumber(double number) {
  return absl::StrCat(number);
}

std::string FormatSeconds(double seconds) {
  constexpr int kHour = 3600;
  if (seconds == 0) return "zero";
  const auto whole = static_cast<std::int64_t>(seconds);
  if (static_cast<double>(whole) == seconds && whole % kHour == 0) return absl::StrCat(whole / kHour, " h");
  return absl::StrCat(seconds, " s");
}

// "must be 1 to 10", "must be above zero and at most 1 h".
std::string RangeViolation(const FieldLimits& limits, std::string (*format)(double)) {
  if (limits.has_min() && limits.has_max()) {
    return absl::StrCat("must be ", format(limits.min()), " to ", format(limits.max()));
  }
  std::string lower;
  if (limits.has_min()) lower = absl::StrCat("at least ", format(limits.min()));
  if (limits.has_above()) lower = absl::StrCat("above ", format(limits.above()));
  const std::string upper = limits.has_max() ? absl::StrCat("at most ", format(limits.max())) : "";
  return absl::StrCat("must be ", lower, lower.empty() || upper.empty() ? "" : " and ", upper);
}

// NaN for a Duration that breaks its own rules: both parts have the same sign, and the nanoseconds stay below
// a second.
double Seconds(const pb::Duration& duration) {
  constexpr int kSecond = 1'000'000'000;
  const bool mixed =
      (duration.seconds() > 0 && duration.nanos() < 0) || (duration.seconds() < 0 && duration.nanos() > 0);
  if (mixed || std::abs(duration.nanos()) >= kSecond) return kNaN;
  return static_cast<double>(duration.seconds()) + static_cast<double>(duration.nanos()) / kSecond;
}

// "must be STRATEGY_BACKOFF or STRATEGY_NONE": zero, which means "not set", is left out.
std::string MustBeDefined(const pb::EnumDescriptor& type) {
  std::string text = "must be ";
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    if (text.back() != ' ') text += " or ";
    text += type.value(i)->name();
  }
  return text;
}

class Walk {
 public:
  explicit Walk(Violations& violations) : violations_(violations), structs_(violations) {}

  void CheckMessage(const pb::Message& message, const FieldPath& path) {
    const pb::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const Field& field = *type.field(i);
      CheckField(message, field, field.options().GetExtension(v1::limits), path.Field(field.name()));
    }
  }

  bool bounded() const { return bounded_ && structs_.bounded(); }

 private:
  void CheckField(const pb::Message& message, const Field& field, const FieldLimits& limits,
                  const FieldPath& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    if (field.is_map()) return CheckMap(message, field, limits, path);
    if (field.is_repeated()) {
      const int size = reflection.FieldSize(message, &field);
      if (!CheckEntries(size, limits, path)) return;
      for (int i = 0; i < size; ++i) CheckEntry(message, field, i, limits, path.Index(i));
      return;
    }
    if (reflection.HasField(message, &field)) return CheckSingle(message, field, limits, path);
    if (limits.required()) CheckMissing(message, field, path);
  }

  // For a missing message that is required, reports the fields that it requires instead of the message.
  void CheckMissing(const pb::Message& message, const Field& field, const FieldPath& path) {
    const std::size_t before = violations_.size();
    if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
      CheckMessage(message.GetReflection()->GetMessage(message, &field), path);
    }
    if (violations_.size() == before) Add(path, "is required");
  }

  void CheckSingle(const pb::Message& message, const Field& field, const FieldLimits& limits,
                   const FieldPath& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    std::string scratch;
    switch (field.cpp_type()) {
      case Field::CPPTYPE_STRING:
        return CheckText(reflection.GetStringReference(message, &field, &scratch), field, limits, path);
      case Field::CPPTYPE_INT32:
        return CheckNumber(reflection.GetInt32(message, &field), limits, path);
      case Field::CPPTYPE_INT64:
        return CheckNumber(static_cast<double>(reflection.GetInt64(message, &field)), limits, path);
      case Field::CPPTYPE_DOUBLE:
        return CheckNumber(reflection.GetDouble(message, &field), limits, path);
      case Field::CPPTYPE_ENUM:
        if (field.enum_type()->FindValueByNumber(reflection.GetEnumValue(message, &field)) == nullptr) {
          Add(path, MustBeDefined(*field.enum_type()));
        }
        return;
      case Field::CPPTYPE_MESSAGE:
        return CheckSubmessage(reflection.GetMessage(message, &field), limits, path);
      default:
        return;
    }
  }

  // Lists hold strings or messages; other types have no limits.
  void CheckEntry(const pb::Message& message, const Field& field, int index, const FieldLimits& limits,
                  const FieldPath& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    std::string scratch;
    if (field.cpp_type() == Field::CPPTYPE_STRING) {
      CheckText(reflection.GetRepeatedStringReference(message, &field, index, &scratch), field, limits, path);
    } else if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
      CheckSubmessage(reflection.GetRepeatedMessage(message, &field, index), limits, path);
    }
  }

  // In the order of the keys, so that violations have a stable order.
  void CheckMap(const pb::Message& message, const Field& field, const FieldLimits& limits,
                const FieldPath& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (!CheckEntries(size, limits, path)) return;
    const Field& key_field = *field.message_type()->map_key();
    const Field& value_field = *field.message_type()->map_value();
    if (key_field.cpp_type() != Field::CPPTYPE_STRING) return;
    std::vector<std::pair<std::string, const pb::Message*>> entries;
    std::size_t bytes = 0;
    for (int i = 0; i < size; ++i) {
      const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      entries.emplace_back(entry.GetReflection()->GetString(entry, &key_field), &entry);
      bytes += entries.back().first.size();
      if (value_field.cpp_type() == Field::CPPTYPE_STRING) {
        std::string scratch;
        bytes += entry.GetReflection()->GetStringReference(entry, &value_field, &scratch).size();
      }
    }
    if (limits.max_total_bytes() > 0 && bytes > limits.max_total_bytes()) {
      Exceed(path, absl::StrCat("takes ", bytes, " bytes; at most ", limits.max_total_bytes()));
      return;
    }
    std::ranges::sort(entries);
    for (const auto& [key, entry] : entries) {
      const FieldPath at = path.Key(key);
      if (IsGoodKey(key, limits, at)) CheckSingle(*entry, value_field, limits, at);
    }
  }

  // An entry with an invalid key has one violation, whatever its value.
  bool IsGoodKey(std::string_view key, const FieldLimits& limits, const FieldPath& path) {
    const std::string violation = TextViolation(key, limits.keys());
    Add(path, violation);
    return violation.empty();
  }

  void CheckSubmessage(const pb::Message& message, const FieldLimits& limits, const FieldPath& path) {
    if (message.GetDescriptor() == pb::Duration::descriptor()) {
      const double seconds = Seconds(static_cast<const pb::Duration&>(message));
      if (HasRange(limits) && !InRange(seconds, limits)) Add(path, RangeViolation(limits, FormatSeconds));
    } else if (message.GetDescriptor() == pb::Struct::descriptor()) {
      structs_.Check(static_cast<const pb::Struct&>(message), path);
    } else {
      CheckMessage(message, path);
    }
  }

  void CheckText(const std::string& text, const Field& field, const FieldLimits& limits,
                 const FieldPath& path) {
    if (field.type() == Field::TYPE_STRING) return Add(path, TextViolation(text, limits));
    if (text.empty() && limits.required()) Add(path, "is required");
  }

  void CheckNumber(double number, const FieldLimits& limits, const FieldPath& path) {
    if (!InRange(number, limits)) Add(path, RangeViolation(limits, FormatNumber));
  }

  bool CheckEntries(int size, const FieldLimits& limits, const FieldPath& path) {
    if (limits.max_entries() == 0 || static_cast<std::size_t>(size) <= limits.max_entries()) return true;
    Exceed(path, absl::StrCat("has ", size, " entries; at most ", limits.max_entries()));
    return false;
  }

  void Exceed(const FieldPath& path, std::string_view description) {
    bounded_ = false;
    Add(path, description);
  }

  // Does nothing for an empty description.
  void Add(const FieldPath& path, std::string_view description) {
    if (description.empty() || violations_.size() >= kMaxViolations) return;
    AddViolation(path.ToString(), description, violations_);
  }

  Violations& violations_;
  StructCheck structs_;
  bool bounded_ = true;
};

}  // namespace

bool Check(const pb::Message& message, std::string_view path, Violations& violations) {
  Walk walk(violations);
  walk.CheckMessage(message, FieldPath(path));
  return walk.bounded();
}

}  // namespace openrouter_images::limits
