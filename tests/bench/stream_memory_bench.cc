// How much memory the server needs for streamed generations, and whether that grows with the pictures or with
// the calls.
//
// Starts the server as a process of its own, in front of an upstream (a third process) that sends one large
// picture to whoever asks, and reads N streams at once, each at a limited rate. Prints a Markdown table.
//
//   build/tests/bench/stream_memory_bench [picture_mib=24] [reader_mb_per_second=4] [most_calls=100]
//   [limit_mib]
//
// With a limit it fails when the server ever takes more.
#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "openrouter/images/v1/images_service.grpc.pb.h"

namespace {

namespace asio = boost::asio;
namespace v1 = openrouter::images::v1;
using Clock = std::chrono::steady_clock;
using asio::ip::tcp;

constexpr double kMebibyte = 1024.0 * 1024.0;

// A PNG signature and then noise of no meaning, as base64 inside the reply's JSON.
std::string ReplyWithPicture(std::size_t bytes) {
  std::string picture = "\x89PNG\r\n\x1a\n";
  picture.resize(bytes, 'x');
  const std::string body = R"({"created":1,"data":[{"b64_json":")" + absl::Base64Escape(picture) + R"("}]})";
  return fmt::format(
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
             "close\r\n\r\n",
             body.size()) +
         body;
}

// Answers every connection with the same reply, a thread each; never returns.
[[noreturn]] void ServeForEver(tcp::acceptor& acceptor, const std::string& reply) {
  for (;;) {
    auto socket = std::make_shared<tcp::socket>(acceptor.accept());
    std::thread([socket, &reply] {
      boost::system::error_code ignored;
      asio::streambuf head;
      asio::read_until(*socket, head, "\r\n\r\n", ignored);
      asio::write(*socket, asio::buffer(reply), ignored);
      socket->shutdown(tcp::socket::shutdown_send, ignored);
    }).detach();
  }
}

// A child process that ends with this object.
class Process {
 public:
  explicit Process(pid_t pid) : pid_(pid) {}
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  double ResidentMib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/statm");
    long total = 0;
    long resident = 0;
    status >> total >> resident;
    return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / kMebibyte;
  }

 private:
  pid_t pid_;
};

struct Stream {
  double first_chunk_seconds = 0;
  std::size_t bytes = 0;
  bool ok = false;
};

Stream ReadOne(v1::ImagesService::Stub& stub, double bytes_per_second) {
  Stream result;
  grpc::ClientContext context;
  v1::StreamGenerateImagesRequest request;
  request.mutable_image()->set_model("bench/large");
  request.mutable_image()->set_prompt("a large picture");
  const Clock::time_point start = Clock::now();
  auto reader = stub.StreamGenerateImages(&context, request);
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

Round RunRound(const Process& server, const std::string& target, int calls, double bytes_per_second) {
  Round round;
  round.streams.resize(static_cast<std::size_t>(calls));
  std::atomic<bool> done = false;
  std::thread sampler([&] {
    while (!done) {
      round.peak_mib = std::max(round.peak_mib, server.ResidentMib());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> readers;
  for (Stream& stream : round.streams) {
    readers.emplace_back([&stream, &target, bytes_per_second] {
      // A connection of its own, as callers in different processes have, and no setting changed.
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      auto stub = v1::ImagesService::NewStub(
          grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
      stream = ReadOne(*stub, bytes_per_second);
    });
  }
  for (std::thread& reader : readers) reader.join();
  round.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  done = true;
  sampler.join();
  return round;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  int picture_mib = 24;
  double rate_mb = 4;
  int most_calls = 100;
  double limit_mib = std::numeric_limits<double>::infinity();
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &picture_mib)) ||
      (argc > 2 && !absl::SimpleAtod(argv[2], &rate_mb)) ||
      (argc > 3 && !absl::SimpleAtoi(argv[3], &most_calls)) ||
      (argc > 4 && !absl::SimpleAtod(argv[4], &limit_mib))) {
    fmt::print(stderr, "usage: {} [picture_mib] [reader_mb_per_second] [most_calls] [limit_mib]\n", argv[0]);
    return EXIT_FAILURE;
  }

  asio::io_context context;
  tcp::acceptor upstream_acceptor(context, {asio::ip::address_v4::loopback(), 0});
  const int upstream_port = upstream_acceptor.local_endpoint().port();
  const pid_t upstream_pid = fork();
  if (upstream_pid == 0) {
    signal(SIGPIPE, SIG_IGN);
    ServeForEver(upstream_acceptor, ReplyWithPicture(static_cast<std::size_t>(picture_mib) << 20));
  }
  const Process upstream(upstream_pid);

  int log_pipe[2];
  if (pipe(log_pipe) != 0) return EXIT_FAILURE;
  const std::string url = fmt::format("--upstream_url=http://127.0.0.1:{}/api/v1", upstream_port);
  const pid_t server_pid = fork();
  if (server_pid == 0) {
    dup2(log_pipe[1], STDERR_FILENO);
    setenv("OPENROUTER_API_KEY", "bench", 1);
    execl(SERVER_PROGRAM, SERVER_PROGRAM, "--listen=127.0.0.1:0", url.c_str(), nullptr);
    _exit(127);
  }
  const Process server(server_pid);
  close(log_pipe[1]);
  FILE* log = fdopen(log_pipe[0], "r");
  std::string target;
  char line[4096];
  while (target.empty() && fgets(line, sizeof line, log) != nullptr) {
    const std::string text = line;
    const std::string key = "\"address\":\"";
    if (const auto at = text.find(key); at != std::string::npos) {
      target = text.substr(at + key.size(), text.find('"', at + key.size()) - at - key.size());
    }
  }
  // The log must not fill its pipe.
  std::thread([log] {
    char rest[4096];
    while (fgets(rest, sizeof rest, log) != nullptr) {
    }
  }).detach();

  fmt::print("{} MiB pictures, readers of {} MB/s each\n\n", picture_mib, rate_mb);
  fmt::print(
      "| calls at once | peak RSS, MiB | MiB a call | MB/s in all | median first piece, ms | failed |\n");
  fmt::print("|---:|---:|---:|---:|---:|---:|\n");
  const double idle = server.ResidentMib();
  fmt::print("| 0 | {:.1f} | | | | |\n", idle);
  bool good = true;
  for (int calls = 1; calls <= most_calls; calls *= 10) {
    const Round round = RunRound(server, target, calls, rate_mb * 1e6);
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
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
