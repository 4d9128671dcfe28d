#include "service/upstream/document_reply.h"

#include <cstddef>
#include <utility>

#include "service/upstream/error_body.h"
#include "service/upstream/json_document.h"

namespace openrouter::images::upstream {
namespace {

// Today's listing has some hundred kilobytes.
constexpr std::size_t kMaxDocument = 16 * 1024 * 1024;

std::string_view Words(const absl::Status& status) { return {status.message().data(), status.message().size()}; }

}  // namespace

DocumentReply::DocumentReply(const Purpose& purpose, Reader reader) : Reply(purpose), reader_(std::move(reader)) {}

http::Flow DocumentReply::OnSuccessBody(std::string_view bytes) {
  if (bytes.size() > kMaxDocument - body_.size()) {
    return Fail(FromCondition(operation(), Condition::kProtocol, "the reply is longer than 16 MiB"));
  }
  body_.append(bytes);
  return http::Flow::kContinue;
}

std::optional<Failure> DocumentReply::OnSuccessEnd() {
  if (body_.empty()) return FromCondition(operation(), Condition::kEmptyReply, "");
  const auto document = ParseDocument(body_);
  if (!document.ok()) return FromCondition(operation(), Condition::kProtocol, Words(document.status()));
  const absl::Status read = reader_(*document);
  if (read.ok()) return std::nullopt;
  if (ErrorIn(*document) != nullptr) return FromErrorInSuccess(operation(), ReadErrorBody(*document));
  return FromCondition(operation(), Condition::kProtocol, Words(read));
}

}  // namespace openrouter::images::upstream
