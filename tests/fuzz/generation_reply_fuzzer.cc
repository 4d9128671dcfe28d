// However a reply to a generation is cut, the caller of a stream gets the same images, previews and text, in
// messages within the contract's limits, and the same verdict; so does the caller of a unary call, wherever the
// stream succeeds.

#include <fuzzer/FuzzedDataProvider.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "service/http/client.h"
#include "service/upstream/reply/generation_reply_receiver.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/support/recorded_events.h"

namespace openrouter_images::upstream {
namespace {

// Small, so that a short input reaches them.
constexpr ReplyLimits kLimits{.max_images = 3, .max_image_bytes = 600, .max_other_bytes = 4000};
constexpr std::size_t kMaxMessage = 1024 * 1024;

struct Outcome {
  RecordedEvents sink;
  std::optional<errors::Failure> failure;
  v1::GenerationCompleted completed;
};

Outcome Read(http::Client& client, std::string_view text, std::size_t longest_piece, const char* content_type,
             bool delivers = true) {
  Outcome outcome{RecordedEvents(delivers), std::nullopt, {}};
  AttemptContext context;
  context.operation = errors::Operation::kGenerate;
  GenerationReplyReceiver reply(context, kLimits, /*images=*/1, client, outcome.sink);
  http::ResponseHead head;
  head.status = 200;
  head.headers.push_back({"content-type", content_type});
  reply.OnHead(head);
  http::TransferResult result;
  result.dispatched = true;
  if (!ForEachPiece(text, longest_piece,
                    [&](std::string_view piece) { return reply.OnBody(piece) != http::Flow::kAbort; })) {
    result.fault = http::Fault::kAbortedByHandler;
  }
  outcome.failure = reply.Conclude(result);
  if (!outcome.failure) outcome.completed = reply.completed();
  return outcome;
}

void Check(const Outcome& outcome) {
  for (const v1::StreamGenerateImagesResponse& event : outcome.sink.events) {
    Require(event.ByteSizeLong() <= kMaxMessage, "a message within the limit");
    v1::StreamGenerateImagesResponse parsed;
    Require(parsed.ParseFromString(event.SerializeAsString()), "a message that can be parsed");
  }
  if (outcome.failure) {
    Require(outcome.failure->row != nullptr, "a failure has its row");
  } else {
    Require(outcome.completed.images_size() > 0, "a success has an image");
    for (const v1::ImageInfo& image : outcome.completed.images()) {
      Require(image.size_bytes() > 0, "an image has its size");
      Require(image.sha256().size() == (outcome.sink.Delivers() ? 32 : 0), "a streamed image has its digest");
      Require(!image.media_type().empty(), "an image has its type");
    }
  }
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  static boost::asio::io_context context;
  static http::Client client(context, {});
  FuzzedDataProvider input(data, size);
  const char* content_type = input.ConsumeBool() ? "text/event-stream" : "application/json";
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 100);
  const std::string text = input.ConsumeRemainingBytesAsString();

  const upstream::Outcome whole = upstream::Read(client, text, std::string::npos, content_type);
  const upstream::Outcome cut = upstream::Read(client, text, longest_piece, content_type);
  const upstream::Outcome unary =
      upstream::Read(client, text, longest_piece, content_type, /*delivers=*/false);
  upstream::Check(unary);
  if (unary.failure) Require(!unary.failure->error.has_delivered(), "a failed unary call delivers nothing");
  upstream::Check(whole);
  upstream::Check(cut);
  Require(whole.failure.has_value() == cut.failure.has_value(), "the cut does not change the verdict");
  if (!whole.failure) {
    Require(whole.sink.Lines() == cut.sink.Lines(), "the cut does not change what is sent");
    Require(whole.completed.DebugString() == cut.completed.DebugString(), "the cut does not change the end");
    Require(!unary.failure, "a unary call takes what a stream takes");
    Require(whole.sink.Lines() == unary.sink.Lines(), "a unary call gets what a stream gets");
  }
  return 0;
}
