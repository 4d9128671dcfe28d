#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace openrouter_images::credentials {

// The longest key that is accepted, in bytes.
inline constexpr std::size_t kMaxKeyBytes = 512;

// What is wrong with a key, as in "is empty"; empty when it is 1 to kMaxKeyBytes of printable ASCII without
// spaces. Static; never quotes the key.
std::string_view KeyDefect(std::string_view key);

// Shortest time between two reads of a key's file, however many calls are refused.
inline constexpr std::chrono::seconds kKeyReadInterval{1};

// Holds the service's own API key. Thread-safe. White space around a key is dropped. Errors (NOT_FOUND,
// INVALID_ARGUMENT) name the source and the problem, never its content.
class KeySource {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // A file with the key and nothing else; it is read at once and again with Refresh, so it may be replaced
  // (also by changing a symbolic link) while the service runs.
  static absl::StatusOr<KeySource> FromFile(std::filesystem::path file, Clock now);

  // A key that never changes, such as the environment's. Empty: there is none.
  static absl::StatusOr<KeySource> Fixed(std::string_view key);

  KeySource(KeySource&&) noexcept;
  KeySource& operator=(KeySource&&) noexcept;
  ~KeySource();

  // The key as last read; empty when there is none.
  std::string Get() const;

  // For a call whose key the upstream refused: reads the file again, unless the last Refresh to do so was
  // less than kKeyReadInterval ago, and says whether the key is now another than `refused`. True also when
  // the change came through another call's Refresh. A file that cannot be used leaves the key as it is.
  bool Refresh(std::string_view refused);

 private:
  struct State;

  explicit KeySource(std::unique_ptr<State> state);

  // Behind a pointer so that the object can be moved.
  std::unique_ptr<State> state_;
};

}  // namespace openrouter_images::credentials
