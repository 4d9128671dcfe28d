#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "openrouter_images/v1/generation.pb.h"
#include "service/rpc/generation_call.h"

namespace openrouter_images::rpc {

// StreamGenerateImages: writes the events of a generation, one at a time; the next one is taken when gRPC has
// taken the last, so that the upstream is read no faster than the caller reads. A silent stream gets
// heartbeats; the call of a caller that reads nothing for too long is ended. All state belongs to the loop.
class StreamCall final
    : public GenerationCall<grpc::ServerWriteReactor<grpc::ByteBuffer>, v1::StreamGenerateImagesRequest> {
 public:
  StreamCall(grpc::CallbackServerContext& context, const upstream::ImagesApi& api,
             const CallEnvironment& environment);

 private:
  void TakeEvents() override;
  void Succeed(v1::GenerationCompleted completed) override;
  void Fail(upstream::FailedCall failed) override;
  void OnCommit() override;
  bool WroteAll() const override { return !broken_; }
  void OnWriteDone(bool ok) override;

  void Write(const v1::StreamGenerateImagesResponse& event);
  void WriteEnded(bool ok);
  // The status of a failure, with the reason for a caller that was too slow.
  grpc::Status FinalStatus(upstream::FailedCall failed);
  // Ends the call once nothing is being written.
  void FinishWith(grpc::Status status);
  void FinishIfIdle();
  // Sends a heartbeat if one is due, and waits for the next.
  void Heartbeat();
  std::shared_ptr<StreamCall> Self();

  grpc::ByteBuffer writing_;
  bool is_writing_ = false;
  // Writes begun.
  int writes_ = 0;
  // A write failed: the caller is gone.
  bool broken_ = false;
  // The caller was too slow.
  bool stalled_ = false;
  // How the call ends, once that is known.
  std::optional<grpc::Status> status_;
  Clock::time_point last_write_;
  boost::asio::steady_timer heartbeat_;
  boost::asio::steady_timer stall_;
};

}  // namespace openrouter_images::rpc
