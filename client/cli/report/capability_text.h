#pragma once

#include <google/protobuf/map.h>

#include <string>

#include "openrouter_images/v1/catalog.pb.h"

namespace openrouter_images::client::cli {

enum class ValueDetail {
  kBrief,  // long lists of values are cut: "aspect_ratio 1:1|1:2|2:1|... (24)"
  kFull,
};

// What a model accepts, in short: "n 1–10, resolution 1K|2K|4K, seed", by name.
std::string CapabilitiesText(const google::protobuf::Map<std::string, v1::CapabilityDescriptor>& capabilities,
                             ValueDetail detail);

}  // namespace openrouter_images::client::cli
