#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/http/client.h"
#include "service/upstream/codec/sse_parser.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/reply/image_emitter.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter::images::upstream {

// The reply to a streamed POST /images: a stream of events where the provider streams, else the buffered
// reply; the reply's Content-Type decides, not what was asked for. Previews, text and pictures go to the sink
// as they come, and the upstream is not read while the sink is full, so that memory does not grow with the
// pictures. An event of no known type, or one that cannot be read, is passed over: the picture that may come
// behind it is paid for.
//
// An event that names its type behind its picture is held until its end, the picture decoded; from there it
// is sent piece by piece like any other, and the upstream is not read meanwhile.
class StreamReply final : public ReplyReceiver, private SseParser::Handler, private PictureSink {
 public:
  // `pictures`: how many were asked for; fewer are fine, as long as the stream comes to its proper end.
  // `client` runs the transfer; it and `sink` outlive the reply.
  StreamReply(const AttemptContext& context, const ReplyLimits& limits, int pictures, http::Client& client,
              EventSink& sink);
  ~StreamReply() override;

  // The last event, but for `call`; after a Conclude without failure.
  v1::GenerationCompleted& completed() { return completed_; }

 private:
  // What is known of the event, or the buffered reply, that is being read.
  enum class Subject { kUnknown, kPreview, kPicture, kText, kUnknownType };

  void OnSuccessHead() override;
  http::Flow OnSuccessBody(std::string_view bytes) override;
  bool IsComplete() const override;
  std::optional<errors::Failure> OnSuccessEnd() override;
  void Annotate(errors::Failure& failure) override;

  bool OnData(std::string_view part) override;
  bool OnEventEnd() override;

  std::string& BufferFor(int index) override;
  void OnPictureEnd(int index) override;
  void OnEventType(std::string_view type) override;

  void BeginDocument(ImageReplyReader::Document document);
  void BeginPicture();
  void EndPicture();
  // Sends what the sink takes of a held picture, or all of it. True when nothing is left.
  bool SendHeld(bool all);
  bool IsInPicture() const;
  bool TakeEvent(const boost::json::object& event);
  void SendText(const boost::json::object& event);
  void TakeCompleted(const boost::json::object& event);
  // Whether the stream goes on behind an event that its reader could not read.
  bool SurvivesFault();
  void PassOver();
  std::optional<errors::Failure> Complete(const boost::json::value& document);

  const ReplyLimits limits_;
  const std::size_t pictures_;
  http::Client& client_;
  EventSink& sink_;
  PictureChunks chunks_;
  SseParser sse_;
  bool is_sse_ = false;
  bool empty_ = true;

  // The document at hand; none between two events.
  std::optional<ImageReplyReader> reader_;
  Subject subject_ = Subject::kUnknown;
  // A picture, or a preview, is being sent.
  bool in_picture_ = false;
  // The picture of an event whose type was not known when it came, in blocks.
  std::deque<std::string> held_;
  // The event is complete, so what is held can go.
  bool sending_held_ = false;
  // Bytes of the piece at hand that were read before a pause.
  std::size_t taken_ = 0;
  // Data of the event up to now, while it may be the word that ends a stream.
  std::string first_data_;

  // Why the first event that could not be read, could not: the outcome, should no picture be completed.
  std::optional<errors::Failure> unreadable_;

  bool done_ = false;
  bool text_sent_ = false;
  // The stream's completed events, put together to what the buffered reply would have been.
  boost::json::object outcome_;
  boost::json::array items_;
  // The first bytes of each picture stand for the picture.
  v1::GenerateImagesResponse heads_;
  v1::GenerationCompleted completed_;
};

}  // namespace openrouter::images::upstream
