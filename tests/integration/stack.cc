#include "tests/integration/stack.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>
#include <spdlog/common.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "service/config/config.h"

namespace openrouter_images::testing {

Details DetailsOf(const grpc::Status& status) {
  constexpr std::size_t kMaxBytes = 4096;
  Details details;
  EXPECT_TRUE(details.status.ParseFromString(status.error_details()));
  EXPECT_FALSE(status.error_details().empty()) << status.error_message();
  EXPECT_LE(status.error_details().size(), kMaxBytes);
  EXPECT_EQ(details.status.code(), static_cast<int>(status.error_code()));
  for (const google::protobuf::Any& detail : details.status.details()) {
    if (detail.UnpackTo(&details.error) || detail.UnpackTo(&details.info) ||
        detail.UnpackTo(&details.bad_request) || detail.UnpackTo(&details.request)) {
      continue;
    }
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&retry)) details.retry = retry;
  }
  return details;
}

namespace {

// Half of every range, and never the same bits twice.
std::uint64_t Random() {
  static std::atomic<std::uint64_t> calls = 0;
  return (std::uint64_t{1} << 63U) + ++calls;
}

}  // namespace

Stack::Stack(StackOptions options) : log_text_(std::make_shared<MemorySink>()) {
  log_.emplace(log_text_, spdlog::level::debug, clock_);
  auto sandbox = sandbox::Sandbox::Start(std::move(options.sandbox));
  if (!sandbox.ok()) throw std::runtime_error(sandbox.status().ToString());
  sandbox_ = *std::move(sandbox);

  config::v1::Config config = config::DefaultConfig();
  config.mutable_listen()->set_address("127.0.0.1:0");
  config.mutable_upstream()->set_base_url(options.base_url.empty() ? sandbox_->base_url() : options.base_url);
  // Tests have short deadlines.
  *config.mutable_timeouts()->mutable_minimum_to_dispatch() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(250);
  options.configure(config);
  auto server = server::Server::Start(config, {*log_, clock_, Random, options.api_key});
  if (!server.ok()) throw std::runtime_error(server.status().ToString());
  server_ = *std::move(server);

  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  channel_ = grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments);
  stub_ = v1::ImagesService::NewStub(channel_);
}

Stack::~Stack() {
  server_.reset();
  const std::string log = StopAndReadLog();
  EXPECT_EQ(log.find("0123456789abcdef"), std::string::npos) << "the key is in the log:\n" << log;
}

std::string Stack::StopAndReadLog() {
  constexpr auto kGrace = std::chrono::seconds(20);
  if (server_) server_->Drain(kGrace);
  server_.reset();
  log_.reset();
  return log_text_->text();
}

v1::GenerateImagesRequest ImageRequest(const std::string& model) {
  v1::GenerateImagesRequest request;
  request.mutable_image()->set_model(model);
  request.mutable_image()->set_prompt("a secret garden");
  request.mutable_image()->set_resolution("512");
  return request;
}

}  // namespace openrouter_images::testing
