#include "openrouter_images/images_client.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <stop_token>
#include <string>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "openrouter_images/channel.h"
#include "tests/unit/client/fake_images_server.h"

namespace openrouter_images::client {
namespace {

v1::GenerateImagesRequest RedPanda() {
  v1::GenerateImagesRequest request;
  request.mutable_image()->set_model("some/model");
  request.mutable_image()->set_prompt("a red panda");
  return request;
}

TEST(ImagesClientTest, GenerateReturnsTheImagesHoweverLarge) {
  FakeImagesServer server;
  const std::string image(9 << 20, 'x');
  server.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest& request,
                           v1::GenerateImagesResponse& response) {
    EXPECT_EQ(request.image().prompt(), "a red panda");
    response.add_images()->set_data(image);
    return grpc::Status::OK;
  };
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_TRUE(result->images(0).data() == image);
}

TEST(ImagesClientTest, GenerateIsSentOnceWhateverTheServerSays) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "down");
  };
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(server.generate_calls, 1);
  EXPECT_EQ(result.error().code, grpc::StatusCode::UNAVAILABLE);
  // The call reached a server, and what came back does not say whether that was the service.
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

// The service repeats them already.
TEST(ImagesClientTest, CatalogCallsAreSentOnce) {
  FakeImagesServer server;
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::INTERNAL}) {
    server.list_models_calls = 0;
    server.list_endpoints_calls = 0;
    server.on_list_models = [&](const v1::ListImageModelsRequest&, v1::ListImageModelsResponse&) {
      return grpc::Status(code, "down");
    };
    server.on_list_endpoints = [&](const v1::ListImageModelEndpointsRequest& request,
                                   v1::ListImageModelEndpointsResponse&) {
      EXPECT_EQ(request.model(), "some/model");
      return grpc::Status(code, "down");
    };
    ImagesClient client(MakeChannel(server.target()));
    const auto models = client.ListModels();
    ASSERT_FALSE(models.ok());
    EXPECT_EQ(models.error().code, code);
    EXPECT_EQ(models.error().billing_outcome, v1::BILLING_OUTCOME_NOT_BILLED);
    EXPECT_EQ(server.list_models_calls, 1);
    ASSERT_FALSE(client.ListEndpoints("some/model").ok());
    EXPECT_EQ(server.list_endpoints_calls, 1);
  }
}

TEST(ImagesClientTest, ARequestAboveTheServersLimitWasNotSent) {
  FakeImagesServer server(grpc::InsecureServerCredentials(), 1000);
  ImagesClient client(MakeChannel(server.target()));
  v1::GenerateImagesRequest request = RedPanda();
  request.mutable_image()->add_input_references()->mutable_inline_()->set_data(std::string(2000, 'x'));
  const auto result = client.Generate(request);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(server.generate_calls, 0);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_INVALID_REQUEST) << result.error().message;
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT);
}

TEST(ImagesClientTest, AReplyAboveTheChannelsLimitIsPaidAndLost) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse& response) {
    context.AddInitialMetadata("openrouter-images-call-id", "call-1");
    response.add_images()->set_data(std::string(2000, 'x'));
    return grpc::Status::OK;
  };
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(1000);
  ImagesClient client(
      grpc::CreateCustomChannel(server.target(), grpc::InsecureChannelCredentials(), arguments));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::RESOURCE_EXHAUSTED) << result.error().message;
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_BILLED);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_RESPONSE_VALIDATION);
  EXPECT_EQ(result.error().call_id, "call-1");
  EXPECT_NE(result.error().advice.find("receive limit"), std::string::npos) << result.error().advice;
}

TEST(ImagesClientTest, ACallersOwnKeyIsMetadata) {
  FakeImagesServer server;
  std::string key;
  server.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse&) {
    const auto header = context.client_metadata().find("openrouter-api-key");
    key = header == context.client_metadata().end()
              ? "none"
              : std::string(header->second.data(), header->second.size());
    return grpc::Status::OK;
  };
  ImagesClient client(MakeChannel(server.target()));
  CallSettings settings;
  ASSERT_TRUE(client.Generate(RedPanda(), settings).ok());
  EXPECT_EQ(key, "none");
  settings.api_key = "sk-or-v1-of-the-caller";
  ASSERT_TRUE(client.Generate(RedPanda(), settings).ok());
  EXPECT_EQ(key, "sk-or-v1-of-the-caller");
}

// gRPC would end the process.
TEST(ImagesClientTest, AKeyThatCannotBeSentIsRefused) {
  FakeImagesServer server;
  ImagesClient client(MakeChannel(server.target()));
  for (const char* key : {"two\nlines", "caf\xc3\xa9", "a b"}) {
    CallSettings settings;
    settings.api_key = key;
    const auto result = client.Generate(RedPanda(), settings);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT);
    EXPECT_EQ(result.error().message.find(key), std::string::npos);
    StreamListener listener;
    EXPECT_FALSE(client.Stream(v1::StreamGenerateImagesRequest(), listener, settings).ok());
  }
  EXPECT_EQ(server.generate_calls, 0);
  EXPECT_EQ(server.stream_calls, 0);
}

TEST(ImagesClientTest, NoServerMeansNothingSent) {
  ImagesClient client(MakeChannel("localhost:" + std::to_string(ClosedPort())));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_CONNECTION);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT) << result.error().ToString();
  EXPECT_NE(result.error().message.find("Connection refused"), std::string::npos) << result.error().message;
}

