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

// MB/s of one reader that takes what it gets.
double ReadPicture(v1::ImagesService::Stub& stub) {
  grpc::ClientContext context;
  const Clock::time_point start = Clock::now();
  auto reader = stub.StreamGenerateImages(&context, LargePicture());
  v1::StreamGenerateImagesResponse event;
  double bytes = 0;
  while (reader->Read(&event)) bytes += static_cast<double>(event.image_chunk().data().size());
  if (const grpc::Status status = reader->Finish(); !status.ok())
    throw std::runtime_error(status.error_message());
  return bytes / 1e6 / std::chrono::duration<double>(Clock::now() - start).count();
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

void PrintRow(int stalled, const std::vector<double>& rates) {
  fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} |\n", stalled, Median(rates), std::ranges::min(rates),
             std::ranges::max(rates));
}

void Run(int picture_mib, int stalled, int turns) {
  const StreamFixture fixture(static_cast<std::size_t>(picture_mib) << 20);
  const auto stub = fixture.NewStub();
  ReadPicture(*stub);  // Connects, and warms up.
  std::vector<double> alone;
  std::vector<double> beside;
  for (int turn = 0; turn < turns; ++turn) {
    alone.push_back(ReadPicture(*stub));
    const StalledReaders readers(fixture, stalled);
    beside.push_back(ReadPicture(*stub));
  }
  fmt::print("{} MiB pictures, {} turns\n\n", picture_mib, turns);
  fmt::print(
      "| stalled streams | median MB/s of the one that reads | slowest | fastest |\n|---:|---:|---:|---:|\n");
  PrintRow(0, alone);
  PrintRow(stalled, beside);
  fmt::print("\nratio of the medians: {:.2f}\n", Median(beside) / Median(alone));
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
