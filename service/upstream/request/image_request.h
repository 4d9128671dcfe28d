#pragma once

#include <string>

#include "openrouter_images/v1/image_spec.pb.h"

namespace openrouter_images::upstream {

// Whether the upstream is asked for a stream of events or for one reply.
enum class Delivery { kBuffered, kStreamed };

// The JSON body of POST /images. Only what is set is sent, additional_fields beside the fields of their
// message. Inline reference images become base64 data URLs, written straight into the body, which is the only
// copy. `stream` is sent only for kStreamed.
//
// `spec` must have passed MoveToFields and CheckImage, so that no name is in it twice.
std::string EncodeImageRequest(const v1::ImageSpec& spec, Delivery delivery);

}  // namespace openrouter_images::upstream
