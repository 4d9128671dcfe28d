#include "client/cli/commands/endpoints_command.h"

#include <gtest/gtest.h>

namespace openrouter_images::client::cli {
namespace {

TEST(EndpointsCommandTest, Block) {
  v1::ListImageModelEndpointsResponse endpoints;
  endpoints.set_id("some/model");
  v1::ImageEndpoint& endpoint = *endpoints.add_endpoints();
  endpoint.set_provider_name("Some Provider");
  endpoint.set_provider_slug("some");
  endpoint.set_provider_tag("some/fast");
  endpoint.set_supports_streaming(true);
  endpoint.add_pricing()->set_cost_usd(0.04);
  (*endpoint.mutable_supported_parameters())["seed"].mutable_boolean();
  endpoint.add_allowed_passthrough_parameters("style");
  endpoint.add_allowed_passthrough_parameters("mask");
  EXPECT_EQ(EndpointsText(endpoints, 0),
            "some/model: 1 provider\n"
            "\n"
            "Some Provider  (some)\n"
            "  tag          some/fast\n"
            "  streams      yes\n"
            "  price        $0.04\n"
            "  parameters   seed\n"
            "  passthrough  style, mask\n");
}

}  // namespace
}  // namespace openrouter_images::client::cli
