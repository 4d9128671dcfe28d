#include "service/sandbox/draw/canvas.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace openrouter_images::sandbox {
namespace {

// A colour ready to be put over premultiplied pixels. The four components of a pixel are blended at once, as
// lanes of 16 bits in one word, alpha in 256ths, which makes large images fast. `add` holds colour times
// alpha, with rounding.
struct Ink {
  std::uint64_t add;
  std::uint32_t keep;
};

Ink MakeInk(const Colour& colour, float coverage) {
  const auto alpha = static_cast<std::uint32_t>(colour.a * coverage * 256 + 0.5f);
  const auto lane = [alpha](float component) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(component * 255 + 0.5f) * alpha + 128);
  };
  return {lane(colour.r) | lane(colour.g) << 16 | lane(colour.b) << 32 | lane(1) << 48, 256 - alpha};
}

inline void Blend(std::uint8_t* pixel, const Ink& ink) {
  // No lane overflows: 255 * keep + 255 * (256 - keep) + 128 is below 65536.
  std::uint64_t lanes = std::uint64_t{pixel[0]} | std::uint64_t{pixel[1]} << 16 |
                        std::uint64_t{pixel[2]} << 32 | std::uint64_t{pixel[3]} << 48;
  lanes = lanes * ink.keep + ink.add;
  pixel[0] = static_cast<std::uint8_t>(lanes >> 8);
  pixel[1] = static_cast<std::uint8_t>(lanes >> 24);
  pixel[2] = static_cast<std::uint8_t>(lanes >> 40);
  pixel[3] = static_cast<std::uint8_t>(lanes >> 56);
}

// Rows or columns that a span [low, high] of the plane touches, as a half-open range inside [0, size).
struct PixelRange {
  int begin, end;
};

PixelRange Clip(float low, float high, int size) {
  const float limit = static_cast<float>(size);
  return {static_cast<int>(std::clamp(std::floor(low), 0.0f, limit)),
          static_cast<int>(std::clamp(std::ceil(high) + 1, 0.0f, limit))};
}

// The curve at every pixel column, by Catmull-Rom so that a large image shows no corners.
std::vector<float> Sample(const std::vector<float>& curve, int width, float scale) {
  std::vector<float> out(static_cast<std::size_t>(width));
  const int last = static_cast<int>(curve.size()) - 1;
  for (int x = 0; x < width; ++x) {
    const float at = (static_cast<float>(x) + 0.5f) / static_cast<float>(width) * static_cast<float>(last);
    const int i = std::min(static_cast<int>(at), last - 1);
    const float t = at - static_cast<float>(i);
    const auto point = [&](int k) { return curve[static_cast<std::size_t>(std::clamp(k, 0, last))]; };
    const float p0 = point(i - 1), p1 = point(i), p2 = point(i + 1), p3 = point(i + 2);
    const float value =
        p1 + 0.5f * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
    out[static_cast<std::size_t>(x)] = value * scale;
  }
  return out;
}

}  // namespace

Canvas::Canvas(int width, int height) : width_(width), height_(height), pixels_(Offset(height)) {}

void Canvas::FillGradient(const Colour& top, const Colour& bottom) {
  opaque_ = true;
  for (int y = 0; y < height_; ++y) {
    const Colour c = Mix(top, bottom, static_cast<float>(y) / static_cast<float>(std::max(1, height_ - 1)));
    const std::uint8_t rgba[4] = {static_cast<std::uint8_t>(c.r * 255 + 0.5f),
                                  static_cast<std::uint8_t>(c.g * 255 + 0.5f),
                                  static_cast<std::uint8_t>(c.b * 255 + 0.5f), 255};
    std::uint8_t* pixel = row(y);
    for (int x = 0; x < width_; ++x, pixel += 4) std::copy_n(rgba, 4, pixel);
  }
}

void Canvas::Paint(const Disc& disc, float scale) {
  constexpr int kSteps = 1024;
  const float cx = disc.x * scale, cy = disc.y * scale, radius = disc.radius * scale;
  // A tiny disc covers less than a pixel: dim it instead of letting it vanish between pixel centres.
  const float dim = std::min(1.0f, radius * radius * 3.14f);
  const auto colour_at = [&disc](float t) { return Mix(disc.centre, disc.edge, t * t * (3 - 2 * t)); };
  // Inside the rim the ink depends on the squared distance alone: a table saves the root and the mixing. The
  // colour follows a smoothstep: a linear ramp to transparent shows a visible rim where a glow ends.
  std::array<Ink, kSteps + 1> inks;
  for (int i = 0; i <= kSteps; ++i) {
    inks[static_cast<std::size_t>(i)] = MakeInk(colour_at(std::sqrt(static_cast<float>(i) / kSteps)), dim);
  }
  const float step = kSteps / std::max(radius * radius, 0.01f);
  const float inside = radius > 0.5f ? (radius - 0.5f) * (radius - 0.5f) : 0;
  const PixelRange rows = Clip(cy - radius - 1, cy + radius + 1, height_);
  for (int y = rows.begin; y < rows.end; ++y) {
    const float dy = static_cast<float>(y) + 0.5f - cy;
    const float reach = (radius + 1) * (radius + 1) - dy * dy;
    if (reach <= 0) continue;
    const float half = std::sqrt(reach);
    const PixelRange columns = Clip(cx - half, cx + half, width_);
    std::uint8_t* pixel = row(y) + columns.begin * 4;
    for (int x = columns.begin; x < columns.end; ++x, pixel += 4) {
      const float dx = static_cast<float>(x) + 0.5f - cx;
      const float squared = dx * dx + dy * dy;
      if (squared <= inside) {
        Blend(pixel, inks[static_cast<std::size_t>(squared * step)]);
        continue;
      }
      const float coverage = radius - std::sqrt(squared) + 0.5f;
      if (coverage > 0) Blend(pixel, MakeInk(disc.edge, std::min(coverage, 1.0f) * dim));
    }
  }
}

