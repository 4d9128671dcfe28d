#pragma once

#include <cstddef>
#include <string_view>

namespace openrouter_images::upstream {

// Reads a stream of server-sent events as the WHATWG standard defines them, in pieces as they come from the
// network: the handler gets the same data however the stream is cut. Lines end with LF, CR or CRLF; a byte
// order mark at the beginning is skipped; the data lines of one event are joined by LF; an event that the end
// of the stream cuts off is not an event. The fields `event`, `id` and `retry` are skipped, since this API
// uses `data` alone.
//
// Data is passed on as it comes and never collected, so an event may have any size. Not thread-safe.
class SseParser {
 public:
  class Handler {
   public:
    // The next part of the current event's data; not empty. False makes Write return.
    virtual bool OnData(std::string_view part) = 0;
    // The current event is complete; it has at least one data line. False makes Write return.
    virtual bool OnEventEnd() = 0;

   protected:
    ~Handler() = default;
  };

  // `handler` outlives the parser.
  explicit SseParser(Handler& handler) : handler_(handler) {}

  // Returns how many of the bytes were read: all, unless the handler stopped it. To go on, pass the bytes
  // after them.
  std::size_t Write(std::string_view bytes);

 private:
  enum class State {
    kByteOrderMark,  // At the very beginning, where a mark may be.
    kLineStart,
    kFieldName,   // Inside the name, which may become "data".
    kValueStart,  // After "data:": one space may follow.
    kData,
    kIgnored,  // A comment, or a field of no interest.
  };

  bool EndLine();
  bool BeginDataLine();

  Handler& handler_;
  State state_ = State::kByteOrderMark;
  // Bytes of the mark, or of the name "data", that have been read.
  std::size_t matched_ = 0;
  // The last byte was a CR: an LF that follows belongs to it.
  bool after_cr_ = false;
  // The current event has a data line.
  bool has_data_ = false;
};

}  // namespace openrouter_images::upstream
