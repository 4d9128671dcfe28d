#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "google/rpc/status.pb.h"
#include "service/limits/wire_scan.h"

namespace openrouter_images::rpc {

// What limits::ScanWire finds in the bytes of a message of this type.
limits::WireScan Scan(const grpc::ByteBuffer& bytes, const google::protobuf::Descriptor& type);

// Parses a message whose scan is complete; false when its bytes are malformed. The service's
// methods take raw bytes, since gRPC itself would answer that with a bare UNIMPLEMENTED.
[[nodiscard]] bool Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

// Never fails: limits.max_image_mib keeps messages below 2 GiB, which is what protobuf can write.
void Serialize(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

// The status with its details in the trailer "grpc-status-details-bin".
grpc::Status ToGrpcStatus(const google::rpc::Status& status);

}  // namespace openrouter_images::rpc
