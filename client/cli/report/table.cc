#include "client/cli/report/table.h"

#include <algorithm>
#include <utility>

#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr size_t kNarrowestLastColumn = 28;

void AppendPadded(std::string& line, std::string_view cell, size_t width) {
  line += cell;
  line.append(width - std::min(width, DisplayWidth(cell)), ' ');
}

std::string WithoutTrailingBlanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// Where the line that begins `text` ends, when the text does not fit into `longest`.
size_t BreakPosition(std::string_view text, std::string_view longest, BreakAt break_at) {
  // A blank right after the line is as good as one in it.
  const std::string_view head = text.substr(0, longest.size() + 1);
  const size_t blank = head.rfind(' ');
  if (break_at == BreakAt::kWords)
    return blank != std::string_view::npos && blank > 0 ? blank : longest.size();
  const size_t comma = head.rfind(", ");
  if (comma != std::string_view::npos) return comma + 1;
  const size_t bar = longest.rfind('|');
  // A list of values after its name: fill the line with values instead of leaving the name alone.
  if (bar != std::string_view::npos && (blank == std::string_view::npos || bar > blank)) return bar + 1;
  if (blank != std::string_view::npos && blank > 0) return blank;
  return longest.size();
}

}  // namespace

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

void Table::AddRow(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::Render(size_t width) const {
  std::vector<size_t> widths;
  for (size_t column = 0; column < headings_.size(); ++column) {
    size_t widest = DisplayWidth(headings_[column]);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[column]));
    widths.push_back(widest);
  }
  if (width == 0) return RenderColumns(widths, widths.back());
  size_t before_last = 0;
  for (size_t column = 0; column + 1 < widths.size(); ++column) before_last += widths[column] + kGap.size();
  const size_t wanted = std::min(widths.back(), kNarrowestLastColumn);
  if (before_last + wanted > width) return RenderBlocks(width);
  return RenderColumns(widths, width - before_last);
}

std::string Table::RenderColumns(const std::vector<size_t>& widths, size_t last_width) const {
  std::string text;
  const size_t last = headings_.size() - 1;
  auto append_row = [&](const std::vector<std::string>& cells) {
    const std::vector<std::string> last_lines = Wrap(cells[last], last_width, BreakAt::kItems);
    for (size_t i = 0; i < last_lines.size(); ++i) {
      std::string line;
      for (size_t column = 0; column < last; ++column) {
        AppendPadded(line, i == 0 ? cells[column] : "", widths[column]);
        line += kGap;
      }
      text += WithoutTrailingBlanks(line + last_lines[i]) + "\n";
    }
  };
  append_row(headings_);
  for (const auto& row : rows_) append_row(row);
  return text;
}

std::string Table::RenderBlocks(size_t width) const {
  size_t label_width = 0;
  for (const std::string& heading : headings_) label_width = std::max(label_width, DisplayWidth(heading));
  const size_t indent = kGap.size() + label_width + kGap.size();
  std::string text;
  for (const auto& row : rows_) {
    text += row[0] + "\n";
    for (size_t column = 1; column < row.size(); ++column) {
      if (row[column].empty()) continue;
      const std::vector<std::string> lines =
          Wrap(row[column], width > indent + 1 ? width - indent : 1, BreakAt::kItems);
      for (size_t i = 0; i < lines.size(); ++i) {
        std::string line(kGap);
        AppendPadded(line, i == 0 ? headings_[column] : "", label_width);
        text += WithoutTrailingBlanks(line + std::string(kGap) + lines[i]) + "\n";
      }
    }
  }
  return text;
}

std::vector<std::string> Wrap(std::string_view text, size_t width, BreakAt break_at) {
  std::vector<std::string> lines;
  while (DisplayWidth(text) > width) {
    const size_t end = BreakPosition(text, CutToWidth(text, std::max<size_t>(width, 1)), break_at);
    lines.push_back(WithoutTrailingBlanks(std::string(text.substr(0, end))));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  lines.emplace_back(text);
  return lines;
}

}  // namespace openrouter_images::client::cli
