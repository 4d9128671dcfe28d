#include "service/rpc/wire.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

namespace openrouter_images::rpc {
namespace {

// The reader takes a pointer to non-const only to be able to index slices; it leaves the buffer as it is.
grpc::ProtoBufferReader ReaderOf(const grpc::ByteBuffer& bytes) {
  return grpc::ProtoBufferReader(const_cast<grpc::ByteBuffer*>(&bytes));
}

}  // namespace

limits::WireScan Scan(const grpc::ByteBuffer& bytes, const google::protobuf::Descriptor& type) {
  grpc::ProtoBufferReader reader = ReaderOf(bytes);
  return reader.status().ok() ? limits::ScanWire(reader, type) : limits::WireScan();
}

bool Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message) {
  grpc::ProtoBufferReader reader = ReaderOf(bytes);
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
}

void Serialize(const google::protobuf::Message& message, grpc::ByteBuffer& bytes) {
  constexpr int kBlock = 1024 * 1024;
  grpc::ProtoBufferWriter writer(&bytes, kBlock, static_cast<int>(message.ByteSizeLong()));
  message.SerializeToZeroCopyStream(&writer);
}

grpc::Status ToGrpcStatus(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

}  // namespace openrouter_images::rpc
