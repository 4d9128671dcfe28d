#pragma once

#include <google/protobuf/message.h>

#include <concepts>

namespace openrouter::images::base {

// Puts the fields that `over` sets onto `under`, a message of the same type:
// - a scalar, a list or a map replaces the one below; an empty list counts as not set, as proto3 has it;
// - a message is merged field by field, but google.protobuf's own (Duration, Struct, ...) are values and
//   replace the one below whole;
// - an enum's zero, by convention UNSPECIFIED, counts as not set.
// This is how a caller's options go onto the operator's, and a configuration file onto the defaults.
void OverlayOnto(google::protobuf::Message& under, const google::protobuf::Message& over);

// The same on a copy.
template <std::derived_from<google::protobuf::Message> M>
M Overlay(M under, const M& over) {
  OverlayOnto(under, over);
  return under;
}

}  // namespace openrouter::images::base
