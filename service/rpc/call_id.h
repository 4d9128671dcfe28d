#pragma once

#include <string>

#include "service/base/random.h"

namespace openrouter_images::rpc {

// Response header that holds CallReport.call_id; a trailer of failures that sent nothing.
inline constexpr char kCallIdHeader[] = "openrouter-images-call-id";

// A new call id: 32 hexadecimal digits in lower case, 128 random bits.
std::string NewCallId(const base::RandomBits& random);

}  // namespace openrouter_images::rpc
