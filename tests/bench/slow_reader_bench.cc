// Whether callers that read nothing slow down one that reads. Reads a large picture with and without N
// stalled streams beside it, in turns, and prints a Markdown table.
//
//   build/tests/bench/slow_reader_bench [picture_mib=24] [stalled=50] [turns=15]
#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/bench/median.h"
#include "tests/bench/stream_fixture.h"

namespace openrouter::images::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Seconds of one reader that takes what it gets.
double ReadPicture(v1::ImagesService::Stub& stub) {
  grpc::ClientContext context;
  const Clock::time_point start = Clock::now();
  auto reader = stub.StreamGenerateImages(&context, LargePicture());
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
  }
  if (const grpc::Status status = reader->Finish(); !status.ok())
    throw std::runtime_error(status.error_message());
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Streams that are open and of which nothing is read, until this object ends.
class StalledReaders {
 public:
  StalledReaders(const StreamFixture& fixture, int count) : calls_(static_cast<std::size_t>(count)) {
    for (Call& call : calls_) {
      call.stub = fixture.NewStub();
      call.reader = call.stub->StreamGenerateImages(&call.context, LargePicture());
    }
    // Until what lies between the upstream and them is full.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  ~StalledReaders() {
    for (Call& call : calls_) {
      call.context.TryCancel();
      call.reader->Finish();
    }
  }

 private:
  struct Call {
    std::unique_ptr<v1::ImagesService::Stub> stub;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::StreamGenerateImagesResponse>> reader;
  };
  std::vector<Call> calls_;
};

struct Row {
  int stalled = 0;
  std::vector<double> seconds;
  double server_cpu_seconds = 0;
};

void Measure(const StreamFixture& fixture, v1::ImagesService::Stub& stub, Row& row) {
  const double cpu_before = fixture.server().CpuSeconds();
  row.seconds.push_back(ReadPicture(stub));
  row.server_cpu_seconds += fixture.server().CpuSeconds() - cpu_before;
}

void Print(const Row& row) {
  fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", row.stalled, Median(row.seconds) * 1000,
             std::ranges::min(row.seconds) * 1000, std::ranges::max(row.seconds) * 1000,
             row.server_cpu_seconds * 1000 / static_cast<double>(row.seconds.size()));
}

void Run(int picture_mib, int stalled, int turns) {
  const StreamFixture fixture(static_cast<std::size_t>(picture_mib) << 20);
  const auto stub = fixture.NewStub();
  ReadPicture(*stub);  // Connects, and warms up.
  Row alone;
  Row beside;
  beside.stalled = stalled;
  for (int turn = 0; turn < turns; ++turn) {
    Measure(fixture, *stub, alone);
    const StalledReaders readers(fixture, stalled);
    Measure(fixture, *stub, beside);
  }
  fmt::print("{} MiB pictures, {} turns, times in ms\n\n", picture_mib, turns);
  fmt::print(
      "| stalled streams | median time of a picture | fastest | slowest | server's CPU time a picture |\n");
  fmt::print("|---:|---:|---:|---:|---:|\n");
  Print(alone);
  Print(beside);
}

}  // namespace
}  // namespace openrouter::images::bench

int main(int argc, char** argv) {
  int picture_mib = 24;
  int stalled = 50;
  int turns = 15;
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &picture_mib)) ||
      (argc > 2 && !absl::SimpleAtoi(argv[2], &stalled)) ||
      (argc > 3 && !absl::SimpleAtoi(argv[3], &turns)) || turns < 1) {
    fmt::print(stderr, "usage: {} [picture_mib] [stalled] [turns]\n", argv[0]);
    return EXIT_FAILURE;
  }
  openrouter::images::bench::Run(picture_mib, stalled, turns);
  return EXIT_SUCCESS;
}
