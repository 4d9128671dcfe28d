#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "google/rpc/status.pb.h"

namespace openrouter_images::rpc {

// Parses a message; false when its bytes are malformed. The service's methods take raw bytes, since gRPC
// itself would answer that with a bare UNIMPLEMENTED.
[[nodiscard]] bool Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

// Never fails: limits.max_picture_mib keeps messages below 2 GiB, which is what protobuf can write.
void Serialize(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

// The status with its details in the trailer "grpc-status-details-bin".
grpc::Status ToGrpcStatus(const google::rpc::Status& status);

}  // namespace openrouter_images::rpc
