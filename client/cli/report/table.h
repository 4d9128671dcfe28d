#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::client::cli {

// Text in columns. The last column takes what is left of the width and wraps; where too little is left, each
// row becomes a block of lines with its first cell as the title. Cells are one line of printable text;
// trailing blanks are not written.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);

  // As many cells as there are headings.
  void AddRow(std::vector<std::string> cells);

  // `width` in columns; 0 means no limit: one line per row, which is what grep and awk like.
  std::string Render(size_t width) const;

 private:
  std::string RenderColumns(const std::vector<size_t>& widths, size_t last_width) const;
  std::string RenderBlocks(size_t width) const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

enum class BreakAt {
  kItems,  // after ", " if there is one; within a long item at a blank or after "|"
  kWords,  // at a blank
};

// Lines of at most `width` columns (at least 1). What has no place to break is broken anywhere.
std::vector<std::string> Wrap(std::string_view text, size_t width, BreakAt break_at);

}  // namespace openrouter_images::client::cli
