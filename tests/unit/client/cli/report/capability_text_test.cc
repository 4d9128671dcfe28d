#include "client/cli/report/capability_text.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::client::cli {
namespace {

TEST(CapabilityTextTest, BriefAndFull) {
  google::protobuf::Map<std::string, v1::CapabilityDescriptor> capabilities;
  for (int i = 0; i < 9; ++i)
    capabilities["aspect_ratio"].mutable_enum_()->add_values("1:" + std::to_string(i));
  capabilities["n"].mutable_range()->set_min(1);
  capabilities["n"].mutable_range()->set_max(10);
  capabilities["seed"].mutable_boolean();
  capabilities["new"].mutable_additional_fields();
  EXPECT_EQ(CapabilitiesText(capabilities, ValueDetail::kBrief),
            "aspect_ratio 1:0|1:1|1:2|1:3|1:4|1:5|… (9 values), n 1–10, new, seed");
  EXPECT_EQ(CapabilitiesText(capabilities, ValueDetail::kFull),
            "aspect_ratio 1:0|1:1|1:2|1:3|1:4|1:5|1:6|1:7|1:8, n 1–10, new, seed");
}

}  // namespace
}  // namespace openrouter_images::client::cli
