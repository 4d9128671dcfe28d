#include "service/credentials/key_source.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/base/read_file.h"
#include "service/base/string_view.h"

namespace openrouter_images::credentials {
namespace {

// Room for a key and white space around it. A longer file holds no key and is not read.
constexpr std::size_t kMaxFileBytes = 4096;

enum class Empty { kAllowed, kRefused };

absl::StatusOr<std::string> CheckKey(const std::string& source, std::string_view text, Empty empty) {
  std::string key(absl::StripAsciiWhitespace(base::ToAbsl(text)));
  if (key.empty() && empty == Empty::kAllowed) return key;
  if (const std::string_view defect = KeyDefect(key); !defect.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", base::ToAbsl(defect)));
  }
  return key;
}

absl::StatusOr<std::string> ReadKey(const std::filesystem::path& path) {
  const std::string source = absl::StrCat("API key file ", path.string());
  const absl::StatusOr<std::string> text = base::ReadFile(path, kMaxFileBytes);
  if (text.ok()) return CheckKey(source, *text, Empty::kRefused);
  if (absl::IsOutOfRange(text.status())) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": is longer than a key can be"));
  }
  return absl::Status(text.status().code(), absl::StrCat(source, ": ", text.status().message()));
}

}  // namespace

std::string_view KeyDefect(std::string_view key) {
  static_assert(kMaxKeyBytes == 512);
  if (key.empty()) return "is empty";
  if (key.size() > kMaxKeyBytes) return "is longer than 512 bytes";
  if (!std::all_of(key.begin(), key.end(), [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return "holds something else than printable ASCII without spaces";
  }
  return {};
}

struct KeySource::State {
  // Empty: the key is fixed.
  const std::filesystem::path file;
  const Clock now;
  std::mutex mutex;
  std::string key;
  // Set by Refresh only, so that a key replaced right after the start is found at once.
  std::optional<std::chrono::steady_clock::time_point> last_read;
};

KeySource::KeySource(std::unique_ptr<State> state) : state_(std::move(state)) {}
KeySource::KeySource(KeySource&&) noexcept = default;
KeySource& KeySource::operator=(KeySource&&) noexcept = default;
KeySource::~KeySource() = default;

absl::StatusOr<KeySource> KeySource::FromFile(std::filesystem::path file, Clock now) {
  absl::StatusOr<std::string> key = ReadKey(file);
  if (!key.ok()) return key.status();
  return KeySource(
      std::unique_ptr<State>(new State{std::move(file), std::move(now), {}, *std::move(key), {}}));
}

absl::StatusOr<KeySource> KeySource::Fixed(std::string_view key) {
  absl::StatusOr<std::string> checked = CheckKey("API key", key, Empty::kAllowed);
  if (!checked.ok()) return checked.status();
  return KeySource(std::unique_ptr<State>(new State{{}, {}, {}, *std::move(checked), {}}));
}

std::string KeySource::Get() const {
  const std::lock_guard lock(state_->mutex);
  return state_->key;
}

bool KeySource::Refresh(std::string_view refused) {
  // Held while the file is read, so that of two refreshes the later read wins.
  const std::lock_guard lock(state_->mutex);
  if (!state_->file.empty()) {
    const std::chrono::steady_clock::time_point now = state_->now();
    if (!state_->last_read || now - *state_->last_read >= kKeyReadInterval) {
      state_->last_read = now;
      if (absl::StatusOr<std::string> key = ReadKey(state_->file); key.ok()) state_->key = *std::move(key);
    }
  }
  return state_->key != refused;
}

}  // namespace openrouter_images::credentials
