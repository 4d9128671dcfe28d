#include "service/errors/error_words.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace openrouter_images::errors {
namespace {

struct Word {
  std::string_view word;
  int status;
};

// Values of error.code and error_type.
constexpr std::array kErrorWords = {
    Word{"authentication", 401},
    Word{"content_policy_violation", 400},
    Word{"context_length_exceeded", 400},
    Word{"image_download_failed", 400},
    Word{"image_not_found", 400},
    Word{"image_too_large", 400},
    Word{"image_too_small", 400},
    Word{"invalid_image", 400},
    Word{"invalid_prompt", 400},
    Word{"invalid_request", 400},
    Word{"max_tokens_exceeded", 400},
    Word{"model_not_found", 400},
    Word{"not_found", 404},
    Word{"payload_too_large", 413},
    Word{"payment_required", 402},
    Word{"permission_denied", 403},
    Word{"precondition_failed", 412},
    Word{"provider_overloaded", 529},
    Word{"provider_unavailable", 503},
    Word{"rate_limit_exceeded", 429},
    Word{"refusal", 400},
    Word{"server", 500},
    Word{"server_error", 500},
    Word{"string_too_long", 400},
    Word{"timeout", 504},
    Word{"token_limit_exceeded", 400},
    Word{"unprocessable", 422},
    Word{"unsupported_image_format", 400},
};

// 0 for an unknown word.
int StatusOfWord(std::string_view word) {
  const auto* found = std::ranges::find(kErrorWords, word, &Word::word);
  return found == kErrorWords.end() ? 0 : found->status;
}

bool IsRefusal(std::string_view word) {
  return word == "content_policy_violation" || word == "refusal";
}

}  // namespace

int StatusOfWords(const v1::UpstreamError& upstream) {
  for (const std::string_view word :
       {std::string_view(upstream.code()), std::string_view(upstream.error_type())}) {
    if (const int status = StatusOfWord(word); status != 0) return status;
  }
  const std::string_view availability = upstream.availability().code();
  if (availability.empty()) return 0;
  // Its words tell why no endpoint could serve the model ("no_endpoints", "model_deprecated", ...).
  const int status = StatusOfWord(availability);
  return status != 0 ? status : 404;
}

bool HasMetadata(const v1::UpstreamError& upstream, const char* key) {
  const auto& metadata = upstream.metadata().fields();
  const auto found = metadata.find(key);
  return found != metadata.end() && !found->second.has_null_value();
}

bool SaysContentRefused(const v1::UpstreamError& upstream) {
  return IsRefusal(upstream.code()) || IsRefusal(upstream.error_type()) ||
         IsRefusal(upstream.availability().code()) || HasMetadata(upstream, "reasons") ||
         HasMetadata(upstream, "flagged_input");
}

bool SaysModelNotFound(const v1::UpstreamError& upstream) {
  constexpr std::string_view kWord = "model_not_found";
  return upstream.code() == kWord || upstream.error_type() == kWord ||
         upstream.availability().code() == kWord;
}

}  // namespace openrouter_images::errors
