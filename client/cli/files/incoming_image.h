#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/files/file_writer.h"
#include "client/cli/files/image_header.h"
#include "client/cli/files/sink.h"
#include "client/sha256.h"
#include "openrouter_images/v1/generation.pb.h"

namespace openrouter_images::client::cli {

// An image that was to be saved.
struct SavedImage {
  // Where it is, a sink by its name; empty when it could not be written anywhere.
  std::filesystem::path path;
  // Whether it is in a file of its own, which can be read again.
  bool in_file = false;
  // When it is not where it was asked for: why.
  std::optional<std::string> problem;
  std::string media_type;
  int64_t size_bytes = 0;
  std::optional<Dimensions> dimensions;
  // What the service says is wrong with it.
  std::vector<v1::ImageDefect> defects;
};

// An image that goes to the disk as it comes. It is being paid for: when its folder cannot take it (any
// more), it moves to the fallback folder with what came so far, and goes on there. Without PutInPlace nothing
// stays.
class IncomingImage {
 public:
  IncomingImage(const FileWriter& writer, std::filesystem::path folder, std::filesystem::path fallback);

  void Append(std::string_view bytes);

  // The file's first bytes, as far as they were received: enough for its signature and dimensions.
  std::string_view head() const { return head_; }
  // SHA-256 of the whole file. Once, after the last Append.
  std::string Digest() { return hash_.Finish(); }

  // Gives the whole file its name in the folder, or one in the fallback folder.
  SavedImage PutInPlace(const std::string& name, const v1::ImageInfo& info, Overwrite overwrite);

  // Writes the whole file into the sink. If that fails, gives it its name as above, with the problem.
  SavedImage PourInto(const Sink& sink, const std::string& name, const v1::ImageInfo& info);

  // Gives the whole file its name as above, where it is not asked for: `problem` says why.
  SavedImage PutAside(const std::string& name, const v1::ImageInfo& info, std::string problem);

 private:
  SavedImage Describe(const v1::ImageInfo& info) const;
  // Moves to the fallback folder because of an error with the folder; whether that worked.
  bool Rescue(const std::error_code& error);

  const FileWriter& writer_;
  const std::filesystem::path folder_;
  const std::filesystem::path fallback_;
  std::unique_ptr<PartialFile> file_;
  bool rescued_ = false;
  // What the folder said, and then what the fallback folder said.
  std::error_code folder_error_;
  std::error_code fallback_error_;
  std::string head_;
  int64_t size_bytes_ = 0;
  Sha256 hash_;
};

}  // namespace openrouter_images::client::cli
