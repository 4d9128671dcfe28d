#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/sha256.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/images_service.pb.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter_images::upstream {

// Kind of the document that is being read: for an event of a stream by its `type`; a buffered reply is
// kCompleted.
enum class EventKind {
  kUndetermined,  // No type has been read.
  kPartialImage,
  kTextChunk,
  kCompleted,
  kError,
  kUnknown,  // Newer than this service, or unreadable.
};

// An image that was sent whole.
struct EmittedImage {
  // First bytes, enough to tell the type. Empty when the image is missing.
  std::string head;
  // media_type, size_bytes and, where events are delivered as they come, sha256.
  v1::ImageInfo info;
};

// Cuts images into events while they are decoded. Holds one chunk, never an image, with one exception: the
// image of an event whose type comes after it is held until the event ends, and is then sent chunk by chunk.
// An image in an event whose type has none is discarded. Not thread-safe.
//
//   emitter.BeginDocument(EventKind::kUndetermined);
//   ImageReplyReader reader(ImageReplyReader::Document::kStreamEvent, limits, emitter);
//   reader.Write(...); reader.Finish();
//   emitter.EndEvent();
//   while (!emitter.SendHeld(/*all=*/false)) { ... wait until the sink takes more ... }
class ImageEmitter final : public ImageSink {
 public:
  // `sink` outlives the object.
  explicit ImageEmitter(EventSink& sink) : sink_(sink) {}

  // The next document begins: of kind kUndetermined for an event, kCompleted for a buffered reply. Drops an
  // unfinished image of the previous one.
  void BeginDocument(EventKind kind);
  EventKind kind() const { return kind_; }

  // Makes the document one of kind kUnknown.
  void Skip();

  // The event has been read to its end. False when it has a held image, to be sent by SendHeld before the
  // next document.
  bool EndEvent();

  // Sends a held image whose event has ended, until the sink is full, or all of it. True when nothing is
  // left.
  bool SendHeld(bool all);

  // The images that were sent whole: data[i] of the buffered reply, or that of the i-th completed event.
  const std::vector<EmittedImage>& images() const { return images_; }

  // What was sent.
  const v1::Delivered& sent() const { return sent_; }
  // Whether a part of the image, or preview, that is being read was sent.
  bool is_partly_sent() const { return in_file_ && offset_ > 0; }

  std::string& BufferFor(int index) override;
  void OnImageEnd(int index) override;
  void OnEventType(std::string_view type) override;

 private:
  void BeginFile(std::size_t place);
  void EndFile();
  void Flush(bool last);

  EventSink& sink_;
  EventKind kind_ = EventKind::kUndetermined;
  // Place among `images_` of the first image of the document.
  std::size_t first_place_ = 0;

  // The image, or preview, that is being sent.
  bool in_file_ = false;
  std::size_t place_ = 0;
  std::string buffer_;
  std::string head_;
  std::int64_t offset_ = 0;
  // Of images, where the sink delivers.
  std::optional<client::Sha256> sha256_;

  // An image of a kind that is not known yet, in chunks.
  std::deque<std::string> held_;
  bool sending_held_ = false;
  std::string discarded_;

  std::vector<EmittedImage> images_;
  v1::Delivered sent_;
};

}  // namespace openrouter_images::upstream
