#pragma once

#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "openrouter_images/result.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client {

// A whole preview. Valid during the call that it is passed to.
struct Preview {
  // Counts the previews from 0.
  int index;
  // An image file of any of the formats. May be damaged: see `last_chunk.defects`.
  std::string_view file;
  // As in OnImageBegin.
  std::string_view media_type;
  // The upstream's number of the preview, its defects, and fields that are newer than this library.
  const v1::ImageChunk& last_chunk;
};

// Receives a generation as it arrives. Derive from it and override what is of interest; the defaults do
// nothing. A listener that writes the first image to a file:
//
//   class FileListener : public StreamListener {
//    public:
//     void OnImageBytes(int index, int64_t, std::string_view bytes) override {
//       if (index == 0) file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
//     }
//
//    private:
//     std::ofstream file_{"fox.png", std::ios::binary};
//   };
//
// All functions are called on the thread that called ImagesClient::Stream, one at a time. While one runs
// nothing is read: a slow listener slows the service down, and the service ends a call whose reader takes
// less than one message in 30 s (by default; the image may be paid for). The functions must not throw.
// Arguments are valid during the call only. The listener must outlive the call of Stream.
class StreamListener {
 public:
  virtual ~StreamListener() = default;

  // The model is at work. Called again when the service repeats the request.
  virtual void OnStarted(const v1::GenerationStarted& /*started*/) {}

  // The service has taken the call and names it, before the call may cost money: quote the id to whoever runs
  // the service. Not called when the service refused the call.
  virtual void OnCallId(std::string_view /*call_id*/) {}

  // A preview is complete.
  virtual void OnPreview(const Preview& /*preview*/) {}

  // Text that the model writes before or beside its images, in UTF-8 and in order; not necessarily whole
  // words. `phase` is TextChunk.phase, for instance "reasoning"; new phases may come.
  virtual void OnText(std::string_view /*phase*/, std::string_view /*text*/) {}

  // An image begins. `media_type` is that of the file's signature; if that is unknown, what the upstream said
  // so far, else "application/octet-stream". GenerationCompleted.images has the last word.
  virtual void OnImageBegin(int /*index*/, std::string_view /*media_type*/) {}

  // Bytes of an image file: one image after the other (`index` counts from 0), in order and without gaps;
  // `offset` is the position of the first byte in the file. At most 256 KiB; none for an image without
  // bytes. Not verified before Stream returns a value.
  virtual void OnImageBytes(int /*index*/, int64_t /*offset*/, std::string_view /*bytes*/) {}

  // The last byte of the image was received.
  virtual void OnImageEnd(int /*index*/) {}

  // An event of the upstream that the service does not know, or could not read.
  virtual void OnUnknownEvent(const v1::UnknownEvent& /*event*/) {}

  // Still running; time since the start. Sent by the service when it has had nothing else to send for some
  // seconds.
  virtual void OnHeartbeat(std::chrono::milliseconds /*elapsed*/) {}
};

// The end of a stream whose images were all received as they were sent. The images themselves went to the
// listener.
struct StreamedImages {
  // Size, SHA-256, media type and defects of each image, in the order of their index; usage; the call's
  // report. `partial_failure` is set when the upstream's reply failed after at least one image.
  v1::GenerationCompleted completed;
  // Number of previews that the listener got.
  int previews = 0;
};

using ImageEvents = grpc::ClientReaderInterface<v1::StreamGenerateImagesResponse>;
using ErrorOfStatus = std::function<ImagesError(const grpc::Status&)>;

// What ImagesClient::Stream does after it has begun the call; for callers with a stub of their own. Reads to
// the end, also after a fault in the stream, because only the end says whether money was spent. Blocks until
// then. The result is
// - a value: `completed` came, all images are right, and the status is OK;
// - the error of the status, made by `error_of`, when the status is not OK;
// - DATA_LOSS with ERROR_KIND_RESPONSE_VALIDATION: BILLED when `completed` came and the chunks do not fit it
//   or one another, UNKNOWN when the stream ended without it.
// After a fault in the stream the listener gets nothing more.
Result<StreamedImages> ReadImageStream(ImageEvents& events, StreamListener& listener,
                                       const ErrorOfStatus& error_of);

}  // namespace openrouter_images::client
