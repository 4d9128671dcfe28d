#include "service/sandbox/draw/palette.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>

#include "service/sandbox/draw/dice.h"

namespace openrouter_images::sandbox {
namespace {

constexpr Colour Hex(unsigned rgb) {
  return {static_cast<float>((rgb >> 16) & 255) / 255.0f, static_cast<float>((rgb >> 8) & 255) / 255.0f,
          static_cast<float>(rgb & 255) / 255.0f, 1.0f};
}

enum PaletteName {
  kSunset,
  kDawn,
  kMeadow,
  kOcean,
  kNight,
  kDusk,
  kAutumn,
  kIce,
  kRose,
  kSand,
  kPaletteCount
};

constexpr std::array<Palette, kPaletteCount> kPalettes = {{
    {Hex(0x2b2d5b), Hex(0xff9a6b), Hex(0xffe3a3), Hex(0xd9687c), Hex(0x2a1b3d), Hex(0xffc857)},
    {Hex(0x7fb3d9), Hex(0xffe1c9), Hex(0xfff6df), Hex(0xb7a5c9), Hex(0x3e4a72), Hex(0xf28f79)},
    {Hex(0x8fd0ea), Hex(0xe8f6df), Hex(0xfffbe0), Hex(0x9ccfa4), Hex(0x1f5b45), Hex(0xf4b942)},
    {Hex(0x4aa3c7), Hex(0xd9f0ef), Hex(0xffffff), Hex(0x6dc0cb), Hex(0x0b3c5d), Hex(0xff8c69)},
    {Hex(0x0b1030), Hex(0x2f3f86), Hex(0xf6f1d5), Hex(0x4a549c), Hex(0x0a0d22), Hex(0xe8a87c), true},
    {Hex(0x1d1a44), Hex(0x9a4f96), Hex(0xffd1dc), Hex(0x6d3b87), Hex(0x150f30), Hex(0x58d5d3), true},
    {Hex(0xe7c59a), Hex(0xfdf0d5), Hex(0xfff8e8), Hex(0xdd9a5b), Hex(0x5b2a1e), Hex(0xc8412b)},
    {Hex(0x9fc5e8), Hex(0xf3f8ff), Hex(0xffffff), Hex(0xc3d9ee), Hex(0x34517a), Hex(0x7fd1c7)},
    {Hex(0xc94f5d), Hex(0xffd8c2), Hex(0xfff2e2), Hex(0xe98686), Hex(0x541d36), Hex(0xffb35c)},
    {Hex(0xd7a86e), Hex(0xf9e8c6), Hex(0xfffdf2), Hex(0xe2b679), Hex(0x6e4424), Hex(0x3f8f8a)},
}};

struct Hint {
  std::string_view word;
  std::optional<Motif> motif;
  std::optional<PaletteName> palette;
};

constexpr Hint kHints[] = {
    {"sunset", Motif::kHills, kSunset},
    {"sunrise", Motif::kHills, kDawn},
    {"dawn", std::nullopt, kDawn},
    {"evening", std::nullopt, kSunset},
    {"night", std::nullopt, kNight},
    {"dusk", std::nullopt, kDusk},
    {"neon", Motif::kLanterns, kDusk},
    {"city", Motif::kLanterns, std::nullopt},
    {"party", Motif::kLanterns, std::nullopt},
    {"light", Motif::kLanterns, std::nullopt},
    {"lights", Motif::kLanterns, std::nullopt},
    {"lantern", Motif::kLanterns, std::nullopt},
    {"lanterns", Motif::kLanterns, std::nullopt},
    {"space", Motif::kPlanets, kNight},
    {"planet", Motif::kPlanets, std::nullopt},
    {"planets", Motif::kPlanets, std::nullopt},
    {"moon", Motif::kPlanets, kNight},
    {"star", Motif::kPlanets, kNight},
    {"stars", Motif::kPlanets, kNight},
    {"galaxy", Motif::kPlanets, kDusk},
    {"astronaut", Motif::kPlanets, kDusk},
    {"sea", Motif::kWaves, kOcean},
    {"ocean", Motif::kWaves, kOcean},
    {"wave", Motif::kWaves, std::nullopt},
    {"waves", Motif::kWaves, std::nullopt},
    {"beach", Motif::kWaves, kSand},
    {"lake", Motif::kWaves, kDawn},
    {"river", Motif::kWaves, kMeadow},
    {"boat", Motif::kWaves, std::nullopt},
    {"fish", Motif::kWaves, kOcean},
    {"lighthouse", Motif::kWaves, kSunset},
    {"mountain", Motif::kHills, std::nullopt},
    {"mountains", Motif::kHills, std::nullopt},
    {"hill", Motif::kHills, std::nullopt},
    {"hills", Motif::kHills, std::nullopt},
    {"valley", Motif::kHills, std::nullopt},
    {"landscape", Motif::kHills, std::nullopt},
    {"forest", Motif::kHills, kMeadow},
    {"meadow", Motif::kHills, kMeadow},
    {"garden", Motif::kHills, kMeadow},
    {"desert", Motif::kHills, kSand},
    {"autumn", Motif::kHills, kAutumn},
    {"fox", Motif::kHills, kAutumn},
    {"winter", Motif::kHills, kIce},
    {"snow", Motif::kHills, kIce},
    {"ice", std::nullopt, kIce},
    {"red", std::nullopt, kRose},
    {"pink", std::nullopt, kRose},
    {"rose", std::nullopt, kRose},
    {"orange", std::nullopt, kAutumn},
    {"yellow", std::nullopt, kSand},
    {"gold", std::nullopt, kSand},
    {"golden", std::nullopt, kSand},
    {"green", std::nullopt, kMeadow},
    {"blue", std::nullopt, kOcean},
    {"purple", std::nullopt, kDusk},
    {"violet", std::nullopt, kDusk},
    {"white", std::nullopt, kIce},
    {"black", std::nullopt, kNight},
};

// Turns a colour's hue by `angle` radians at nearly equal lightness: a rotation around the grey axis.
Colour TurnHue(const Colour& c, float angle) {
  const float grey = (c.r + c.g + c.b) / 3;
  const float cosine = std::cos(angle), sine = std::sin(angle) * 0.57735027f;
  const float r = grey + (c.r - grey) * cosine + (c.b - c.g) * sine;
  const float g = grey + (c.g - grey) * cosine + (c.r - c.b) * sine;
  const float b = grey + (c.b - grey) * cosine + (c.g - c.r) * sine;
  return {std::clamp(r, 0.0f, 1.0f), std::clamp(g, 0.0f, 1.0f), std::clamp(b, 0.0f, 1.0f), c.a};
}

}  // namespace

Mood ChooseMood(std::string_view prompt, std::uint64_t seed, std::uint64_t tint) {
  Dice dice(seed);
  std::optional<Motif> motif;
  std::optional<PaletteName> name;
  // A prompt can be a megabyte; its first words suffice.
  std::string word;
  for (char c : std::string(prompt.substr(0, 2000)) + " ") {
    if (absl::ascii_isalpha(static_cast<unsigned char>(c))) {
      word += absl::ascii_tolower(static_cast<unsigned char>(c));
      continue;
    }
    const auto* hint =
        std::find_if(std::begin(kHints), std::end(kHints), [&](const Hint& h) { return h.word == word; });
    if (hint != std::end(kHints)) {
      if (!motif) motif = hint->motif;
      if (!name) name = hint->palette;
    }
    word.clear();
  }
  const auto drawn_motif = static_cast<Motif>(dice.Below(4));
  const auto drawn_name = static_cast<PaletteName>(dice.Below(kPaletteCount));
  // Images of one prompt keep its colours and still differ.
  float turn = dice.Between(-0.18f, 0.18f);
  if (tint != 0) turn += Dice(tint).Between(0.7f, 5.5f);

  Mood mood{motif.value_or(drawn_motif), kPalettes[name.value_or(drawn_name)]};
  Palette& p = mood.palette;
  for (Colour* colour : {&p.sky_top, &p.sky_bottom, &p.light, &p.far, &p.near, &p.accent}) {
    *colour = TurnHue(*colour, turn);
  }
  return mood;
}

}  // namespace openrouter_images::sandbox
