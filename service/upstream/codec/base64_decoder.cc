#include "service/upstream/codec/base64_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace openrouter_images::upstream {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
    }
  }
  return tables;
}

constexpr std::array<Table, 4> kTables = MakeTables();

inline std::uint32_t Lookup(const char* group) {
  const auto at = [group](int place) { return kTables[place][static_cast<unsigned char>(group[place])]; };
  return at(0) | at(1) | at(2) | at(3);
}

// Decodes groups until one is not plain (faulty or padded) or fewer than a block is left. Writes up to one
// byte beyond the last group. Returns the number of groups.
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
  return done;
}

}  // namespace

int Base64Decoder::DecodeGroup(const char* group, char* bytes) {
  std::array<char, 4> plain;
  std::copy_n(group, 4, plain.begin());
  int size = 3;
  if (plain[3] == '=') {
    plain[3] = 'A';
    size = 2;
    if (plain[2] == '=') {
      plain[2] = 'A';
      size = 1;
    }
  }
  const std::uint32_t word = Lookup(plain.data());
  if ((word & kBad) != 0) {
    while (kTables[0][static_cast<unsigned char>(*group)] != kBad) {
      ++group;
      ++offset_;
    }
    return -1;
  }
  std::memcpy(bytes, &word, size);
  padded_ = size < 3;
  offset_ += 4;
  return size;
}

bool Base64Decoder::Append(std::string_view text, std::string& out) {
  if (failed_) return false;
  const std::size_t size_before = out.size();
  // One spare byte, which DecodePlainGroups may write.
  out.resize(size_before + (pending_size_ + text.size()) / 4 * 3 + 1);
  char* bytes = out.data() + size_before;

  while (!text.empty() && !failed_) {
    if (padded_) {
      failed_ = true;
      break;
    }
    if (pending_size_ == 0) {
      const std::size_t groups = DecodePlainGroups(text.data(), text.size() / 4, bytes);
      bytes += 3 * groups;
      offset_ += 4 * groups;
      text.remove_prefix(4 * groups);
    }
    // What is left by the fast path goes group by group, until it is faulty, padded, or less than a group.
    const std::size_t taken = std::min(4 - pending_size_, text.size());
    std::copy_n(text.data(), taken, pending_.begin() + pending_size_);
    pending_size_ += taken;
    text.remove_prefix(taken);
    if (pending_size_ < 4) break;
    pending_size_ = 0;
    const int size = DecodeGroup(pending_.data(), bytes);
    failed_ = size < 0;
    if (!failed_) bytes += size;
  }
  out.resize(bytes - out.data());
  return !failed_;
}

bool Base64Decoder::Finish() {
  if (failed_) return false;
  if (pending_size_ == 0) return true;
  failed_ = true;
  // Prefers the offset of a wrong character to that of the end.
  for (std::size_t i = 0; i < pending_size_; ++i, ++offset_) {
    if (kTables[0][static_cast<unsigned char>(pending_[i])] == kBad) break;
  }
  return false;
}

}  // namespace openrouter_images::upstream
