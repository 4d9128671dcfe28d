#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/files/file_writer.h"
#include "client/cli/files/incoming_image.h"
#include "openrouter_images/v1/images_service.pb.h"

namespace openrouter_images::client::cli {

// Where the images of one call go.
class ImageFiles {
 public:
  // `output` is a folder (existing, or ending in "/") or a file; empty means the current folder. Checked now,
  // before any money is spent: throws FileError when the file exists without Overwrite::kReplace, or when
  // the folder is missing or not writable. `fallback` is the folder for images that cannot be written where
  // they belong.
  ImageFiles(const std::string& output, Overwrite overwrite, FileWriter writer,
             std::filesystem::path fallback);

  // Saves all images, in order. In a folder they are named after the prompt; as a file the first takes the
  // given name, and of several each gets its number ("name-1.png"). A file name is kept even when its
  // extension does not fit.
  std::vector<SavedImage> Save(const v1::GenerateImagesResponse& response, const std::string& prompt) const;

  // The same for an image that comes in pieces; this object must outlive it. `index` counts from 0. Pass
  // overwrite(), or Overwrite::kNever for an image that is not worth another one's place.
  std::unique_ptr<IncomingImage> Begin() const;
  SavedImage PutInPlace(IncomingImage& image, const std::string& media_type, const std::string& prompt,
                        int index, int count, Overwrite overwrite) const;
  Overwrite overwrite() const { return overwrite_; }

 private:
  std::filesystem::path folder_;
  // Unset: names are made from the prompt.
  std::optional<std::filesystem::path> file_name_;
  Overwrite overwrite_;
  FileWriter writer_;
  std::filesystem::path fallback_;
};

}  // namespace openrouter_images::client::cli
