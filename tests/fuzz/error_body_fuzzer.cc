// Whatever an error reply says, it becomes a status that a client can read: small enough, valid UTF-8 and
// complete.

#include <fuzzer/FuzzedDataProvider.h>

#include <absl/status/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "service/errors/error_body.h"
#include "service/errors/failure.h"
#include "service/errors/reason.h"
#include "service/errors/redact.h"
#include "service/errors/status_builder.h"
#include "service/errors/text.h"
#include "tests/fuzz/require.h"

namespace openrouter_images::upstream {
namespace {

// As clients do it: parsing refuses text that is not UTF-8.
template <typename Detail>
std::optional<Detail> Find(const google::rpc::Status& status) {
  std::optional<Detail> found;
  for (const auto& any : status.details()) {
    if (!any.Is<Detail>()) continue;
    Require(!found, "each kind of detail once");
    found.emplace();
    Require(any.UnpackTo(&*found), "a detail that can be parsed");
  }
  return found;
}

void CheckStatus(const errors::Failure& failure, std::optional<std::chrono::milliseconds> retry_delay) {
  Require(errors::IsPrintable(failure.message), "what happened is one line");
  v1::CallReport report;
  report.set_call_id("0123456789abcdef0123456789abcdef");
  for (int number = 1; number <= 3; ++number) {
    v1::Attempt& attempt = *report.add_attempts();
    attempt.set_number(number);
    attempt.set_generation_id("gen-1700000000-abcdefghijklmnopqrst");
    attempt.set_upstream_request_id("req-0123456789");
    attempt.set_cf_ray("0123456789abcdef-FRA");
  }
  const google::rpc::Status built = errors::StatusBuilder(failure, report, retry_delay).Build();
  Require(built.message().size() <= errors::kMaxMessageBytes, "the message fits");
  Require(built.ByteSizeLong() + built.message().size() <= errors::kMaxStatusBytes, "the status fits");
  Require(errors::IsPrintable(built.message()), "the message is one line");

  google::rpc::Status status;
  Require(status.ParseFromString(built.SerializeAsString()), "a status that can be parsed");
  Require(status.code() != static_cast<int>(absl::StatusCode::kOk), "a failure is a failure");
  const auto info = Find<google::rpc::ErrorInfo>(status);
  Require(info && info->reason() == errors::ReasonName(failure.reason), "the reason survives");
  const auto error = Find<v1::ImagesError>(status);
  Require(error && error->reason() == failure.reason && error->kind() == failure.error.kind() &&
              error->billing_outcome() == failure.error.billing_outcome() &&
              error->advice() == failure.error.advice() &&
              error->upstream().http_status() == failure.error.upstream().http_status() &&
              error->call().call_id() == report.call_id(),
          "what matters most survives");
  Find<google::rpc::RetryInfo>(status);
  Find<google::rpc::BadRequest>(status);
  Find<google::rpc::QuotaFailure>(status);
  Find<google::rpc::ResourceInfo>(status);
}

}  // namespace
}  // namespace openrouter_images::upstream

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace openrouter_images::upstream;
  namespace errors = openrouter_images::errors;
  using openrouter_images::Require;
  FuzzedDataProvider input(data, size);
  const int http_status = input.ConsumeIntegralInRange<int>(100, 599);
  const auto key_owner = input.ConsumeBool() ? errors::KeyOwner::kService : errors::KeyOwner::kCaller;
  const auto operation = input.ConsumeBool() ? errors::Operation::kGenerate : errors::Operation::kCatalog;
  std::optional<std::chrono::milliseconds> retry_delay;
  if (input.ConsumeBool()) retry_delay.emplace(input.ConsumeIntegralInRange<int>(0, 60'000));
  const char* content_type = input.ConsumeBool() ? "application/json" : "text/plain";
  const std::string text = input.ConsumeRemainingBytesAsString();

  const errors::Reply reply{
      .status = http_status, .content_type = content_type, .generation_id = {}, .body = text};
  errors::Failure failure = errors::FromHttpStatus(operation, key_owner, reply);
  CheckStatus(failure, retry_delay);
  errors::Failure inside_success =
      errors::FromErrorInSuccess(operation, key_owner, errors::ParseErrorBody(reply));
  inside_success.model = "google/gemini-3-pro-image";
  errors::AddReply(reply, inside_success);
  CheckStatus(inside_success, retry_delay);
  errors::MarkNotSent(inside_success);
  CheckStatus(errors::Costlier(failure, inside_success), retry_delay);
  // A key that the body may hold, since this is its beginning; keys are ASCII.
  std::string key = text.substr(0, 20);
  for (char& c : key) c = static_cast<char>(c & 0x7f);
  errors::Redactor(key).Redact(failure);
  CheckStatus(failure, retry_delay);
  return 0;
}
