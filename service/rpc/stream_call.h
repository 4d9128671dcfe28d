#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "openrouter/images/v1/images_service.pb.h"
#include "service/rpc/server_call.h"
#include "service/upstream/reply/event_sink.h"

namespace openrouter::images::rpc {

// How a streamed generation is carried out; outlives its calls. Functions are called on many threads.
struct StreamMethod {
  Intake<v1::StreamGenerateImagesRequest> intake;
  std::function<boost::asio::awaitable<upstream::CallResult<v1::GenerationCompleted>>(
      http::Client&, const upstream::CallContext&, const v1::StreamGenerateImagesRequest&,
      upstream::EventSink&)>
      run;
  std::function<void(const v1::GenerationCompleted&, telemetry::CallRecord&)> describe;
};

// One streamed generation. Events are written one at a time, and few wait: the sink is full while kMaxWaiting
// do, so that the upstream is read no faster than the caller reads. A silent stream gets heartbeats; a caller
// that takes nothing for too long is ended. All state lives on the loop.
class StreamCall final
    : public ServerCall<grpc::ServerWriteReactor<grpc::ByteBuffer>, v1::StreamGenerateImagesRequest>,
      private upstream::EventSink {
 public:
  StreamCall(grpc::CallbackServerContext& context, const StreamMethod& method,
             const CallEnvironment& environment);

 private:
  using Base = ServerCall<grpc::ServerWriteReactor<grpc::ByteBuffer>, v1::StreamGenerateImagesRequest>;
  using Clock = std::chrono::steady_clock;

  // The event that is being written not included.
  static constexpr std::size_t kMaxWaiting = 2;

  boost::asio::awaitable<void> Run() override;
  void Fail(upstream::FailedCall failed) override;
  void OnCommit() override;
  void OnWriteDone(bool ok) override;

  void Send(v1::StreamGenerateImagesResponse event) override;
  bool Delivers() const override { return true; }
  bool Full() const override;
  void WhenReady(std::function<void()> resume) override;

  // With the reason for a caller that was too slow.
  grpc::Status StatusOf(upstream::FailedCall failed);
  void EndWith(grpc::Status status);
  // Starts the next write, or ends the call when all is written.
  void Pump();
  void WriteEnded(bool ok);
  void FinishNow();
  void Heartbeat();
  std::shared_ptr<StreamCall> Self();

  const StreamMethod& method_;
  std::deque<grpc::ByteBuffer> waiting_;
  grpc::ByteBuffer writing_;
  bool is_writing_ = false;
  // A write failed: the caller is gone.
  bool broken_ = false;
  // The caller was too slow.
  bool stalled_ = false;
  std::optional<grpc::Status> status_;
  std::function<void()> resume_;
  Clock::time_point last_sent_;
  boost::asio::steady_timer heartbeat_;
  boost::asio::steady_timer stall_;
};

// Begins a call. `context` and `request` belong to gRPC and live until the call is done.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(grpc::CallbackServerContext& context,
                                                        const grpc::ByteBuffer& request,
                                                        const StreamMethod& method,
                                                        const CallEnvironment& environment);

}  // namespace openrouter::images::rpc
