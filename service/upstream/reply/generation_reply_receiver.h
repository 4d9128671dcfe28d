#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

#include "openrouter_images/v1/images_service.pb.h"
#include "service/http/transport.h"
#include "service/upstream/reply/event_reader.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_emitter.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter_images::upstream {

// The reply to POST /images: a stream of events or one JSON document. The reply's Content-Type decides, not
// what was asked for.
//
// Previews, text and images go to the sink as they come. The upstream is not read while the sink is full, so
// memory does not grow with the images. An event that is unknown or cannot be read is skipped, since the
// image that may come after it is paid for.
class GenerationReplyReceiver final : public ReplyReceiver, private EventReader::Handler {
 public:
  // `images`: how many were asked for. Fewer are a success, provided that the stream ends properly.
  // `transport` runs the transfer; it and `sink` outlive the receiver.
  GenerationReplyReceiver(const AttemptContext& context, const ReplyLimits& limits, int images,
                          http::Transport& transport, EventSink& sink);
  ~GenerationReplyReceiver() override;

  // The last event, but for `call`; valid after a Conclude without failure. It is not sent here.
  v1::GenerationCompleted& completed() { return completed_; }

 private:
  void OnSuccessHead() override;
  http::Flow OnSuccessBody(std::string_view bytes) override;
  bool IsComplete() const override;
  std::optional<errors::Failure> OnSuccessEnd() override;
  void Annotate(errors::Failure& failure) override;

  bool OnEvent(const boost::json::object& event) override;
  bool OnUnreadable(const ReplyDefect& defect) override;
  void OnSkipped() override;

  bool TakeCompleted(const boost::json::object& event);
  void SendText(const boost::json::object& event);
  std::optional<errors::Failure> EndStream();
  std::optional<errors::Failure> EndDocument();
  // Whether a completed event is being read.
  bool IsInImage() const;
  errors::Failure FromDefect(const ReplyDefect& defect) const;

  const ReplyLimits limits_;
  const std::size_t requested_images_;
  http::Transport& transport_;
  EventSink& sink_;
  ImageEmitter images_;

  // The first is set for a stream, the second for a document.
  std::optional<EventReader> events_;
  std::optional<ImageReplyReader> document_;
  bool is_empty_ = true;
  // Bytes of the current piece that were read before a pause.
  std::size_t taken_ = 0;

  bool text_sent_ = false;
  // Failure of the first unreadable event: the outcome if no image is completed.
  std::optional<errors::Failure> unreadable_;
  // The completed events, merged into the form of a buffered reply: all but `data`, and `data`.
  boost::json::object merged_;
  boost::json::array items_;
  v1::GenerationCompleted completed_;
};

}  // namespace openrouter_images::upstream
