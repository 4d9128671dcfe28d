#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "service/sandbox/faults/fault_book.h"
#include "service/sandbox/faults/fault_script.h"
#include "service/sandbox/http/http_message.h"
#include "service/sandbox/ledger.h"

namespace openrouter_images::sandbox {

// The answer to a request: a reply that is ready, or a generation that makes it.
struct Answer {
  HttpReply reply;
  // Wait before `generate` is called. Zero for a stream, which spreads its time over its events.
  std::chrono::milliseconds wait{0};
  // Set for a generation: draws, and returns the reply to send in place of `reply`. Takes up to seconds; call
  // it once, on any thread.
  std::function<HttpReply(const std::stop_token&)> generate;
  // USD, charged when the generation is done; nullopt when nothing is to be charged.
  std::optional<double> charge;
  // What goes wrong on the wire; a default FaultScript changes nothing.
  FaultScript fault;
};

// The operations of the sandbox: the images API under /api/v1, and its own under /sandbox. Thread-safe.
class Api {
 public:
  struct Options {
    std::optional<std::string> api_key;
    std::function<std::chrono::system_clock::time_point()> now;
    std::chrono::milliseconds generation_time{0};
  };

  // `ledger` and `faults` must outlive the Api.
  Api(Options options, Ledger& ledger, FaultBook& faults);

  // The operation of a request, by its head; kAny: none that faults apply to.
  static FaultScript::Route RouteOf(const HttpRequest& head);
  // Whether the request is a paid one, `POST /images`.
  static bool IsGeneration(const HttpRequest& head);

  // `scripted` is the queued fault that this request has taken.
  Answer Handle(const HttpRequest& request, std::uint64_t sequence,
                std::optional<FaultBook::Scripted> scripted);

 private:
  Answer HandleGeneration(const HttpRequest& request, std::uint64_t sequence, FaultScript fault);
  Answer HandleModels(FaultScript fault) const;
  Answer HandleEndpoints(std::string_view path, std::uint64_t sequence, FaultScript fault);
  HttpReply HandleSandbox(const HttpRequest& request, std::string_view path);
  std::optional<HttpReply> Unauthorized(const HttpRequest& request) const;
  // Reads a fault script from a model's name and counts it; an error reply when the text is not a script.
  // `fault` is unchanged when the name holds none or its times are used up. `model` receives the model that
  // serves the request.
  std::optional<HttpReply> AdoptNamedFault(std::string_view model_id, std::string_view operation,
                                           std::uint64_t sequence, FaultScript& fault, std::string& model);
  void AddDeploymentHeaders(std::uint64_t sequence, bool generation, HttpReply& reply) const;

  const Options options_;
  Ledger& ledger_;
  FaultBook& faults_;
};

}  // namespace openrouter_images::sandbox
