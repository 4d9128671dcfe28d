#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/files/file_writer.h"
#include "client/cli/files/incoming_image.h"
#include "client/cli/files/output_place.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// Where the images of one call go.
class ImageFiles {
 public:
  // `output` as in FindOutputPlace, which checks it now, before any money is spent, and throws FileError.
  // `fallback` is the folder for images that cannot be written where they belong.
  ImageFiles(const std::string& output, Overwrite overwrite, FileWriter writer,
             std::filesystem::path fallback);

  // Saves all images, in order. In a folder they are named after the prompt; as a file the first takes the
  // given name, and of several each gets its number ("name-1.png"). A file name is kept even when its
  // extension does not fit. A sink takes one image, the others go to the fallback folder.
  std::vector<SavedImage> Save(const v1::GenerateImagesResponse& response, const std::string& prompt) const;

  // The same for an image that comes in pieces; this object must outlive it. `index` counts from 0.
  std::unique_ptr<IncomingImage> Begin() const;
  SavedImage PutInPlace(IncomingImage& image, const v1::ImageInfo& info, const std::string& prompt, int index,
                        int count) const;
  // For an image that is not worth another one's place: replaces nothing, and keeps out of a sink.
  SavedImage PutBeside(IncomingImage& image, const v1::ImageInfo& info, const std::string& prompt, int index,
                       int count) const;

 private:
  std::string NameOf(IncomingImage& image, const std::string& media_type, const std::string& prompt,
                     int index, int count) const;

  Overwrite overwrite_;
  FileWriter writer_;
  std::filesystem::path fallback_;
  OutputPlace place_;
};

}  // namespace openrouter_images::client::cli
