#include "service/upstream/request/image_request.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>

#include "service/base/string_view.h"
#include "service/json/json_message.h"
#include "service/json/json_struct.h"
#include "service/upstream/codec/media_type.h"

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kReferenceStart = R"({"type":"image_url","image_url":{"url":")";

boost::json::object EncodeProvider(const v1::ProviderPreferences& provider) {
  boost::json::object object = json::WriteMessage(provider, {"sort_config"});
  if (provider.has_sort_config()) object["sort"] = json::WriteMessage(provider.sort_config());
  return object;
}

// Appends the content of a JSON string. A data URL can have many megabytes and hardly any escapes, so
// stretches without one are appended at once.
void AppendEscaped(std::string_view text, std::string& body) {
  const auto needs_escape = [](unsigned char c) { return c == '"' || c == '\\' || c < 0x20; };
  while (!text.empty()) {
    const auto stop = std::ranges::find_if(text, needs_escape);
    body.append(text.begin(), stop);
    if (stop == text.end()) return;
    const std::string escaped = boost::json::serialize(boost::json::string_view(&*stop, 1));
    body.append(escaped, 1, escaped.size() - 2);
    text.remove_prefix(stop - text.begin() + 1);
  }
}

void AppendDataUrl(const v1::InlineImage& image, std::string& body) {
  std::string_view bytes = image.data();
  body += "data:";
  AppendEscaped(
      image.media_type().empty() ? MediaTypeBySignature(bytes) : std::string_view(image.media_type()), body);
  body += ";base64,";
  // Abseil encodes only into a separate string. Pieces of a multiple of three bytes have no padding and can
  // be joined.
  constexpr std::size_t kStep = 48 * 1024;
  std::string piece;
  while (!bytes.empty()) {
    const std::string_view step = bytes.substr(0, kStep);
    absl::Base64Escape(base::ToAbsl(step), &piece);
    body += piece;
    bytes.remove_prefix(step.size());
  }
}

// Appends the members of `object` to an object in `body` that has some already, and ends it.
void AppendRest(const boost::json::object& object, std::string& body) {
  if (object.empty()) {
    body += '}';
  } else {
    body += ',';
    body.append(boost::json::serialize(object), 1);
  }
}

void AppendReference(const v1::InputReference& reference, std::string& body) {
  boost::json::object more = json::FromStruct(reference.additional_fields());
  if (reference.source_case() == v1::InputReference::SOURCE_NOT_SET) {
    body += boost::json::serialize(more);
    return;
  }
  body += kReferenceStart;
  if (reference.has_inline_()) {
    AppendDataUrl(reference.inline_(), body);
  } else {
    AppendEscaped(reference.url(), body);
  }
  body += '"';
  const boost::json::value* beside_url = more.if_contains("image_url");
  AppendRest(
      beside_url != nullptr && beside_url->is_object() ? beside_url->get_object() : boost::json::object(),
      body);
  more.erase("image_url");
  AppendRest(more, body);
}

void AppendReferences(const v1::ImageSpec& spec, std::string& body) {
  char separator = '[';
  for (const v1::InputReference& reference : spec.input_references()) {
    body += separator;
    separator = ',';
    AppendReference(reference, body);
  }
  body += ']';
}

// Upper limit of the size of the sources in the body, escapes aside.
std::size_t SourcesSize(const v1::ImageSpec& spec) {
  constexpr std::size_t kFrame = kReferenceStart.size() + 64;
  std::size_t size = 0;
  for (const v1::InputReference& reference : spec.input_references()) {
    size += kFrame + reference.url().size() + (reference.inline_().data().size() + 2) / 3 * 4 +
            reference.inline_().media_type().size();
  }
  return size;
}

}  // namespace

std::string EncodeImageRequest(const v1::ImageSpec& spec, Delivery delivery) {
  boost::json::object object = json::WriteMessage(spec, {"input_references", "provider"});
  if (spec.has_provider()) object["provider"] = EncodeProvider(spec.provider());
  if (delivery == Delivery::kStreamed) object["stream"] = true;
  std::string rest = boost::json::serialize(object);
  if (spec.input_references().empty()) return rest;
  std::string body;
  body.reserve(rest.size() + SourcesSize(spec) + 32);
  body = "{\"input_references\":";
  AppendReferences(spec, body);
  if (!object.empty()) body += ',';
  body += std::string_view(rest).substr(1);
  return body;
}

}  // namespace openrouter_images::upstream
