#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/sha256.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client {

// Checks the chunks of a streamed generation: files in order, each from its first byte to its end without
// gaps, and in the end the size and SHA-256 of every image against what the service vouches for. Images
// are not held, only summed up; previews are, one at a time, since nothing can be shown before the last
// chunk.
//
// Every function returns what is wrong, in a sentence for people, or nothing. After the first the
// object is of no use. Not thread-safe.
class ImageAssembler {
 public:
  using Violation = std::optional<std::string>;

  Violation AddImage(const v1::ImageChunk& chunk);

  // A preview whose last chunk was added.
  struct Preview {
    std::string file;
    // Of its first chunk.
    std::string media_type;
  };
  // `*whole` is set when the chunk completes its preview.
  Violation AddPreview(const v1::ImageChunk& chunk, std::optional<Preview>* whole);

  Violation Complete(const v1::GenerationCompleted& completed);

  // Complete ones.
  int previews() const { return previews_.finished; }

 private:
  // Files that come one after the other. `finished` is the index of the one that is under way.
  struct Sequence {
    std::string_view name;
    int finished = 0;
    int64_t offset = 0;

    Violation Next(const v1::ImageChunk& chunk);
  };
  struct Sum {
    int64_t size_bytes;
    std::string sha256;
  };

  Violation Check(const v1::ImageInfo& info, int index) const;

  Sequence previews_{"preview"};
  Preview preview_;
  Sequence images_{"image"};
  // Of the image that is under way.
  Sha256 hash_;
  std::vector<Sum> sums_;
  bool completed_ = false;
};

}  // namespace openrouter_images::client
