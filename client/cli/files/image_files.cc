#include "client/cli/files/image_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "client/cli/files/file_error.h"
#include "client/cli/files/file_name.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;

void CheckFolder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw FileError(fmt::format(
        "The folder {} does not exist. Create it, or end --output with / to have it made.", folder.string()));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw FileError(fmt::format("Cannot write to the folder {}: {}.", folder.string(),
                                std::generic_category().message(errno)));
  }
}

}  // namespace

ImageFiles::ImageFiles(const std::string& output, Overwrite overwrite, FileWriter writer, fs::path fallback)
    : overwrite_(overwrite), writer_(std::move(writer)), fallback_(std::move(fallback)) {
  const fs::path path(output.empty() ? "." : output);
  std::error_code error;
  if (output.ends_with('/')) {
    fs::create_directories(path, error);
    if (error) throw FileError(fmt::format("Cannot make the folder {}: {}.", output, error.message()));
  }
  if (fs::is_directory(path, error)) {
    folder_ = path;
  } else {
    folder_ = path.has_parent_path() ? path.parent_path() : fs::path(".");
    file_name_ = path.filename();
    if (fs::exists(path, error) && overwrite == Overwrite::kNever) {
      throw FileError(fmt::format("{} exists. Choose another --output, or --force to replace it.", output));
    }
  }
  CheckFolder(folder_);
}

std::vector<SavedImage> ImageFiles::Save(const v1::GenerateImagesResponse& response,
                                         const std::string& prompt) const {
  std::vector<SavedImage> saved;
  const int count = response.images_size();
  for (int i = 0; i < count; ++i) {
    const v1::GeneratedImage& image = response.images(i);
    const auto incoming = Begin();
    incoming->Append(image.data());
    saved.push_back(PutInPlace(*incoming, image.info().media_type(), prompt, i, count, overwrite_));
  }
  return saved;
}

std::unique_ptr<IncomingImage> ImageFiles::Begin() const {
  return std::make_unique<IncomingImage>(writer_, folder_, fallback_);
}

SavedImage ImageFiles::PutInPlace(IncomingImage& image, const std::string& media_type,
                                  const std::string& prompt, int index, int count,
                                  Overwrite overwrite) const {
  std::string name;
  if (!file_name_.has_value()) {
    name = ImageFileName(prompt, image.Digest(), media_type, index, count);
  } else if (count == 1) {
    name = file_name_->string();
  } else {
    name = fmt::format("{}-{}{}", file_name_->stem().string(), index + 1, file_name_->extension().string());
  }
  return image.PutInPlace(name, media_type, overwrite);
}

}  // namespace openrouter_images::client::cli
