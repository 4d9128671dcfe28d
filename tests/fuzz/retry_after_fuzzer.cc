// Whatever the headers say, a wait is none or within its limits; and the finer header decides when it can be
// read.

#include <fuzzer/FuzzedDataProvider.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "service/retry/retry_after.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images;
  using std::chrono::milliseconds;
  FuzzedDataProvider input(data, size);
  // From 1970 to 2100.
  const std::chrono::system_clock::time_point now{
      std::chrono::seconds(input.ConsumeIntegralInRange<std::int64_t>(0, 4'102'444'800))};
  const std::string precise = input.ConsumeRandomLengthString();
  const std::string coarse = input.ConsumeRemainingBytesAsString();

  const auto read = [&](std::optional<std::string_view> in_milliseconds,
                        std::optional<std::string_view> in_seconds) {
    const std::optional<milliseconds> wait = retry::ParseRetryAfter(in_milliseconds, in_seconds, now);
    Require(!wait || (*wait >= milliseconds(0) && *wait <= retry::kMaxRetryAfter), "within the limits");
    return wait;
  };
  const std::optional<milliseconds> by_precise = read(precise, std::nullopt);
  const std::optional<milliseconds> by_coarse = read(std::nullopt, coarse);
  Require(read(precise, coarse) == (by_precise ? by_precise : by_coarse), "milliseconds win");
  Require(!read(std::nullopt, std::nullopt), "no header, no wait");
  return 0;
}
