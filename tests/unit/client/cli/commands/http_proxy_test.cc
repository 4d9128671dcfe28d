#include "client/cli/commands/http_proxy.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace openrouter_images::client::cli {
namespace {

constexpr const char* kVariables[] = {"grpc_proxy", "https_proxy", "http_proxy", "no_grpc_proxy", "no_proxy"};

class HttpProxyTest : public testing::Test {
 protected:
  HttpProxyTest() {
    for (const char* variable : kVariables) ::unsetenv(variable);
  }
  ~HttpProxyTest() override {
    for (const char* variable : kVariables) ::unsetenv(variable);
  }
};

TEST_F(HttpProxyTest, AsGrpcChooses) {
  EXPECT_EQ(ProxyVariable("localhost:50051"), "");
  ::setenv("http_proxy", "http://proxy:1", 1);
  EXPECT_EQ(ProxyVariable("localhost:50051"), "http_proxy");
  ::setenv("https_proxy", "http://proxy:1", 1);
  EXPECT_EQ(ProxyVariable("dns:///images.example.com:443"), "https_proxy");
  EXPECT_EQ(ProxyVariable("unix:/run/images.sock"), "");
  ::setenv("no_proxy", "localhost, .example.com", 1);
  EXPECT_EQ(ProxyVariable("localhost:50051"), "");
  EXPECT_EQ(ProxyVariable("dns:///images.example.com:443"), "");
  EXPECT_EQ(ProxyVariable("images.example.org:443"), "https_proxy");
  ::setenv("no_grpc_proxy", "::1", 1);
  EXPECT_EQ(ProxyVariable("[::1]:50051"), "");
  EXPECT_EQ(ProxyVariable("localhost:50051"), "https_proxy");
  ::setenv("grpc_proxy", "", 1);
  EXPECT_EQ(ProxyVariable("localhost:50051"), "");
}

}  // namespace
}  // namespace openrouter_images::client::cli
