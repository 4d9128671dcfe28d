#include "client/cli/files/image_files.h"

#include <fmt/format.h>

#include <utility>

#include "client/cli/files/file_name.h"

namespace openrouter_images::client::cli {

ImageFiles::ImageFiles(const std::string& output, Overwrite overwrite, FileWriter writer,
                       std::filesystem::path fallback)
    : overwrite_(overwrite),
      writer_(std::move(writer)),
      fallback_(std::move(fallback)),
      place_(FindOutputPlace(output, overwrite_, writer_)) {
  // An image waits in the fallback folder until it is whole.
  if (place_.sink.has_value()) CheckFolder(fallback_, writer_);
}

std::vector<SavedImage> ImageFiles::Save(const v1::GenerateImagesResponse& response,
                                         const std::string& prompt) const {
  std::vector<SavedImage> saved;
  const int count = response.images_size();
  for (int i = 0; i < count; ++i) {
    const v1::GeneratedImage& image = response.images(i);
    const auto incoming = Begin();
    incoming->Append(image.data());
    saved.push_back(PutInPlace(*incoming, image.info(), prompt, i, count));
  }
  return saved;
}

std::unique_ptr<IncomingImage> ImageFiles::Begin() const {
  if (place_.sink.has_value()) return std::make_unique<IncomingImage>(writer_, fallback_, ".");
  return std::make_unique<IncomingImage>(writer_, place_.folder, fallback_);
}

SavedImage ImageFiles::PutInPlace(IncomingImage& image, const v1::ImageInfo& info, const std::string& prompt,
                                  int index, int count) const {
  const std::string name = NameOf(image, info.media_type(), prompt, index, count);
  if (!place_.sink.has_value()) return image.PutInPlace(name, info, overwrite_);
  if (index == 0) return image.PourInto(*place_.sink, name, info);
  return image.PutAside(name, info, fmt::format("{} takes one image.", place_.sink->name()));
}

SavedImage ImageFiles::PutBeside(IncomingImage& image, const v1::ImageInfo& info, const std::string& prompt,
                                 int index, int count) const {
  return image.PutInPlace(NameOf(image, info.media_type(), prompt, index, count), info, Overwrite::kNever);
}

std::string ImageFiles::NameOf(IncomingImage& image, const std::string& media_type, const std::string& prompt,
                               int index, int count) const {
  if (!place_.file_name.has_value()) return ImageFileName(prompt, image.Digest(), media_type, index, count);
  if (count == 1) return place_.file_name->string();
  return fmt::format("{}-{}{}", place_.file_name->stem().string(), index + 1,
                     place_.file_name->extension().string());
}

}  // namespace openrouter_images::client::cli
