#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/codec/base64_decoder.h"

namespace openrouter_images::upstream {

// What the bytes of an image, or of a preview, say of it.
struct FileInfo {
  // First bytes, enough to tell the type. Empty for a file without bytes.
  std::string head;
  std::int64_t size_bytes = 0;
  // 32 bytes; empty where images are not delivered as they come.
  std::string sha256;
  Base64Fault fault = Base64Fault::kNone;
  // Its base64 came to its end.
  bool is_whole = false;
  // It was cut off, since it is larger than the service takes.
  bool is_too_large = false;
};

// The one reader of what is known of an image: from its bytes, and from the upstream's fields beside it,
// whether they are an item of a buffered reply or a completed event of a stream without its type. What
// ImageInfo has no field for goes into additional_fields.
v1::ImageInfo ReadImageInfo(const FileInfo& file, const boost::json::object& fields);

// Fills in the last chunk of a preview: its defects, and the fields of the event, without its type.
void ReadPreviewInfo(const FileInfo& file, const boost::json::object& fields, v1::ImageChunk& last);

// ImageChunk.media_type: by the signature of `head`, else `reported` by the upstream so far.
std::string FirstMediaType(const std::string& head, const std::string& reported);

}  // namespace openrouter_images::upstream
