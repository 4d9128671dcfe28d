// How much memory the server needs for streamed generations, and whether that grows with the images or with
// the calls: reads N streams at once, each at a limited rate, and prints a Markdown table.
//
//   build/tests/bench/stream_memory_bench [image_mib=24] [reader_mb_per_second=4] [most_calls=100]
//   [limit_mib]
//
// With a limit it fails when the resident memory of the server exceeds it.
#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

#include "tests/bench/median.h"
#include "tests/bench/stream_fixture.h"

namespace openrouter_images::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Stream {
  double first_chunk_seconds = 0;
  std::size_t bytes = 0;
  bool ok = false;
};

Stream ReadOne(v1::ImagesService::Stub& stub, double bytes_per_second) {
  Stream result;
  grpc::ClientContext context;
  const Clock::time_point start = Clock::now();
  auto reader = stub.StreamGenerateImages(&context, LargeImageRequest());
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
    if (!event.has_image_chunk()) continue;
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    if (result.bytes == 0) result.first_chunk_seconds = elapsed.count();
    result.bytes += event.image_chunk().data().size();
    std::this_thread::sleep_until(
        start + std::chrono::duration_cast<Clock::duration>(
                    std::chrono::duration<double>(static_cast<double>(result.bytes) / bytes_per_second)));
  }
  result.ok = reader->Finish().ok();
  return result;
}

struct Round {
  double peak_mib = 0;
  double seconds = 0;
  std::vector<Stream> streams;
};

Round RunRound(const StreamFixture& fixture, int calls, double bytes_per_second) {
  Round round;
  round.streams.resize(static_cast<std::size_t>(calls));
  std::atomic<bool> done = false;
  std::thread sampler([&] {
    while (!done) {
      round.peak_mib = std::max(round.peak_mib, fixture.server().ResidentMib());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> readers;
  for (Stream& stream : round.streams) {
    readers.emplace_back([&stream, &fixture, bytes_per_second] {
      stream = ReadOne(*NewStub(fixture.target()), bytes_per_second);
    });
  }
  for (std::thread& reader : readers) reader.join();
  round.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  done = true;
  sampler.join();
  return round;
}

// Returns whether no call failed and the memory stayed within the limit.
bool Run(int image_mib, double rate_mb, int most_calls, double limit_mib) {
  const StreamFixture fixture(static_cast<std::size_t>(image_mib) << 20);
  fmt::print("{} MiB images, readers of {} MB/s each\n\n", image_mib, rate_mb);
  fmt::print(
      "| calls at once | peak RSS, MiB | MiB per call | MB/s in all | median first piece, ms | failed |\n");
  fmt::print("|---:|---:|---:|---:|---:|---:|\n");
  const double idle = fixture.server().ResidentMib();
  fmt::print("| 0 | {:.1f} | | | | |\n", idle);
  bool good = true;
  for (int calls = 1; calls <= most_calls; calls *= 10) {
    const Round round = RunRound(fixture, calls, rate_mb * 1e6);
    std::vector<double> first;
    double bytes = 0;
    int failed = 0;
    for (const Stream& stream : round.streams) {
      first.push_back(stream.first_chunk_seconds * 1000);
      bytes += static_cast<double>(stream.bytes);
      failed += stream.ok ? 0 : 1;
    }
    fmt::print("| {} | {:.1f} | {:.2f} | {:.0f} | {:.0f} | {} |\n", calls, round.peak_mib,
               (round.peak_mib - idle) / calls, bytes / 1e6 / round.seconds, Median(first), failed);
    std::fflush(stdout);
    good = good && failed == 0 && round.peak_mib <= limit_mib;
  }
  return good;
}

}  // namespace
}  // namespace openrouter_images::bench

int main(int argc, char** argv) {
  int image_mib = 24;
  double rate_mb = 4;
  int most_calls = 100;
  double limit_mib = std::numeric_limits<double>::infinity();
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &image_mib)) ||
      (argc > 2 && !absl::SimpleAtod(argv[2], &rate_mb)) ||
      (argc > 3 && !absl::SimpleAtoi(argv[3], &most_calls)) ||
      (argc > 4 && !absl::SimpleAtod(argv[4], &limit_mib))) {
    fmt::print(stderr, "usage: {} [image_mib] [reader_mb_per_second] [most_calls] [limit_mib]\n", argv[0]);
    return EXIT_FAILURE;
  }
  const bool good = openrouter_images::bench::Run(image_mib, rate_mb, most_calls, limit_mib);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
