#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::json {

// What can be read of a JSON object that may be cut, broken or large.
struct PartialDocument {
  // The members that were read. A container that the break is in has what came before the break.
  boost::json::object object;
  // The object has its end, and nothing was left out. A text may have lost its end.
  bool is_whole = false;
  // The members of `object` that are objects or arrays of which the same is true.
  std::vector<std::string> whole_members{};

  bool IsWhole(std::string_view member) const;
};

// Longest text that is kept, in bytes; of a longer one the beginning is.
inline constexpr std::size_t kMaxPartialText = 4 * 1024;

// Reads `body`, as JsonRepairer repairs it, up to its end or to the first byte that is no JSON. Of a text
// that the break is in, nothing is kept, since half a word may mean something else; its beginning is kept
// where its key is `prose`. Memory does not grow with the body: a member of the object, or of one of its
// members, may take half of what is left of 64 KiB, and is left out otherwise. Empty when the body does not
// begin as an object.
PartialDocument ReadPartial(std::string_view body, std::string_view prose);

}  // namespace openrouter_images::json
