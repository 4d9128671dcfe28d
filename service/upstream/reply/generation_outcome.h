#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <vector>

#include "openrouter_images/v1/images_service.pb.h"
#include "service/errors/failure.h"
#include "service/upstream/reply/image_emitter.h"

namespace openrouter_images::upstream {

// Reads a complete reply to a generation: `document` without its images' bytes, which went out as `images`.
// Fills in `completed` but for `call` and `unknown_events`, and cuts it to less than 1 MiB.
//
// Nothing when the reply holds at least one image and every item of `data` has its own; else the failure. An
// error object in the reply is looked at only when an image is missing; the failure is BILLED or UNKNOWN when a cost or an
// image came with it.
std::optional<errors::Failure> ReadOutcome(const boost::json::value& document,
                                           const std::vector<EmittedImage>& images,
                                           v1::GenerationCompleted& completed);

}  // namespace openrouter_images::upstream
