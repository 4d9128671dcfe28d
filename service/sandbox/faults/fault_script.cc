#include "service/sandbox/faults/fault_script.h"

#include <absl/status/status.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <boost/json.hpp>
#include <initializer_list>
#include <utility>

namespace openrouter_images::sandbox {
namespace {

constexpr std::size_t kLargestCount = std::size_t{1} << 31;
constexpr std::size_t kDeepest = 100'000'000;

using Value = std::string_view;

bool ParseCount(Value text, std::size_t& out, std::size_t most = kLargestCount) {
  std::uint64_t value = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value) || value > most) return false;
  out = value;
  return true;
}

bool ParseInt(Value text, int& out, int least, int most) {
  int value = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value) || value < least || value > most)
    return false;
  out = value;
  return true;
}

bool ParseOptionalCount(Value text, std::optional<std::size_t>& out) {
  std::size_t value = 0;
  return ParseCount(text, value) && (out = value, true);
}

bool ParseOptionalInt(Value text, std::optional<int>& out, int most = 1000000) {
  int value = 0;
  return ParseInt(text, value, 0, most) && (out = value, true);
}

bool ParseYesNo(Value text, bool& out) {
  out = text == "yes" || text == "true";
  return out || text == "no" || text == "false";
}

bool ParseDuration(Value text, std::chrono::milliseconds& out) {
  std::int64_t factor = 1;
  if (text.ends_with("ms")) {
    text.remove_suffix(2);
  } else if (text.ends_with("s")) {
    text.remove_suffix(1);
    factor = 1000;
  }
  std::size_t count = 0;
  if (!ParseCount(text, count)) return false;
  out = std::chrono::milliseconds(static_cast<std::int64_t>(count) * factor);
  return true;
}

template <typename Enum>
bool Choose(Value text, Enum& out, std::initializer_list<std::pair<Value, Enum>> choices) {
  for (const auto& [name, value] : choices) {
    if (name == text) return out = value, true;
  }
  return false;
}

// A JSON value where the text is one, else the text itself: `5` is a number, `plain words` are a string.
boost::json::value JsonOrText(Value text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  return error ? boost::json::value(boost::json::string(text.data(), text.size())) : value;
}

bool AddHeader(FaultScript& fault, std::string name, Value value) {
  // A line break would end the header and start what follows it.
  if (name.empty() || (name + std::string(value)).find_first_of("\r\n") != std::string::npos) return false;
  fault.headers.emplace_back(std::move(name), value);
  return true;
}

void SetMetadata(FaultScript& fault, Value name, boost::json::value value) {
  fault.metadata[boost::json::string_view(name.data(), name.size())] = std::move(value);
}

struct Key {
  std::string_view name;
  bool (*set)(FaultScript&, Value);
};

