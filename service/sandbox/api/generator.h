#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "service/sandbox/api/generation_request.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"

namespace openrouter::images::sandbox {

// Whether the request is answered by a stream: it asks for one, the endpoint streams, and it is for a single
// picture. Several pictures come in one JSON document, as from a provider that cannot stream.
bool IsStreamed(const GenerationRequest& request, const Fault& fault);

// The file of one picture. A pure function of the request and the index: equal input gives equal bytes.
std::string DrawPicture(const GenerationRequest& request, int index);

// The first, coarse looks at picture 0, each finer than the one before. Empty for SVG.
std::vector<std::string> DrawPartials(const GenerationRequest& request);

// The members of a JSON object that carry a picture, without braces, with what the fault changes in them.
std::string PictureMembers(const GenerationRequest& request, const Fault& fault, int index);

// The whole reply to a generation as one JSON document. Takes long: not for an I/O thread. When it is asked
// to stop, it leaves the pictures out that it has not begun.
HttpReply GenerationReply(const GenerationRequest& request, const Fault& fault, std::int64_t created,
                          const std::stop_token& stop);

}  // namespace openrouter::images::sandbox
