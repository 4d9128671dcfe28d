#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace openrouter_images::sandbox {

// sRGB, each component in 0..1; alpha 1 is opaque.
struct Colour {
  float r = 0, g = 0, b = 0, a = 1;
};

Colour Mix(const Colour& from, const Colour& to, float t);

// Lengths below are in units of the image's shorter side, the origin is its top left corner.

// A disc whose colour runs from its centre to its edge. With a transparent edge it is a glow.
struct Disc {
  float x = 0, y = 0, radius = 0;
  Colour centre, edge;
};

// A circle line of the given width, `radius` to its middle.
struct Ring {
  float x = 0, y = 0, radius = 0, width = 0;
  Colour colour;
};

// The area below a curve, and above a second one where there is one. Both curves are heights at equal steps
// from the left edge to the right. The colour runs down the height of the band.
struct Band {
  std::vector<float> top;
  std::vector<float> bottom;
  Colour from, to;
};

using Shape = std::variant<Disc, Ring, Band>;

// What an image shows, apart from how large it is and how it is encoded. Shapes are in painting order.
struct Scene {
  float width = 1, height = 1;
  Colour background_top, background_bottom;
  bool transparent = false;
  std::vector<Shape> shapes;
};

// How many elements a scene has.
enum class Detail { kLow, kMedium, kHigh };

struct SceneRequest {
  // Words in it choose motif and colours where the composer knows them ("night", "sea", "red" ...).
  std::string_view prompt;
  // Everything else that makes two images differ.
  std::uint64_t seed = 0;
  // Shifts the palette, as a reference image would; 0 leaves it.
  std::uint64_t tint = 0;
  float width = 1, height = 1;
  Detail detail = Detail::kMedium;
  // Leaves out the background and the shapes in the sky.
  bool transparent = false;
};

// Composes a drawing. A pure function: equal requests give equal scenes.
Scene ComposeScene(const SceneRequest& request);

}  // namespace openrouter_images::sandbox
