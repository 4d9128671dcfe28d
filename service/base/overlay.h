#pragma once

#include <google/protobuf/message.h>

#include <concepts>

namespace openrouter_images::base {

// Puts the fields that `over` sets onto `under`, a message of the same type:
// - a scalar, a list or a map replaces the one in `under`; an empty list counts as not set, as in proto3;
// - a message is merged field by field; replaced as a whole are those of google.protobuf (Duration, Struct,
//   ...) and those that consist of one list, which exist so that an empty list can be set;
// - an enum's zero, by convention UNSPECIFIED, counts as not set.
// Applies a caller's options to the operator's, and a configuration file to the defaults.
void OverlayOnto(google::protobuf::Message& under, const google::protobuf::Message& over);

// Returns the result instead.
template <std::derived_from<google::protobuf::Message> M>
M Overlay(M under, const M& over) {
  OverlayOnto(under, over);
  return under;
}

}  // namespace openrouter_images::base
