#include "service/http/fault_mapping.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <ostream>
#include <set>
#include <string>

namespace openrouter_images::http {
namespace {

struct MappingRow {
  const char* name;
  TransferEnd end;
  Fault fault;
};

void PrintTo(const MappingRow& row, std::ostream* out) {
  *out << row.name;
}

std::string RowName(const ::testing::TestParamInfo<MappingRow>& info) {
  return info.param.name;
}

class FaultMappingTest : public ::testing::TestWithParam<MappingRow> {};

TEST_P(FaultMappingTest, Classifies) {
  EXPECT_EQ(FaultName(ClassifyEnd(GetParam().end)), FaultName(GetParam().fault));
}

TransferEnd Before(CURLcode code) {
  return {.code = code};
}
TransferEnd AtProxy(CURLcode code, long status = 0) {
  return {.code = code, .by_proxy = true, .proxy_status = status};
}
TransferEnd Silent(CURLcode code, long os_error = 0, std::string_view message = "") {
  return {.code = code, .os_error = os_error, .message = message, .head_sent = true};
}
TransferEnd Interim(CURLcode code) {
  return {.code = code, .head_sent = true, .reply_begun = true};
}
TransferEnd Inside(CURLcode code, long os_error = 0, std::string_view message = "") {
  return {.code = code,
          .os_error = os_error,
          .message = message,
          .head_sent = true,
          .reply_begun = true,
          .head_complete = true};
}
TransferEnd CutOff() {
  TransferEnd end = Inside(CURLE_OK);
  end.tls_cut_off = true;
  return end;
}
TransferEnd OutOf(CURLcode code) {
  return {.code = code, .out_of_descriptors = true};
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultMappingTest,
    ::testing::Values(
        MappingRow{"success", Inside(CURLE_OK), Fault::kNone},
        MappingRow{"success_without_head", Silent(CURLE_OK), Fault::kTruncated},
        MappingRow{"success_with_tls_cut_off", CutOff(), Fault::kTruncated},
        MappingRow{"url", Before(CURLE_URL_MALFORMAT), Fault::kInvalidRequest},
        MappingRow{"scheme", Before(CURLE_UNSUPPORTED_PROTOCOL), Fault::kInvalidRequest},
        MappingRow{"http09", Silent(CURLE_UNSUPPORTED_PROTOCOL), Fault::kProtocol},
        MappingRow{"host", Before(CURLE_COULDNT_RESOLVE_HOST), Fault::kResolve},
        MappingRow{"refused", Before(CURLE_COULDNT_CONNECT), Fault::kConnect},
        MappingRow{"lost_while_connecting", Before(CURLE_RECV_ERROR), Fault::kConnect},
        MappingRow{"proxy_host", AtProxy(CURLE_COULDNT_RESOLVE_PROXY), Fault::kProxyFailed},
        MappingRow{"proxy_down", AtProxy(CURLE_COULDNT_CONNECT), Fault::kProxyFailed},
        MappingRow{"proxy_protocol", AtProxy(CURLE_PROXY), Fault::kProxyFailed},
        MappingRow{"proxy_certificate", AtProxy(CURLE_PEER_FAILED_VERIFICATION), Fault::kProxyFailed},
        MappingRow{"proxy_lost", AtProxy(CURLE_RECV_ERROR), Fault::kProxyFailed},
        MappingRow{"proxy_lost_in_its_reply", AtProxy(CURLE_RECV_ERROR, 200), Fault::kProxyFailed},
        MappingRow{"proxy_5xx", AtProxy(CURLE_RECV_ERROR, 502), Fault::kProxyFailed},
        MappingRow{"proxy_4xx", AtProxy(CURLE_RECV_ERROR, 407), Fault::kProxyRefused},
        MappingRow{"proxy_time", AtProxy(CURLE_OPERATION_TIMEDOUT), Fault::kConnectTimeout},
        MappingRow{"handshake_through_proxy", AtProxy(CURLE_SSL_CONNECT_ERROR, 200), Fault::kTlsHandshake},
        MappingRow{"certificate_through_proxy", AtProxy(CURLE_PEER_FAILED_VERIFICATION, 200),
                   Fault::kCertificate},
        MappingRow{"lookup_out_of_descriptors", OutOf(CURLE_COULDNT_RESOLVE_HOST), Fault::kOutOfDescriptors},
        MappingRow{"bundle_out_of_descriptors", OutOf(CURLE_SSL_CACERT_BADFILE), Fault::kOutOfDescriptors},
        MappingRow{"socket_out_of_descriptors", OutOf(CURLE_COULDNT_CONNECT), Fault::kOutOfDescriptors},
        MappingRow{"connect_time", Before(CURLE_OPERATION_TIMEDOUT), Fault::kConnectTimeout},
        MappingRow{"handshake", Before(CURLE_SSL_CONNECT_ERROR), Fault::kTlsHandshake},
        MappingRow{"verification", Before(CURLE_PEER_FAILED_VERIFICATION), Fault::kCertificate},
        MappingRow{"bundle", Before(CURLE_SSL_CACERT_BADFILE), Fault::kCaBundle},
        MappingRow{"send", Silent(CURLE_SEND_ERROR, EPIPE), Fault::kSend},
        MappingRow{"reset", Silent(CURLE_RECV_ERROR, ECONNRESET), Fault::kReset},
        MappingRow{"network_unreachable", Inside(CURLE_RECV_ERROR, ENETUNREACH), Fault::kReset},
        MappingRow{"tls_eof_in_body", Inside(CURLE_RECV_ERROR, 0, "SSL_read: unexpected eof while reading"),
                   Fault::kTruncated},
        MappingRow{"tls_eof_at_once", Silent(CURLE_RECV_ERROR, 0, "SSL_read: unexpected eof while reading"),
                   Fault::kEmptyReply},
        MappingRow{"bad_chunk", Inside(CURLE_RECV_ERROR, 0, "Malformed encoding found in chunked-encoding"),
                   Fault::kProtocol},
        MappingRow{"large_trailer", Inside(CURLE_RECV_ERROR, 0, "Out of memory in chunked-encoding"),
                   Fault::kHeaderTooLarge},
        MappingRow{"empty", Silent(CURLE_GOT_NOTHING), Fault::kEmptyReply},
        MappingRow{"only_interim", Interim(CURLE_GOT_NOTHING), Fault::kTruncated},
        MappingRow{"partial", Inside(CURLE_PARTIAL_FILE), Fault::kTruncated},
        MappingRow{"weird", Silent(CURLE_WEIRD_SERVER_REPLY), Fault::kProtocol},
        MappingRow{"encoding", Inside(CURLE_BAD_CONTENT_ENCODING), Fault::kProtocol},
        MappingRow{"long_line", Silent(CURLE_OUT_OF_MEMORY), Fault::kHeaderTooLarge},
        MappingRow{"no_memory", Inside(CURLE_OUT_OF_MEMORY), Fault::kOther},
        MappingRow{"else", Inside(CURLE_FAILED_INIT), Fault::kOther}),
    RowName);

TEST(FaultNameTest, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Fault::kOther); ++i) names.insert(FaultName(static_cast<Fault>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Fault::kOther) + 1);
}

}  // namespace
}  // namespace openrouter_images::http
