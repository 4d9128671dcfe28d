#include "service/sandbox/api/api.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <boost/json.hpp>
#include <memory>
#include <utility>

#include "service/sandbox/api/catalog.h"
#include "service/sandbox/api/generation_request.h"
#include "service/sandbox/api/generator.h"
#include "service/sandbox/api/pricing.h"
#include "service/sandbox/api/stream.h"
#include "service/sandbox/draw/dice.h"
#include "service/sandbox/faults/fault_reply.h"
#include "service/sandbox/http/error_reply.h"
#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::string_view kImages = "/api/v1/images";
constexpr std::string_view kModels = "/api/v1/images/models";
constexpr std::string_view kEndpoints = "/endpoints";
constexpr char kPainter[] = "sandbox/painter";

std::string_view PathOf(std::string_view target) {
  return target.substr(0, target.find('?'));
}

HttpReply JsonReply(std::string body) {
  return {200, {{"content-type", "application/json"}}, std::move(body), {}};
}

HttpReply NotAllowed(std::string_view allowed) {
  HttpReply reply = ErrorReply(405, "Method not allowed");
  reply.headers.emplace_back("allow", allowed);
  return reply;
}

Answer Immediately(HttpReply reply) {
  Answer answer;
  answer.reply = std::move(reply);
  return answer;
}

}  // namespace

Api::Api(Options options, Ledger& ledger, FaultBook& faults)
    : options_(std::move(options)), ledger_(ledger), faults_(faults) {}

FaultScript::Route Api::RouteOf(const HttpRequest& head) {
  const std::string_view path = PathOf(head.target);
  if (path == kImages) return FaultScript::Route::kImages;
  if (path == kModels) return FaultScript::Route::kModels;
  if (path.starts_with(kModels) && path.ends_with(kEndpoints)) return FaultScript::Route::kEndpoints;
  return FaultScript::Route::kAny;
}

bool Api::IsGeneration(const HttpRequest& head) {
  return head.method == "POST" && PathOf(head.target) == kImages;
}

Answer Api::Handle(const HttpRequest& request, std::uint64_t sequence,
                   std::optional<FaultBook::Scripted> scripted) {
  const std::string_view path = PathOf(request.target);
  if (path.starts_with("/sandbox/")) return Immediately(HandleSandbox(request, path));
  FaultScript fault;
  if (scripted) {
    ledger_.RecordFault(sequence, scripted->text);
    fault = std::move(scripted->fault);
  }
  Answer answer;
  switch (RouteOf(request)) {
    case FaultScript::Route::kImages:
      answer = request.method == "POST" ? HandleGeneration(request, sequence, std::move(fault))
                                        : Immediately(NotAllowed("POST"));
      break;
    case FaultScript::Route::kModels:
      answer = request.method == "GET" ? HandleModels(std::move(fault)) : Immediately(NotAllowed("GET"));
      break;
    case FaultScript::Route::kEndpoints:
      answer = request.method == "GET" ? HandleEndpoints(path, sequence, std::move(fault))
                                       : Immediately(NotAllowed("GET"));
      break;
    case FaultScript::Route::kAny:
      answer = Immediately(ErrorReply(404, UsualMessage(404)));
      break;
  }
  const auto finish = [this, sequence, generation = IsGeneration(request)](const FaultScript& applied,
                                                                           HttpReply reply) {
    AddDeploymentHeaders(sequence, generation, reply);
    ApplyToReply(applied, reply);
    return reply;
  };
  if (!answer.generate) {
    answer.reply = finish(answer.fault, std::move(answer.reply));
  } else {
    answer.generate = [finish, fault = answer.fault, generate = std::move(answer.generate)](
                          const std::stop_token& stop) { return finish(fault, generate(stop)); };
  }
  return answer;
}

std::optional<HttpReply> Api::Unauthorized(const HttpRequest& request) const {
  const auto value = FindHeader(request.headers, "authorization");
  if (!value) return ErrorReply(401, "Missing Authentication header");
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer = value->size() > kScheme.size() &&
                      absl::EqualsIgnoreCase(absl::string_view(value->data(), kScheme.size()), "bearer ");
  if (!bearer) return ErrorReply(401, "No auth credentials found");
  if (options_.api_key && value->substr(kScheme.size()) != *options_.api_key)
    return ErrorReply(401, UsualMessage(401));
  return std::nullopt;
}

std::optional<HttpReply> Api::AdoptNamedFault(std::string_view model_id, std::string_view operation,
                                              std::uint64_t sequence, FaultScript& fault,
                                              std::string& model) {
  model = model_id;
  const auto text = FaultScriptOfModel(model_id);
  if (!text) return std::nullopt;
  auto named = ParseFaultScript(*text);
  if (!named.ok()) return TypedErrorReply(400, std::string(named.status().message()), "model_not_found");
  model = named->as.empty() ? kPainter : named->as;
  // This fault applies while the body is read; a complete body has passed it.
  if (named->half_request) return std::nullopt;
  if (!faults_.CountUse(*named, absl::StrCat(std::string(operation), " ", std::string(*text))))
    return std::nullopt;
  ledger_.RecordFault(sequence, *text);
  fault = *std::move(named);
  return std::nullopt;
}

