#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace openrouter::images::client {

// SHA-256 of bytes that come in pieces. Movable.
class Sha256 {
 public:
  Sha256();

  void Add(std::string_view bytes);
  // 32 bytes; afterwards the object is of no use.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace openrouter::images::client
