#include "service/limits/wire_scan.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "service/limits/field_path.h"
#include "service/limits/struct_check.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;
using Wire = pb::internal::WireFormatLite;

constexpr std::size_t kMaxUnknownFields = 16;

// Whether a field may be encoded this way. If not, a parser treats it as unknown.
bool Fits(const Field& field, Wire::WireType encoding) {
  const auto type = static_cast<Wire::FieldType>(field.type());
  return encoding == Wire::WireTypeForFieldType(type) ||
         (field.is_packable() && encoding == Wire::WIRETYPE_LENGTH_DELIMITED);
}

// Whether paths go on inside the message that `field` holds. Those of Structs and maps end: their next step
// is a name that may come after the value.
bool HasPath(const Field& field) {
  return !field.is_map() && field.message_type()->file()->package() != "google.protobuf";
}

class Scanner {
 public:
  Scanner(pb::io::ZeroCopyInputStream& bytes, WireScan& found) : input_(&bytes), found_(found) {}

  // Reads the fields of one message, at `path` or somewhere inside it. False: stop.
  bool ReadFields(const pb::Descriptor& type, const FieldPath& path, int depth) {
    std::map<const Field*, int> entries;
    while (const std::uint32_t tag = input_.ReadTag()) {
      const int number = Wire::GetTagFieldNumber(tag);
      const Field* field = type.FindFieldByNumber(number);
      const bool known = field != nullptr && Fits(*field, Wire::GetTagWireType(tag));
      if (!known) AddUnknown(path, number);
      if (!Count(path_ended_ || !known ? path : path.Field(field->name()))) return false;
      if (!known || field->type() != Field::TYPE_MESSAGE) {
        if (!Skip(tag, path, depth + 1)) return false;
      } else if (path_ended_) {
        if (!ReadMessage(*field->message_type(), path, depth + 1)) return false;
      } else if (!ReadField(*field, entries[field]++, path, depth + 1)) {
        return false;
      }
    }
    return input_.ConsumedEntireMessage();
  }

 private:
  bool Count(const FieldPath& path) {
    return ++fields_ <= kMaxWireFields ||
           Exceed(path, absl::StrCat("is one of more than ", kMaxWireFields, " fields"));
  }

  // Passes over the value of a field. The fields in a group count like those of a message.
  bool Skip(std::uint32_t tag, const FieldPath& path, int depth) {
    if (Wire::GetTagWireType(tag) != Wire::WIRETYPE_START_GROUP) return Wire::SkipField(&input_, tag);
    if (depth > kMaxWireDepth) return ExceedDepth(path);
    while (const std::uint32_t inner = input_.ReadTag()) {
      if (Wire::GetTagWireType(inner) == Wire::WIRETYPE_END_GROUP) {
        return Wire::GetTagFieldNumber(inner) == Wire::GetTagFieldNumber(tag);
      }
      if (!Count(path) || !Skip(inner, path, depth + 1)) return false;
    }
    return false;
  }

  bool ReadField(const Field& field, int index, const FieldPath& path, int depth) {
    const FieldPath at = path.Field(field.name());
    path_ended_ = !HasPath(field);
    const bool whole =
        ReadMessage(*field.message_type(), field.is_repeated() && !path_ended_ ? at.Index(index) : at, depth);
    path_ended_ = false;
    return whole;
  }

  bool ReadMessage(const pb::Descriptor& type, const FieldPath& path, int depth) {
    if (depth > kMaxWireDepth) return ExceedDepth(path);
    int size = 0;
    if (!input_.ReadVarintSizeAsInt(&size)) return false;
    const auto limit = input_.PushLimit(size);
    if (!ReadFields(type, path, depth)) return false;
    input_.PopLimit(limit);
    return true;
  }

  bool Exceed(const FieldPath& path, const std::string& description) {
    AddViolation(path.ToString(), description, found_.excess);
    return false;
  }

  bool ExceedDepth(const FieldPath& path) {
    return Exceed(path, absl::StrCat("is nested deeper than ", kMaxStructDepth, " levels"));
  }

  void AddUnknown(const FieldPath& path, int number) {
    Violations& unknown = found_.unknown_fields;
    if (unknown.size() >= kMaxUnknownFields) return;
    const std::string field = path.Field(absl::StrCat(number)).ToString();
    if (std::ranges::find(unknown, field, &FieldViolation::field) != unknown.end()) return;
    AddViolation(field, absl::StrCat("is field number ", number, ", which this service does not know"),
                 unknown);
  }

  pb::io::CodedInputStream input_;
  WireScan& found_;
  int fields_ = 0;
  bool path_ended_ = false;
};

}  // namespace

WireScan ScanWire(pb::io::ZeroCopyInputStream& bytes, const pb::Descriptor& type) {
  WireScan found;
  found.complete = Scanner(bytes, found).ReadFields(type, FieldPath(""), 0);
  return found;
}

}  // namespace openrouter_images::limits
