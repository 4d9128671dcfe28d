#pragma once

#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "openrouter/images/v1/images_service.pb.h"
#include "openrouter_images/result.h"

namespace openrouter::images::client {

// Gets a generation as it comes. All functions are called on the thread that called ImagesClient::Stream, one
// at a time; while one runs nothing is read, so a slow listener slows the service down, and one that blocks
// for long is given up by it. They must not throw. Views are valid during the call only.
class StreamListener {
 public:
  virtual ~StreamListener() = default;

  // The model is at work. Again, when the service had to repeat the request.
  virtual void OnStarted(const v1::GenerationStarted& /*started*/) {}
  // A whole file.
  virtual void OnPreview(int /*index*/, std::string_view /*file*/) {}
  virtual void OnText(std::string_view /*phase*/, std::string_view /*text*/) {}
  // Pieces of one image after the other, in order and without gaps. They are not verified before Stream
  // returns.
  virtual void OnImageBytes(int /*index*/, int64_t /*offset*/, std::string_view /*bytes*/) {}
  // The image was received to its end.
  virtual void OnImageEnd(int /*index*/) {}
  // All is well, for this long.
  virtual void OnHeartbeat(std::chrono::milliseconds /*elapsed*/) {}
};

// What came of a stream whose every image was received whole and as it was sent. The images themselves
// went to the listener.
struct StreamedImages {
  // Sizes, sums and media types of the images; usage; the call's report.
  v1::GenerationCompleted completed;
  int previews = 0;
};

using ImageEvents = grpc::ClientReaderInterface<v1::StreamGenerateImagesResponse>;
using ErrorOfStatus = std::function<ImagesError(const grpc::Status&)>;

// Reads a stream to its end, which is what tells whether money was spent: also after a fault in it. The
// outcome:
// - a value: `completed` came, all images are right, and the status is OK;
// - the error of the status, when it is not OK;
// - DATA_LOSS with ERROR_KIND_RESPONSE_VALIDATION: BILLED when `completed` came and the pieces do not fit it
//   or one another, UNKNOWN when the stream ended without it.
// After a fault in the stream the listener gets nothing more. `error_of` makes the error of a status that is
// not OK.
Result<StreamedImages> ReadImageStream(ImageEvents& events, StreamListener& listener,
                                       const ErrorOfStatus& error_of);

}  // namespace openrouter::images::client
