#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <vector>

#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::rpc {

// Assembles a GenerateImagesResponse from the events of a generation. The images' bytes are never copied: the
// response is a list of slices, each of which owns the bytes of one event's chunk.
class ResponseBuilder {
 public:
  // The next event. Previews, text and unknown events are not part of a unary response: they are counted and
  // dropped. `generation_started` drops what came of an earlier attempt.
  void Take(v1::StreamGenerateImagesResponse event);

  // Bytes of the images taken so far.
  std::size_t bytes() const { return bytes_; }

  // The serialized response. `completed` describes the images that were taken, in the same order.
  grpc::ByteBuffer Build(v1::GenerationCompleted completed) &&;

 private:
  struct Image {
    std::vector<grpc::Slice> chunks;
    std::size_t bytes = 0;
  };

  void AddChunk(v1::ImageChunk& chunk);

  std::vector<Image> images_;
  std::size_t bytes_ = 0;
  int skipped_events_ = 0;
};

}  // namespace openrouter_images::rpc
