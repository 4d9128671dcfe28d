#pragma once

#include "openrouter_images/v1/image_spec.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::upstream {

// Rules of a request that the limits at its fields cannot express: the form of references, and contradictions
// between fields. A request that breaks one would be refused by the upstream; checking here saves the round
// trip. Adds every violation, with the path from the request message ("image.input_references[2].url").
// Descriptions never quote the caller. The upstream owns its vocabularies, so unknown words pass.
//
// To be called once limits::Check has found all lists, maps and Structs within their bounds:
//
//   limits::Violations violations;
//   MoveToFields(*request.mutable_image(), "image", violations);
//   if (limits::Check(request, "", violations)) CheckImage(request.image(), violations);
void CheckImage(const v1::ImageSpec& image, limits::Violations& violations);

}  // namespace openrouter_images::upstream
