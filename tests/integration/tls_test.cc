// The upstream over TLS: a certificate that is trusted, and one that is not.
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/integration/stack.h"
#include "tests/unit/http/certificates.h"

namespace openrouter_images::testing {
namespace {

// What `write` puts out.
template <typename Write>
std::string Pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(write(bio.get()), 1);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

sandbox::Sandbox::Options TlsSandbox(const http::testing::Identity& identity) {
  sandbox::Sandbox::Options options;
  options.tls = {
      .certificate_chain = Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, identity.certificate.get()); }),
      .private_key = Pem([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      })};
  return options;
}

TEST(TlsTest, ATrustedUpstreamMakesAnImage) {
  const auto authority = http::testing::MakeAuthority();
  const http::testing::BundleFile bundle(authority);
  StackOptions options;
  options.sandbox = TlsSandbox(http::testing::Issue(authority, "DNS:localhost"));
  options.configure = [&](config::v1::Config& config) {
    config.mutable_upstream()->set_ca_bundle_file(bundle.path());
  };
  Stack stack(std::move(options));
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(TlsTest, AnUntrustedUpstreamGetsNothing) {
  const auto authority = http::testing::MakeAuthority();
  StackOptions options;
  options.sandbox = TlsSandbox(http::testing::Issue(authority, "DNS:localhost"));
  Stack stack(std::move(options));
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, ImageRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  const Details details = DetailsOf(status);
  EXPECT_EQ(details.info.reason(), "UPSTREAM_CERTIFICATE");
  EXPECT_EQ(details.error.billing_outcome(), v1::BILLING_OUTCOME_NOT_SENT);
  EXPECT_TRUE(stack.ledger().Snapshot().empty());
}

}  // namespace
}  // namespace openrouter_images::testing
