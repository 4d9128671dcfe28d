#include "client/cli/report/defect_text.h"

namespace openrouter_images::client::cli {

std::string_view DefectText(v1::ImageDefect defect) {
  switch (defect) {
    case v1::IMAGE_DEFECT_UNKNOWN_FORMAT:
      return "not in a known image format";
    case v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH:
      return "not the kind of image that the provider said";
    case v1::IMAGE_DEFECT_NOT_BASE64:
      return "not an image, but the text that the provider sent in its place";
    case v1::IMAGE_DEFECT_INVALID_BASE64:
      return "it may be damaged, since parts of it could not be read";
    case v1::IMAGE_DEFECT_INCOMPLETE:
      return "it ends too early";
    default:
      return "it may be damaged";
  }
}

bool IsDamage(v1::ImageDefect defect) {
  return defect != v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH;
}

}  // namespace openrouter_images::client::cli
