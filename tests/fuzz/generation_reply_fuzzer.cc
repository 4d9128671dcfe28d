// However a reply to a generation is cut, the caller of a stream gets the same images, previews and text, in
// messages within the contract's limits, and the same verdict; so does the caller of a unary call. An image
// whose base64 came whole is delivered, whatever follows it.

#include <fmt/format.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // How much of a broken body is quoted depends on what had come when it was found to be broken.
  if (outcome.completed.has_partial_failure()) {
    outcome.completed.mutable_partial_failure()->mutable_upstream()->clear_body_excerpt();
  }
  return outcome;
}

// Every file that is begun comes in order and without gaps, and ends where the reply is a success.
void CheckFiles(const Outcome& outcome,
                const v1::ImageChunk& (*chunk_of)(const v1::StreamGenerateImagesResponse&),
                bool (*has_chunk)(const v1::StreamGenerateImagesResponse&)) {
  int index = 0;
  std::int64_t offset = 0;
  bool in_file = false;
  for (const v1::StreamGenerateImagesResponse& event : outcome.sink.events) {
    if (!has_chunk(event)) continue;
    const v1::ImageChunk& chunk = chunk_of(event);
    Require(chunk.index() == index && chunk.offset() == offset, "pieces come in order and without gaps");
    Require(chunk.media_type().empty() == in_file, "the first piece has the type");
    Require(!chunk.data().empty() || chunk.last(), "only a last piece is empty");
    in_file = !chunk.last();
    offset = chunk.last() ? 0 : offset + static_cast<std::int64_t>(chunk.data().size());
    index += chunk.last() ? 1 : 0;
  }
  Require(outcome.failure || !in_file, "every file has an end");
}

void Check(const Outcome& outcome) {
  using Event = v1::StreamGenerateImagesResponse;
  for (const Event& event : outcome.sink.events) {
    Require(event.ByteSizeLong() <= kMaxMessage, "a message within the limit");
    Event parsed;
    Require(parsed.ParseFromString(event.SerializeAsString()), "a message that can be parsed");
  }
  CheckFiles(
      outcome, [](const Event& event) -> const v1::ImageChunk& { return event.image_chunk(); },
      [](const Event& event) { return event.has_image_chunk(); });
  CheckFiles(
      outcome, [](const Event& event) -> const v1::ImageChunk& { return event.partial_image(); },
      [](const Event& event) { return event.has_partial_image(); });
  if (outcome.failure) {
    Require(outcome.failure->row != nullptr, "a failure has its row");
    return;
  }
  bool has_whole_image = false;
  for (const v1::ImageInfo& image : outcome.completed.images()) {
    const bool is_whole =
        std::ranges::find(image.defects(), v1::IMAGE_DEFECT_INCOMPLETE) == image.defects().end();
    Require(image.size_bytes() > 0 || !is_whole, "an image without bytes has a defect");
    Require(image.sha256().size() == (outcome.sink.Delivers() ? 32 : 0), "a streamed image has its digest");
    Require(!image.media_type().empty(), "an image has its type");
    has_whole_image |= is_whole;
  }
  Require(has_whole_image, "a success has a whole image");
}

// How Boost.JSON 1.81 rounds a number of 17 digits and more depends on how it is cut, in the last place.
class RoundedNumbers final : public google::protobuf::TextFormat::FastFieldValuePrinter {
 public:
  void PrintDouble(double value, google::protobuf::TextFormat::BaseTextGenerator* text) const override {
    text->PrintString(fmt::format("{:.12e}", value));
  }
};

std::string Text(const v1::GenerationCompleted& completed) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetDefaultFieldValuePrinter(new RoundedNumbers);  // The printer takes ownership.
  std::string text;
  Require(printer.PrintToString(completed, &text), "a message that can be printed");
  return text;
}

// A reply up to the end of an image's base64.
constexpr std::string_view kImage = "\x89PNG\r\n\x1A\n and so on";
constexpr std::string_view kStreamUpToImage =
    R"(data: {"type":"image_generation.completed","b64_json":"iVBORw0KGgogYW5kIHNvIG9u")";
constexpr std::string_view kDocumentUpToImage = R"({"data":[{"b64_json":"iVBORw0KGgogYW5kIHNvIG9u")";

// Whatever follows it, the image is delivered.
void CheckImageIsDelivered(const Outcome& outcome) {
  Require(!outcome.failure, "an image that came whole is a success");
  const std::string line = "image 0: " + std::string(kImage);
  const std::vector<std::string> lines = outcome.sink.Lines();
  Require(std::ranges::find(lines, line) != lines.end(), "an image that came whole is delivered");
  Require(outcome.completed.images(0).size_bytes() == static_cast<std::int64_t>(kImage.size()),
          "an image that came whole is described");
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  static boost::asio::io_context context;
  static http::Client client(context, {});
  FuzzedDataProvider input(data, size);
  const bool is_stream = input.ConsumeBool();
  const char* content_type = is_stream ? "text/event-stream" : "application/json";
  const bool has_image = input.ConsumeBool();
  const std::size_t longest_piece = input.ConsumeIntegralInRange<std::size_t>(1, 100);
  std::string text = input.ConsumeRemainingBytesAsString();
  if (has_image) {
    text.insert(0, is_stream ? upstream::kStreamUpToImage : upstream::kDocumentUpToImage);
  }

  const upstream::Outcome whole = upstream::Read(client, text, std::string::npos, content_type);
  const upstream::Outcome cut = upstream::Read(client, text, longest_piece, content_type);
  const upstream::Outcome unary =
      upstream::Read(client, text, longest_piece, content_type, /*delivers=*/false);
  upstream::Check(unary);
  if (unary.failure) Require(!unary.failure->error.has_delivered(), "a failed unary call delivers nothing");
  upstream::Check(whole);
  upstream::Check(cut);
  if (has_image) {
    for (const upstream::Outcome* outcome : {&whole, &cut, &unary}) upstream::CheckImageIsDelivered(*outcome);
  }
  Require(whole.failure.has_value() == cut.failure.has_value(), "the cut does not change the verdict");
  Require(whole.failure.has_value() == unary.failure.has_value(), "a unary call takes what a stream takes");
  if (!whole.failure) {
    Require(whole.sink.Lines() == cut.sink.Lines(), "the cut does not change what is sent");
    Require(upstream::Text(whole.completed) == upstream::Text(cut.completed),
            "the cut does not change the end");
    Require(whole.sink.Lines() == unary.sink.Lines(), "a unary call gets what a stream gets");
  }
  return 0;
}
