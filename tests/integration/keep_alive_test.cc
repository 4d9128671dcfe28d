// Clients that ping. gRPC's own client does so once a second at most, so these tests write the frames (RFC
// 9113) themselves.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <string>

#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

namespace asio = boost::asio;

constexpr unsigned char kSettings = 4;
constexpr unsigned char kPing = 6;
constexpr unsigned char kGoAway = 7;
constexpr std::size_t kHeaderSize = 9;

// A frame on stream 0.
std::string Frame(unsigned char type, const std::string& payload) {
  std::string frame(kHeaderSize, '\0');
  frame[2] = static_cast<char>(payload.size());
  frame[3] = static_cast<char>(type);
  return frame + payload;
}

// By default gRPC ends the connection at the third early ping, and with it every call on it.
TEST(KeepAliveTest, AClientMayPingAsOftenAsItLikes) {
  constexpr int kPings = 100;
  Stack stack;
  const std::string address = stack.server().address();
  const std::size_t colon = address.rfind(':');
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  asio::connect(
      socket, asio::ip::tcp::resolver(context).resolve(address.substr(0, colon), address.substr(colon + 1)));
  asio::write(socket, asio::buffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, "")));
  for (int answers = 0; answers < kPings; ++answers) {
    asio::write(socket, asio::buffer(Frame(kPing, "pingping")));
    unsigned char type = 0;
    while (type != kPing) {
      std::array<unsigned char, kHeaderSize> header{};
      asio::read(socket, asio::buffer(header));
      type = header[3];
      ASSERT_TRUE(type != kGoAway) << "after " << answers << " answers";
      std::string payload((header[0] << 16U) + (header[1] << 8U) + header[2], '\0');
      asio::read(socket, asio::buffer(payload));
    }
  }
}

}  // namespace
}  // namespace openrouter_images::testing
