#include "client/cli/report/capability_text.h"

#include <fmt/format.h>

#include <map>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr int kMostBriefValues = 6;

std::string ValuesText(const v1::EnumCapability& capability, ValueDetail detail) {
  std::string text;
  // Cutting a single value away would save nothing.
  const bool cut = detail == ValueDetail::kBrief && capability.values_size() > kMostBriefValues + 1;
  const int shown = cut ? kMostBriefValues : capability.values_size();
  for (int i = 0; i < shown; ++i) text += (i == 0 ? " " : "|") + Printable(capability.values(i));
  if (cut) text += fmt::format("|… ({} values)", capability.values_size());
  return text;
}

std::string CapabilityText(const std::string& name, const v1::CapabilityDescriptor& capability,
                           ValueDetail detail) {
  std::string label = Printable(name);
  switch (capability.type_case()) {
    case v1::CapabilityDescriptor::kEnum:
      return label + ValuesText(capability.enum_(), detail);
    case v1::CapabilityDescriptor::kRange:
      return fmt::format("{} {}–{}", label, capability.range().min(), capability.range().max());
    default:
      return label;
  }
}

}  // namespace

std::string CapabilitiesText(const google::protobuf::Map<std::string, v1::CapabilityDescriptor>& capabilities,
                             ValueDetail detail) {
  std::map<std::string, const v1::CapabilityDescriptor*> by_name;
  for (const auto& [name, capability] : capabilities) by_name[name] = &capability;
  std::string text;
  for (const auto& [name, capability] : by_name) {
    if (!text.empty()) text += ", ";
    text += CapabilityText(name, *capability, detail);
  }
  return text;
}

}  // namespace openrouter_images::client::cli
