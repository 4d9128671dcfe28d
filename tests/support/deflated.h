#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace openrouter_images {

// Window bits of zlib that make gzip's frame.
inline constexpr int kGzipFrame = MAX_WBITS + 16;

// The bytes compressed by zlib, as tightly as it can. `frame` is deflateInit2's windowBits.
inline std::string Deflated(std::string bytes, int frame = kGzipFrame) {
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, frame, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace openrouter_images
