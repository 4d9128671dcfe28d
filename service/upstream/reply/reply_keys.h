#pragma once

namespace openrouter_images::upstream {

// Members of a reply to a generation, as the upstream names them.

// Of a buffered reply: the list of its images.
inline constexpr char kDataKey[] = "data";
// Of an item of that list, or of an event of a stream: the image, and the type that the upstream reports.
inline constexpr char kImageKey[] = "b64_json";
inline constexpr char kMediaTypeKey[] = "media_type";
// Of an event: its kind, and the text of a text chunk.
inline constexpr char kTypeKey[] = "type";
inline constexpr char kTextKey[] = "text";
// When the images were made, and what they cost.
inline constexpr char kCreatedKey[] = "created";
inline constexpr char kUsageKey[] = "usage";

}  // namespace openrouter_images::upstream
