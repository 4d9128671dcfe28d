#pragma once

#include <boost/json/object.hpp>

#include "openrouter_images/v1/catalog.pb.h"

namespace openrouter_images::json {

// Reads a capability descriptor: {"type":"enum","values":[...]}, {"type":"range","min":1,"max":10},
// {"type":"boolean"}. Further fields of these go into additional_fields, and so do values of an enum that are
// no texts. A descriptor of another type, or one that lacks what its type needs, is kept whole in
// additional_fields, with no type set. ReadMessage calls this for every descriptor.
void ReadCapability(boost::json::object object, v1::CapabilityDescriptor& capability);

}  // namespace openrouter_images::json
