#include "client/cli/files/incoming_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeadBytes = 256 * 1024;

// "./name" is correct, and ugly to read.
fs::path Join(const fs::path& folder, const std::string& name) {
  return folder == "." ? fs::path(name) : folder / name;
}

}  // namespace

IncomingImage::IncomingImage(const FileWriter& writer, fs::path folder, fs::path fallback)
    : writer_(writer),
      folder_(std::move(folder)),
      fallback_(std::move(fallback)),
      file_(writer.Begin(folder_)) {}

void IncomingImage::Append(std::string_view bytes) {
  hash_.Add(bytes);
  size_bytes_ += static_cast<int64_t>(bytes.size());
  head_ += bytes.substr(0, kHeadBytes - std::min(kHeadBytes, head_.size()));
  if (fallback_error_) return;
  const off_t before = file_->size();
  const std::error_code error = file_->Append(bytes);
  if (!error) return;
  if (rescued_) {
    fallback_error_ = error;
  } else if (const auto done = static_cast<size_t>(file_->size() - before); Rescue(error)) {
    fallback_error_ = file_->Append(bytes.substr(done));
  }
}

SavedImage IncomingImage::PutInPlace(const std::string& name, const v1::ImageInfo& info,
                                     Overwrite overwrite) {
  SavedImage saved = Describe(info);
  if (!rescued_) {
    const WriteOutcome outcome = file_->PutInPlace(Join(folder_, name), overwrite);
    if (!outcome.error) {
      saved.path = outcome.path;
      saved.in_file = true;
      return saved;
    }
    Rescue(outcome.error);
  }
  saved.problem = fmt::format("Cannot write {}: {}.", Join(folder_, name).string(), folder_error_.message());
  if (!fallback_error_) {
    const WriteOutcome outcome = file_->PutInPlace(Join(fallback_, name), Overwrite::kNever);
    fallback_error_ = outcome.error;
    if (!outcome.error) {
      saved.path = outcome.path;
      saved.in_file = true;
    }
  }
  if (fallback_error_) {
    *saved.problem += fmt::format(" Nor {}: {}.", Join(fallback_, name).string(), fallback_error_.message());
  }
  return saved;
}

SavedImage IncomingImage::PourInto(const Sink& sink, const std::string& name, const v1::ImageInfo& info) {
  if (fallback_error_) return PutInPlace(name, info, Overwrite::kNever);
  const std::error_code error = file_->Read([&](std::string_view piece) { return sink.Write(piece); });
  if (error) {
    return PutAside(name, info, fmt::format("Cannot write to {}: {}.", sink.name(), error.message()));
  }
  SavedImage saved = Describe(info);
  saved.path = sink.name();
  return saved;
}

SavedImage IncomingImage::PutAside(const std::string& name, const v1::ImageInfo& info, std::string problem) {
  SavedImage saved = PutInPlace(name, info, Overwrite::kNever);
  saved.problem = saved.problem.has_value() ? problem + " " + *saved.problem : std::move(problem);
  return saved;
}

SavedImage IncomingImage::Describe(const v1::ImageInfo& info) const {
  SavedImage saved;
  saved.media_type = info.media_type();
  saved.size_bytes = size_bytes_;
  saved.dimensions = ReadDimensions(head_);
  for (const int defect : info.defects()) saved.defects.push_back(static_cast<v1::ImageDefect>(defect));
  return saved;
}

bool IncomingImage::Rescue(const std::error_code& error) {
  rescued_ = true;
  folder_error_ = error;
  std::unique_ptr<PartialFile> rescue = writer_.Begin(fallback_);
  fallback_error_ = file_->Read([&](std::string_view piece) { return rescue->Append(piece); });
  file_ = std::move(rescue);
  return !fallback_error_;
}

}  // namespace openrouter_images::client::cli
