#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace openrouter::images::upstream {

// Takes the pictures of a reply while it is being read.
//
// The decoder writes into a buffer that the sink lends, so that no byte is copied on its way: whoever wants
// whole pictures lends the string that will be sent (it grows geometrically), and whoever passes pictures on
// in pieces lends a piece and hands it over when it is asked for the next one.
class PictureSink {
 public:
  virtual ~PictureSink() = default;

  // Where the next bytes of picture `index` go; they are appended. Asked anew before each step of at most
  // kMaxPictureStep bytes. The reference must stay valid until the next call of the sink or the reader.
  virtual std::string& BufferFor(int index) = 0;

  // Picture `index` is complete. It may have no bytes, and then BufferFor was never called for it.
  virtual void OnPictureEnd(int index) = 0;

  // Of an event of a stream: its `type` has been read, before or after its picture, as the upstream likes.
  virtual void OnEventType(std::string_view /*type*/) {}
};

inline constexpr std::size_t kMaxPictureStep = 48 * 1024;

struct ReplyLimits {
  int max_pictures = 10;
  // Of one picture, decoded.
  std::size_t max_picture_bytes = std::size_t{64} << 20;
  // Of all that is not a picture, roughly as it lies in memory.
  std::size_t max_other_bytes = std::size_t{1} << 20;
};

struct ReplyFault {
  enum class Kind {
    // Not one JSON document, or one that names a picture twice.
    kMalformed,
    // The document ends early, or there is none.
    kTruncated,
    // A picture that is not base64.
    kUndecodable,
    kTooManyPictures,
    // A picture, or everything else, exceeds its limit.
    kTooLarge,
  };
  Kind kind;
  // Which picture; -1 when it is not about one.
  int picture = -1;
  // For the log and the status; quotes nothing of the reply.
  std::string message;
};

// Reads one JSON document that holds pictures, in pieces as they come from the network. The pictures' base64
// never enters memory as text: it is decoded straight into the sink. All the rest, which is small, becomes an
// ordinary boost::json::value with the picture strings left out.
//
// Memory is bounded by ReplyLimits whatever arrives, and so is the depth (kMaxJsonDepth). Strict JSON in
// UTF-8. A `b64_json` that is not a string is left in the document. Not thread-safe.
//
//   ImageReplyReader reader(ImageReplyReader::Document::kReply, limits, sink);
//   for (std::string_view piece : pieces) if (!reader.Write(piece)) return Fail(*reader.fault());
//   std::optional<boost::json::value> document = reader.Finish();
//   if (!document) return Fail(*reader.fault());
class ImageReplyReader {
 public:
  enum class Document {
    // Pictures are the strings data[i].b64_json; the picture's index is i.
    kReply,
    // One event of a stream: the picture is the string b64_json at the top, with index 0.
    kStreamEvent,
  };

  // `sink` must outlive the reader.
  ImageReplyReader(Document document, const ReplyLimits& limits, PictureSink& sink);
  ~ImageReplyReader();
  ImageReplyReader(const ImageReplyReader&) = delete;
  ImageReplyReader& operator=(const ImageReplyReader&) = delete;

  // False as soon as the document is known to be faulty; the sink then gets nothing more, and all further
  // calls fail.
  bool Write(std::string_view piece);

  // The end of the document; to be called once. None when it is faulty.
  std::optional<boost::json::value> Finish();

  // Set when Write was false or Finish returned none.
  const std::optional<ReplyFault>& fault() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace openrouter::images::upstream
