#include "tests/unit/http/certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace openrouter_images::http::testing {
namespace {

void Check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

void AddExtension(X509* certificate, int id, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
  Check(extension != nullptr, "certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Identity Blank(const std::string& common_name, long serial, long valid_from, long valid_to) {
  Identity identity;
  identity.key.reset(EVP_EC_gen("P-256"));
  identity.certificate.reset(X509_new());
  Check(identity.key != nullptr && identity.certificate != nullptr, "key or certificate");
  X509* const x509 = identity.certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), valid_from);
  X509_gmtime_adj(X509_getm_notAfter(x509), valid_to);
  X509_set_pubkey(x509, identity.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return identity;
}

void Sign(Identity& identity, const Identity& authority) {
  X509_set_issuer_name(identity.certificate.get(), X509_get_subject_name(authority.certificate.get()));
  Check(X509_sign(identity.certificate.get(), authority.key.get(), EVP_sha256()) != 0, "signature");
}

}  // namespace

Identity MakeAuthority(const std::string& name) {
  Identity authority = Blank(name, 1, -3600, 3600);
  AddExtension(authority.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(authority.certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  Sign(authority, authority);
  return authority;
}

Identity Issue(const Identity& authority, const std::string& alternative_name,
               std::chrono::seconds valid_for) {
  Identity identity = Blank("Test server", 2, -3600, static_cast<long>(valid_for.count()));
  AddExtension(identity.certificate.get(), NID_subject_alt_name, alternative_name);
  Sign(identity, authority);
  return identity;
}

boost::asio::ssl::context ServerContext(const Identity& identity) {
  boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
  Check(SSL_CTX_use_certificate(context.native_handle(), identity.certificate.get()) == 1,
        "server certificate");
  Check(SSL_CTX_use_PrivateKey(context.native_handle(), identity.key.get()) == 1, "server key");
  return context;
}

BundleFile::BundleFile(const Identity& authority) {
  path_ = (std::filesystem::temp_directory_path() / "http-test-ca-XXXXXX").string();
  const int descriptor = mkstemp(path_.data());
  Check(descriptor >= 0, "temporary file");
  FILE* const file = fdopen(descriptor, "w");
  PEM_write_X509(file, authority.certificate.get());
  std::fclose(file);
}

BundleFile::~BundleFile() {
  std::filesystem::remove(path_);
}

}  // namespace openrouter_images::http::testing
