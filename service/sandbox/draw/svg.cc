#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <string>

#include "service/sandbox/draw/svg.h"

namespace openrouter_images::sandbox {
namespace {

std::string Rgb(const Colour& c) {
  const auto byte = [](float v) { return static_cast<int>(std::clamp(v, 0.0f, 1.0f) * 255 + 0.5f); };
  return absl::StrFormat("#%02x%02x%02x", byte(c.r), byte(c.g), byte(c.b));
}

std::string Stop(int percent, const Colour& c) {
  std::string opacity = c.a < 1 ? absl::StrFormat(" stop-opacity=\"%.3g\"", c.a) : "";
  return absl::StrFormat("<stop offset=\"%d%%\" stop-color=\"%s\"%s/>", percent, Rgb(c), opacity);
}

// Writes one scene. Lengths are printed in thousandths of the image's shorter side.
class SvgWriter {
 public:
  void Background(const Scene& scene) {
    absl::StrAppendFormat(&out_, "<rect width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", scene.width * 1000,
                          scene.height * 1000, Linear(scene.background_top, scene.background_bottom));
  }

  void operator()(const Disc& disc) {
    const std::string fill =
        Rgb(disc.centre) == Rgb(disc.edge) && disc.centre.a == disc.edge.a
            ? absl::StrFormat("%s\" fill-opacity=\"%.3g", Rgb(disc.centre), disc.centre.a)
            : Radial(disc.centre, disc.edge);
    absl::StrAppendFormat(&out_, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>\n", disc.x * 1000,
                          disc.y * 1000, disc.radius * 1000, fill);
  }

  void operator()(const Ring& ring) {
    absl::StrAppendFormat(&out_,
                          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"none\" stroke=\"%s\" "
                          "stroke-opacity=\"%.3g\" stroke-width=\"%.1f\"/>\n",
                          ring.x * 1000, ring.y * 1000, ring.radius * 1000, Rgb(ring.colour), ring.colour.a,
                          std::max(ring.width * 1000, 1.0f));
  }

  void operator()(const Band& band) {
    std::string path;
    Line(path, band.top, false);
    if (band.bottom.empty()) {
      absl::StrAppendFormat(&path, "L%.1f %.1fL0 %.1f", width_ * 1000, height_ * 1000, height_ * 1000);
    } else {
      Line(path, band.bottom, true);
    }
    absl::StrAppend(&out_, "<path fill=\"", Linear(band.from, band.to), "\" d=\"", path, "Z\"/>\n");
  }

  std::string Write(const Scene& scene, int width, int height) {
    width_ = scene.width;
    height_ = scene.height;
    if (!scene.transparent) Background(scene);
    for (const Shape& shape : scene.shapes) std::visit([this](const auto& s) { (*this)(s); }, shape);
    return absl::StrFormat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %.1f %.1f\">\n"
        "<defs>\n%s</defs>\n%s</svg>\n",
        width, height, scene.width * 1000, scene.height * 1000, defs_, out_);
  }

 private:
  // Every second point is enough for a smooth look, and halves the file.
  void Line(std::string& path, const std::vector<float>& curve, bool backwards) const {
    const std::size_t last = curve.size() - 1;
    for (std::size_t k = 0; k <= last; k += 2) {
      const std::size_t i = backwards ? last - k : k;
      const float x = width_ * static_cast<float>(i) / static_cast<float>(last);
      absl::StrAppendFormat(&path, "%c%.1f %.1f", path.empty() ? 'M' : 'L', x * 1000, curve[i] * 1000);
    }
  }

  std::string Linear(const Colour& from, const Colour& to) {
    return Define("<linearGradient x2=\"0\" y2=\"1\"", from, to, "</linearGradient>");
  }
  std::string Radial(const Colour& from, const Colour& to) {
    return Define("<radialGradient", from, to, "</radialGradient>");
  }
  std::string Define(std::string_view open, const Colour& from, const Colour& to, std::string_view close) {
    const int id = ++gradients_;
    absl::StrAppend(&defs_, std::string(open), " id=\"g", id, "\">", Stop(0, from), Stop(100, to),
                    std::string(close), "\n");
    return absl::StrCat("url(#g", id, ")");
  }

  float width_ = 1, height_ = 1;
  int gradients_ = 0;
  std::string defs_;
  std::string out_;
};

}  // namespace

std::string EncodeSvg(const Scene& scene, int width, int height) {
  SvgWriter writer;
  return writer.Write(scene, width, height);
}

}  // namespace openrouter_images::sandbox
