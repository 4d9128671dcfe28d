#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "service/upstream/codec/sse_parser.h"
#include "service/upstream/reply/image_emitter.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter_images::upstream {

// Reads a stream of server-sent events, each of which is a JSON document, up to the event "[DONE]". The image
// of an event goes to an ImageEmitter while it is read; the rest goes to a handler when the event ends.
// Events of an unknown kind may have any size: they are not read, only counted. Not thread-safe.
class EventReader final : private SseParser::Handler {
 public:
  // A function that returns false ends the current Write.
  class Handler {
   public:
    // An event of the kind images.kind() has been read, without its image. It is of kind kUndetermined when
    // it has no type, and empty when it is not a JSON object.
    virtual bool OnEvent(const boost::json::object& event) = 0;
    // The event cannot be read. True skips it; after false the reader must not be used.
    virtual bool OnUnreadable(const ReplyDefect& defect) = 0;
    // An event of kind kUnknown has ended, or one that cannot be read.
    virtual void OnSkipped() = 0;

   protected:
    ~Handler() = default;
  };

  // `images` and `handler` outlive the reader.
  EventReader(const ReplyLimits& limits, ImageEmitter& images, Handler& handler)
      : limits_(limits), images_(images), handler_(handler) {}

  // Returns how many of the bytes were read: all, unless the handler ended it. The next call continues with
  // the byte that follows.
  std::size_t Write(std::string_view bytes) { return sse_.Write(bytes); }

  // Whether "[DONE]" has been read. What follows it is ignored.
  bool is_done() const { return done_; }
  // Whether an event has begun and not ended.
  bool is_in_event() const { return document_.has_value(); }

 private:
  bool OnData(std::string_view part) override;
  bool OnEventEnd() override;
  bool Skip();

  const ReplyLimits limits_;
  ImageEmitter& images_;
  Handler& handler_;
  SseParser sse_{*this};
  // The current event; none between two events.
  std::optional<ImageReplyReader> document_;
  // Data of the event so far, while it may become "[DONE]".
  std::string start_;
  bool done_ = false;
};

}  // namespace openrouter_images::upstream
