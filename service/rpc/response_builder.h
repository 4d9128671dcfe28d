#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <vector>

#include "openrouter_images/v1/images_service.pb.h"

namespace openrouter_images::rpc {

// Assembles a GenerateImagesResponse from the events of a generation. The images' bytes are never copied: the
// response is a list of slices, each of which owns the bytes of one event's chunk.
class ResponseBuilder {
 public:
  // The next event. Previews and text are not part of a unary response and are dropped. `generation_started`
  // drops the images of an earlier attempt.
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

  std::vector<Image> images_;
  std::size_t bytes_ = 0;
};

}  // namespace openrouter_images::rpc
