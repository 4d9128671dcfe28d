#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// How the other side ended the reading.
enum class ReadEnd { kFin, kReset, kQuiet };

// A TCP connection that sees every byte and how the connection ends; each read gives up after a limit.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();

  void Send(std::string_view bytes);
  // All bytes until the other side ends the connection, or until nothing came for `quiet`; closes the
  // connection then.
  std::string ReadToEnd(ReadEnd& end, std::chrono::milliseconds quiet = std::chrono::seconds(20));
  // One reply, framed by its headers; nullopt when the bytes are none.
  std::optional<HttpReply> ReadReply();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The bytes of a request with Content-Length, and with a bearer token unless `headers` say otherwise.
std::string RequestBytes(std::string_view method, std::string_view target, std::string_view body = "",
                         std::string_view headers = "Authorization: Bearer key-one\r\n");

// One request over a connection of its own.
std::optional<HttpReply> Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                               std::string_view body = "",
                               std::string_view headers = "Authorization: Bearer key-one\r\n");

// `POST /api/v1/images` of this body.
std::optional<HttpReply> Generate(std::uint16_t port, std::string_view body);

}  // namespace openrouter_images::sandbox
