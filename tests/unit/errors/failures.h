#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "service/errors/error_body.h"
#include "service/errors/failure.h"
#include "service/errors/reason.h"
#include "service/errors/text.h"

namespace openrouter_images::retry {

inline void PrintTo(Retryability retryability, std::ostream* out) {
  constexpr const char* kNames[] = {"permanent", "transient", "once", "unknown outcome"};
  *out << kNames[static_cast<int>(retryability)];
}

}  // namespace openrouter_images::retry

namespace openrouter_images::errors {

inline void PrintTo(Condition condition, std::ostream* out) {
  const ErrorRow& row = RowOf(condition, Operation::kGenerate);
  *out << ReasonName(row.reason) << " (" << row.what << ")";
}

// Failures of generations, as tests make them.

inline Reply JsonReply(int status, const std::string& body) {
  return {.status = status, .content_type = "application/json", .generation_id = {}, .body = body};
}

inline Failure Http(int status, const std::string& body, KeyOwner key_owner = KeyOwner::kService) {
  return FromHttpStatus(Operation::kGenerate, key_owner, JsonReply(status, body));
}

inline Failure InSuccess(const std::string& body, KeyOwner key_owner = KeyOwner::kService) {
  return FromErrorInSuccess(Operation::kGenerate, key_owner, ParseErrorBody(JsonReply(200, body)));
}

// What is the row's is; `retryability` may differ.
inline void ExpectIs(const Failure& failure, Condition condition, retry::Retryability retryability) {
  const ErrorRow& row = RowOf(condition, failure.operation);
  EXPECT_EQ(failure.row->condition, condition);
  EXPECT_EQ(failure.code, row.code);
  EXPECT_EQ(failure.reason, row.reason);
  EXPECT_EQ(failure.error.reason(), row.reason);
  EXPECT_EQ(failure.error.billing_outcome(), row.billing);
  EXPECT_EQ(failure.error.exit_class(), row.exit_class);
  EXPECT_EQ(failure.retryability, retryability);
  EXPECT_FALSE(failure.error.advice().empty());
  EXPECT_TRUE(IsPrintable(failure.message)) << failure.message;
  EXPECT_FALSE(failure.message.empty());
}

inline void ExpectIs(const Failure& failure, Condition condition) {
  ExpectIs(failure, condition, RowOf(condition, failure.operation).retryability);
}

}  // namespace openrouter_images::errors
