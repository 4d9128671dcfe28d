// TLS of the channel: whom it trusts, and that a refused handshake counts as nothing sent.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "openrouter_images/channel.h"
#include "openrouter_images/images_client.h"
#include "tests/unit/client/fake_images_server.h"

namespace openrouter_images::client {
namespace {

struct Identity {
  std::string certificate;
  std::string key;
};

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

// A certificate for `host` that signs itself, and its key.
Identity MakeIdentity(const std::string& host) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_pem(BIO_new(BIO_s_mem()), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_pem(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(certificate_pem.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {Text(certificate_pem.get()), Text(key_pem.get())};
}

class ChannelTlsTest : public testing::Test {
 protected:
  // Asks for a certificate of the client's when `client` is given.
  static std::unique_ptr<FakeImagesServer> MakeServer(const Identity& server, const Identity* client) {
    grpc::SslServerCredentialsOptions options(
        client == nullptr ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                          : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_key_cert_pairs.push_back({server.key, server.certificate});
    if (client != nullptr) options.pem_root_certs = client->certificate;
    return std::make_unique<FakeImagesServer>(grpc::SslServerCredentials(options));
  }

  static Result<v1::GenerateImagesResponse> Call(const FakeImagesServer& server, const TlsOptions& tls) {
    return ImagesClient(MakeChannel(server.target(), {tls})).Generate(v1::GenerateImagesRequest());
  }

  const Identity server_identity_ = MakeIdentity("images.example");
  const Identity client_identity_ = MakeIdentity("caller.example");
};

TEST_F(ChannelTlsTest, TrustsTheGivenAuthority) {
  const auto server = MakeServer(server_identity_, nullptr);
  const auto result = Call(*server, {.root_certificates = server_identity_.certificate,
                                     .certificate_chain = {},
                                     .private_key = {},
                                     .server_name_override = "images.example"});
  EXPECT_TRUE(result.ok()) << result.error().ToString();
}

TEST_F(ChannelTlsTest, AStrangerIsRefusedAndNothingIsSent) {
  const auto server = MakeServer(server_identity_, nullptr);
  const Identity other = MakeIdentity("images.example");
  for (const TlsOptions& tls : {TlsOptions{other.certificate, {}, {}, "images.example"},
                                TlsOptions{server_identity_.certificate, {}, {}, "another.example"}}) {
    const auto result = Call(*server, tls);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT) << result.error().message;
  }
  EXPECT_EQ(server->generate_calls, 0);
}

TEST_F(ChannelTlsTest, ShowsItsOwnCertificate) {
  const auto server = MakeServer(server_identity_, &client_identity_);
  TlsOptions tls = {server_identity_.certificate, {}, {}, "images.example"};
  EXPECT_FALSE(Call(*server, tls).ok());
  EXPECT_EQ(server->generate_calls, 0);
  tls.certificate_chain = client_identity_.certificate;
  tls.private_key = client_identity_.key;
  const auto result = Call(*server, tls);
  EXPECT_TRUE(result.ok()) << result.error().ToString();
}

}  // namespace
}  // namespace openrouter_images::client
