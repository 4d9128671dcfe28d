#include "service/upstream/reply/document_reply.h"

#include <cstddef>
#include <utility>

#include "service/errors/error_body.h"
#include "service/json/json_document.h"

namespace openrouter_images::upstream {
namespace {

// A listing takes a few hundred kilobytes.
constexpr std::size_t kMaxDocument = 16 * 1024 * 1024;

}  // namespace

DocumentReply::DocumentReply(const AttemptContext& context, Reader reader)
    : ReplyReceiver(context), reader_(std::move(reader)) {}

http::Flow DocumentReply::OnSuccessBody(std::string_view bytes) {
  if (bytes.size() > kMaxDocument - body_.size()) {
    return Fail(
        errors::FromCondition(operation(), errors::Condition::kProtocol, "the reply is longer than 16 MiB"));
  }
  body_.append(bytes);
  return http::Flow::kContinue;
}

std::optional<errors::Failure> DocumentReply::OnSuccessEnd(std::optional<errors::Failure> cut) {
  if (cut) return cut;
  if (body_.empty()) return errors::FromCondition(operation(), errors::Condition::kEmptyReply, "");
  const absl::Status read = reader_(body_);
  if (read.ok()) return std::nullopt;
  if (const auto document = json::ParseDocument(body_);
      document.ok() && errors::ErrorIn(*document) != nullptr) {
    return FromErrorIn(*document);
  }
  return errors::FromCondition(operation(), errors::Condition::kProtocol,
                               {read.message().data(), read.message().size()});
}

}  // namespace openrouter_images::upstream
