#include "tests/unit/client/fake_images_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace openrouter_images::client {

FakeImagesServer::FakeImagesServer(std::shared_ptr<grpc::ServerCredentials> credentials,
                                   int max_request_bytes) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port_);
  builder.SetMaxReceiveMessageSize(max_request_bytes);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

FakeImagesServer::~FakeImagesServer() {
  server_->Shutdown(std::chrono::system_clock::now());
}

grpc::Status FakeImagesServer::GenerateImages(grpc::ServerContext* context,
                                              const v1::GenerateImagesRequest* request,
                                              v1::GenerateImagesResponse* response) {
  ++generate_calls;
  return on_generate ? on_generate(*context, *request, *response) : grpc::Status::OK;
}

grpc::Status FakeImagesServer::StreamGenerateImages(
    grpc::ServerContext* context, const v1::StreamGenerateImagesRequest* request,
    grpc::ServerWriter<v1::StreamGenerateImagesResponse>* writer) {
  ++stream_calls;
  return on_stream ? on_stream(*context, *request, *writer) : grpc::Status::OK;
}

grpc::Status FakeImagesServer::ListImageModels(grpc::ServerContext*,
                                               const v1::ListImageModelsRequest* request,
                                               v1::ListImageModelsResponse* response) {
  ++list_models_calls;
  return on_list_models ? on_list_models(*request, *response) : grpc::Status::OK;
}

grpc::Status FakeImagesServer::ListImageModelEndpoints(grpc::ServerContext*,
                                                       const v1::ListImageModelEndpointsRequest* request,
                                                       v1::ListImageModelEndpointsResponse* response) {
  ++list_endpoints_calls;
  return on_list_endpoints ? on_list_endpoints(*request, *response) : grpc::Status::OK;
}

int ClosedPort() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

}  // namespace openrouter_images::client
