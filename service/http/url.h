#pragma once

#include <string>
#include <string_view>

namespace openrouter_images::http {

// `text` as one segment of a URL's path: every byte but letters, digits and "-._~" is percent-encoded.
std::string EscapePathSegment(std::string_view text);

}  // namespace openrouter_images::http
