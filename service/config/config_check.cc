#include "service/config/config_check.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "google/protobuf/util/time_util.h"
#include "service/upstream/request/request_text.h"

namespace openrouter::images::config {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;

enum class Zero { kAllowed, kRefused };

// Keeps every duration far inside what clocks and int64 nanoseconds can hold.
constexpr int kLongestHours = 24;
constexpr int kMaxPort = 65535;
constexpr int kMaxRequestMib = 1024;
// Ten pictures fit into one message, which protobuf limits to 2 GiB.
constexpr int kMaxPictureMib = 200;

bool InRange(const Duration& duration, Zero zero) {
  const bool well_formed =
      duration.seconds() >= 0 && duration.nanos() >= 0 && duration.nanos() < 1'000'000'000;
  const bool is_zero = duration.seconds() == 0 && duration.nanos() == 0;
  return well_formed && duration <= TimeUtil::HoursToDuration(kLongestHours) &&
         (zero == Zero::kAllowed || !is_zero);
}

bool IsHostPort(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return false;
  const std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  // An IPv6 address stands in brackets, or its last group would pass for the port.
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (!bracketed && (host.empty() || host.find_first_of(":[]/ ") != host.npos)) return false;
  int number = 0;
  return std::all_of(port.begin(), port.end(), [](unsigned char c) { return absl::ascii_isdigit(c); }) &&
         absl::SimpleAtoi(absl::string_view(port.data(), port.size()), &number) && number <= kMaxPort;
}

enum class Credentials { kAllowed, kRefused };

bool IsHttpUrl(const std::string& text, Credentials credentials) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return false;
  const auto has = [&](CURLUPart part) {
    char* value = nullptr;
    const bool found = curl_url_get(url.get(), part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return found;
  };
  char* scheme = nullptr;
  if (curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) return false;
  const bool http = absl::EqualsIgnoreCase(scheme, "http") || absl::EqualsIgnoreCase(scheme, "https");
  curl_free(scheme);
  const bool has_credentials = has(CURLUPART_USER) || has(CURLUPART_PASSWORD);
  return http && !has(CURLUPART_QUERY) && !has(CURLUPART_FRAGMENT) &&
         (credentials == Credentials::kAllowed || !has_credentials);
}

// Headers that carry the key, frame the message, or that the service sets by itself.
bool IsReservedHeader(std::string_view name) {
  static constexpr std::array<std::string_view, 17> kReserved = {"accept",           "accept-encoding",
                                                                 "authorization",    "connection",
                                                                 "content-encoding", "content-length",
                                                                 "content-type",     "cookie",
                                                                 "expect",           "host",
                                                                 "keep-alive",       "proxy-authorization",
                                                                 "proxy-connection", "te",
                                                                 "trailer",          "transfer-encoding",
                                                                 "upgrade"};
  return std::any_of(kReserved.begin(), kReserved.end(), [&](std::string_view reserved) {
    return absl::EqualsIgnoreCase(absl::string_view(reserved.data(), reserved.size()),
                                  absl::string_view(name.data(), name.size()));
  });
}

bool Within(int number, int least, int most) {
  return number >= least && number <= most;
}

class Check {
 public:
  explicit Check(retry::ViolationSink sink) : sink_(sink) {}

  void Listen(const v1::Listen& listen) {
    if (listen.has_address() && !IsHostPort(listen.address())) {
      sink_("listen.address", "must be HOST:PORT, such as 0.0.0.0:50051 or [::]:50051");
    }
  }

  void Upstream(const v1::Upstream& upstream) {
    if (upstream.has_base_url() && !IsHttpUrl(upstream.base_url(), Credentials::kRefused)) {
      sink_("upstream.base_url", "must be an http or https URL without credentials, query and fragment");
    }
    if (upstream.has_api_key_file() && upstream.api_key_file().empty()) {
      sink_("upstream.api_key_file", "must not be empty");
    }
    if (upstream.has_ca_bundle_file() && upstream.ca_bundle_file().empty()) {
      sink_("upstream.ca_bundle_file", "must not be empty");
    }
    // An empty text says "none", like leaving the field out.
    if (!upstream.proxy().empty() && !IsHttpUrl(upstream.proxy(), Credentials::kAllowed)) {
      sink_("upstream.proxy", "must be an http or https URL without query and fragment");
    }
    for (int i = 0; i < upstream.allowed_headers_size(); ++i) {
      const std::string field = "upstream.allowed_headers[" + std::to_string(i) + "]";
      if (!upstream::IsToken(upstream.allowed_headers(i))) {
        sink_(field, "must be the name of an HTTP header");
      } else if (IsReservedHeader(upstream.allowed_headers(i))) {
        sink_(field, "must not be a header that the service itself is in charge of");
      }
    }
    if (upstream.has_event_loops() && !Within(upstream.event_loops(), 1, 64)) {
      sink_("upstream.event_loops", "must be 1 to 64");
    }
  }

