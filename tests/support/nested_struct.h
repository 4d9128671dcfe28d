#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstddef>
#include <utility>

namespace openrouter_images {

// {"k":{"k": ... {} }} with `levels` objects inside one another, the outermost counted; at least one.
inline google::protobuf::Struct NestedStruct(std::size_t levels) {
  google::protobuf::Struct fields;
  for (std::size_t level = 1; level < levels; ++level) {
    google::protobuf::Struct outer;
    *(*outer.mutable_fields())["k"].mutable_struct_value() = std::move(fields);
    fields = std::move(outer);
  }
  return fields;
}

}  // namespace openrouter_images
