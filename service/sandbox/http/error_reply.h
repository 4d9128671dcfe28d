#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// `{"error":{"code":…,"message":…,"metadata":…},"user_id":…}` under the status `code`; empty metadata is left
// out.
HttpReply ErrorReply(int code, std::string_view message, boost::json::object metadata = {});

// The same with `metadata.error_type`.
HttpReply TypedErrorReply(int code, std::string_view message, std::string_view error_type);

// The second shape: `{"error":{"message","error_type","http_status","availability":{…}}}`.
HttpReply AvailabilityReply(int status, std::string_view message, std::string_view error_type,
                            boost::json::object availability);

// The message that OpenRouter usually sends with a status.
std::string_view UsualMessage(int status);

}  // namespace openrouter_images::sandbox
