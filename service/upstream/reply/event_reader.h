#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/codec/sse_parser.h"
#include "service/upstream/reply/image_emitter.h"
#include "service/upstream/reply/image_reply_reader.h"

namespace openrouter_images::upstream {

// Reads a stream of server-sent events, each of which is a JSON document, up to the event "[DONE]". The image
// of an event goes to an ImageEmitter while it is read; the rest goes to a handler when the event ends.
// Events of an unknown kind may have any size: they are not read, only their beginning is kept. Not
// thread-safe.
class EventReader final : private SseParser::Handler {
 public:
  // A function that returns false ends the current Write.
  class Handler {
   public:
    // An event of the kind images.kind() has been read, without its image. It is of kind kUndetermined when
    // it has no type, and empty when it is not a JSON object.
    virtual bool OnEvent(const boost::json::object& event) = 0;
    // An event of the kind images.kind() cannot be read any further. `event` is what was read of it, but for
    // its image.
    virtual bool OnBroken(const ReplyDefect& defect, const boost::json::object& event) = 0;
    // An event of kind kUnknown has ended: one of an unknown type, or a broken one of a kind without an
    // image.
    virtual void OnUnknown() = 0;

   protected:
    ~Handler() = default;
  };

  // `images` and `handler` outlive the reader.
  EventReader(const ReplyLimits& limits, ImageEmitter& images, Handler& handler)
      : limits_(limits), images_(images), handler_(handler) {}

  // Returns how many of the bytes were read: all, unless the handler ended it. The next call continues with
  // the byte that follows.
  std::size_t Write(std::string_view bytes) { return sse_.Write(bytes); }

  // The stream has ended. Of an event that it cut off, the handler gets what can be used: all of it when only
  // its end is missing, its image when that came.
  void Finish();

  // Whether "[DONE]" has been read. What follows it is ignored.
  bool is_done() const { return done_; }

  // Whether something was left out of the current event, since it did not fit into ReplyLimits. To be asked
  // by the handler, like the next.
  bool lost_fields() const { return document_->other_fields_dropped(); }
  // The current event as it came.
  v1::UnknownEvent AsItCame() const;

 private:
  bool OnData(std::string_view part) override;
  bool OnEventEnd() override;
  void Keep(std::string_view part);
  bool Read(std::string_view part);
  bool Break();

  const ReplyLimits limits_;
  ImageEmitter& images_;
  Handler& handler_;
  SseParser sse_{*this};
  // The current event; none between two events.
  std::optional<ImageReplyReader> document_;
  // It cannot be read any further, and the handler knows.
  bool broken_ = false;
  // Its data as far as an UnknownEvent takes it, and one byte beyond; or what may become "[DONE]".
  std::string data_;
  bool done_ = false;
};

}  // namespace openrouter_images::upstream
