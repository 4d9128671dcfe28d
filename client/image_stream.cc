#include "openrouter_images/image_stream.h"

#include <optional>
#include <utility>

#include "client/image_assembler.h"

namespace openrouter_images::client {
namespace {

using Violation = ImageAssembler::Violation;
using Event = v1::StreamGenerateImagesResponse;

ImagesError BrokenStream(std::string message, v1::BillingOutcome billing_outcome) {
  ImagesError error;
  error.code = grpc::StatusCode::DATA_LOSS;
  error.message = std::move(message);
  error.kind = v1::ERROR_KIND_RESPONSE_VALIDATION;
  error.responsible = v1::RESPONSIBLE_PARTY_SERVICE;
  error.billing_outcome = billing_outcome;
  return error;
}

Violation OnPreviewChunk(const v1::ImageChunk& chunk, ImageAssembler& assembler, StreamListener& listener) {
  std::optional<ImageAssembler::Preview> whole;
  if (Violation violation = assembler.AddPreview(chunk, &whole)) return violation;
  if (whole.has_value()) listener.OnPreview({chunk.index(), whole->file, whole->media_type, chunk});
  return std::nullopt;
}

Violation OnImageChunk(const v1::ImageChunk& chunk, ImageAssembler& assembler, StreamListener& listener) {
  if (Violation violation = assembler.AddImage(chunk)) return violation;
  if (chunk.offset() == 0) listener.OnImageBegin(chunk.index(), chunk.media_type());
  listener.OnImageBytes(chunk.index(), chunk.offset(), chunk.data());
  if (chunk.last()) listener.OnImageEnd(chunk.index());
  return std::nullopt;
}

Violation Handle(const Event& event, ImageAssembler& assembler, StreamListener& listener) {
  switch (event.event_case()) {
    case Event::kGenerationStarted:
      listener.OnStarted(event.generation_started());
      return std::nullopt;
    case Event::kPartialImage:
      return OnPreviewChunk(event.partial_image(), assembler, listener);
    case Event::kTextChunk:
      listener.OnText(event.text_chunk().phase(), event.text_chunk().text());
      return std::nullopt;
    case Event::kImageChunk:
      return OnImageChunk(event.image_chunk(), assembler, listener);
    case Event::kCompleted:
      return assembler.Complete(event.completed());
    case Event::kHeartbeat: {
      const auto& elapsed = event.heartbeat().elapsed();
      listener.OnHeartbeat(std::chrono::seconds(elapsed.seconds()) +
                           std::chrono::milliseconds(elapsed.nanos() / 1'000'000));
      return std::nullopt;
    }
    case Event::kUnknownEvent:
      listener.OnUnknownEvent(event.unknown_event());
      return std::nullopt;
    case Event::EVENT_NOT_SET:  // an event that is newer than this library
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Result<StreamedImages> ReadImageStream(ImageEvents& events, StreamListener& listener,
                                       const ErrorOfStatus& error_of) {
  ImageAssembler assembler;
  Violation violation;
  std::optional<v1::GenerationCompleted> completed;
  Event event;
  while (events.Read(&event)) {
    if (!violation.has_value()) violation = Handle(event, assembler, listener);
    if (event.has_completed()) completed = std::move(*event.mutable_completed());
  }
  const grpc::Status status = events.Finish();
  if (!status.ok()) return error_of(status);
  if (!completed.has_value()) {
    return BrokenStream("The stream ended without saying what came of it.", v1::BILLING_OUTCOME_UNKNOWN);
  }
  if (violation.has_value()) {
    ImagesError error = BrokenStream(*std::move(violation), v1::BILLING_OUTCOME_BILLED);
    *error.details.mutable_call() = completed->call();
    error.call_id = completed->call().call_id();
    error.attempts = completed->call().requests_sent();
    return error;
  }
  return StreamedImages{*std::move(completed), assembler.previews()};
}

}  // namespace openrouter_images::client
