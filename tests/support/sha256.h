#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace openrouter::images {

// The digest's 32 bytes.
inline std::string Sha256(std::string_view bytes) {
  std::string sum(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(sum.data()));
  return sum;
}

}  // namespace openrouter::images
