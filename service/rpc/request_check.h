#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <vector>

#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "openrouter_images/v1/retry.pb.h"
#include "service/limits/violation.h"

namespace openrouter_images::rpc {

// What a caller's retry options may ask for beyond the operator's own.
struct RetryCeilings {
  // Highest max_attempts, at least 1.
  int max_attempts = 5;
  // Whether retry_unknown_outcome may be set. It can pay twice.
  bool unknown_outcome = false;
};

// Rules for requests, from the operator's configuration.
struct CheckRules {
  // Names of the HTTP headers that callers may add.
  std::vector<std::string> allowed_headers;
  // The options that a caller's retry options override. Every field with a default is set.
  v1::RetryOptions generate_retry;
  v1::RetryOptions catalog_retry;
  RetryCeilings retry_ceilings;
};

// What became of a request's bytes. The request is valid if it is not malformed and both lists are empty.
struct CheckResult {
  // The bytes are no message of the request's type.
  bool malformed = false;
  // Fields that the request's type lacks: the client is newer than this service, and would pay for less than
  // it asked for. If there are any, nothing else is checked.
  limits::Violations unknown_fields;
  // Every other violation: of additional_fields, of the limits at the request's fields, then of the rules
  // between fields. If a list, a map or a Struct is over its bound, the rules between fields are not checked.
  limits::Violations violations;
  // The operator's retry options with the caller's on top: what a valid call uses.
  v1::RetryOptions retry;
};

// Parses the bytes of a request and checks it. A valid `request` has the values in additional_fields that
// have fields of their own in these fields; an invalid one is not to be used.
CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules, v1::GenerateImagesRequest& request);
CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                 v1::StreamGenerateImagesRequest& request);
CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules, v1::ListImageModelsRequest& request);
CheckResult Read(const grpc::ByteBuffer& bytes, const CheckRules& rules,
                 v1::ListImageModelEndpointsRequest& request);

}  // namespace openrouter_images::rpc