Answer Api::HandleGeneration(const HttpRequest& request, std::uint64_t sequence, FaultScript fault) {
  if (auto unauthorized = Unauthorized(request)) return Immediately(*std::move(unauthorized));
  auto body = ParseBody(request.body);
  const auto* object = std::get_if<boost::json::object>(&body);
  const auto member = [object](const char* name) -> std::string_view {
    const auto* value = object != nullptr ? object->if_contains(name) : nullptr;
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
  };
  std::string model_id;
  if (auto error = AdoptNamedFault(member("model"), "generate", sequence, fault, model_id))
    return Immediately(*std::move(error));

  Answer answer;
  if (fault.replaces_generation()) {
    answer.reply = ReplyOfFault(fault, member("model"), member("prompt"));
    // 200 or 204 without images stands for a reply lost after the work was done.
    const bool lost = fault.status < 300 && (fault.body == FaultScript::Body::kEmpty || fault.status == 204);
    if (fault.billed.value_or(lost)) answer.charge = 0.01;
    answer.fault = std::move(fault);
    return answer;
  }
  if (object == nullptr) return Immediately(std::get<HttpReply>(std::move(body)));
  const Model* served = FaultScriptOfModel(member("model")) ? FindModel(model_id) : nullptr;
  auto read = ReadGeneration(*object, served);
  if (auto* error = std::get_if<HttpReply>(&read)) {
    answer.reply = std::move(*error);
    answer.fault = std::move(fault);
    return answer;
  }
  auto generation = std::make_shared<const GenerationRequest>(std::get<GenerationRequest>(std::move(read)));
  if (fault.billed.value_or(fault.delay != FaultScript::kForever))
    answer.charge = UsageOf(*generation).cost();
  const auto created =
      std::chrono::duration_cast<std::chrono::seconds>(options_.now().time_since_epoch()).count();
  const bool streamed = IsStreamed(*generation, fault);
  if (streamed && fault.sse_error && !fault.billed.value_or(false)) answer.charge.reset();
  if (!streamed) answer.wait = options_.generation_time;
  answer.generate = [generation, fault, created, streamed,
                     time = options_.generation_time](const std::stop_token& stop) {
    return streamed ? StreamReply(*generation, fault, created, time)
                    : GenerationReply(*generation, fault, created, stop);
  };
  answer.fault = std::move(fault);
  return answer;
}

Answer Api::HandleModels(FaultScript fault) const {
  Answer answer;
  answer.reply =
      fault.replaces_generation() ? ReplyOfFault(fault, "", "") : JsonReply(JsonText(ModelsJson()));
  answer.fault = std::move(fault);
  return answer;
}

Answer Api::HandleEndpoints(std::string_view path, std::uint64_t sequence, FaultScript fault) {
  // Between "/api/v1/images/models/" and "/endpoints".
  std::string_view segments = path.substr(kModels.size());
  segments.remove_suffix(kEndpoints.size());
  const std::size_t slash = segments.find('/', 1);
  if (segments.empty() || segments[0] != '/' || slash == std::string_view::npos ||
      segments.find('/', slash + 1) != std::string_view::npos) {
    return Immediately(ErrorReply(404, UsualMessage(404)));
  }
  const std::string id =
      DecodePercent(segments.substr(1, slash - 1)) + "/" + DecodePercent(segments.substr(slash + 1));
  std::string model_id;
  if (auto error = AdoptNamedFault(id, "endpoints", sequence, fault, model_id))
    return Immediately(*std::move(error));
  const Model* model = FindModel(model_id);
  Answer answer;
  if (fault.replaces_generation()) {
    answer.reply = ReplyOfFault(fault, id, "");
  } else if (model == nullptr) {
    answer.reply = ErrorReply(404, absl::StrCat("Model ", id, " not found"), {{"error_type", "not_found"}});
  } else {
    answer.reply = JsonReply(JsonText(EndpointsJson(*model)));
  }
  answer.fault = std::move(fault);
  return answer;
}

HttpReply Api::HandleSandbox(const HttpRequest& request, std::string_view path) {
  if (path == "/sandbox/ledger") {
    if (request.method == "GET") return JsonReply(LedgerJson(ledger_));
    if (request.method != "DELETE") return NotAllowed("GET, DELETE");
    ledger_.Clear();
    return {204, {}, "", {}};
  }
  if (path != "/sandbox/script") return ErrorReply(404, UsualMessage(404));
  if (request.method == "DELETE") {
    faults_.Clear();
    return {204, {}, "", {}};
  }
  if (request.method != "POST") return NotAllowed("POST, DELETE");
  auto body = ParseBody(request.body);
  const auto* object = std::get_if<boost::json::object>(&body);
  if (object == nullptr) return std::get<HttpReply>(std::move(body));
  auto fault = ParseFaultScript(*object);
  if (!fault.ok()) return TypedErrorReply(400, std::string(fault.status().message()), "invalid_request");
  faults_.Queue(*std::move(fault), boost::json::serialize(*object));
  return {204, {}, "", {}};
}

void Api::AddDeploymentHeaders(std::uint64_t sequence, bool generation, HttpReply& reply) const {
  // In the form that a deployment behind a CDN sends; numbered for tests.
  if (generation)
    reply.headers.emplace_back("x-generation-id", absl::StrFormat("gen-img-%010d-sandbox", sequence));
  reply.headers.emplace_back("x-request-id", absl::StrFormat("req-%010d", sequence));
  reply.headers.emplace_back("cf-ray", absl::StrFormat("%016x-SBX", Dice(sequence).Next()));
}

}  // namespace openrouter_images::sandbox
