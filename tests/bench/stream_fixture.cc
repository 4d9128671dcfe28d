#include "tests/bench/stream_fixture.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace openrouter_images::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr double kMebibyte = 1024.0 * 1024.0;

// A PNG signature and then bytes of no meaning, as base64 inside the reply's JSON.
std::string ReplyWithImage(std::size_t bytes) {
  std::string image = "\x89PNG\r\n\x1a\n";
  image.resize(bytes, 'x');
  const std::string body = R"({"created":1,"data":[{"b64_json":")" + absl::Base64Escape(image) + R"("}]})";
  return fmt::format(
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
             "close\r\n\r\n",
             body.size()) +
         body;
}

// Answers every connection with the same reply, one thread per connection; never returns.
[[noreturn]] void ServeForever(tcp::acceptor& acceptor, const std::string& reply) {
  for (;;) {
    auto socket = std::make_shared<tcp::socket>(acceptor.accept());
    std::thread([socket, &reply] {
      boost::system::error_code ignored;
      // Whole: a connection that is closed with bytes unread is reset, and the reply lost.
      boost::beast::flat_buffer buffer;
      boost::beast::http::request<boost::beast::http::string_body> request;
      boost::beast::http::read(*socket, buffer, request, ignored);
      asio::write(*socket, asio::buffer(reply), ignored);
      socket->shutdown(tcp::socket::shutdown_send, ignored);
    }).detach();
  }
}

// The value of "address" in the first line of a log that has one; empty when the log ends without.
std::string AddressIn(FILE* log) {
  constexpr std::string_view kKey = "\"address\":\"";
  char line[4096];
  while (fgets(line, sizeof line, log) != nullptr) {
    const std::string text = line;
    const std::size_t at = text.find(kKey);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + kKey.size();
    return text.substr(begin, text.find('"', begin) - begin);
  }
  return "";
}

}  // namespace

Process::~Process() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

double Process::ResidentMib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/statm");
  long total = 0;
  long resident = 0;
  status >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / kMebibyte;
}

double Process::CpuSeconds() const {
  // Fields 14 and 15 of proc(5)'s stat, after the name in parentheses.
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  const std::string stat(std::istreambuf_iterator<char>(file), {});
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user_ticks = 0;
  double system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  return (user_ticks + system_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

StreamFixture::StreamFixture(std::size_t image_bytes) {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  const pid_t upstream = fork();
  if (upstream == 0) {
    signal(SIGPIPE, SIG_IGN);
    ServeForever(acceptor, ReplyWithImage(image_bytes));
  }
  upstream_ = std::make_unique<Process>(upstream);

  int log_pipe[2];
  if (pipe(log_pipe) != 0) throw std::runtime_error("no pipe");
  const std::string url =
      fmt::format("--upstream_url=http://127.0.0.1:{}/api/v1", acceptor.local_endpoint().port());
  const pid_t server = fork();
  if (server == 0) {
    dup2(log_pipe[1], STDERR_FILENO);
    setenv("OPENROUTER_API_KEY", "bench", 1);
    execl(SERVER_PROGRAM, SERVER_PROGRAM, "--listen=127.0.0.1:0", url.c_str(), nullptr);
    _exit(127);
  }
  server_ = std::make_unique<Process>(server);
  close(log_pipe[1]);
  FILE* log = fdopen(log_pipe[0], "r");
  target_ = AddressIn(log);
  if (target_.empty()) throw std::runtime_error("the server did not start");
  // The log must not fill its pipe.
  std::thread([log] {
    char rest[4096];
    while (fgets(rest, sizeof rest, log) != nullptr) {
    }
  }).detach();
}

std::unique_ptr<v1::ImagesService::Stub> NewStub(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::ImagesService::NewStub(
      grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments));
}

v1::StreamGenerateImagesRequest LargeImageRequest() {
  v1::StreamGenerateImagesRequest request;
  request.mutable_image()->set_model("bench/large");
  request.mutable_image()->set_prompt("a large image");
  return request;
}

}  // namespace openrouter_images::bench
