#include "client/cli/commands/endpoints_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "client/cli/report/capability_text.h"
#include "client/cli/report/json_output.h"
#include "client/cli/report/message_json.h"
#include "client/cli/report/money.h"
#include "client/cli/report/table.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr size_t kIndent = 15;  // "  passthrough  "

void AppendField(std::string& text, std::string_view label, const std::vector<std::string>& lines) {
  for (size_t i = 0; i < lines.size(); ++i) {
    text += fmt::format("  {:<{}}{}\n", i == 0 ? label : "", kIndent - 2, lines[i]);
  }
}

std::vector<std::string> Wrapped(const std::string& value, size_t width) {
  if (value.empty()) return {};
  if (width == 0) return {value};
  return Wrap(value, width > kIndent ? width - kIndent : 1, BreakAt::kItems);
}

std::string EndpointText(const v1::ImageEndpoint& endpoint, size_t width) {
  std::string text =
      endpoint.provider_name().empty() ? "(provider without a name)" : Printable(endpoint.provider_name());
  if (!endpoint.provider_slug().empty()) text += fmt::format("  ({})", Printable(endpoint.provider_slug()));
  text += "\n";
  AppendField(text, "tag", Wrapped(Printable(endpoint.provider_tag()), width));
  AppendField(text, "streams", {endpoint.supports_streaming() ? "yes" : "no"});
  std::vector<std::string> prices;
  for (const v1::ImagePricingEntry& entry : endpoint.pricing()) prices.push_back(FormatPrice(entry));
  AppendField(text, "price", prices);
  AppendField(text, "parameters",
              Wrapped(CapabilitiesText(endpoint.supported_parameters(), ValueDetail::kFull), width));
  std::string passthrough;
  for (const std::string& name : endpoint.allowed_passthrough_parameters()) {
    passthrough += (passthrough.empty() ? "" : ", ") + Printable(name);
  }
  AppendField(text, "passthrough", Wrapped(passthrough, width));
  return text;
}

}  // namespace

std::string EndpointsText(const v1::ListImageModelEndpointsResponse& endpoints, size_t width) {
  std::string text = fmt::format("{}: {} provider{}\n", Printable(endpoints.id()), endpoints.endpoints_size(),
                                 endpoints.endpoints_size() == 1 ? "" : "s");
  for (const v1::ImageEndpoint& endpoint : endpoints.endpoints())
    text += "\n" + EndpointText(endpoint, width);
  return text;
}

ExitCode RunEndpoints(const GlobalOptions& global, const EndpointsOptions& options, const Console& console) {
  Session session(global);
  const auto result = session.client().ListEndpoints(options.model, session.settings());
  if (!result.ok()) return ReportError({.error = result.error()}, session, global, console);
  if (global.json) {
    PrintJson(console.out, MessageJson(*result));
  } else {
    console.out << EndpointsText(*result, console.out_width);
  }
  return ExitCode::kOk;
}

}  // namespace openrouter_images::client::cli
