#include "service/upstream/codec/media_type.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace openrouter_images::upstream {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view start;
  std::string_view media_type;
};

constexpr std::array kSignatures = {
    Signature{"\x89PNG\r\n\x1A\n", "image/png"},
    Signature{"\xFF\xD8\xFF", "image/jpeg"},
    Signature{"GIF87a", "image/gif"},
    Signature{"GIF89a", "image/gif"},
    Signature{"II*\0"sv, "image/tiff"},
    Signature{"MM\0*"sv, "image/tiff"},
    Signature{"II+\0"sv, "image/tiff"},
    Signature{"MM\0+"sv, "image/tiff"},
};

bool IsWebp(std::string_view bytes) {
  return bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP");
}

// Checks the size of the second header too, since "BM" alone may begin a text.
bool IsBmp(std::string_view bytes) {
  if (!bytes.starts_with("BM") || bytes.size() < 18) return false;
  const std::string_view high = bytes.substr(15, 3);
  constexpr std::string_view kHeaderSizes = "\x0C\x28\x34\x38\x40\x6C\x7C";
  return high == "\0\0\0"sv && kHeaderSizes.find(bytes[14]) != std::string_view::npos;
}

// ISO base media file: a box "ftyp" of a 32-bit size, with the major brand, a version and the compatible
// brands.
std::string_view ByBrand(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp") return {};
  const auto octet = [bytes](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::uint32_t size = octet(0) << 24 | octet(1) << 16 | octet(2) << 8 | octet(3);
  const std::string_view box = bytes.substr(0, size);
  bool heif = false;
  for (std::size_t at = 8; at + 4 <= box.size(); at += at == 8 ? 8 : 4) {
    const std::string_view brand = box.substr(at, 4);
    if (brand == "avif" || brand == "avis") return "image/avif";
    if (brand == "heic" || brand == "heix" || brand == "heim" || brand == "heis" || brand == "hevc" ||
        brand == "hevx") {
      return "image/heic";
    }
    heif = heif || brand == "mif1" || brand == "msf1";
  }
  return heif ? "image/heif"sv : std::string_view();
}

// Signs that they may contain, and the slash between them.
constexpr std::string_view kMediaTypeSigns = "!#$&-^_.+/";

constexpr std::string_view kOctets = "application/octet-stream";

constexpr std::string_view kWhitespace = " \t\r\n";

void SkipWhitespace(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kWhitespace), text.size()));
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

// Consumes a construct that begins with `open`, to the end of the first `close`.
bool Skip(std::string_view open, std::string_view close, std::string_view& text) {
  if (!text.starts_with(open)) return false;
  const std::size_t end = text.find(close, open.size());
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + close.size());
  return true;
}

bool IsSvg(std::string_view bytes) {
  std::string_view text = WithoutByteOrderMark(bytes);
  for (;;) {
    SkipWhitespace(text);
    if (Skip("<?", "?>", text) || Skip("<!--", "-->", text)) continue;
    if (!text.starts_with("<!DOCTYPE")) break;
    // A document type may hold declarations of its own, in brackets.
    const std::size_t bracket = text.find_first_of("[>");
    const bool has_declarations = bracket != std::string_view::npos && text[bracket] == '[';
    Skip("<!DOCTYPE", has_declarations ? "]" : ">", text);
    if (has_declarations) Skip("", ">", text);
  }
  // The root may carry a namespace prefix, mostly "svg:".
  if (!text.starts_with('<')) return false;
  text.remove_prefix(1);
  if (text.starts_with("svg:")) text.remove_prefix(4);
  if (!text.starts_with("svg") || text.size() == 3) return false;
  return kWhitespace.find(text[3]) != std::string_view::npos || text[3] == '>' || text[3] == '/';
}

// "Image/JPG; q=1" → "image/jpeg". Empty when it is not a media type.
std::string Canonical(std::string_view declared) {
  std::string type(declared.substr(0, declared.find(';')));
  absl::StripAsciiWhitespace(&type);
  absl::AsciiStrToLower(&type);
  const std::size_t slash = type.find('/');
  const bool is_token = std::ranges::all_of(
      type, [](char c) { return absl::ascii_isalnum(c) || kMediaTypeSigns.find(c) != kMediaTypeSigns.npos; });
  const bool has_form =
      slash != type.npos && slash > 0 && slash + 1 < type.size() && slash == type.rfind('/');
  if (!is_token || !has_form || type.size() > kMaxMediaType) return {};
  return type == "image/jpg" ? "image/jpeg" : type;
}

constexpr std::array kKnownTypes = {"image/png"sv,  "image/jpeg"sv,   "image/webp"sv, "image/gif"sv,
                                    "image/avif"sv, "image/heic"sv,   "image/heif"sv, "image/bmp"sv,
                                    "image/tiff"sv, "image/svg+xml"sv};

// Whether the bytes may be an SVG whose root element comes after them.
bool MayBecomeSvg(std::string_view first_bytes) {
  std::string_view text = WithoutByteOrderMark(first_bytes);
  SkipWhitespace(text);
  return text.starts_with('<');
}

}  // namespace

std::string_view MediaTypeBySignature(std::string_view first_bytes) {
  for (const Signature& signature : kSignatures) {
    if (first_bytes.starts_with(signature.start)) return signature.media_type;
  }
  if (IsWebp(first_bytes)) return "image/webp";
  if (IsBmp(first_bytes)) return "image/bmp";
  if (const std::string_view type = ByBrand(first_bytes); !type.empty()) return type;
  if (IsSvg(first_bytes)) return "image/svg+xml";
  return {};
}

ImageType ImageMediaType(std::string_view first_bytes, std::string_view declared) {
  std::string claim = Canonical(declared);
  if (claim == kOctets) claim.clear();
  const bool claim_is_known = std::ranges::find(kKnownTypes, claim) != kKnownTypes.end();
  if (const std::string_view type = MediaTypeBySignature(first_bytes); !type.empty()) {
    // HEIC is a kind of HEIF.
    const bool agrees = claim.empty() || claim == type || (claim == "image/heif" && type == "image/heic");
    return {std::string(type), agrees ? MediaTypeDoubt::kNone : MediaTypeDoubt::kMismatch};
  }
  if (claim.empty()) return {std::string(kOctets), MediaTypeDoubt::kUnknownFormat};
  const bool is_believed =
      claim_is_known ? claim == "image/svg+xml" && MayBecomeSvg(first_bytes) : claim.starts_with("image/");
  return {std::move(claim), is_believed ? MediaTypeDoubt::kNone : MediaTypeDoubt::kUnknownFormat};
}

}  // namespace openrouter_images::upstream
