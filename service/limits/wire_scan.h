#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include "service/limits/violation.h"

namespace openrouter_images::limits {

// Limit of the fields in one message, those of nested messages and of unknown groups included. Twice what a
// request can have that keeps all its other limits.
inline constexpr int kMaxWireFields = 32768;

// Limit of the nesting of messages, which is protobuf's own: beyond it a parser calls a message malformed. A
// request whose Structs have kMaxStructDepth levels stays within it.
inline constexpr int kMaxWireDepth = 100;

// What the bytes of a message tell before they are parsed.
struct WireScan {
  // Whether all bytes were read. If not, and nothing is in excess, they are no message.
  bool complete = false;
  // Fields that the message's type lacks, at most 16, by path: "image.99". Also those in entries of maps,
  // which a parser drops. A parser keeps the others, so do not parse the bytes.
  Violations unknown_fields;
  // What exceeds the limits above; the rest was not read. 32 MiB can be 16 million messages, half a GiB of
  // memory or more, so do not parse the bytes.
  Violations excess;
};

// Reads the bytes of a message of this type without keeping any of them. Bytes that are read to the end may
// still be no message: texts and lengths of messages are the parser's to check.
WireScan ScanWire(google::protobuf::io::ZeroCopyInputStream& bytes, const google::protobuf::Descriptor& type);

}  // namespace openrouter_images::limits
