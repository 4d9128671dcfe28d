#include "client/cli/commands/models_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/cli/report/capability_text.h"
#include "client/cli/report/json_output.h"
#include "client/cli/report/message_json.h"
#include "client/cli/report/table.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

char LowerCase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool HoldsText(std::string_view text, std::string_view part) {
  const auto equal = [](char a, char b) { return LowerCase(a) == LowerCase(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end();
}

std::string Modalities(const v1::ImageModelArchitecture& architecture) {
  std::string text;
  for (const std::string& modality : architecture.input_modalities()) {
    if (!text.empty()) text += ",";
    text += Printable(modality);
  }
  return text;
}

}  // namespace

v1::ListImageModelsResponse FilterModels(v1::ListImageModelsResponse models, std::string_view text) {
  auto& list = *models.mutable_models();
  const auto misses = [&](const v1::ImageModel& model) {
    return !HoldsText(model.id(), text) && !HoldsText(model.name(), text);
  };
  list.erase(std::remove_if(list.begin(), list.end(), misses), list.end());
  return models;
}

std::string ModelsText(const v1::ListImageModelsResponse& models, size_t width) {
  Table table({"ID", "NAME", "STREAMS", "INPUT", "PARAMETERS"});
  for (const v1::ImageModel& model : models.models()) {
    table.AddRow({Printable(model.id()), Printable(model.name()), model.supports_streaming() ? "yes" : "no",
                  Modalities(model.architecture()),
                  CapabilitiesText(model.supported_parameters(), ValueDetail::kBrief)});
  }
  return table.Render(width);
}

ExitCode RunModels(const GlobalOptions& global, const ModelsOptions& options, const Console& console) {
  Session session(global);
  auto result = session.client().ListModels(session.settings());
  if (!result.ok()) return ReportError({.error = result.error()}, session, global, console);
  const v1::ListImageModelsResponse models = FilterModels(std::move(result).value(), options.filter);
  const bool none_fits = models.models().empty() && !options.filter.empty();
  const ExitCode code = none_fits ? ExitCode::kNotFound : ExitCode::kOk;
  if (global.json) {
    PrintJson(console.out, MessageJson(models));
    return code;
  }
  if (none_fits) {
    console.err << fmt::format("Error: No model has {} in its id or name. See openrouter-images models.\n",
                               Printable(options.filter));
    return code;
  }
  console.out << ModelsText(models, console.out_width) << std::flush;
  if (!global.quiet && console.err_width > 0) {
    console.err << (models.models_size() == 1 ? std::string("1 model")
                                              : fmt::format("{} models", models.models_size()))
                << ". Prices and all values: openrouter-images endpoints ID\n";
  }
  return code;
}

}  // namespace openrouter_images::client::cli
