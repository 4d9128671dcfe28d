#include "service/upstream/reply/file_info.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "service/json/get.h"
#include "service/upstream/codec/media_type.h"
#include "service/upstream/reply/own_fields.h"
#include "service/upstream/reply/reply_keys.h"

namespace openrouter_images::upstream {
namespace {

// A message has at most 1 MiB; the rest is for the file's bytes.
constexpr std::size_t kMaxPreviewFields = 512 * 1024;

std::string_view ReportedType(const boost::json::object& fields) {
  const std::string_view reported = json::GetString(fields, kMediaTypeKey).value_or("");
  return reported.size() <= kMaxMediaType ? reported : std::string_view();
}

// The fields without those that are known by other means.
boost::json::object Others(const boost::json::object& fields) {
  boost::json::object others = fields;
  if (const auto* image = others.find(kImageKey); image != others.end() && image->value().is_null()) {
    others.erase(image);
  }
  return others;
}

// Adds to `defects` of an ImageInfo or ImageChunk.
template <typename Message>
void AddDefects(const FileInfo& file, MediaTypeDoubt doubt, Message& message) {
  if (file.size_bytes > 0) {
    if (doubt == MediaTypeDoubt::kUnknownFormat) message.add_defects(v1::IMAGE_DEFECT_UNKNOWN_FORMAT);
    if (doubt == MediaTypeDoubt::kMismatch) message.add_defects(v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH);
  }
  if (file.fault == Base64Fault::kNotBase64) message.add_defects(v1::IMAGE_DEFECT_NOT_BASE64);
  if (file.fault == Base64Fault::kSkipped) message.add_defects(v1::IMAGE_DEFECT_INVALID_BASE64);
  if (!file.is_whole || file.size_bytes == 0) message.add_defects(v1::IMAGE_DEFECT_INCOMPLETE);
}

}  // namespace

v1::ImageInfo ReadImageInfo(const FileInfo& file, const boost::json::object& fields) {
  v1::ImageInfo info;
  const std::string_view reported = ReportedType(fields);
  boost::json::object others = Others(fields);
  if (!reported.empty()) others.erase(kMediaTypeKey);
  ReadOwnFields(others, {kCreatedKey, kUsageKey}, info);
  ImageType type = ImageMediaType(file.head, reported);
  info.set_media_type(std::move(type.media_type));
  info.set_upstream_media_type(std::string(reported));
  info.set_size_bytes(file.size_bytes);
  info.set_sha256(file.sha256);
  AddDefects(file, type.doubt, info);
  return info;
}

void ReadPreviewInfo(const FileInfo& file, const boost::json::object& fields, v1::ImageChunk& last) {
  ReadOwnFields(Others(fields), {"partial_image_index"}, last);
  if (last.additional_fields().ByteSizeLong() > kMaxPreviewFields) {
    last.clear_additional_fields();
    last.set_additional_fields_dropped(true);
  }
  AddDefects(file, ImageMediaType(file.head, ReportedType(fields)).doubt, last);
}

std::string FirstMediaType(const std::string& head, const std::string& reported) {
  return ImageMediaType(head, reported).media_type;
}

}  // namespace openrouter_images::upstream
