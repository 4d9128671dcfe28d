#pragma once

namespace openrouter_images::http {

// Whether this process has too few file descriptors left for a name lookup and a connection. libcurl does not
// say why it could make none. Thread-safe.
bool OutOfDescriptors();

}  // namespace openrouter_images::http
