#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <vector>

#include "openrouter_images/v1/generation.pb.h"
#include "service/upstream/reply/file_info.h"

namespace openrouter_images::upstream {

// What a reply to a generation amounts to: make a GenerationCompleted of it. `files` are the images by their
// place; those without bytes at the end may be missing.

// The images of a buffered reply as objects, those without bytes included.
std::vector<boost::json::object> ItemsOf(const boost::json::object& reply);

// Reads a buffered reply, which is a JSON object without its images' bytes, and its `items`.
void ReadDocument(const boost::json::object& reply, const std::vector<boost::json::object>& items,
                  const std::vector<FileInfo>& files, v1::GenerationCompleted& completed);

// Reads the completed events of a stream, one for each image. `created` and `usage` are those of the last
// event that has them.
void ReadEvents(const std::vector<boost::json::object>& events, const std::vector<FileInfo>& files,
                v1::GenerationCompleted& completed);

// Makes it a message of at most 1 MiB, with room for `call`: leaves out all additional_fields, and then what
// else can be long.
void CutToFit(v1::GenerationCompleted& completed);

}  // namespace openrouter_images::upstream
