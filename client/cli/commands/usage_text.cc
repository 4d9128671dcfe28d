#include "client/cli/commands/usage_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "client/cli/commands/suggestion.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

using Words = std::vector<std::string>;

// Without the dashes, which every option has and which would make them look alike.
Words OptionNames(const CLI::App& app) {
  Words names;
  for (const CLI::Option* option : app.get_options()) {
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  }
  return names;
}

Words CommandNames(const CLI::App& app) {
  Words names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::string UnknownOption(const CLI::App& app, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  Words known = OptionNames(app);
  for (const CLI::App* command : app.get_subcommands()) {
    const Words more = OptionNames(*command);
    known.insert(known.end(), more.begin(), more.end());
  }
  const std::string closest = Closest(name.substr(std::min(name.find_first_not_of('-'), name.size())), known);
  return fmt::format("There is no option {}.{}", Printable(name),
                     closest.empty() ? "" : fmt::format(" Did you mean --{}?", closest));
}

std::string UnknownCommand(const CLI::App& app, std::string_view word) {
  const Words commands = CommandNames(app);
  const std::string start = fmt::format("There is no command {}.", Printable(word));
  if (const std::string closest = Closest(word, commands); !closest.empty()) {
    return fmt::format("{} Did you mean {}?", start, closest);
  }
  if (word.find(' ') != std::string_view::npos) {
    return fmt::format("{} To make an image: openrouter-images generate \"{}\" --model AUTHOR/SLUG.", start,
                       Printable(word));
  }
  return fmt::format("{} The commands are {}.", start, fmt::join(commands, ", "));
}

std::string What(const CLI::App& app, const CLI::ParseError& error) {
  const Words unknown = app.remaining(true);
  const bool has_command = !app.get_subcommands().empty();
  // A misspelt option usually leaves its value over too: it is what to name.
  const auto option = std::ranges::find_if(unknown, [](const std::string& word) { return word[0] == '-'; });
  const auto command = std::ranges::find_if(unknown, [](const std::string& word) { return word[0] != '-'; });
  if (!has_command && command != unknown.end()) return UnknownCommand(app, *command);
  if (option != unknown.end()) return UnknownOption(app, *option);
  if (!has_command) return fmt::format("Which command? One of {}.", fmt::join(CommandNames(app), ", "));
  if (!unknown.empty()) {
    return fmt::format("{} is one word too many. A prompt of several words needs quotes.",
                       Printable(unknown.front()));
  }
  std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    // "--model: At Most 1 required but received 2", "--model: 1 required AUTHOR/SLUG missing".
    const std::string name = text.substr(0, text.find(':'));
    return name +
           (text.find("received") != std::string::npos ? " is there more than once." : " needs a value.");
  }
  return text + ".";
}

}  // namespace

std::string UsageText(const CLI::App& app, const CLI::ParseError& error) {
  return What(app, error) + " See openrouter-images --help.";
}

}  // namespace openrouter_images::client::cli
