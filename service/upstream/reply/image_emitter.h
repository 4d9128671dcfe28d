#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/sha256.h"
#include "openrouter_images/v1/errors.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/reply/event_kind.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/file_info.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter_images::upstream {

// Cuts images and previews into events while they are decoded. Holds one chunk, never an image, with one
// exception: the image of an event whose type comes after it is held until the event ends, and is then sent
// chunk by chunk. An image in an event whose type has none is discarded. Not thread-safe.
//
// Every file that is begun is ended by a last chunk: that of a preview when its event ends, since it carries
// the event's fields; that of an image when its base64 ends. A file that is cut off is ended with what came
// of it.
//
//   emitter.BeginDocument(EventKind::kUndetermined);
//   ImageReplyReader reader(ImageReplyReader::Document::kStreamEvent, limits, emitter);
//   reader.Write(...); reader.Finish();
//   emitter.EndEvent(fields);
//   while (!emitter.SendHeld(/*all=*/false)) { ... wait until the sink takes more ... }
class ImageEmitter final : public ImageSink {
 public:
  // `sink` outlives the object. `attempt`: Attempt.number, for the chunks. An image after the first
  // `max_images` makes its event one of kind kSurplus.
  ImageEmitter(EventSink& sink, int attempt, int max_images)
      : sink_(sink), attempt_(attempt), max_images_(static_cast<std::size_t>(max_images)) {}

  // The next document begins: of kind kUndetermined for an event, kCompleted for a buffered reply.
  void BeginDocument(EventKind kind);
  EventKind kind() const { return kind_; }
  // The first type that was read in the document; empty before.
  const std::string& type() const { return type_; }

  // Says what an event without a type is. Its image may be held, and is then sent as that.
  void Assume(EventKind kind);
  // Whether an image is held because its event has no type yet.
  bool holds_image() const { return !held_.empty(); }

  // Makes the document one of kind kUnknown. Drops an image that is held.
  void Skip();

  // The event has ended, or cannot be read any further; `fields` are those beside its image, without those
  // that were too large if `lost_fields`. False when it has a held image, to be sent by SendHeld before the
  // next document.
  bool EndEvent(const boost::json::object& fields, bool lost_fields = false);

  // Sends a held image whose event has ended, until the sink is full, or all of it. True when nothing is
  // left.
  bool SendHeld(bool all);

  // The reply has ended: ends a file that was cut off, and sends an empty one for each of the first `images`
  // images that have no bytes.
  void Finish(std::size_t images);

  // The images by their place: data[i] of the buffered reply, or that of the i-th completed event. Those
  // without bytes at the end may be missing.
  const std::vector<FileInfo>& images() const { return images_; }
  // Whether an image came whole, with at least one byte.
  bool has_whole_image() const { return sent_.images() > 0; }

  // What was sent. Images and previews that are not whole, or have no bytes, do not count.
  const v1::Delivered& sent() const { return sent_; }
  bool has_sent_anything() const { return sent_.bytes() > 0 || previews_ > 0 || images_begun_ > 0; }

  std::string& BufferFor(int index) override;
  void OnImageEnd(int index, Base64Fault fault) override;
  void OnImageTooLarge(int index) override;
  void OnEventType(std::string_view type) override;
  void OnMediaType(int index, std::string_view media_type) override;

 private:
  bool is_preview() const { return kind_ == EventKind::kPartialImage; }

  void BeginFile(std::size_t place);
  // The base64 of the current file has ended.
  void EndBytes(bool is_whole, Base64Fault fault);
  void EndPreview();
  void SendEmptyImages(std::size_t end);
  void Flush(bool last);

  EventSink& sink_;
  const int attempt_;
  const std::size_t max_images_;

  // Of the document.
  EventKind kind_ = EventKind::kUndetermined;
  std::string type_;
  // As the upstream reported it, of the image at `media_type_place_`.
  std::string media_type_;
  std::size_t media_type_place_ = 0;
  boost::json::object fields_;
  bool lost_fields_ = false;
  // Place among `images_` of its first image.
  std::size_t first_place_ = 0;

  // The file that is being sent.
  bool in_file_ = false;
  std::size_t place_ = 0;
  std::string buffer_;
  FileInfo file_;
  // Of files that are delivered as images.
  std::optional<client::Sha256> sha256_;

  // An image of a kind that is not known yet, in chunks, and how its base64 ended.
  std::deque<std::string> held_;
  FileInfo held_info_;
  bool sending_held_ = false;
  std::string discarded_;

  std::vector<FileInfo> images_;
  // Images that were begun, or sent empty.
  std::size_t images_begun_ = 0;
  // Previews that were ended.
  int previews_ = 0;
  v1::Delivered sent_;
};

}  // namespace openrouter_images::upstream
