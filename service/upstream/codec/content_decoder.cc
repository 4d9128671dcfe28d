#include "service/upstream/codec/content_decoder.h"

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace openrouter_images::upstream {
namespace {

enum class Coding { kGzip, kDeflate };

constexpr char kGzipStart[] = "\x1F\x8B";

// RFC 1950: method 8, and a check of the first two bytes.
bool IsZlib(std::string_view start) {
  const auto first = static_cast<unsigned char>(start[0]);
  const auto second = static_cast<unsigned char>(start[1]);
  return first % 16 == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

class ZlibDecoder final : public ContentDecoder {
 public:
  explicit ZlibDecoder(Coding coding) : coding_(coding), buffer_(kMaxStep, '\0') {}
  ~ZlibDecoder() override {
    if (has_stream_) inflateEnd(&stream_);
  }
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;

  absl::StatusOr<std::string_view> Decode(std::string_view& rest) override {
    size_ = 0;
    if (state_ == State::kFailed) return NotAsCalled();
    if (state_ == State::kStart) {
      const std::size_t taken = std::min(2 - start_.size(), rest.size());
      start_.append(rest, 0, taken);
      rest.remove_prefix(taken);
      if (start_.size() < 2) return std::string_view();
      // Two bytes are used up in one step.
      std::string_view start = start_;
      if (!Begin() || !Fill(start)) state_ = State::kFailed;
    }
    if (state_ != State::kFailed && !Fill(rest)) state_ = State::kFailed;
    // What was decoded before a fault is good.
    if (state_ == State::kFailed && size_ == 0) return NotAsCalled();
    return std::string_view(buffer_).substr(0, size_);
  }

  bool IsComplete() const override { return state_ == State::kPlain || state_ == State::kEnded; }

 private:
  enum class State {
    kStart,    // The first two bytes are not there yet.
    kPlain,    // The body is not encoded.
    kInflate,  // In the encoded data.
    kEnded,    // After it.
    kFailed,   // It is broken.
  };

  static absl::Status NotAsCalled() {
    return absl::InvalidArgumentError("the body is not what its Content-Encoding says");
  }

  // Decides by the first two bytes.
  bool Begin() {
    may_have_members_ = start_ == kGzipStart;
    const bool has_frame = may_have_members_ || IsZlib(start_);
    if (coding_ == Coding::kGzip && !has_frame) {
      state_ = State::kPlain;
      return true;
    }
    state_ = State::kInflate;
    // zlib's convention: negative without a frame, plus 32 for either frame.
    has_stream_ = inflateInit2(&stream_, has_frame ? MAX_WBITS + 32 : -MAX_WBITS) == Z_OK;
    return has_stream_;
  }

  // Fills the buffer, as far as `rest` suffices.
  bool Fill(std::string_view& rest) {
    while (size_ < kMaxStep) {
      if (state_ == State::kPlain) {
        const std::size_t copied = rest.copy(buffer_.data() + size_, kMaxStep - size_);
        size_ += copied;
        rest.remove_prefix(copied);
        return true;
      }
      if (state_ == State::kEnded) {
        // A gzip file may have several members. Anything else that follows has no meaning.
        if (rest.empty()) return true;
        may_have_members_ = may_have_members_ && rest.starts_with(kGzipStart[0]);
        if (!may_have_members_) {
          rest = {};
          return true;
        }
        if (inflateReset(&stream_) != Z_OK) return false;
        state_ = State::kInflate;
      }
      const int result = Inflate(rest);
      if (result == Z_STREAM_END) {
        state_ = State::kEnded;
      } else if (result == Z_BUF_ERROR) {
        return true;  // It has nothing to go on with.
      } else if (result != Z_OK) {
        return false;
      }
    }
    return true;
  }

  int Inflate(std::string_view& rest) {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    // zlib does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
    stream_.avail_in = static_cast<uInt>(std::min(rest.size(), kMost));
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data() + size_);
    stream_.avail_out = static_cast<uInt>(kMaxStep - size_);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    rest.remove_prefix(reinterpret_cast<const char*>(stream_.next_in) - rest.data());
    size_ = kMaxStep - stream_.avail_out;
    return result;
  }

  const Coding coding_;
  State state_ = State::kStart;
  std::string start_;
  // Whether another member may follow.
  bool may_have_members_ = false;
  z_stream stream_{};
  bool has_stream_ = false;
  // Bytes of this step.
  std::string buffer_;
  std::size_t size_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ContentDecoder>> MakeContentDecoder(std::string_view content_encoding) {
  const absl::string_view coding =
      absl::StripAsciiWhitespace(absl::string_view(content_encoding.data(), content_encoding.size()));
  if (coding.empty() || absl::EqualsIgnoreCase(coding, "identity")) return nullptr;
  if (absl::EqualsIgnoreCase(coding, "gzip") || absl::EqualsIgnoreCase(coding, "x-gzip")) {
    return std::make_unique<ZlibDecoder>(Coding::kGzip);
  }
  if (absl::EqualsIgnoreCase(coding, "deflate")) return std::make_unique<ZlibDecoder>(Coding::kDeflate);
  return absl::UnimplementedError(
      absl::StrCat("the body has an unknown Content-Encoding: ", absl::CHexEscape(coding.substr(0, 32))));
}

}  // namespace openrouter_images::upstream
