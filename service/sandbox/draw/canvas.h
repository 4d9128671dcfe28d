#pragma once

#include <cstdint>
#include <vector>

#include "service/sandbox/draw/scene.h"

namespace openrouter_images::sandbox {

// A raster of 8-bit pixels, four bytes each (red, green, blue, alpha), row after row from the top. Colours
// are premultiplied by alpha while shapes are painted; `Unpremultiply` makes them plain, as encoders want
// them.
class Canvas {
 public:
  Canvas(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  bool opaque() const { return opaque_; }
  const std::uint8_t* row(int y) const { return pixels_.data() + Offset(y); }
  std::uint8_t* row(int y) { return pixels_.data() + Offset(y); }

  // Fills everything with a vertical gradient and makes the image opaque.
  void FillGradient(const Colour& top, const Colour& bottom);
  // Lengths of the shapes are multiplied by `scale`, in pixels; edges are smoothed.
  void Paint(const Disc& disc, float scale);
  void Paint(const Ring& ring, float scale);
  void Paint(const Band& band, float scale);
  void Unpremultiply();

 private:
  std::size_t Offset(int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) * 4;
  }

  int width_;
  int height_;
  bool opaque_ = false;
  std::vector<std::uint8_t> pixels_;
};

// Paints a scene at a size in pixels; both at least 1. The canvas is ready for an encoder.
Canvas PaintScene(const Scene& scene, int width, int height);

// The same image in squares of `block` pixels, each in its mean colour.
Canvas Pixelated(const Canvas& canvas, int block);

}  // namespace openrouter_images::sandbox
