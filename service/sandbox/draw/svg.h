#pragma once

#include <string>

#include "service/sandbox/draw/scene.h"

namespace openrouter_images::sandbox {

// The scene as an SVG document whose size is `width` by `height` pixels.
std::string EncodeSvg(const Scene& scene, int width, int height);

}  // namespace openrouter_images::sandbox
