// `models`, `endpoints` and `health` as a process.
#include <gtest/gtest.h>

#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

using CatalogProcessTest = ToolTest;

TEST_F(CatalogProcessTest, ModelsEndpointsAndHealth) {
  server_.on_list_models = [](const v1::ListImageModelsRequest&, v1::ListImageModelsResponse& response) {
    response.add_models()->set_id("some/model");
    response.add_models()->set_id("other/model");
    return grpc::Status::OK;
  };
  server_.on_list_endpoints = [](const v1::ListImageModelEndpointsRequest& request,
                                 v1::ListImageModelEndpointsResponse& response) {
    response.set_id(request.model());
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"models", "--filter", "SOME"}).out,
            "ID          NAME  STREAMS  INPUT  PARAMETERS\nsome/model        no\n");
  EXPECT_EQ(Run({"models", "--filter", "SOME", "--json"}).out,
            "{\"models\":[{\"id\":\"some/model\"}],\"unreadable_models\":[]}\n");
  EXPECT_EQ(Run({"endpoints", "some/model"}).out, "some/model: 0 providers\n");
  EXPECT_EQ(Run({"endpoints", "some/model", "--json"}).out,
            "{\"id\":\"some/model\",\"endpoints\":[],\"unreadable_endpoints\":[]}\n");
  EXPECT_EQ(Run({"health"}).out, "SERVING\n");
  EXPECT_EQ(Run({"--json", "health"}).out, "{\"status\":\"SERVING\"}\n");
}

TEST_F(CatalogProcessTest, AFilterThatNothingMatchesSaysSo) {
  server_.on_list_models = [](const v1::ListImageModelsRequest&, v1::ListImageModelsResponse& response) {
    response.add_models()->set_id("some/model");
    return grpc::Status::OK;
  };
  const Finished finished = Run({"models", "--filter", "none"});
  EXPECT_EQ(finished.exit_code, 4);
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(finished.err, "Error: No model has none in its id or name. See openrouter-images models.\n");
  const Finished json = Run({"models", "--filter", "none", "--json"});
  EXPECT_EQ(json.exit_code, 4);
  EXPECT_EQ(json.out, "{\"models\":[],\"unreadable_models\":[]}\n");
}

}  // namespace
}  // namespace openrouter_images::client::cli