  void Timeouts(const v1::Timeouts& timeouts) {
    if (timeouts.has_connect()) Time("timeouts.connect", timeouts.connect(), Zero::kRefused);
    if (timeouts.has_first_byte()) Time("timeouts.first_byte", timeouts.first_byte(), Zero::kRefused);
    if (timeouts.has_stall()) Time("timeouts.stall", timeouts.stall(), Zero::kRefused);
    if (timeouts.has_total()) Time("timeouts.total", timeouts.total(), Zero::kRefused);
    if (timeouts.has_minimum_to_dispatch()) {
      Time("timeouts.minimum_to_dispatch", timeouts.minimum_to_dispatch(), Zero::kAllowed);
    }
    if (timeouts.has_drain()) Time("timeouts.drain", timeouts.drain(), Zero::kAllowed);
    if (timeouts.has_heartbeat()) Time("timeouts.heartbeat", timeouts.heartbeat(), Zero::kRefused);
    if (timeouts.has_write_stall()) Time("timeouts.write_stall", timeouts.write_stall(), Zero::kRefused);
  }

  void Limits(const v1::Limits& limits) {
    if (limits.has_max_request_mib() && !Within(limits.max_request_mib(), 1, kMaxRequestMib)) {
      sink_("limits.max_request_mib", "must be 1 to 1024");
    }
    if (limits.has_max_picture_mib() && !Within(limits.max_picture_mib(), 1, kMaxPictureMib)) {
      sink_("limits.max_picture_mib", "must be 1 to 200");
    }
  }

  void Retry(const v1::Retry& retry) {
    retry::Validate(retry.generate(), "retry.generate", sink_);
    retry::Validate(retry.catalog(), "retry.catalog", sink_);
    if (retry.budget().has_max_tokens() && !Within(retry.budget().max_tokens(), 1, 1000)) {
      sink_("retry.budget.max_tokens", "must be 1 to 1000");
    }
    // Written so that NaN is out of range.
    const double ratio = retry.budget().token_ratio();
    if (retry.budget().has_token_ratio() && !(ratio > 0 && ratio <= 1000)) {
      sink_("retry.budget.token_ratio", "must be above 0 and at most 1000");
    }
  }

  void Sandbox(const v1::Sandbox& sandbox) {
    if (sandbox.has_generation_time())
      Time("sandbox.generation_time", sandbox.generation_time(), Zero::kAllowed);
    if (sandbox.has_port() && !Within(sandbox.port(), 0, kMaxPort))
      sink_("sandbox.port", "must be 0 to 65535");
  }

  void Log(const v1::Log& log) {
    static constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
    if (log.has_level() && std::find(kLevels.begin(), kLevels.end(), log.level()) == kLevels.end()) {
      sink_("log.level", "must be debug, info, warn or error");
    }
  }

 private:
  void Time(std::string_view field, const Duration& duration, Zero zero) {
    if (InRange(duration, zero)) return;
    // Of a value that is both small and refused, say what is most at hand.
    if (duration > TimeUtil::HoursToDuration(kLongestHours)) {
      sink_(field, "must be at most 24 h");
    } else {
      sink_(field, zero == Zero::kRefused ? "must be above zero" : "must not be negative");
    }
  }

  retry::ViolationSink sink_;
};

}  // namespace

void Validate(const v1::Config& config, retry::ViolationSink sink) {
  Check check(sink);
  check.Listen(config.listen());
  check.Upstream(config.upstream());
  check.Timeouts(config.timeouts());
  check.Limits(config.limits());
  check.Retry(config.retry());
  check.Sandbox(config.sandbox());
  check.Log(config.log());
}

}  // namespace openrouter::images::config
