#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace openrouter_images::client {

// SHA-256 of bytes that come in pieces. Movable; not thread-safe. Needs OpenSSL alone, so that the service
// and the tests use it as well.
class Sha256 {
 public:
  Sha256();

  void Add(std::string_view bytes);
  // 32 bytes. The object must not be used after it.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// SHA-256 of `bytes`: 32 bytes.
std::string Sha256Of(std::string_view bytes);

}  // namespace openrouter_images::client
