#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "service/sandbox/sandbox.h"
#include "tests/unit/sandbox/raw_client.h"

namespace openrouter_images::sandbox {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

template <typename Write>
std::string Pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

// A key and a certificate for localhost, signed by itself.
Sandbox::Options::Tls SelfSigned() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  Sandbox::Options::Tls tls{Pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); }), Pem([&](BIO* bio) {
                              PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
                            })};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return tls;
}

struct TlsOutcome {
  boost::system::error_code error;
  http::response<http::string_body> reply;
  // How the stream ended after the reply: eof is close_notify, stream_truncated is its absence.
  boost::system::error_code end;
};

TlsOutcome FetchTls(std::uint16_t port, const std::string& model) {
  asio::io_context io;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls);
  TlsOutcome outcome;
  stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  stream.handshake(asio::ssl::stream_base::client, outcome.error);
  if (outcome.error) return outcome;
  const std::string body = R"({"prompt":"p","size":"64x64","model":")" + model + "\"}";
  asio::write(stream, asio::buffer(RequestBytes("POST", "/api/v1/images", body,
                                                "Authorization: Bearer k\r\nConnection: close\r\n")));
  boost::beast::flat_buffer buffer;
  http::read(stream, buffer, outcome.reply, outcome.error);
  char byte;
  if (!outcome.error) stream.read_some(asio::buffer(&byte, 1), outcome.end);
  return outcome;
}

TEST(SandboxTls, Serves) {
  Sandbox::Options options;
  options.tls = SelfSigned();
  const auto sandbox = *Sandbox::Start(options);
  EXPECT_EQ(sandbox->base_url(), "https://localhost:" + std::to_string(sandbox->port()) + "/api/v1");
  const TlsOutcome outcome = FetchTls(sandbox->port(), "sandbox/painter");
  EXPECT_FALSE(outcome.error) << outcome.error.message();
  EXPECT_EQ(outcome.reply.result_int(), 200u);
  EXPECT_EQ(outcome.end, asio::error::eof);
  EXPECT_EQ(sandbox->ledger().billed(), 1u);
}

TEST(SandboxTls, FaultsCutBelowTheTlsLayer) {
  Sandbox::Options options;
  options.tls = SelfSigned();
  const auto sandbox = *Sandbox::Start(options);
  EXPECT_EQ(FetchTls(sandbox->port(), "sandbox/fin=1000").error, asio::ssl::error::stream_truncated);
  EXPECT_EQ(FetchTls(sandbox->port(), "sandbox/reset=1000").error, asio::error::connection_reset);
  EXPECT_EQ(sandbox->ledger().billed(), 2u);
}

TEST(SandboxTls, StallsHandshakes) {
  Sandbox::Options options;
  options.tls = SelfSigned();
  const auto sandbox = *Sandbox::Start(options);
  ASSERT_TRUE(sandbox->Script("tls=stall"));
  RawClient stalled(sandbox->port());
  stalled.Send("\x16\x03\x01");
  ReadEnd end = ReadEnd::kFin;
  EXPECT_EQ(stalled.ReadToEnd(end, std::chrono::milliseconds(100)), "");
  EXPECT_EQ(end, ReadEnd::kQuiet);
  EXPECT_FALSE(FetchTls(sandbox->port(), "sandbox/painter").error);

  options.stall_handshakes = true;
  const auto always = *Sandbox::Start(options);
  RawClient ignored(always->port());
  ignored.Send("\x16\x03\x01");
  EXPECT_EQ(ignored.ReadToEnd(end, std::chrono::milliseconds(100)), "");
  EXPECT_EQ(end, ReadEnd::kQuiet);
  EXPECT_TRUE(always->ledger().Snapshot().empty());
}

TEST(SandboxTls, RefusesBadPem) {
  Sandbox::Options options;
  options.tls = Sandbox::Options::Tls{"not a certificate", "not a key"};
  EXPECT_EQ(Sandbox::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace openrouter_images::sandbox
