#pragma once

namespace openrouter_images::errors {

// The catalog's calls are free and change nothing. A generation costs money once it completes.
enum class Operation { kGenerate, kCatalog };

// Whose API key goes with the request.
enum class KeyOwner { kService, kCaller };

}  // namespace openrouter_images::errors
