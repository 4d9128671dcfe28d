#pragma once

#include <string_view>

namespace openrouter_images::upstream {

// Kind of the document that is being read: for an event of a stream by its `type`; a buffered reply is
// kCompleted.
enum class EventKind {
  kUndetermined,  // No type has been read.
  kPartialImage,
  kTextChunk,
  kCompleted,
  kSurplus,  // A completed event after the last image that is taken.
  kError,
  kUnknown,  // Newer than this service, or unreadable.
};

// The kind of an event by its `type`.
inline EventKind KindOf(std::string_view type) {
  if (type == "image_generation.partial_image") return EventKind::kPartialImage;
  if (type == "image_generation.text_chunk") return EventKind::kTextChunk;
  if (type == "image_generation.completed") return EventKind::kCompleted;
  if (type == "error") return EventKind::kError;
  return EventKind::kUnknown;
}

// Whether the event's image goes out as it is read.
constexpr bool HasImage(EventKind kind) {
  return kind == EventKind::kPartialImage || kind == EventKind::kCompleted;
}

}  // namespace openrouter_images::upstream
