#include "service/rpc/response_builder.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace openrouter_images::rpc {
namespace {

using google::protobuf::io::CodedOutputStream;

// A slice that owns `bytes`, without a copy.
grpc::Slice SliceOf(std::string bytes) {
  auto owned = std::make_unique<std::string>(std::move(bytes));
  std::string& text = *owned;
  return {text.data(), text.size(), [](void* string) { delete static_cast<std::string*>(string); },
          owned.release()};
}

// The protobuf tag of a length-delimited field.
constexpr std::uint32_t Tag(int field_number) {
  constexpr std::uint32_t kLengthDelimited = 2;
  return static_cast<std::uint32_t>(field_number) << 3 | kLengthDelimited;
}

std::size_t HeadSize(std::uint32_t tag, std::size_t length) {
  return CodedOutputStream::VarintSize32(tag) + CodedOutputStream::VarintSize64(length);
}

// The bytes before an image: the head of a GeneratedImage of `image_size` bytes, and that of its `data`.
std::string ImageHead(std::size_t image_size, std::size_t data_size) {
  std::string head;
  google::protobuf::io::StringOutputStream stream(&head);
  CodedOutputStream output(&stream);
  output.WriteTag(Tag(v1::GenerateImagesResponse::kImagesFieldNumber));
  output.WriteVarint64(image_size);
  output.WriteTag(Tag(v1::GeneratedImage::kDataFieldNumber));
  output.WriteVarint64(data_size);
  output.Trim();
  return head;
}

}  // namespace

void ResponseBuilder::Take(v1::StreamGenerateImagesResponse event) {
  using Event = v1::StreamGenerateImagesResponse;
  switch (event.event_case()) {
    case Event::kGenerationStarted:
      *this = ResponseBuilder();
      return;
    case Event::kImageChunk:
      AddChunk(*event.mutable_image_chunk());
      return;
    case Event::kPartialImage:
      skipped_events_ += event.partial_image().last() ? 1 : 0;
      return;
    case Event::kTextChunk:
    case Event::kUnknownEvent:
      ++skipped_events_;
      return;
    case Event::kCompleted:
    case Event::kHeartbeat:
    case Event::EVENT_NOT_SET:
      return;
  }
}

void ResponseBuilder::AddChunk(v1::ImageChunk& chunk) {
  const auto index = static_cast<std::size_t>(chunk.index());
  if (images_.size() <= index) images_.resize(index + 1);
  Image& image = images_[index];
  image.bytes += chunk.data().size();
  bytes_ += chunk.data().size();
  image.chunks.push_back(SliceOf(std::move(*chunk.mutable_data())));
}

grpc::ByteBuffer ResponseBuilder::Build(v1::GenerationCompleted completed) && {
  images_.resize(static_cast<std::size_t>(completed.images_size()));
  std::vector<grpc::Slice> slices;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    Image& image = images_[i];
    v1::GeneratedImage rest;
    *rest.mutable_info() = std::move(*completed.mutable_images(static_cast<int>(i)));
    std::string info = rest.SerializeAsString();
    const std::size_t size =
        HeadSize(Tag(v1::GeneratedImage::kDataFieldNumber), image.bytes) + image.bytes + info.size();
    slices.push_back(SliceOf(ImageHead(size, image.bytes)));
    for (grpc::Slice& chunk : image.chunks) slices.push_back(std::move(chunk));
    slices.push_back(SliceOf(std::move(info)));
  }
  v1::GenerateImagesResponse response;
  if (completed.has_created()) response.set_created(completed.created());
  if (completed.has_usage()) *response.mutable_usage() = std::move(*completed.mutable_usage());
  *response.mutable_call() = std::move(*completed.mutable_call());
  if (completed.has_additional_fields()) {
    *response.mutable_additional_fields() = std::move(*completed.mutable_additional_fields());
  }
  if (completed.has_partial_failure()) {
    *response.mutable_partial_failure() = std::move(*completed.mutable_partial_failure());
  }
  response.set_dropped_images(completed.dropped_images());
  response.set_additional_fields_dropped(completed.additional_fields_dropped());
  response.set_skipped_events(skipped_events_);
  slices.push_back(SliceOf(response.SerializeAsString()));
  return {slices.data(), slices.size()};
}

}  // namespace openrouter_images::rpc
