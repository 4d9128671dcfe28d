#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "service/errors/error_table.h"

namespace openrouter_images::upstream {

// Takes the images of a reply while it is being read.
//
// The decoder appends to a buffer of the sink, so that no byte is copied. A sink that forwards images in
// chunks returns a new buffer once it has forwarded the last one.
class ImageSink {
 public:
  virtual ~ImageSink() = default;

  // Where the next bytes of image `index` go; they are appended. Called before each step of at most
  // kMaxImageStep bytes. The reference stays valid until the next call of the sink or the reader.
  virtual std::string& BufferFor(int index) = 0;

  // Image `index` is complete. It may have no bytes, and then BufferFor was never called for it.
  virtual void OnImageEnd(int index) = 0;

  // The `type` of an event has been read. It may come before or after the event's image.
  virtual void OnEventType(std::string_view /*type*/) {}
};

inline constexpr std::size_t kMaxImageStep = 48 * 1024;

struct ReplyLimits {
  int max_images = 10;
  // Of one image, decoded.
  std::size_t max_image_bytes = std::size_t{64} << 20;
  // Of everything but the images, in memory, approximately.
  std::size_t max_other_bytes = std::size_t{1} << 20;
};

// What is wrong with a reply to a generation.
struct ReplyDefect {
  errors::Condition condition;
  // For the log and the status; quotes nothing of the reply. May be empty.
  std::string message;
};

// Reads one JSON document that holds images, in pieces as they come from the network. The images' base64 is
// never in memory as text: it is decoded straight into the sink. Everything else, which is small, becomes an
// ordinary boost::json::value without the image strings.
//
// ReplyLimits bound the memory, and kMaxJsonDepth the depth. Strict JSON in UTF-8. A `b64_json` that is not a
// string is left in the document. Not thread-safe.
//
//   ImageReplyReader reader(ImageReplyReader::Document::kReply, limits, sink);
//   for (std::string_view piece : pieces) if (!reader.Write(piece)) return Fail(*reader.defect());
//   std::optional<boost::json::value> document = reader.Finish();
//   if (!document) return Fail(*reader.defect());
class ImageReplyReader {
 public:
  enum class Document {
    // Images are the strings data[i].b64_json; the image's index is i.
    kReply,
    // One event of a stream: the image is the string b64_json at the top, with index 0.
    kStreamEvent,
  };

  // `sink` must outlive the reader.
  ImageReplyReader(Document document, const ReplyLimits& limits, ImageSink& sink);
  ~ImageReplyReader();
  ImageReplyReader(const ImageReplyReader&) = delete;
  ImageReplyReader& operator=(const ImageReplyReader&) = delete;

  // False as soon as the document is known to be faulty. The sink then gets nothing more, and all further
  // calls fail.
  bool Write(std::string_view piece);

  // Ends the document; called once. None when it is faulty.
  std::optional<boost::json::value> Finish();

  // Set when Write was false or Finish returned none.
  const std::optional<ReplyDefect>& defect() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace openrouter_images::upstream
