#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "openrouter_images/v1/generation.pb.h"
#include "service/http/transport.h"
#include "service/upstream/reply/event_reader.h"
#include "service/upstream/reply/event_sink.h"
#include "service/upstream/reply/image_emitter.h"
#include "service/upstream/reply/image_reply_reader.h"
#include "service/upstream/reply/redacting_sink.h"
#include "service/upstream/reply/reply_receiver.h"

namespace openrouter_images::upstream {

// The reply to POST /images: a stream of events or one JSON document. The reply itself decides which, not
// what was asked for: its first byte where that leaves no doubt, else its Content-Type.
//
// Previews, text, unknown events and images go to the sink as they come. The upstream is not read while the
// sink is full, so memory does not grow with the images.
//
// What was paid for is delivered. A reply with at least one whole image is a success, however it ends: what
// went wrong with the rest is GenerationCompleted.partial_failure. So a stream is read on after an error, to
// its end; without an image, the first error is then the failure, even if the end never came.
class GenerationReplyReceiver final : public ReplyReceiver, private EventReader::Handler {
 public:
  // `images`: how many were asked for. Once they have come, it does not matter how the stream ends.
  // `transport` runs the transfer; it and `sink` outlive the receiver.
  GenerationReplyReceiver(const AttemptContext& context, const ReplyLimits& limits, int images,
                          http::Transport& transport, EventSink& sink);
  ~GenerationReplyReceiver() override;

  // The last event, but for `call`; valid after a Conclude without failure. It is not sent here.
  v1::GenerationCompleted& completed() { return completed_; }

 private:
  void OnSuccessHead() override;
  http::Flow OnSuccessBody(std::string_view bytes) override;
  std::optional<errors::Failure> OnSuccessEnd(std::optional<errors::Failure> cut) override;
  bool HasWholeImage() const override { return images_.has_whole_image(); }
  void Annotate(errors::Failure& failure) override;

  bool OnEvent(const boost::json::object& event) override;
  bool OnBroken(const ReplyDefect& defect, const boost::json::object& event) override;
  void OnUnknown() override;

  // Tells the sink that the reply has begun.
  void Announce(bool is_stream);
  // Chooses the reader by the first byte of the body.
  void Begin(char first);
  bool has_begun() const { return events_.has_value() || document_.has_value(); }

  // Ends an event that is a preview or an image; one that has an image and no type is made one first. Returns
  // whether reading goes on, and nothing for any other event.
  std::optional<bool> TakeFile(const boost::json::object& event);
  bool TakeImage(const boost::json::object& event);
  void SendText(const boost::json::object& event);
  // Notes what the event says was charged.
  void NoteCost(const boost::json::object& event);
  // Notes who served the call, if the fields say it.
  void NameServer(const boost::json::object& fields);

  std::optional<errors::Failure> EndStream(std::optional<errors::Failure> cut);
  std::optional<errors::Failure> EndDocument(std::optional<errors::Failure> cut);
  // The outcome of a reply that has been read. `failure` is what is wrong with it: always set when no image
  // is whole.
  std::optional<errors::Failure> EndWith(std::optional<errors::Failure> failure);
  // Whether all images that were asked for have come, each with its event.
  bool HasAll() const;
  // Why a stream, or a document, that ended properly has no whole image.
  errors::Failure WhyNoImageInStream();
  errors::Failure WhyNoImageIn(const boost::json::object& reply) const;
  // The same for a reply whose images, if any, are `items_`: its error, or that of the first item that has
  // one, else that bytes are missing, with the fields that came instead.
  errors::Failure WhyNoImage(const boost::json::object& reply) const;
  errors::Condition Lacking() const;
  errors::Failure FromCondition(errors::Condition condition) const;
  errors::Failure FromDefect(const ReplyDefect& defect) const;

  const int attempt_;
  const ReplyLimits limits_;
  const std::size_t requested_images_;
  http::Transport& transport_;
  RedactingSink sink_;
  ImageEmitter images_;

  // The first is set for a stream, the second for a document.
  std::optional<EventReader> events_;
  std::optional<ImageReplyReader> document_;
  // Bytes of the current piece that were read before a pause.
  std::size_t taken_ = 0;

  bool is_announced_ = false;
  bool text_sent_ = false;
  // The first error that the stream reports.
  std::optional<errors::Failure> error_;
  // The highest cost in USD that an event names; 0 for none.
  double cost_ = 0;
  // Why the first completed event that cannot be read is so, and the first other one.
  std::optional<errors::Failure> broken_image_;
  std::optional<errors::Failure> broken_;
  // What stands for the images: the completed events of a stream, or the items of a document.
  std::vector<boost::json::object> items_;
  v1::GenerationCompleted completed_;
};

}  // namespace openrouter_images::upstream
