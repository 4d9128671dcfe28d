#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "service/sandbox/api/generation_request.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// Whether the answer is a stream: the request asks for one, the endpoint streams, and it is for a single
// image. Several images come in one JSON document, as from a provider that cannot stream.
bool IsStreamed(const GenerationRequest& request, const FaultScript& fault);

// The file of one image. A pure function of the request and the index: equal input gives equal bytes.
std::string DrawImage(const GenerationRequest& request, int index);

// Coarse previews of image 0, each finer than the one before. Empty for SVG.
std::vector<std::string> DrawPartials(const GenerationRequest& request);

// The JSON members of an image, `"b64_json":…,"media_type":…` without braces, with what the fault changes.
std::string ImageMembers(const GenerationRequest& request, const FaultScript& fault, int index);

// The whole reply to a generation as one JSON document. Takes up to seconds: not for an I/O thread. When
// asked to stop, it leaves out the images that it has not begun.
HttpReply GenerationReply(const GenerationRequest& request, const FaultScript& fault, std::int64_t created,
                          const std::stop_token& stop);

}  // namespace openrouter_images::sandbox
