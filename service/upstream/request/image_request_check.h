#pragma once

#include <string_view>

#include "openrouter_images/v1/images_service.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::upstream {

// Rules of a request that the limits at its fields cannot express. A request that breaks one would be refused
// by the upstream; checking here saves the round trip. Each function adds every violation that it finds, with
// the path from the request message ("image.input_references[2].url"). Descriptions never quote the caller.
//
// To be called once limits::Check has found all lists, maps and Structs within their bounds:
//
//   limits::Violations violations;
//   if (limits::Check(request, "", violations)) {
//     CheckImage(request.image(), violations);
//   }
//
// The upstream owns its vocabularies, so unknown words pass.

// Checks the form of the model and of references, names in additional_fields that have a field of their own,
// and contradictions between fields.
void CheckImage(const v1::ImageSpec& image, limits::Violations& violations);

// "author/slug"; `path` names the field. An empty model passes: its limit reports it.
void CheckModel(std::string_view model, std::string_view path, limits::Violations& violations);

}  // namespace openrouter_images::upstream
