#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "client/sha256.h"
#include "tests/unit/client/fake_images_server.h"

namespace openrouter_images::client {

// Writes the events of a streamed generation as the service does.
class StreamScript {
 public:
  explicit StreamScript(grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) : writer_(writer) {}

  void Started() {
    v1::StreamGenerateImagesResponse event;
    event.mutable_generation_started()->set_generation_id("gen-1");
    writer_.Write(event);
  }
  void Heartbeat(int seconds) {
    v1::StreamGenerateImagesResponse event;
    event.mutable_heartbeat()->mutable_elapsed()->set_seconds(seconds);
    writer_.Write(event);
  }
  void Text(const std::string& phase, const std::string& text) {
    v1::StreamGenerateImagesResponse event;
    event.mutable_text_chunk()->set_phase(phase);
    event.mutable_text_chunk()->set_text(text);
    writer_.Write(event);
  }
  void Unknown(const std::string& type, const std::string& data) {
    v1::StreamGenerateImagesResponse event;
    event.mutable_unknown_event()->set_type(type);
    event.mutable_unknown_event()->set_data(data);
    writer_.Write(event);
  }
  // A preview in one chunk.
  void Preview(const std::string& file, v1::ImageDefect defect = v1::IMAGE_DEFECT_UNSPECIFIED) {
    v1::StreamGenerateImagesResponse event;
    v1::ImageChunk& chunk = *event.mutable_partial_image();
    chunk.set_index(previews_++);
    chunk.set_data(file);
    chunk.set_last(true);
    chunk.set_media_type("image/webp");
    chunk.set_partial_image_index(7);
    if (defect != v1::IMAGE_DEFECT_UNSPECIFIED) chunk.add_defects(defect);
    writer_.Write(event);
  }
  // In chunks of `chunk_bytes`. Its sum goes into the completion.
  void Image(const std::string& file, size_t chunk_bytes = 100) {
    for (size_t at = 0; at == 0 || at < file.size(); at += chunk_bytes) {
      v1::ImageChunk chunk;
      chunk.set_index(completed.images_size());
      chunk.set_offset(static_cast<int64_t>(at));
      chunk.set_data(file.substr(at, chunk_bytes));
      chunk.set_last(at + chunk_bytes >= file.size());
      if (at == 0) chunk.set_media_type("image/png");
      Chunk(chunk);
    }
    v1::ImageInfo& info = *completed.add_images();
    info.set_size_bytes(static_cast<int64_t>(file.size()));
    info.set_media_type("image/png");
    info.set_sha256(Sha256Of(file));
  }
  void Chunk(const v1::ImageChunk& chunk) {
    v1::StreamGenerateImagesResponse event;
    *event.mutable_image_chunk() = chunk;
    writer_.Write(event);
  }
  void Complete() {
    v1::StreamGenerateImagesResponse event;
    *event.mutable_completed() = completed;
    writer_.Write(event);
  }

  v1::GenerationCompleted completed;

 private:
  grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer_;
  int previews_ = 0;
};

}  // namespace openrouter_images::client
