#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace openrouter_images::http::testing {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// A certificate with its key, made on the spot.
struct Identity {
  std::unique_ptr<EVP_PKEY, KeyDeleter> key;
  std::unique_ptr<X509, CertificateDeleter> certificate;
};

Identity MakeAuthority(const std::string& name = "Test authority");

// For a server; `alternative_name` in OpenSSL's notation: "IP:127.0.0.1", "DNS:example.com". Expired when
// `valid_for` is below zero.
Identity Issue(const Identity& authority, const std::string& alternative_name,
               std::chrono::seconds valid_for = std::chrono::hours(1));

boost::asio::ssl::context ServerContext(const Identity& identity);

// A PEM file that is removed with the object.
class BundleFile {
 public:
  explicit BundleFile(const Identity& authority);
  ~BundleFile();
  BundleFile(const BundleFile&) = delete;
  BundleFile& operator=(const BundleFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace openrouter_images::http::testing
