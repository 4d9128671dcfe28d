#pragma once

#include <cstdint>
#include <string_view>

#include "service/sandbox/draw/scene.h"

namespace openrouter_images::sandbox {

// Matching colours: sky, its light, background, foreground and one accent.
struct Palette {
  Colour sky_top, sky_bottom, light, far, near, accent;
  bool night = false;
};

enum class Motif { kHills, kWaves, kPlanets, kLanterns };

// What to draw and in which colours.
struct Mood {
  Motif motif;
  Palette palette;
};

// Chooses by the first known words in `prompt`, and otherwise by `seed`. A `tint` other than 0 turns the hue.
Mood ChooseMood(std::string_view prompt, std::uint64_t seed, std::uint64_t tint);

}  // namespace openrouter_images::sandbox
