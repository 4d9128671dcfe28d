#include "service/upstream/codec/base64_decoder.h"

#include <absl/strings/match.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// The last two of the URL-safe alphabet.
constexpr std::string_view kUrlSafe = "-_";

// Four tables, one for each place in a group of four characters. An entry holds the character's six bits
// where they belong among the group's three bytes in memory order; the OR of four entries is the decoded
// group. A character outside the alphabet has bits in the fourth byte instead.
constexpr int Shift(int byte) {
  return 8 * (std::endian::native == std::endian::little ? byte : 3 - byte);
}
constexpr std::uint32_t kBad = std::uint32_t{0xFF} << Shift(3);

using Table = std::array<std::uint32_t, 256>;

constexpr std::array<Table, 4> MakeTables() {
  std::array<Table, 4> tables{};
  for (Table& table : tables) table.fill(kBad);
  for (std::uint32_t value = 0; value < 64; ++value) {
    for (int place = 0; place < 4; ++place) {
      const std::uint32_t bits = value << (6 * (3 - place));  // Among 24 bits, the first byte uppermost.
      std::uint32_t entry = 0;
      for (int byte = 0; byte < 3; ++byte) entry |= (bits >> (8 * (2 - byte)) & 0xFF) << Shift(byte);
      tables[place][static_cast<unsigned char>(kAlphabet[value])] = entry;
      if (value >= 62) tables[place][static_cast<unsigned char>(kUrlSafe[value - 62])] = entry;
    }
  }
  return tables;
}

constexpr std::array<Table, 4> kTables = MakeTables();

inline std::uint32_t Lookup(const char* group) {
  const auto at = [group](int place) { return kTables[place][static_cast<unsigned char>(group[place])]; };
  return at(0) | at(1) | at(2) | at(3);
}

// Decodes groups until one is not plain or fewer than a group is left. Writes one byte beyond the last group.
// Returns the number of groups.
std::size_t DecodePlainGroups(const char* text, std::size_t groups, char* bytes) {
  constexpr std::size_t kBlock = 4;
  std::size_t done = 0;
  for (; done + kBlock <= groups; done += kBlock, text += 4 * kBlock, bytes += 3 * kBlock) {
    const std::uint32_t a = Lookup(text);
    const std::uint32_t b = Lookup(text + 4);
    const std::uint32_t c = Lookup(text + 8);
    const std::uint32_t d = Lookup(text + 12);
    if (((a | b | c | d) & kBad) != 0) break;
    std::memcpy(bytes, &a, 4);
    std::memcpy(bytes + 3, &b, 4);
    std::memcpy(bytes + 6, &c, 4);
    std::memcpy(bytes + 9, &d, 4);
  }
  for (; done < groups; ++done, text += 4, bytes += 3) {
    const std::uint32_t word = Lookup(text);
    if ((word & kBad) != 0) break;
    std::memcpy(bytes, &word, 4);
  }
  return done;
}

constexpr std::string_view kBlanks = " \t\r\n\f\v";

bool IsWhitespace(char c) {
  return kBlanks.find(c) != kBlanks.npos;
}

bool IsBase64Character(char c) {
  return kTables[0][static_cast<unsigned char>(c)] != kBad;
}

// What the start of a text says of it.
struct Start {
  enum class Kind { kUnclear, kBase64, kOther } kind;
  // What comes before the base64.
  std::size_t prefix = 0;
};

Start JudgeDataUrl(std::string_view url, bool ended) {
  const std::size_t comma = url.find(',');
  if (comma == url.npos) return {ended ? Start::Kind::kOther : Start::Kind::kUnclear};
  const bool is_base64 = absl::EndsWithIgnoreCase({url.data(), comma}, ";base64");
  return {is_base64 ? Start::Kind::kBase64 : Start::Kind::kOther, comma + 1};
}

