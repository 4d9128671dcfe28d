#include "service/sandbox/canvas.h"

#include <algorithm>
#include <cmath>

namespace openrouter::images::sandbox {
namespace {

// Puts a colour over a premultiplied pixel. Components of `colour` are 0..255, alpha 0..1.
inline void Blend(std::uint8_t* pixel, float r, float g, float b, float alpha) {
  const float keep = 1 - alpha;
  pixel[0] = static_cast<std::uint8_t>(static_cast<float>(pixel[0]) * keep + r * alpha + 0.5f);
  pixel[1] = static_cast<std::uint8_t>(static_cast<float>(pixel[1]) * keep + g * alpha + 0.5f);
  pixel[2] = static_cast<std::uint8_t>(static_cast<float>(pixel[2]) * keep + b * alpha + 0.5f);
  pixel[3] = static_cast<std::uint8_t>(static_cast<float>(pixel[3]) * keep + 255 * alpha + 0.5f);
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

// The curve at every pixel column, by Catmull-Rom so that a large picture shows no corners.
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
  const float cx = disc.x * scale, cy = disc.y * scale, radius = disc.radius * scale;
  const bool flat = disc.centre.a == disc.edge.a && disc.centre.r == disc.edge.r &&
                    disc.centre.g == disc.edge.g && disc.centre.b == disc.edge.b;
  // A tiny disc covers less than a pixel: dim it instead of letting it vanish between pixel centres.
  const float dim = std::min(1.0f, radius * radius * 3.14f);
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
      const float distance = std::sqrt(dx * dx + dy * dy);
      const float coverage = std::clamp(radius - distance + 0.5f, 0.0f, 1.0f) * dim;
      if (coverage <= 0) continue;
      if (flat) {
        Blend(pixel, disc.centre.r * 255, disc.centre.g * 255, disc.centre.b * 255, disc.centre.a * coverage);
        continue;
      }
      // Smoothstep: a linear ramp to transparent shows a visible rim where a glow ends.
      float t = std::min(distance / std::max(radius, 0.01f), 1.0f);
      t = t * t * (3 - 2 * t);
      const Colour c = Mix(disc.centre, disc.edge, t);
      Blend(pixel, c.r * 255, c.g * 255, c.b * 255, c.a * coverage);
    }
  }
}

void Canvas::Paint(const Ring& ring, float scale) {
  const float cx = ring.x * scale, cy = ring.y * scale, radius = ring.radius * scale;
  const float half_width = std::max(ring.width * scale / 2, 0.35f);
  const float outer = radius + half_width + 1, inner = std::max(0.0f, radius - half_width - 1);
  const float r = ring.colour.r * 255, g = ring.colour.g * 255, b = ring.colour.b * 255;
  const PixelRange rows = Clip(cy - outer, cy + outer, height_);
  for (int y = rows.begin; y < rows.end; ++y) {
    const float dy = static_cast<float>(y) + 0.5f - cy;
    const float reach = outer * outer - dy * dy;
    if (reach <= 0) continue;
    const float half = std::sqrt(reach);
    const float hole = inner * inner - dy * dy;
    const float skip = hole > 0 ? std::sqrt(hole) : 0;
    const PixelRange columns = Clip(cx - half, cx + half, width_);
    for (int x = columns.begin; x < columns.end; ++x) {
      const float dx = static_cast<float>(x) + 0.5f - cx;
      if (std::abs(dx) < skip - 1) continue;
      const float distance = std::abs(std::sqrt(dx * dx + dy * dy) - radius);
      const float coverage = std::clamp(half_width - distance + 0.5f, 0.0f, 1.0f);
      if (coverage > 0) Blend(row(y) + x * 4, r, g, b, ring.colour.a * coverage);
    }
  }
}

void Canvas::Paint(const Band& band, float scale) {
  const std::vector<float> top = Sample(band.top, width_, scale);
  const std::vector<float> bottom = band.bottom.empty()
                                        ? std::vector<float>(top.size(), static_cast<float>(height_) + 1)
                                        : Sample(band.bottom, width_, scale);
  const float highest = *std::min_element(top.begin(), top.end());
  const float lowest = std::min(*std::max_element(bottom.begin(), bottom.end()), static_cast<float>(height_));
  const PixelRange rows = Clip(highest - 1, lowest + 1, height_);
  for (int y = rows.begin; y < rows.end; ++y) {
    const float centre = static_cast<float>(y) + 0.5f;
    const float t = std::clamp((centre - highest) / std::max(lowest - highest, 1.0f), 0.0f, 1.0f);
    const Colour c = Mix(band.from, band.to, t);
    const float r = c.r * 255, g = c.g * 255, b = c.b * 255;
    std::uint8_t* pixel = row(y);
    for (std::size_t x = 0; x < top.size(); ++x, pixel += 4) {
      const float coverage =
          std::clamp(centre - top[x] + 0.5f, 0.0f, 1.0f) * std::clamp(bottom[x] - centre + 0.5f, 0.0f, 1.0f);
      if (coverage > 0) Blend(pixel, r, g, b, c.a * coverage);
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

}  // namespace openrouter::images::sandbox