const Key kKeys[] = {
    {"times", [](FaultScript& f, Value v) { return ParseOptionalInt(v, f.times); }},
    {"key", [](FaultScript& f, Value v) { return f.key = v, true; }},
    {"route",
     [](FaultScript& f, Value v) {
       using R = FaultScript::Route;
       return Choose(
           v, f.route,
           {{"any", R::kAny}, {"images", R::kImages}, {"models", R::kModels}, {"endpoints", R::kEndpoints}});
     }},
    {"as", [](FaultScript& f, Value v) { return f.as = v, true; }},
    {"status", [](FaultScript& f, Value v) { return ParseInt(v, f.status, 200, 999); }},
    {"retry-after", [](FaultScript& f, Value v) { return AddHeader(f, "Retry-After", v); }},
    {"retry-after-ms", [](FaultScript& f, Value v) { return AddHeader(f, "Retry-After-Ms", v); }},
    {"location", [](FaultScript& f, Value v) { return AddHeader(f, "Location", v); }},
    {"body",
     [](FaultScript& f, Value v) {
       using B = FaultScript::Body;
       return Choose(v, f.body,
                     {{"json", B::kJson},
                      {"availability", B::kAvailability},
                      {"html", B::kHtml},
                      {"text", B::kText},
                      {"empty", B::kEmpty}});
     }},
    {"message", [](FaultScript& f, Value v) { return f.message = v, true; }},
    {"code", [](FaultScript& f, Value v) { return f.code = JsonOrText(v), true; }},
    {"error-type",
     [](FaultScript& f, Value v) {
       return SetMetadata(f, "error_type", boost::json::string(v.data(), v.size())), true;
     }},
    {"limit-source",
     [](FaultScript& f, Value v) {
       return SetMetadata(f, "limit_source", boost::json::string(v.data(), v.size())), true;
     }},
    {"moderation", [](FaultScript& f, Value v) { return ParseYesNo(v, f.moderation); }},
    {"availability",
     [](FaultScript& f, Value v) {
       return f.availability = v, f.body = FaultScript::Body::kAvailability, true;
     }},
    {"retryable", [](FaultScript& f, Value v) { return ParseYesNo(v, f.retryable); }},
    {"json",
     [](FaultScript& f, Value v) {
       using J = FaultScript::Json;
       return Choose(v, f.json,
                     {{"truncated", J::kTruncated},
                      {"wrong-types", J::kWrongTypes},
                      {"duplicate-keys", J::kDuplicateKeys},
                      {"deep", J::kDeep},
                      {"nan", J::kNan},
                      {"invalid-utf8", J::kInvalidUtf8},
                      {"bom", J::kBom},
                      {"lone-surrogate", J::kLoneSurrogate}});
     }},
    {"depth", [](FaultScript& f, Value v) { return ParseCount(v, f.depth, kDeepest); }},
    {"images", [](FaultScript& f, Value v) { return ParseOptionalInt(v, f.images, 100); }},
    {"bytes", [](FaultScript& f, Value v) { return ParseOptionalCount(v, f.bytes); }},
    {"image",
     [](FaultScript& f, Value v) {
       return Choose(v, f.image,
                     {{"garbage", FaultScript::Image::kGarbage}, {"empty", FaultScript::Image::kEmpty}});
     }},
    {"media-type",
     [](FaultScript& f, Value v) { return f.media_type = v == "none" ? "" : std::string(v), true; }},
    {"base64",
     [](FaultScript& f, Value v) {
       using B = FaultScript::Base64;
       return Choose(v, f.base64,
                     {{"bad-char", B::kBadCharacter},
                      {"bad-padding", B::kBadPadding},
                      {"whitespace", B::kWhitespace},
                      {"url-safe", B::kUrlSafe},
                      {"unpadded", B::kUnpadded},
                      {"data-url", B::kDataUrl}});
     }},
    {"billed",
     [](FaultScript& f, Value v) {
       bool billed = false;
       return ParseYesNo(v, billed) && (f.billed = billed, true);
     }},
    {"encoding",
     [](FaultScript& f, Value v) {
       return Choose(v, f.gzip, {{"gzip", true}});
     }},
    {"delay",
     [](FaultScript& f, Value v) {
       return v == "forever" ? (f.delay = FaultScript::kForever, true) : ParseDuration(v, f.delay);
     }},
    {"request", [](FaultScript& f, Value v) { return f.half_request = v == "half"; }},
    {"reset", [](FaultScript& f, Value v) { return ParseOptionalCount(v, f.reset_after); }},
    {"fin", [](FaultScript& f, Value v) { return ParseOptionalCount(v, f.fin_after); }},
    {"length",
     [](FaultScript& f, Value v) {
       std::size_t count = 0;
       if (v.empty() || (v[0] != '+' && v[0] != '-') || !ParseCount(v.substr(1), count)) return false;
       f.length_error = (v[0] == '-' ? -1 : 1) * static_cast<long long>(count);
       return true;
     }},
    {"chunked",
     [](FaultScript& f, Value v) {
       using C = FaultScript::Chunked;
       return Choose(v, f.chunked,
                     {{"ok", C::kSound}, {"unterminated", C::kUnterminated}, {"bad-size", C::kBadSize}});
     }},
    {"write", [](FaultScript& f, Value v) { return ParseCount(v, f.write_size) && f.write_size > 0; }},
    {"pause", [](FaultScript& f, Value v) { return ParseDuration(v, f.pause); }},
    {"tls", [](FaultScript& f, Value v) { return f.tls_stall = v == "stall"; }},
    {"sse",
     [](FaultScript& f, Value v) {
       return Choose(v, f.sse, {{"always", FaultScript::Sse::kAlways}, {"never", FaultScript::Sse::kNever}});
     }},
    {"sse-eof", [](FaultScript& f, Value v) { return ParseOptionalInt(v, f.sse_eof); }},
    {"sse-error", [](FaultScript& f, Value v) { return ParseOptionalInt(v, f.sse_error); }},
    {"sse-unknown", [](FaultScript& f, Value v) { return ParseInt(v, f.sse_unknown, 0, 1000000); }},
    {"sse-multiline", [](FaultScript& f, Value v) { return ParseYesNo(v, f.sse_multiline); }},
    {"sse-newline",
     [](FaultScript& f, Value v) {
       using N = FaultScript::Newline;
       return Choose(v, f.sse_newline,
                     {{"lf", N::kLf}, {"crlf", N::kCrLf}, {"cr", N::kCr}, {"mixed", N::kMixed}});
     }},
    {"sse-comments", [](FaultScript& f, Value v) { return ParseInt(v, f.sse_comments, 0, 1000000); }},
    {"sse-interval", [](FaultScript& f, Value v) { return ParseDuration(v, f.sse_interval); }},
    {"sse-type",
     [](FaultScript& f, Value v) {
       return Choose(v, f.sse_type_last, {{"first", false}, {"last", true}});
     }},
    {"sse-done", [](FaultScript& f, Value v) { return ParseDuration(v, f.sse_done); }},
};

