#pragma once

#include <absl/status/status.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "service/upstream/reply/reply_receiver.h"

namespace openrouter_images::upstream {

// A reply whose body is one JSON document of moderate size: the catalog's.
class DocumentReply final : public ReplyReceiver {
 public:
  // Reads the body; returns an error if it is not the expected document.
  using Reader = std::function<absl::Status(std::string_view body)>;

  DocumentReply(const AttemptContext& context, Reader reader);

 private:
  http::Flow OnSuccessBody(std::string_view bytes) override;
  std::optional<errors::Failure> OnSuccessEnd(std::optional<errors::Failure> cut) override;

  const Reader reader_;
  std::string body_;
};

}  // namespace openrouter_images::upstream
