#include "service/sandbox/draw/scene.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "service/sandbox/draw/dice.h"
#include "service/sandbox/draw/palette.h"

namespace openrouter_images::sandbox {
namespace {

constexpr int kCurvePoints = 161;

Colour WithAlpha(Colour colour, float alpha) {
  colour.a = alpha;
  return colour;
}

// How many elements of a kind a scene of this detail has, `medium` being the middle.
int Count(Detail detail, int medium) {
  switch (detail) {
    case Detail::kLow:
      return std::max(2, medium / 2);
    case Detail::kMedium:
      return medium;
    case Detail::kHigh:
      return medium + medium / 2;
  }
  return medium;
}

// A smooth, irregular line around `level`: a few sines of falling height and rising frequency.
std::vector<float> Curve(Dice& dice, float width, float level, float amplitude, float frequency,
                         int octaves) {
  std::vector<float> heights(kCurvePoints, level);
  float height = amplitude;
  for (int octave = 0; octave < octaves; ++octave) {
    const float phase = dice.Between(0, 2 * std::numbers::pi_v<float>);
    const float turns = frequency * dice.Between(0.8f, 1.25f);
    for (int i = 0; i < kCurvePoints; ++i) {
      const float x = width * static_cast<float>(i) / (kCurvePoints - 1);
      heights[static_cast<std::size_t>(i)] += height * std::sin(phase + x * turns);
    }
    height *= 0.48f;
    frequency *= 2.1f;
  }
  return heights;
}

std::vector<float> Shifted(std::vector<float> heights, float by) {
  for (float& height : heights) height += by;
  return heights;
}

void AddStars(Scene& scene, Dice& dice, const Palette& palette, int count, float lowest) {
  for (int i = 0; i < count; ++i) {
    const float size = dice.Between(0.0012f, 0.0034f);
    const float x = dice.Between(0, scene.width), y = dice.Between(0, lowest);
    const float brightness = dice.Between(0.35f, 1.0f);
    if (i % 9 == 0) {
      scene.shapes.push_back(
          Disc{x, y, size * 6, WithAlpha(palette.light, 0.35f * brightness), WithAlpha(palette.light, 0)});
    }
    const Colour colour = WithAlpha(palette.light, brightness);
    scene.shapes.push_back(Disc{x, y, size, colour, colour});
  }
}

// A sun by day, a moon by night, with the light around it.
void AddLight(Scene& scene, Dice& dice, const Palette& palette, float x, float y, float radius) {
  if (scene.transparent) return;
  scene.shapes.push_back(
      Disc{x, y, radius * 6.5f, WithAlpha(palette.light, 0.55f), WithAlpha(palette.light, 0)});
  scene.shapes.push_back(
      Disc{x, y, radius * 2.2f, WithAlpha(palette.light, 0.45f), WithAlpha(palette.light, 0)});
  scene.shapes.push_back(Disc{x, y, radius, palette.light, Mix(palette.light, palette.sky_bottom, 0.12f)});
  if (!palette.night) return;
  const Colour shade = WithAlpha(Mix(palette.light, palette.sky_bottom, 0.5f), 0.35f);
  for (int i = 0; i < 5; ++i) {
    const float angle = dice.Between(0, 6.28f), away = radius * dice.Between(0.1f, 0.62f);
    scene.shapes.push_back(Disc{x + away * std::cos(angle), y + away * std::sin(angle),
                                radius * dice.Between(0.08f, 0.24f), shade, shade});
  }
}

// The shape of a lens: `above` its axis it bulges more or less than `below`, and its upper edge billows by
// `billow` of that.
struct Lens {
  float x = 0, y = 0, length = 0, above = 0, below = 0, billow = 0, phase = 0;
};

Band LensBand(const Lens& lens, float width, const Colour& from, const Colour& to) {
  Band band{{}, {}, from, to};
  for (int k = 0; k < kCurvePoints; ++k) {
    const float along = (width * static_cast<float>(k) / (kCurvePoints - 1) - lens.x) / lens.length;
    const bool inside = along > 0 && along < 1;
    const float bulge = inside ? std::sin(along * std::numbers::pi_v<float>) : 0.0f;
    const float billow = 1 + lens.billow * std::sin(lens.phase + along * 9);
    // Outside its span the lens is closed, and by so much that not even its smoothed edge shows.
    band.top.push_back(inside ? lens.y - lens.above * bulge * billow : lens.y + 0.004f);
    band.bottom.push_back(inside ? lens.y + lens.below * bulge : lens.y - 0.004f);
  }
  return band;
}

// Long flat clouds: two thin lenses each, a small one on a large one.
void AddClouds(Scene& scene, Dice& dice, const Palette& palette, int count, float lowest) {
  if (scene.transparent) return;
  for (int i = 0; i < count; ++i) {
    const float x = dice.Between(-0.1f, scene.width), y = dice.Between(0.06f, lowest);
    const float length = dice.Between(0.22f, 0.55f);
    const float shift = length * dice.Between(0.1f, 0.3f);
    const Colour white =
        WithAlpha(Mix(palette.sky_bottom, palette.light, 0.6f), palette.night ? 0.10f : 0.30f);
    const Colour faint = WithAlpha(white, white.a * 0.35f);
    const float thickness = length * dice.Between(0.05f, 0.08f);
    const Lens large{x, y, length, thickness, thickness * 0.35f, 0.25f, dice.Between(0, 6.28f)};
    const Lens small{x + shift,        y + 0.01f, length * 0.6f,         thickness * 0.6f,
                     thickness * 0.2f, 0.25f,     dice.Between(0, 6.28f)};
    scene.shapes.push_back(LensBand(large, scene.width, white, faint));
    scene.shapes.push_back(LensBand(small, scene.width, white, faint));
  }
}

void ComposeHills(Scene& scene, Dice& dice, const Palette& palette, Detail detail) {
  const float horizon = scene.height * dice.Between(0.42f, 0.55f);
  if (palette.night) AddStars(scene, dice, palette, Count(detail, 110), horizon * 1.1f);
  AddLight(scene, dice, palette, scene.width * dice.Between(0.2f, 0.8f), horizon * dice.Between(0.42f, 0.92f),
           dice.Between(0.055f, 0.1f));
  AddClouds(scene, dice, palette, Count(detail, 5), horizon * 0.8f);
  const int ridges = Count(detail, 6);
  for (int i = 0; i < ridges; ++i) {
    const float depth = static_cast<float>(i) / static_cast<float>(ridges - 1);
    const float level = horizon + (scene.height - horizon) * (0.04f + 0.78f * std::pow(depth, 1.25f));
    const float amplitude = 0.075f * (1 - 0.35f * depth);
    auto top = Curve(dice, scene.width, level, amplitude, 2.6f + 2.2f * (1 - depth), 4);
    // Aerial perspective: far ridges take the sky's colour, valleys get mist.
    const Colour body = Mix(Mix(palette.far, palette.sky_bottom, 0.45f * (1 - depth)), palette.near, depth);
    const Colour mist = Mix(body, palette.sky_bottom, 0.55f * (1 - 0.6f * depth));
    scene.shapes.push_back(Band{std::move(top), {}, body, mist});
  }
}

void ComposeWaves(Scene& scene, Dice& dice, const Palette& palette, Detail detail) {
  const float horizon = scene.height * dice.Between(0.3f, 0.42f);
  const float light_x = scene.width * dice.Between(0.25f, 0.75f);
  if (palette.night) AddStars(scene, dice, palette, Count(detail, 90), horizon);
  AddLight(scene, dice, palette, light_x, horizon * dice.Between(0.5f, 0.85f), dice.Between(0.06f, 0.11f));
  AddClouds(scene, dice, palette, Count(detail, 4), horizon * 0.7f);
  const int bands = Count(detail, 9);
  for (int i = 0; i < bands; ++i) {
    const float depth = static_cast<float>(i) / static_cast<float>(bands - 1);
    const float level = horizon + (scene.height - horizon) * std::pow(depth, 1.5f) * 0.9f;
    const float amplitude = 0.006f + 0.045f * depth;
    const auto top = Curve(dice, scene.width, level, amplitude, 13.0f - 8.5f * depth, 2);
    const Colour body = Mix(Mix(palette.far, palette.sky_bottom, 0.3f * (1 - depth)), palette.near, depth);
    scene.shapes.push_back(
        Band{top, {}, Mix(body, palette.sky_bottom, 0.22f), Mix(body, palette.near, 0.25f)});
    const Colour foam = WithAlpha(Mix(palette.light, palette.sky_bottom, 0.3f), 0.75f - 0.25f * depth);
    const float thickness = 0.003f + 0.011f * depth;
    scene.shapes.push_back(Band{top, Shifted(top, thickness), foam, WithAlpha(foam, 0.15f)});
    if (scene.transparent) continue;
    // Reflection of the light on the water: short gleams below it, wider towards the viewer.
    for (int gleam = 0; gleam < 2; ++gleam) {
      const float length = (0.07f + 0.17f * depth) * dice.Between(0.6f, 1.2f);
      const float x = light_x - length / 2 + dice.Between(-0.25f, 0.25f) * (0.1f + 0.25f * depth);
      const float height = 0.0022f + 0.006f * depth;
      const float y = level + amplitude * 1.6f + height * (1 + 4 * static_cast<float>(gleam));
      const Colour shine = WithAlpha(palette.light, 0.5f);
      scene.shapes.push_back(
          LensBand({x, y, length, height, height}, scene.width, shine, WithAlpha(shine, 0.2f)));
    }
  }
}

void AddPlanet(Scene& scene, Dice& dice, const Palette& palette, float x, float y, float radius,
               bool ringed) {
  const Colour lit = Mix(palette.accent, palette.light, dice.Between(0.1f, 0.7f));
  const Colour body = Mix(palette.far, palette.accent, dice.Between(0.1f, 0.9f));
  if (!scene.transparent) {
    scene.shapes.push_back(Disc{x, y, radius * 1.7f, WithAlpha(lit, 0.28f), WithAlpha(lit, 0)});
  }
  scene.shapes.push_back(Disc{x, y, radius, Mix(body, lit, 0.35f), Mix(body, palette.near, 0.5f)});
  // Light from the upper left: smaller discs inside the planet, each a little brighter.
  for (int i = 1; i <= 5; ++i) {
    const float step = static_cast<float>(i) / 6;
    const float inner = radius * (1 - 0.85f * step);
    const float away = (radius - inner) * 0.68f;
    scene.shapes.push_back(
        Disc{x - away * 0.7f, y - away * 0.7f, inner, WithAlpha(lit, 0.26f), WithAlpha(lit, 0.05f)});
  }
  if (!ringed) return;
  for (int i = 0; i < 4; ++i) {
    const float ring = radius * (1.32f + 0.13f * static_cast<float>(i));
    scene.shapes.push_back(Ring{x, y, ring, radius * dice.Between(0.02f, 0.075f),
                                WithAlpha(lit, 0.65f - 0.11f * static_cast<float>(i))});
  }
}

void ComposePlanets(Scene& scene, Dice& dice, const Palette& palette, Detail detail) {
  if (!scene.transparent) {
    // Nebulae: wide, faint glows that overlap.
    for (int i = 0; i < Count(detail, 9); ++i) {
      const Colour glow = WithAlpha(i % 2 == 0 ? palette.accent : palette.far, 0.22f);
      scene.shapes.push_back(Disc{dice.Between(0, scene.width), dice.Between(0, scene.height),
                                  dice.Between(0.22f, 0.6f), glow, WithAlpha(glow, 0)});
    }
    AddStars(scene, dice, palette, Count(detail, 240), scene.height);
  }
  const float x = scene.width * dice.Between(0.35f, 0.65f), y = scene.height * dice.Between(0.38f, 0.62f);
  const float radius = dice.Between(0.18f, 0.27f);
  const int moons = Count(detail, 3);
  for (int i = 0; i < moons; ++i) {
    const float orbit = radius * (1.95f + 0.5f * static_cast<float>(i));
    const float angle = dice.Between(0, 6.28f);
    scene.shapes.push_back(Ring{x, y, orbit, 0.0022f, WithAlpha(palette.light, 0.28f)});
    AddPlanet(scene, dice, palette, x + orbit * std::cos(angle), y + orbit * std::sin(angle),
              radius * dice.Between(0.1f, 0.24f), false);
  }
  AddPlanet(scene, dice, palette, x, y, radius, true);
}

void ComposeLanterns(Scene& scene, Dice& dice, const Palette& palette, Detail detail) {
  const int lanterns = Count(detail, 34);
  for (int i = 0; i < lanterns; ++i) {
    const float near = static_cast<float>(i) / static_cast<float>(lanterns);
    const float radius = dice.Between(0.025f, 0.05f) + 0.11f * near * near * dice.Unit();
    const float x = dice.Between(0, scene.width), y = scene.height * dice.Between(0, 0.92f);
    const Colour pool[] = {palette.light, palette.accent, palette.far,
                           Mix(palette.light, palette.accent, 0.5f)};
    const Colour colour = pool[dice.Below(4)];
    if (!scene.transparent) {
      scene.shapes.push_back(Disc{x, y, radius * 2.4f, WithAlpha(colour, 0.20f), WithAlpha(colour, 0)});
    }
    scene.shapes.push_back(Disc{x, y, radius, WithAlpha(colour, 0.42f), WithAlpha(colour, 0.62f)});
    scene.shapes.push_back(
        Ring{x, y, radius * 0.98f, radius * 0.05f, WithAlpha(Mix(colour, palette.light, 0.5f), 0.75f)});
  }
  for (int i = 0; i < 2; ++i) {
    const float level = scene.height * (0.86f + 0.07f * static_cast<float>(i));
    auto top = Curve(dice, scene.width, level, 0.022f, 9.0f, 3);
    const Colour ground = Mix(palette.near, palette.far, 0.25f * static_cast<float>(1 - i));
    scene.shapes.push_back(Band{std::move(top), {}, ground, Mix(ground, palette.near, 0.6f)});
  }
}

}  // namespace

Colour Mix(const Colour& from, const Colour& to, float t) {
  return {from.r + (to.r - from.r) * t, from.g + (to.g - from.g) * t, from.b + (to.b - from.b) * t,
          from.a + (to.a - from.a) * t};
}

Scene ComposeScene(const SceneRequest& request) {
  const Mood mood = ChooseMood(request.prompt, request.seed, request.tint);
  const Palette& palette = mood.palette;
  Dice dice(request.seed ^ 0x5ce9e5eedULL);
  Scene scene;
  scene.width = request.width;
  scene.height = request.height;
  scene.transparent = request.transparent;
  scene.background_top = palette.sky_top;
  scene.background_bottom = palette.sky_bottom;
  switch (mood.motif) {
    case Motif::kHills:
      ComposeHills(scene, dice, palette, request.detail);
      break;
    case Motif::kWaves:
      ComposeWaves(scene, dice, palette, request.detail);
      break;
    case Motif::kPlanets:
      scene.background_top = Mix(palette.sky_top, palette.near, palette.night ? 0.3f : 0.75f);
      scene.background_bottom = Mix(palette.far, palette.near, palette.night ? 0.6f : 0.8f);
      ComposePlanets(scene, dice, palette, request.detail);
      break;
    case Motif::kLanterns:
      scene.background_top = Mix(palette.sky_top, palette.near, palette.night ? 0.2f : 0.55f);
      scene.background_bottom = Mix(palette.sky_bottom, palette.near, palette.night ? 0.25f : 0.35f);
      ComposeLanterns(scene, dice, palette, request.detail);
      break;
  }
  return scene;
}

}  // namespace openrouter_images::sandbox