bool Set(FaultScript& fault, Value name, Value value) {
  if (name.starts_with("header.")) return AddHeader(fault, std::string(name.substr(7)), value);
  if (name.starts_with("metadata.") && name.size() > 9)
    return SetMetadata(fault, name.substr(9), JsonOrText(value)), true;
  for (const Key& key : kKeys) {
    if (key.name == name) return key.set(fault, value);
  }
  return false;
}

absl::Status Unfit(Value name, Value value) {
  return absl::InvalidArgumentError("fault: no such name or value: " + std::string(name) + "=" +
                                    std::string(value));
}

}  // namespace

absl::StatusOr<FaultScript> ParseFaultScript(std::string_view text) {
  FaultScript fault;
  for (absl::string_view pair :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ';', absl::SkipEmpty())) {
    const std::size_t equals = pair.find('=');
    const bool has_value = equals != absl::string_view::npos;
    const std::string name(pair.substr(0, equals));
    const std::string value =
        has_value ? DecodePercent({pair.data() + equals + 1, pair.size() - equals - 1}) : "";
    if (!has_value || !Set(fault, name, value)) return Unfit(name, value);
  }
  return fault;
}

absl::StatusOr<FaultScript> ParseFaultScript(const boost::json::object& object) {
  FaultScript fault;
  for (const auto& member : object) {
    const std::string name(member.key().data(), member.key().size());
    const std::string value = member.value().is_string() ? std::string(member.value().get_string().c_str())
                                                         : boost::json::serialize(member.value());
    if (!Set(fault, name, value)) return Unfit(name, value);
  }
  return fault;
}

std::optional<std::string_view> FaultScriptOfModel(std::string_view model_id) {
  constexpr std::string_view kAuthor = "sandbox/";
  if (!model_id.starts_with(kAuthor) || model_id.find('=') == std::string_view::npos) return std::nullopt;
  return model_id.substr(kAuthor.size());
}

}  // namespace openrouter_images::sandbox
