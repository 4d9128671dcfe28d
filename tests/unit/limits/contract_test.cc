#include <gmock/gmock.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "openrouter_images/config/v1/config.pb.h"
#include "openrouter_images/v1/images_service.pb.h"
#include "openrouter_images/v1/limits.pb.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::IsEmpty;

// What the contract says of a request's fields, found by walking its messages.
struct Findings {
  // Lists and maps of any length.
  std::set<std::string> unbounded;
  // Maps whose values are messages.
  std::set<std::string> message_maps;
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
    if (field.is_map()) findings.message_maps.insert(field.full_name());
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
  // The walk reads this map through its own type. Another one would be copied whole by protobuf's reflection
  // before its values are counted: see StructMap in check.cc before you add it here.
  EXPECT_THAT(findings.message_maps, ElementsAre("openrouter_images.v1.ProviderPreferences.options"));
}

// Clocks and 64 bits of nanoseconds hold less than a Duration.
TEST(Contract, EveryDurationOfTheConfigurationIsBounded) {
  Findings findings;
  Walk(*config::v1::Config::descriptor(), findings);
  EXPECT_THAT(findings.endless, IsEmpty());
}

}  // namespace
}  // namespace openrouter_images::limits
