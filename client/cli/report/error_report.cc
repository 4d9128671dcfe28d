#include "client/cli/report/error_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <vector>

#include "client/cli/report/message_json.h"
#include "client/cli/report/stream_progress.h"
#include "client/cli/report/table.h"
#include "client/cli/terminal/terminal.h"

namespace openrouter_images::client::cli {
namespace {

// Below this many columns wrapping makes things worse.
constexpr size_t kNarrowest = 20;

// Between this tool and the service, not between the service and OpenRouter.
bool IsOwnConnection(const ImagesError& error) {
  return !error.from_service && error.kind == v1::ERROR_KIND_CONNECTION;
}

bool IsUnknownHost(const ImagesError& error) {
  return IsOwnConnection(error) && error.message.starts_with("DNS resolution failed");
}

bool NeverConnected(const ImagesError& error) {
  return IsUnknownHost(error) ||
         (IsOwnConnection(error) && error.message.find("last error: ") != std::string::npos);
}

// gRPC names the cause last: "...: ipv4:127.0.0.1:50051: Failed to connect to remote host: Connection
// refused".
std::string LastCause(const std::string& message) {
  const size_t colon = message.rfind(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

bool IsHandshakeFailure(const ImagesError& error) {
  return error.message.find("handshake") != std::string::npos;
}

std::string WhatHappenedToConnection(const ImagesError& error, const ErrorContext& context) {
  const std::string_view server = context.server;
  if (NeverConnected(error) && !context.proxy_variable.empty()) {
    return fmt::format("No connection to {} through the proxy in {}: {}.", server, context.proxy_variable,
                       LastCause(error.message));
  }
  if (IsUnknownHost(error)) {
    return fmt::format("Cannot find the host of {}: {}.", server, LastCause(error.message));
  }
  if (!NeverConnected(error)) return fmt::format("The connection to {} was lost: {}.", server, error.message);
  if (IsHandshakeFailure(error)) {
    return fmt::format("No TLS connection to {}: {}.", server, LastCause(error.message));
  }
  if (error.message.ends_with("Connection refused")) {
    return fmt::format("No server answers at {}: connection refused.", server);
  }
  return fmt::format("Cannot connect to {}: {}.", server, LastCause(error.message));
}

std::string WhatHappened(const ImagesError& error, const ErrorContext& context) {
  if (IsOwnConnection(error)) return WhatHappenedToConnection(error, context);
  if (!error.from_service && error.code == grpc::StatusCode::CANCELLED) {
    return context.interrupted ? "Interrupted." : "The call was cancelled on its way.";
  }
  if (!error.from_service && error.code == grpc::StatusCode::DEADLINE_EXCEEDED)
    return "The time limit ran out.";
  if (!error.from_service && error.code == grpc::StatusCode::UNIMPLEMENTED &&
      error.billing_outcome == v1::BILLING_OUTCOME_NOT_SENT) {
    return fmt::format("The server at {} does not offer this call: is it an images server?", context.server);
  }
  std::string text = error.message;
  // The service ends its message with its advice, for callers that show nothing else.
  if (!error.advice.empty() && text.ends_with(error.advice)) {
    text.resize(text.size() - error.advice.size());
    text.erase(text.find_last_not_of(' ') + 1);
  }
  return text.empty() ? "The call failed." : text;
}

// Who has to act, and what to do when neither service nor library said.
struct Cause {
  std::string_view who;
  std::string_view next = "Try again later.";
};

Cause CauseInCaller(const ImagesError& error, const ErrorContext& context) {
  if (error.exit_class == v1::EXIT_CLASS_UNAVAILABLE) {
    if (error.code != grpc::StatusCode::CANCELLED) {
      return {"nobody: it took longer than the time limit", "Give it more time with --timeout SECONDS."};
    }
    return {context.interrupted ? "you" : "whoever cancelled it, between here and OpenRouter",
            "Ask again when you like."};
  }
  if (!error.from_service && error.exit_class == v1::EXIT_CLASS_NOT_ALLOWED) {
    return {"permissions of the caller", "Ask the operator of the service for access."};
  }
  return {error.http_status != 0 ? "the request; OpenRouter refused it" : "the request",
          "Correct the request. `openrouter-images models` shows what each model accepts."};
}

Cause CauseOf(const ImagesError& error, const ErrorContext& context) {
  switch (error.responsible) {
    case v1::RESPONSIBLE_PARTY_CALLER:
      return CauseInCaller(error, context);
    case v1::RESPONSIBLE_PARTY_ACCOUNT:
      return {"the OpenRouter account: key, credits or limits",
              "See to the account's key, credits and limits at https://openrouter.ai/settings."};
    case v1::RESPONSIBLE_PARTY_OPERATOR:
      return {"the configuration of the images service"};
    case v1::RESPONSIBLE_PARTY_SERVICE:
      return {"the images service"};
    case v1::RESPONSIBLE_PARTY_UPSTREAM:
      return {"OpenRouter or its provider"};
    case v1::RESPONSIBLE_PARTY_NETWORK:
      return {error.from_service ? "the network between the service and OpenRouter"
                                 : "the way to the service"};
    default:
      return {"not known"};
  }
}

std::string CauseText(const ImagesError& error, const ErrorContext& context) {
  std::string facts(CodeName(error.code));
  // The word to look up in the table of errors. "NOT_FOUND, NOT_FOUND" says no more than one of them.
  const std::string kind = error.kind == v1::ERROR_KIND_UNSPECIFIED ? "" : KindName(error.kind);
  const std::string reason = error.reason.empty() ? kind : Printable(error.reason);
  if (!reason.empty() && reason != facts) facts += ", " + reason;
  if (error.http_status != 0) facts += fmt::format(", HTTP {}", error.http_status);
  if (!error.error_type.empty()) facts += ", " + error.error_type;
  if (error.attempts > 1) facts += fmt::format(", {} attempts", error.attempts);
  return fmt::format("{} ({})", CauseOf(error, context).who, facts);
}

std::string NextStepOfConnection(const ImagesError& error, const ErrorContext& context) {
  if (!context.proxy_variable.empty()) {
    return "Add the server's host to the environment variable no_proxy, if the proxy is not meant for it.";
  }
  if (error.message.find("wrong version number") != std::string::npos) {
    return "The server speaks plaintext: leave out --tls.";
  }
  if (IsHandshakeFailure(error)) {
    return "Name the server's authority with --ca FILE, and use the host name of its certificate.";
  }
  if (IsUnknownHost(error)) {
    return "Check the name of the host in --server HOST:PORT or OPENROUTER_IMAGES_SERVER.";
  }
  if (context.server.find(':') == std::string_view::npos) {
    return fmt::format(
        "Without a port, 443 was asked. openrouter-images-server usually has 50051: --server "
        "{}:50051.",
        context.server);
  }
  return "Start openrouter-images-server there, or name another with --server HOST:PORT or "
         "OPENROUTER_IMAGES_SERVER.";
}

std::string NextStep(const ImagesError& error, const ErrorContext& context) {
  if (error.retry_delay.has_value()) {
    const auto seconds =
        static_cast<long>(std::ceil(static_cast<double>(error.retry_delay->count()) / 1000.0));
    const std::string wait = fmt::format("Try again in {} s.", std::max(1L, seconds));
    return error.advice.empty() ? wait : error.advice + " " + wait;
  }
  if (!error.advice.empty()) return error.advice;
  if (NeverConnected(error) ||
      (IsOwnConnection(error) && error.billing_outcome == v1::BILLING_OUTCOME_NOT_SENT)) {
    return NextStepOfConnection(error, context);
  }
  if (error.billing_outcome != v1::BILLING_OUTCOME_NOT_SENT &&
      error.billing_outcome != v1::BILLING_OUTCOME_NOT_BILLED) {
    return "Look at https://openrouter.ai/activity before you ask again.";
  }
  return std::string(CauseOf(error, context).next);
}

std::string GenerationId(const ImagesError& error, const ErrorContext& context) {
  const std::string_view named = error.generation_id();
  return named.empty() ? context.generation_id : std::string(named);
}

// The upstream's own words, or the beginning of what answered in its place; empty when the message has them.
std::string UpstreamWords(const ImagesError& error) {
  const v1::UpstreamError& upstream = error.details.upstream();
  const std::string& words = upstream.message().empty() ? upstream.body_excerpt() : upstream.message();
  return error.message.find(words) == std::string::npos ? words : "";
}

std::string DeliveredText(const v1::Delivered& delivered) {
  return fmt::format("{} preview{} and {} image{} before it failed, {}", delivered.previews(),
                     delivered.previews() == 1 ? "" : "s", delivered.images(),
                     delivered.images() == 1 ? "" : "s", SizeText(delivered.bytes()));
}

}  // namespace

std::string ErrorText(const ImagesError& error, const ErrorContext& context) {
  std::string text;
  auto append = [&](std::string_view label, const std::string& value) {
    const size_t width = context.width > label.size() + kNarrowest ? context.width - label.size() : 0;
    const std::string printable = Printable(value);
    const auto lines =
        width == 0 ? std::vector<std::string>{printable} : Wrap(printable, width, BreakAt::kWords);
    for (size_t i = 0; i < lines.size(); ++i) {
      text += fmt::format("{:<{}}{}\n", i == 0 ? label : "", label.size(), lines[i]);
    }
  };
  append("Error: ", WhatHappened(error, context));
  for (const ImagesError::Violation& violation : error.violations) {
    const std::string line = violation.field + ": " + violation.description;
    // The service says the first one in its message.
    if (error.message.find(line) == std::string::npos) append("  - ", line);
  }
  if (const std::string words = UpstreamWords(error); !words.empty()) append("  Upstream  ", words);
  if (error.details.has_delivered()) append("  Received  ", DeliveredText(error.details.delivered()));
  append("  Cause     ", CauseText(error, context));
  append("  Money     ", std::string(BillingSentence(error.billing_outcome)));
  append("  Next      ", NextStep(error, context));
  if (!error.call_id.empty()) append("  Call      ", error.call_id);
  if (const std::string id = GenerationId(error, context); !id.empty()) append("  Record    ", id);
  return text;
}

ExitCode ExitCodeOf(const ImagesError& error, const ErrorContext& context) {
  if (context.interrupted && error.code == grpc::StatusCode::CANCELLED) return ExitCode::kInterrupted;
  return ExitCodeOf(error);
}

boost::json::object ErrorJson(const ImagesError& error, const ErrorContext& context) {
  boost::json::object json =
      OwnErrorJson(CodeName(error.code), Printable(WhatHappened(error, context)), ExitCodeOf(error, context));
  auto add_text = [&json](std::string_view name, const std::string& value) {
    if (!value.empty()) json[boost::json::string_view(name.data(), name.size())] = value;
  };
  add_text("reason", error.reason);
  add_text("domain", error.domain);
  add_text("kind", KindName(error.kind));
  add_text("responsible_party", ResponsiblePartyName(error.responsible));
  add_text("billing_outcome", BillingOutcomeName(error.billing_outcome));
  add_text("next", NextStep(error, context));
  add_text("call_id", error.call_id);
  add_text("generation_id", GenerationId(error, context));
  if (error.retry_delay.has_value()) {
    json["retry_delay_seconds"] = static_cast<double>(error.retry_delay->count()) / 1000.0;
  }
  // All that the service said, under the names of the contract.
  if (error.from_service) {
    for (const auto& [name, value] : MessageJson(error.details)) json.emplace(name, value);
  }
  if (!error.violations.empty()) {
    boost::json::array violations;
    for (const auto& violation : error.violations) {
      violations.push_back({{"field", violation.field}, {"description", violation.description}});
    }
    json["violations"] = std::move(violations);
  }
  return json;
}

boost::json::object OwnErrorJson(std::string_view code, std::string_view message, ExitCode exit_code) {
  boost::json::object json;
  json["code"] = boost::json::string_view(code.data(), code.size());
  json["message"] = boost::json::string_view(message.data(), message.size());
  json["exit_code"] = static_cast<int>(exit_code);
  return json;
}

}  // namespace openrouter_images::client::cli
