#include "client/cli/commands/option_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <system_error>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr double kShortestSeconds = 0.001;

// Whether all of the text is a number from min to max; if so, sets it.
template <typename Number>
bool Read(const std::string& text, Number min, Number max, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number >= min && number <= max;
}

}  // namespace

CLI::Validator WholeNumber(int64_t min, int64_t max) {
  return {[min, max](std::string& text) -> std::string {
            int64_t number = 0;
            if (!Read(text, min, max, number)) {
              return fmt::format("{} is not a whole number from {} to {}", Printable(text), min, max);
            }
            text = std::to_string(number);
            return {};
          },
          ""};
}

CLI::Validator Seconds(double max) {
  return {[max](std::string& text) -> std::string {
            double seconds = 0;
            if (Read(text, kShortestSeconds, max, seconds)) return {};
            return fmt::format("{} is not a number of seconds from {} to {}", Printable(text),
                               kShortestSeconds, max);
          },
          ""};
}

CLI::Validator Utf8() {
  return {[](std::string& text) -> std::string {
            const std::optional<size_t> at = FirstInvalidUtf8(text);
            return at.has_value() ? fmt::format("not valid UTF-8 from byte {} on", *at + 1) : "";
          },
          ""};
}

}  // namespace openrouter_images::client::cli
