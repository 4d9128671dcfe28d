// Whether callers that read nothing slow down one that reads. Reads a large image with and without N
// stalled streams at the same time, in turns, and prints a Markdown table.
//
//   build/tests/bench/slow_reader_bench [image_mib=24] [stalled=50] [turns=15]
#include <absl/strings/numbers.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/median.h"
#include "tests/bench/stream_fixture.h"

namespace openrouter_images::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Seconds until a reader that never waits has the whole image.
double ReadImage(v1::ImagesService::Stub& stub) {
  grpc::ClientContext context;
  const Clock::time_point start = Clock::now();
  auto reader = stub.StreamGenerateImages(&context, LargeImageRequest());
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
  }
  if (const grpc::Status status = reader->Finish(); !status.ok())
    throw std::runtime_error(status.error_message());
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Until stalled streams have filled everything between the upstream and them, and ended ones are gone.
void WaitUntilIdle(const Process& server) {
  double cpu = server.CpuSeconds();
  for (int i = 0; i < 100; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (server.CpuSeconds() - cpu < 0.01) return;
    cpu = server.CpuSeconds();
  }
  throw std::runtime_error("the server does not come to rest");
}

// Opens streams of which nothing is read but the first event, in a process of their own, and prints "ready"
// on standard output once they wait; never returns.
[[noreturn]] void Stall(const std::string& target, int count) {
  struct Call {
    std::unique_ptr<v1::ImagesService::Stub> stub;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::StreamGenerateImagesResponse>> reader;
  };
  std::vector<Call> calls(static_cast<std::size_t>(count));
  for (Call& call : calls) {
    call.stub = NewStub(target);
    call.reader = call.stub->StreamGenerateImages(&call.context, LargeImageRequest());
  }
  v1::StreamGenerateImagesResponse event;
  for (Call& call : calls) call.reader->Read(&event);
  fmt::print("ready\n");
  std::fflush(stdout);
  for (;;) pause();
}

std::unique_ptr<Process> StartStalled(const std::string& target, int count) {
  const std::string number = std::to_string(count);
  int ready[2];
  if (pipe(ready) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ready[1], STDOUT_FILENO);
    close(ready[0]);
    execl("/proc/self/exe", "slow_reader_bench", "stall", target.c_str(), number.c_str(), nullptr);
    _exit(127);
  }
  auto process = std::make_unique<Process>(pid);
  close(ready[1]);
  char byte = 0;
  const bool is_ready = read(ready[0], &byte, 1) == 1;
  close(ready[0]);
  if (!is_ready) throw std::runtime_error("the stalled streams did not begin");
  return process;
}

struct Row {
  int stalled = 0;
  std::vector<double> seconds;
  double server_cpu_seconds = 0;
};

void Measure(const StreamFixture& fixture, v1::ImagesService::Stub& stub, Row& row) {
  WaitUntilIdle(fixture.server());
  const double cpu_before = fixture.server().CpuSeconds();
  row.seconds.push_back(ReadImage(stub));
  row.server_cpu_seconds += fixture.server().CpuSeconds() - cpu_before;
}

void Print(const Row& row) {
  fmt::print("| {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} |\n", row.stalled, Median(row.seconds) * 1000,
             std::ranges::min(row.seconds) * 1000, std::ranges::max(row.seconds) * 1000,
             row.server_cpu_seconds * 1000 / static_cast<double>(row.seconds.size()));
}

void Run(int image_mib, int stalled, int turns) {
  const StreamFixture fixture(static_cast<std::size_t>(image_mib) << 20);
  const auto stub = NewStub(fixture.target());
  ReadImage(*stub);  // Connects, and warms up.
  Row alone;
  Row among_stalled;
  among_stalled.stalled = stalled;
  for (int turn = 0; turn < turns; ++turn) {
    Measure(fixture, *stub, alone);
    const auto stalled_readers = StartStalled(fixture.target(), stalled);
    Measure(fixture, *stub, among_stalled);
  }
  fmt::print("{} MiB images, {} turns, times in ms\n\n", image_mib, turns);
  fmt::print(
      "| stalled streams | median time of an image | fastest | slowest | server's CPU time per image |\n");
  fmt::print("|---:|---:|---:|---:|---:|\n");
  Print(alone);
  Print(among_stalled);
}

}  // namespace
}  // namespace openrouter_images::bench

int main(int argc, char** argv) {
  int count = 0;
  if (argc == 4 && std::string_view(argv[1]) == "stall" && absl::SimpleAtoi(argv[3], &count)) {
    openrouter_images::bench::Stall(argv[2], count);
  }
  int image_mib = 24;
  int stalled = 50;
  int turns = 15;
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &image_mib)) ||
      (argc > 2 && !absl::SimpleAtoi(argv[2], &stalled)) ||
      (argc > 3 && !absl::SimpleAtoi(argv[3], &turns)) || turns < 1) {
    fmt::print(stderr, "usage: {} [image_mib] [stalled] [turns]\n", argv[0]);
    return EXIT_FAILURE;
  }
  openrouter_images::bench::Run(image_mib, stalled, turns);
  return EXIT_SUCCESS;
}
