#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "service/errors/error_table.h"
#include "service/upstream/codec/base64_decoder.h"

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

  // Image `index` is complete, whatever becomes of the rest of the document. It may have no bytes, and then
  // BufferFor was never called for it. `fault`: what was wrong with its base64.
  virtual void OnImageEnd(int index, Base64Fault fault) = 0;

  // Image `index` is larger than ReplyLimits::max_image_bytes: it has so many bytes, the rest is skipped. It has
  // no OnImageEnd.
  virtual void OnImageTooLarge(int /*index*/) {}

  // The `media_type` beside image `index` has been read. It may come before or after the image.
  virtual void OnMediaType(int /*index*/, std::string_view /*media_type*/) {}

  // The `type` of an event has been read. It may come before or after the event's image.
  virtual void OnEventType(std::string_view /*type*/) {}
};

inline constexpr std::size_t kMaxImageStep = 48 * 1024;

struct ReplyLimits {
  // Of one document. Images of a higher index are skipped and counted.
  int max_images = 10;
  // Of one image, decoded. The rest of a larger one is skipped.
  std::size_t max_image_bytes = std::size_t{64} << 20;
  // Of everything but the images, in memory, approximately. A field may take half of what is left; what does
  // not fit is left out. For `usage` and `created` there is an eighth more.
  std::size_t max_other_bytes = std::size_t{1} << 20;
  // Of the `text` of an event, for which there is room of its own.
  std::size_t max_text_bytes = std::size_t{8} << 20;
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
// What was paid for is read if there is any way to read it. Defects are only: a document that is not JSON
// even after JsonRepairer, and one that ends early. Everything else is put up with: what follows the document
// is ignored, values nested too deeply become their text, and of a key that comes twice the last value
// counts, but the first image or list of images. ReplyLimits bound the memory. A `b64_json` that is not a
// string is left in the document. Images, document and defect do not depend on how the input is cut. Not
// thread-safe.
//
//   ImageReplyReader reader(ImageReplyReader::Document::kReply, limits, sink);
//   for (std::string_view piece : pieces) if (!reader.Write(piece)) break;
//   std::optional<boost::json::value> document = reader.Finish();
//   if (!document) Fail(*reader.defect(), reader.TakePartial());
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

  // What a faulty document holds before its defect, as far as its values are complete; null when that is
  // nothing. Each item of the images has its place, also the one that the defect is in. Called once, after
  // Finish returned none.
  boost::json::value TakePartial();

  // Images that were skipped, since there were too many or they came twice.
  int dropped_images() const;

  // Whether a value was left out since it did not fit into max_other_bytes.
  bool other_fields_dropped() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace openrouter_images::upstream
