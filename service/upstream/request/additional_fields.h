#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "service/limits/violation.h"

namespace openrouter_images::upstream {

// Moves each value in `message.additional_fields` that has a field of its own into that field, so that the
// field's limits and rules apply to it; the same for every message inside `message`. Clients that are older
// than a field send it that way. Adds a violation, with the path from `path`, for a value that
// - is set twice: its field, or another member of the field's oneof, is set too;
// - has another type than its field. null has none.
// Such a value stays where it is; so does one that limits::Check will find at fault.
//
// An object `sort` of ProviderPreferences belongs to sort_config. An InputReference whose additional_fields
// have a "type" is the upstream's own form and stays as it is.
//
// The message must have passed limits::ScanWire. To be called before limits::Check.
void MoveToFields(google::protobuf::Message& message, std::string_view path, limits::Violations& violations);

}  // namespace openrouter_images::upstream
