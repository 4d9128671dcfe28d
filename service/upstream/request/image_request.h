#pragma once

#include <string>

#include "openrouter_images/v1/images_service.pb.h"

namespace openrouter_images::upstream {

// Whether the upstream is asked for a stream of events or for one reply.
enum class Delivery { kBuffered, kStreamed };

// The JSON body of POST /images. Only what is set is sent. Inline reference images become base64 data URLs,
// written straight into the body, which is the only copy. Fields of additional_fields never replace a defined
// one; `stream` is sent only for kStreamed.
//
// `spec` must have passed CheckImage.
std::string EncodeImageRequest(const v1::ImageSpec& spec, Delivery delivery);

}  // namespace openrouter_images::upstream
