#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openrouter_images::http {

struct Header {
  std::string name;
  std::string value;  // Without the white space around it.
};

// Status and headers of a reply, unchanged and in order.
struct ResponseHead {
  int status = 0;
  std::vector<Header> headers;

  // The first header of that name, ignoring case. The view is valid until this head changes.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// The first transfer coding of the reply that is neither "chunked" nor "identity"; empty when there is none.
// libcurl would decode some of them although nobody asked for it, and on the loop's thread.
std::string ForeignTransferCoding(const ResponseHead& head);

// Whether the body ends with the connection. Only TLS can then tell a complete body from a truncated one.
bool EndsWithConnection(const ResponseHead& head);

// Assembles the head from its lines. Skips interim replies (1xx) and trailers.
class ResponseHeadReader {
 public:
  enum class Progress { kMore, kComplete, kTooLarge };

  // `max_bytes` bounds all lines together, those of interim replies and trailers too.
  explicit ResponseHeadReader(std::size_t max_bytes);

  // One line with its line ending. kComplete is returned once, for the line that ends the final head.
  // `status` is the status of the head that the line belongs to.
  Progress AddLine(std::string_view line, int status);

  bool complete() const { return complete_; }
  const ResponseHead& head() const { return head_; }

 private:
  std::size_t bytes_left_;
  bool at_status_line_ = true;
  bool complete_ = false;
  ResponseHead head_;
};

}  // namespace openrouter_images::http
