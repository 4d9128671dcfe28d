#include "service/sandbox/faults/fault_reply.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <zlib.h>

#include <algorithm>
#include <boost/json.hpp>
#include <new>

#include "service/sandbox/http/error_reply.h"
#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::size_t kFlaggedInputBytes = 100;

boost::json::string Text(std::string_view text) {
  return boost::json::string(text.data(), text.size());
}

// The first characters of valid UTF-8, at most `bytes` bytes of them.
std::string_view FirstCharacters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (bytes > 0 && continues(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

HttpReply HtmlReply(int status) {
  return {status,
          {{"content-type", "text/html; charset=UTF-8"}},
          absl::StrCat("<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>openrouter.ai | ", status,
                       ": error</title></head>\n<body><h1>Error ", status,
                       "</h1><p>The origin web server did not answer in time.</p></body>\n</html>\n"),
          {}};
}

HttpReply JsonErrorReply(const FaultScript& fault, std::string_view message, std::string_view model_id,
                         std::string_view prompt) {
  boost::json::object metadata = fault.metadata;
  if (fault.moderation) {
    metadata["reasons"] = boost::json::array{"violence"};
    metadata["flagged_input"] = Text(FirstCharacters(prompt, kFlaggedInputBytes));
    metadata["provider_name"] = "Sandbox";
    metadata["model_slug"] = Text(model_id);
  }
  HttpReply reply = ErrorReply(fault.status >= 400 ? fault.status : 500, message, std::move(metadata));
  reply.status = fault.status;
  if (fault.code) {
    boost::json::value body = boost::json::parse(reply.body);
    body.as_object()["error"].as_object()["code"] = *fault.code;
    reply.body = JsonText(body);
  }
  return reply;
}

HttpReply AvailabilityFaultReply(const FaultScript& fault, std::string_view message,
                                 std::string_view model_id) {
  boost::json::object availability{
      {"code", Text(fault.availability.empty() ? "no_endpoints" : fault.availability)},
      {"retryable", fault.retryable},
      {"requested_models", boost::json::array{Text(model_id)}},
      {"docs_url", "https://openrouter.ai/docs"}};
  const auto retry_after = FindHeader(fault.headers, "Retry-After");
  int seconds = 0;
  if (retry_after &&
      absl::SimpleAtoi(absl::string_view(retry_after->data(), retry_after->size()), &seconds)) {
    availability["retry_after"] = seconds;
  }
  const auto* error_type = fault.metadata.if_contains("error_type");
  return AvailabilityReply(
      fault.status, message,
      error_type != nullptr ? std::string_view(error_type->as_string().c_str()) : "provider_unavailable",
      std::move(availability));
}

// `{"a":1}` to `{MEMBER,"a":1}`.
void InsertMember(std::string& text, std::string_view member) {
  text.insert(text.find('{') + 1, std::string(member) + ",");
}

std::string Gzip(std::string text) {
  constexpr int kWindowWithGzipHeader = 15 + 16;
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowWithGzipHeader, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

HttpReply ReplyOfFault(const FaultScript& fault, std::string_view model_id, std::string_view prompt) {
  const std::string_view message =
      fault.message.empty() ? UsualMessage(fault.status) : std::string_view(fault.message);
  switch (fault.body) {
    case FaultScript::Body::kHtml:
      return HtmlReply(fault.status);
    case FaultScript::Body::kText:
      return {fault.status, {{"content-type", "text/plain"}}, std::string(message) + "\n", {}};
    case FaultScript::Body::kEmpty:
      return {fault.status, {{"content-type", "application/json"}}, "", {}};
    case FaultScript::Body::kAvailability:
      return AvailabilityFaultReply(fault, message, model_id);
    case FaultScript::Body::kOrdinary:
      if (fault.status < 400) return {fault.status, {}, "", {}};
      return JsonErrorReply(fault, message, model_id, prompt);
    case FaultScript::Body::kJson:
      return JsonErrorReply(fault, message, model_id, prompt);
  }
  return {};
}

std::string WithJsonDefect(std::string text, const FaultScript& fault) {
  const bool is_error = text.find("\"error\"") < 4;
  switch (fault.json) {
    case FaultScript::Json::kSound:
      break;
    case FaultScript::Json::kTruncated:
      text.resize(text.size() / 2);
      break;
    case FaultScript::Json::kWrongTypes:
      return is_error ? R"({"error":{"code":"many","message":{"text":7},"metadata":[1]},"user_id":3})"
                      : R"({"created":"soon","data":{"b64_json":7},"usage":[],"id":[],"endpoints":"none"})";
    case FaultScript::Json::kDuplicateKeys:
      InsertMember(
          text, is_error ? R"("error":{"code":1,"message":"the first of two"})" : R"("created":1,"data":[])");
      break;
    case FaultScript::Json::kDeep:
      InsertMember(text,
                   absl::StrCat("\"deep\":", std::string(fault.depth, '['), std::string(fault.depth, ']')));
      break;
    case FaultScript::Json::kNan:
      InsertMember(text, "\"score\":NaN");
      break;
    case FaultScript::Json::kInvalidUtf8:
      InsertMember(text, "\"note\":\"\xff\xc0\x80\"");
      break;
    case FaultScript::Json::kBom:
      text.insert(0, "\xef\xbb\xbf");
      break;
    case FaultScript::Json::kLoneSurrogate:
      InsertMember(text, R"("note":"\ud83d alone")");
      break;
  }
  return text;
}

void ApplyToReply(const FaultScript& fault, HttpReply& reply) {
  if (!reply.body.empty() && reply.body.front() == '{')
    reply.body = WithJsonDefect(std::move(reply.body), fault);
  for (const auto& header : fault.headers) {
    // A fault's header replaces the ordinary one, so that two of a name are sent only when the fault has two.
    std::erase_if(reply.headers,
                  [&](const auto& known) { return FindHeader({known}, header.first).has_value(); });
  }
  reply.headers.insert(reply.headers.end(), fault.headers.begin(), fault.headers.end());
  if (fault.gzip) {
    reply.body = Gzip(std::move(reply.body));
    reply.headers.emplace_back("Content-Encoding", "gzip");
  }
}

std::string WithBase64Defect(std::string text, FaultScript::Base64 defect) {
  switch (defect) {
    case FaultScript::Base64::kSound:
      break;
    case FaultScript::Base64::kBadCharacter:
      text[text.size() / 2] = '!';
      break;
    case FaultScript::Base64::kBadPadding:
      // One character of a group cannot hold a byte, with any padding.
      text.resize(text.size() / 4 * 4 - 4);
      text += "A===";
      break;
    case FaultScript::Base64::kWhitespace:
      // Escaped, since the text becomes part of a JSON string.
      for (std::size_t at = 76; at < text.size(); at += 76 + 4) text.insert(at, "\\r\\n");
      break;
    case FaultScript::Base64::kUrlSafe:
      std::replace(text.begin(), text.end(), '+', '-');
      std::replace(text.begin(), text.end(), '/', '_');
      break;
    case FaultScript::Base64::kUnpadded:
      text.erase(text.find_last_not_of('=') + 1);
      break;
    case FaultScript::Base64::kDataUrl:
      text.insert(0, "data:image/png;base64,");
      break;
  }
  return text;
}

}  // namespace openrouter_images::sandbox
