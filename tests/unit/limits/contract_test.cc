#include <gmock/gmock.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "openrouter_images/config/v1/config.pb.h"
#include "openrouter_images/v1/catalog.pb.h"
#include "openrouter_images/v1/generation.pb.h"
#include "openrouter_images/v1/limits.pb.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using testing::IsEmpty;

// What the contract says of a request's fields, found by walking its messages.
struct Findings {
  // Lists and maps of any length.
  std::set<std::string> unbounded;
  // Durations of any length.
  std::set<std::string> endless;
};

void Walk(const pb::Descriptor& message, Findings& findings) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const v1::FieldLimits& limits = field.options().GetExtension(v1::limits);
    if (field.is_repeated() && limits.max_entries() == 0) findings.unbounded.insert(field.full_name());
    const pb::Descriptor* type = field.message_type();
    if (field.is_map()) type = type->map_value()->message_type();
    if (type == nullptr) continue;
    if (type == pb::Duration::descriptor() && !limits.has_max()) findings.endless.insert(field.full_name());
    if (type->file()->package() != "google.protobuf") Walk(*type, findings);
  }
}

// A caller could send millions of entries, or a time that overflows.
TEST(Contract, WhateverARequestRepeatsIsBounded) {
  Findings findings;
  Walk(*v1::GenerateImagesRequest::descriptor(), findings);
  Walk(*v1::StreamGenerateImagesRequest::descriptor(), findings);
  Walk(*v1::ListImageModelsRequest::descriptor(), findings);
  Walk(*v1::ListImageModelEndpointsRequest::descriptor(), findings);
  EXPECT_THAT(findings.unbounded, IsEmpty());
  EXPECT_THAT(findings.endless, IsEmpty());
}

// Clocks and 64 bits of nanoseconds hold less than a Duration.
TEST(Contract, EveryDurationOfTheConfigurationIsBounded) {
  Findings findings;
  Walk(*config::v1::Config::descriptor(), findings);
  EXPECT_THAT(findings.endless, IsEmpty());
}

}  // namespace
}  // namespace openrouter_images::limits
