#pragma once

#include <cstdint>
#include <string>

namespace openrouter_images::client::cli {

// How far a streamed generation is.
struct StreamProgress {
  bool started = false;
  int previews = 0;
  // What the model writes, and where it is with it: as TextChunk.phase says, and "" before.
  std::string phase{};
  int64_t text_bytes = 0;
  int64_t image_bytes = 0;
};

// For the progress line: "waiting", "drawing", "2 previews", "thinking, 0.4 kB", "drafting, 1.1 kB",
// "writing, 3.1 kB", "2 previews, receiving 1.2 MB". A phase that is newer than this program counts as
// writing.
std::string StreamProgressText(const StreamProgress& progress);

// "640 bytes", "3.1 kB", "1.2 MB".
std::string SizeText(int64_t bytes);

}  // namespace openrouter_images::client::cli
