#include "service/rpc/stream_call.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <variant>

#include "service/base/duration.h"

namespace openrouter::images::rpc {

namespace asio = boost::asio;

StreamCall::StreamCall(grpc::CallbackServerContext& context, const StreamMethod& method,
                       const CallEnvironment& environment)
    : Base(context, environment), method_(method), heartbeat_(loop().context()), stall_(loop().context()) {}

asio::awaitable<void> StreamCall::Run() {
  upstream::CallResult<v1::GenerationCompleted> result =
      co_await method_.run(loop().client(), call(), request(), *this);
  if (auto* failed = std::get_if<upstream::FailedCall>(&result)) {
    Fail(std::move(*failed));
    co_return;
  }
  v1::StreamGenerateImagesResponse event;
  *event.mutable_completed() = std::get<v1::GenerationCompleted>(std::move(result));
  record().code = "OK";
  record().report = event.completed().call();
  method_.describe(event.completed(), record());
  Send(std::move(event));
  EndWith(grpc::Status::OK);
}

void StreamCall::Fail(upstream::FailedCall failed) {
  EndWith(StatusOf(std::move(failed)));
}

grpc::Status StreamCall::StatusOf(upstream::FailedCall failed) {
  if (stalled_) NameReason(errors::Condition::kReaderStalled, errors::Condition::kReaderStalled, failed);
  return Base::StatusOf(std::move(failed));
}

void StreamCall::OnCommit() {
  last_sent_ = Clock::now();
  Heartbeat();
}

void StreamCall::Send(v1::StreamGenerateImagesResponse event) {
  if (broken_) return;
  last_sent_ = Clock::now();
  Serialize(event, waiting_.emplace_back());
  Pump();
}

bool StreamCall::Full() const {
  return waiting_.size() >= kMaxWaiting;
}

void StreamCall::WhenReady(std::function<void()> resume) {
  resume_ = std::move(resume);
}

void StreamCall::EndWith(grpc::Status status) {
  status_ = std::move(status);
  Pump();
}

void StreamCall::Pump() {
  if (is_writing_) return;
  if (waiting_.empty()) {
    if (status_) FinishNow();
    return;
  }
  writing_.Swap(&waiting_.front());
  waiting_.pop_front();
  is_writing_ = true;
  // What was ready at the deadline may still be taken, but no longer than that.
  stall_.expires_at(std::min(Clock::now(), call().deadline) + environment().write_stall);
  stall_.async_wait([call = Self()](const boost::system::error_code& cancelled) {
    // A wait that was over just before its write ended comes late.
    if (cancelled || !call->is_writing_ || call->stall_.expiry() > Clock::now()) return;
    // The write cannot be taken back: gRPC ends it, and the transfer, when the call is cancelled.
    call->stalled_ = true;
    call->context().TryCancel();
  });
  StartWrite(&writing_);
}

void StreamCall::OnWriteDone(bool ok) {
  asio::post(loop().context(), [call = Self(), ok] { call->WriteEnded(ok); });
}

void StreamCall::WriteEnded(bool ok) {
  is_writing_ = false;
  stall_.cancel();
  writing_.Clear();
  if (!ok) {
    broken_ = true;
    waiting_.clear();
  }
  Pump();
  if (!Full() && resume_) std::exchange(resume_, {})();
}

void StreamCall::FinishNow() {
  heartbeat_.cancel();
  if (broken_ && record().code == "OK") {
    // All pictures were made, and not all of them were taken.
    upstream::FailedCall failed;
    failed.failure = Local(errors::Condition::kCancelledAfterDispatch);
    errors::MarkBilled(v1::BILLING_OUTCOME_BILLED, failed.failure);
    failed.report = record().report;
    status_ = StatusOf(std::move(failed));
  }
  environment().observer.OnCallEnd(record());
  // It stays set: a heartbeat that came due just now must not be written any more.
  Finish(*status_);
}

void StreamCall::Heartbeat() {
  const Clock::time_point now = Clock::now();
  const Clock::time_point due = last_sent_ + environment().heartbeat;
  if (due <= now && !is_writing_) {
    v1::StreamGenerateImagesResponse event;
    *event.mutable_heartbeat()->mutable_elapsed() = base::ToDuration(now - call().arrival);
    Send(std::move(event));
  }
  heartbeat_.expires_at(due <= now ? now + environment().heartbeat : due);
  heartbeat_.async_wait([call = Self()](const boost::system::error_code& cancelled) {
    if (!cancelled && !call->status_) call->Heartbeat();
  });
}

std::shared_ptr<StreamCall> StreamCall::Self() {
  return std::static_pointer_cast<StreamCall>(shared_from_this());
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(grpc::CallbackServerContext& context,
                                                        const grpc::ByteBuffer& request,
                                                        const StreamMethod& method,
                                                        const CallEnvironment& environment) {
  const auto call = std::make_shared<StreamCall>(context, method, environment);
  call->Begin(request, method.intake);
  return call.get();
}

}  // namespace openrouter::images::rpc