// `ended`: there is no more to judge by. The verdict on a text is that on each longer one.
Start JudgeStart(std::string_view text, bool ended) {
  constexpr std::string_view kDataUrl = "data:";
  constexpr int kEnough = 8;
  const std::size_t blank = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(blank);
  if (absl::StartsWithIgnoreCase({text.data(), text.size()}, {kDataUrl.data(), kDataUrl.size()})) {
    Start start = JudgeDataUrl(text, ended);
    start.prefix += blank;
    return start;
  }
  int seen = 0;
  for (const char c : text) {
    if (IsWhitespace(c)) continue;
    if (!IsBase64Character(c) && c != '=') return {Start::Kind::kOther};
    if (++seen == kEnough) return {Start::Kind::kBase64};
  }
  return {ended ? Start::Kind::kBase64 : Start::Kind::kUnclear};
}

}  // namespace

void Base64Decoder::Append(std::string_view text, std::string& out) {
  if (state_ == State::kStart) {
    const std::size_t taken = std::min(kMaxHeld - start_.size(), text.size());
    start_.append(text, 0, taken);
    text.remove_prefix(taken);
    Judge(/*ended=*/start_.size() == kMaxHeld, out);
  }
  if (state_ == State::kNotBase64) {
    out.append(text);
  } else {
    Decode(text, out);
  }
}

void Base64Decoder::Judge(bool ended, std::string& out) {
  const Start start = JudgeStart(start_, ended);
  if (start.kind == Start::Kind::kUnclear) return;
  const std::string text = std::exchange(start_, {});
  if (start.kind == Start::Kind::kOther) {
    state_ = State::kNotBase64;
    out.append(text);
  } else {
    state_ = State::kBase64;
    Decode(std::string_view(text).substr(start.prefix), out);
  }
}

void Base64Decoder::Decode(std::string_view text, std::string& out) {
  if (text.empty()) return;
  const std::size_t size_before = out.size();
  // One spare byte, which DecodePlainGroups may write.
  out.resize(size_before + (group_size_ + text.size()) / 4 * 3 + 4);
  char* bytes = out.data() + size_before;
  while (!text.empty()) {
    if (group_size_ == 0 && state_ == State::kBase64) {
      const std::size_t groups = DecodePlainGroups(text.data(), text.size() / 4, bytes);
      bytes += 3 * groups;
      text.remove_prefix(4 * groups);
      if (text.empty()) break;
    }
    bytes += Take(text.front(), bytes);
    text.remove_prefix(1);
  }
  out.resize(bytes - out.data());
}

std::size_t Base64Decoder::Take(char c, char* bytes) {
  if (IsWhitespace(c)) return 0;
  if (state_ == State::kPadded) {
    skipped_ = true;
    return 0;
  }
  if (c == '=') {
    // Padding that completes no group has no meaning.
    if (group_size_ < 2) {
      skipped_ = true;
      return 0;
    }
    if (group_size_ + ++padding_ < 4) return 0;
    state_ = State::kPadded;
    return TakeRest(bytes);
  }
  if (!IsBase64Character(c)) {
    skipped_ = true;
    return 0;
  }
  // The padding was none, since the group goes on.
  if (padding_ > 0) skipped_ = true;
  padding_ = 0;
  group_[group_size_++] = c;
  return group_size_ == 4 ? TakeRest(bytes) : 0;
}

std::size_t Base64Decoder::TakeRest(char* bytes) {
  const std::size_t size = group_size_ == 0 ? 0 : group_size_ - 1;
  std::fill(group_.begin() + group_size_, group_.end(), 'A');
  const std::uint32_t word = Lookup(group_.data());
  std::memcpy(bytes, &word, size);
  group_size_ = 0;
  padding_ = 0;
  return size;
}

Base64Fault Base64Decoder::Finish(std::string& out) {
  if (state_ == State::kStart) Judge(/*ended=*/true, out);
  if (state_ == State::kNotBase64) return Base64Fault::kNotBase64;
  // A lone character is less than a byte, and half of a padding shows that something is missing.
  if (group_size_ == 1 || padding_ > 0) skipped_ = true;
  std::array<char, 3> rest;
  out.append(rest.data(), TakeRest(rest.data()));
  return skipped_ ? Base64Fault::kSkipped : Base64Fault::kNone;
}

}  // namespace openrouter_images::upstream