// Accepts one connection, reads a little and hangs up: what a crash of the server looks like.
class HangUpServer {
 public:
  HangUpServer() : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}) {
    thread_ = std::jthread([this] {
      boost::asio::ip::tcp::socket socket(context_);
      boost::system::error_code error;
      acceptor_.accept(socket, error);
      acceptor_.close(error);
      // The client's preface comes first; an empty SETTINGS frame then makes the connection usable, and the
      // call's headers follow.
      const unsigned char settings[9] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
      boost::asio::write(socket, boost::asio::buffer(settings), error);
      std::string received;
      while (!error && received.find("some/model") == std::string::npos) {
        char buffer[4096];
        received.append(buffer, socket.read_some(boost::asio::buffer(buffer), error));
      }
    });
  }

  std::string target() const { return "localhost:" + std::to_string(acceptor_.local_endpoint().port()); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::jthread thread_;
};

TEST(ImagesClientTest, AConnectionLostBeforeAnyAnswerLeavesTheOutcomeUnknown) {
  HangUpServer server;
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN) << result.error().message;
}

TEST(ImagesClientTest, WordsOfAServerAreNotTakenForThoseOfTheChannel) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        "connections to all backends failing; last error: none");
  };
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

// A label of 70 letters is refused by the resolver itself: no question leaves this machine.
TEST(ImagesClientTest, AnUnknownNameMeansNothingSent) {
  ImagesClient client(MakeChannel(std::string(70, 'x') + ".invalid:50051"));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_SENT) << result.error().message;
}

TEST(ImagesClientTest, AnAddressAsTargetStaysOnTheSafeSide) {
  ImagesClient client(MakeChannel("ipv4:127.0.0.1:" + std::to_string(ClosedPort())));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST(ImagesClientTest, TheServicesWordOnMoneyArrives) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse&) {
    v1::ImagesError error;
    error.set_kind(v1::ERROR_KIND_TOO_MANY_REQUESTS);
    error.set_billing_outcome(v1::BILLING_OUTCOME_NOT_BILLED);
    return RichStatus(grpc::StatusCode::UNAVAILABLE, "rate limit", error);
  };
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().from_service);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_TOO_MANY_REQUESTS);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_NOT_BILLED);
}

TEST(ImagesClientTest, DetailsBeyondTheDefaultMetadataLimitArrive) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse&) {
    v1::ImagesError error;
    error.set_billing_outcome(v1::BILLING_OUTCOME_BILLED);
    error.mutable_upstream()->set_message(std::string(12'000, 'm'));
    return RichStatus(grpc::StatusCode::DATA_LOSS, "undecodable", error);
  };
  ImagesClient client(MakeChannel(server.target()));
  const auto result = client.Generate(RedPanda());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_BILLED);
}

// Blocks until the call was cancelled or ran out of time.
grpc::Status WaitUntilCancelled(grpc::ServerContext& context) {
  while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return grpc::Status::CANCELLED;
}

TEST(ImagesClientTest, StopTokenCancelsTheCall) {
  FakeImagesServer server;
  std::promise<void> arrived;
  server.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse&) {
    arrived.set_value();
    return WaitUntilCancelled(context);
  };
  ImagesClient client(MakeChannel(server.target()));
  std::stop_source stop;
  auto call = std::async(std::launch::async, [&] {
    return client.Generate(RedPanda(), {.timeout = {}, .cancellation = stop.get_token()});
  });
  arrived.get_future().wait();
  stop.request_stop();
  const auto result = call.get();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::CANCELLED);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_REQUEST_ABORTED);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST(ImagesClientTest, AStopBeforeTheCallCancelsItAtOnce) {
  FakeImagesServer server;
  ImagesClient client(MakeChannel(server.target()));
  std::stop_source stop;
  stop.request_stop();
  const auto result = client.Generate(RedPanda(), {.timeout = {}, .cancellation = stop.get_token()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::CANCELLED);
}

struct DeadlineRow {
  const char* name;
  std::optional<std::chrono::milliseconds> timeout;
  std::chrono::seconds expected;
};

TEST(ImagesClientTest, DeadlineReachesTheServer) {
  const DeadlineRow rows[] = {
      {"default", std::nullopt, std::chrono::seconds(300)},
      {"own", std::chrono::seconds(17), std::chrono::seconds(17)},
  };
  for (const DeadlineRow& row : rows) {
    SCOPED_TRACE(row.name);
    FakeImagesServer server;
    std::chrono::duration<double> left = {};
    server.on_generate = [&](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                             v1::GenerateImagesResponse&) {
      left = context.deadline() - std::chrono::system_clock::now();
      return grpc::Status::OK;
    };
    ImagesClient client(MakeChannel(server.target()));
    ASSERT_TRUE(client.Generate(RedPanda(), {.timeout = row.timeout, .cancellation = {}}).ok());
    EXPECT_NEAR(left.count(), static_cast<double>(row.expected.count()), 5);
  }
}

TEST(ImagesClientTest, RunsOutOfTime) {
  FakeImagesServer server;
  server.on_generate = [](grpc::ServerContext& context, const v1::GenerateImagesRequest&,
                          v1::GenerateImagesResponse&) { return WaitUntilCancelled(context); };
  ImagesClient client(MakeChannel(server.target()));
  const auto result =
      client.Generate(RedPanda(), {.timeout = std::chrono::milliseconds(50), .cancellation = {}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(result.error().kind, v1::ERROR_KIND_REQUEST_TIMEOUT);
  EXPECT_EQ(result.error().billing_outcome, v1::BILLING_OUTCOME_UNKNOWN);
}

TEST(ImagesClientTest, ManyThreadsShareOneClient) {
  FakeImagesServer server;
  ImagesClient client(MakeChannel(server.target()));
  std::atomic<int> succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { succeeded += client.Generate(RedPanda()).ok() ? 1 : 0; });
    }
  }
  EXPECT_EQ(succeeded, 8);
  EXPECT_EQ(server.generate_calls, 8);
}

}  // namespace
}  // namespace openrouter_images::client