void Canvas::Paint(const Ring& ring, float scale) {
  const float cx = ring.x * scale, cy = ring.y * scale, radius = ring.radius * scale;
  const float half_width = std::max(ring.width * scale / 2, 0.35f);
  const float outer = radius + half_width + 1, inner = std::max(0.0f, radius - half_width - 1);
  const PixelRange rows = Clip(cy - outer, cy + outer, height_);
  for (int y = rows.begin; y < rows.end; ++y) {
    const float dy = static_cast<float>(y) + 0.5f - cy;
    const float reach = outer * outer - dy * dy;
    if (reach <= 0) continue;
    const float half = std::sqrt(reach);
    const float hole = inner * inner - dy * dy;
    const float skip = hole > 0 ? std::sqrt(hole) : 0;
    // Left of the hole, then right of it; one span where the row misses the hole.
    const PixelRange left = Clip(cx - half, skip > 0 ? cx - skip : cx + half, width_);
    const PixelRange right = skip > 0 ? Clip(cx + skip - 1, cx + half, width_) : PixelRange{0, 0};
    for (const PixelRange& columns : {left, PixelRange{std::max(right.begin, left.end), right.end}}) {
      for (int x = columns.begin; x < columns.end; ++x) {
        const float dx = static_cast<float>(x) + 0.5f - cx;
        const float distance = std::abs(std::sqrt(dx * dx + dy * dy) - radius);
        const float coverage = std::clamp(half_width - distance + 0.5f, 0.0f, 1.0f);
        if (coverage > 0) Blend(row(y) + x * 4, MakeInk(ring.colour, coverage));
      }
    }
  }
}

void Canvas::Paint(const Band& band, float scale) {
  const std::vector<float> top = Sample(band.top, width_, scale);
  const std::vector<float> bottom = band.bottom.empty()
                                        ? std::vector<float>(top.size(), static_cast<float>(height_) + 1)
                                        : Sample(band.bottom, width_, scale);
  const auto [highest, top_end] = std::minmax_element(top.begin(), top.end());
  const auto [bottom_begin, bottom_end] = std::minmax_element(bottom.begin(), bottom.end());
  const float first = *highest, last = std::min(*bottom_end, static_cast<float>(height_));
  const PixelRange rows = Clip(first - 1, last + 1, height_);
  for (int y = rows.begin; y < rows.end; ++y) {
    const float centre = static_cast<float>(y) + 0.5f;
    const float t = std::clamp((centre - first) / std::max(last - first, 1.0f), 0.0f, 1.0f);
    const Colour colour = Mix(band.from, band.to, t);
    const Ink full = MakeInk(colour, 1);
    std::uint8_t* pixel = row(y);
    if (centre >= *top_end + 0.5f && centre <= *bottom_begin - 0.5f) {
      for (int x = 0; x < width_; ++x, pixel += 4) Blend(pixel, full);
      continue;
    }
    for (std::size_t x = 0; x < top.size(); ++x, pixel += 4) {
      const float below = centre - top[x] + 0.5f, above = bottom[x] - centre + 0.5f;
      if (below <= 0 || above <= 0) continue;
      const float coverage = std::min(below, 1.0f) * std::min(above, 1.0f);
      Blend(pixel, coverage >= 1 ? full : MakeInk(colour, coverage));
    }
  }
}

void Canvas::Unpremultiply() {
  if (opaque_) return;
  for (std::size_t i = 0; i + 3 < pixels_.size(); i += 4) {
    const unsigned alpha = pixels_[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (std::size_t k = i; k < i + 3; ++k) {
      pixels_[k] = static_cast<std::uint8_t>(std::min(255u, (pixels_[k] * 255u + alpha / 2) / alpha));
    }
  }
}

Canvas PaintScene(const Scene& scene, int width, int height) {
  Canvas canvas(width, height);
  if (!scene.transparent) canvas.FillGradient(scene.background_top, scene.background_bottom);
  const float scale = static_cast<float>(width) / scene.width;
  for (const Shape& shape : scene.shapes) {
    std::visit([&](const auto& s) { canvas.Paint(s, scale); }, shape);
  }
  canvas.Unpremultiply();
  return canvas;
}

Canvas Pixelated(const Canvas& canvas, int block) {
  Canvas out = canvas;
  for (int y = 0; y < canvas.height(); y += block) {
    const int bottom = std::min(y + block, canvas.height());
    for (int x = 0; x < canvas.width(); x += block) {
      const int right = std::min(x + block, canvas.width());
      unsigned sum[4] = {};
      for (int j = y; j < bottom; ++j) {
        const std::uint8_t* pixel = canvas.row(j) + x * 4;
        for (int i = x; i < right; ++i, pixel += 4) {
          for (int k = 0; k < 4; ++k) sum[k] += pixel[k];
        }
      }
      const unsigned count = static_cast<unsigned>((bottom - y) * (right - x));
      for (int j = y; j < bottom; ++j) {
        std::uint8_t* pixel = out.row(j) + x * 4;
        for (int i = x; i < right; ++i, pixel += 4) {
          for (int k = 0; k < 4; ++k) pixel[k] = static_cast<std::uint8_t>(sum[k] / count);
        }
      }
    }
  }
  return out;
}

}  // namespace openrouter_images::sandbox
