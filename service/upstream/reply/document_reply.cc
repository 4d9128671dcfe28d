#include "service/upstream/reply/document_reply.h"

#include <cstddef>
#include <utility>

#include "service/errors/error_body.h"

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

std::optional<errors::Failure> DocumentReply::OnSuccessEnd() {
  if (body_.empty()) return errors::FromCondition(operation(), errors::Condition::kEmptyReply, "");
  const absl::Status read = reader_(body_);
  if (read.ok()) return std::nullopt;
  if (const errors::ErrorBody error = errors::ParseErrorBody(body_, content_type()); error.well_formed) {
    return errors::FromErrorInSuccess(operation(), error);
  }
  return errors::FromCondition(operation(), errors::Condition::kProtocol,
                               {read.message().data(), read.message().size()});
}

}  // namespace openrouter_images::upstream
