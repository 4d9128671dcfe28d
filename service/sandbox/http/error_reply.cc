#include "service/sandbox/http/error_reply.h"

#include <boost/json.hpp>

#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::string_view kUserId = "user_sandbox";

HttpReply JsonReply(int status, const boost::json::object& body) {
  return {status, {{"content-type", "application/json"}}, JsonText(body), {}};
}

boost::json::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

HttpReply ErrorReply(int code, std::string_view message, boost::json::object metadata) {
  boost::json::object error{{"message", View(message)}, {"code", code}};
  if (!metadata.empty()) error["metadata"] = std::move(metadata);
  boost::json::object body{{"error", std::move(error)}};
  if (code != 401) body["user_id"] = View(kUserId);
  return JsonReply(code, body);
}

HttpReply TypedErrorReply(int code, std::string_view message, std::string_view error_type) {
  return ErrorReply(code, message, {{"error_type", View(error_type)}});
}

HttpReply AvailabilityReply(int status, std::string_view message, std::string_view error_type,
                            boost::json::object availability) {
  return JsonReply(status, {{"error", boost::json::object{{"message", View(message)},
                                                          {"error_type", View(error_type)},
                                                          {"http_status", status},
                                                          {"availability", std::move(availability)}}}});
}

std::string_view UsualMessage(int status) {
  switch (status) {
    case 400:
      return "Invalid request parameters";
    case 401:
      return "User not found.";
    case 402:
      return "Insufficient credits. Add more using https://openrouter.ai/credits";
    case 403:
      return "Only management keys can perform this operation";
    case 404:
      return "Resource not found";
    case 408:
      return "Request timed out";
    case 413:
      return "Request payload too large";
    case 429:
      return "Rate limit exceeded";
    case 500:
      return "Internal Server Error";
    case 502:
    case 529:
      return "Provider returned error";
    case 503:
      return "No available model provider meets your routing requirements";
    case 524:
      return "Request timed out. Please try again later.";
    default:
      return "The request failed";
  }
}

}  // namespace openrouter_images::sandbox
