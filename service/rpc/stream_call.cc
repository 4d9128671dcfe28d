#include "service/rpc/stream_call.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "service/base/duration.h"

namespace openrouter_images::rpc {

namespace asio = boost::asio;

StreamCall::StreamCall(grpc::CallbackServerContext& context, const upstream::ImagesApi& api,
                       const CallEnvironment& environment)
    : GenerationCall(context, api, upstream::Delivery::kStreamed, environment),
      heartbeat_(loop().context()),
      stall_(loop().context()) {}

void StreamCall::TakeEvents() {
  while (!is_writing_) {
    const auto event = NextEvent();
    if (!event) {
      EndIfOver();
      return;
    }
    // When the caller is gone, events are still taken, so that the generation ends.
    if (!broken_) Write(*event);
  }
}

void StreamCall::Succeed(v1::GenerationCompleted completed) {
  if (!broken_) {
    v1::StreamGenerateImagesResponse event;
    *event.mutable_completed() = std::move(completed);
    Write(event);
  }
  FinishWith(grpc::Status::OK);
}

void StreamCall::Fail(upstream::FailedCall failed) {
  FinishWith(FinalStatus(std::move(failed)));
}

grpc::Status StreamCall::FinalStatus(upstream::FailedCall failed) {
  if (stalled_) ExplainCancellation(Interruption::kReaderStalled, failed);
  return StatusOf(std::move(failed));
}

void StreamCall::OnCommit() {
  last_write_ = environment().clock.Now();
  Heartbeat();
}

void StreamCall::Write(const v1::StreamGenerateImagesResponse& event) {
  const Clock::time_point now = environment().clock.Now();
  last_write_ = now;
  Serialize(event, writing_);
  // Events that are ready at the deadline may still be written, until write_stall after it.
  stall_.expires_after(std::min(now, deadline()) - now + environment().write_stall);
  stall_.async_wait([call = Self(), write = ++writes_](const boost::system::error_code& cancelled) {
    // The timer may have fired just before its write ended.
    if (cancelled || !call->is_writing_ || call->writes_ != write) return;
    // The write cannot be aborted by itself: cancelling the call ends it, and the transfer.
    call->stalled_ = true;
    call->context().TryCancel();
  });
  is_writing_ = true;
  StartWrite(&writing_);
}

void StreamCall::OnWriteDone(bool ok) {
  asio::post(loop().context(), [call = Self(), ok] { call->Guarded([&] { call->WriteEnded(ok); }); });
}

void StreamCall::WriteEnded(bool ok) {
  is_writing_ = false;
  stall_.cancel();
  writing_.Clear();
  broken_ |= !ok;
  if (status_) {
    FinishIfIdle();
  } else {
    TakeEvents();
  }
}

void StreamCall::FinishWith(grpc::Status status) {
  status_ = std::move(status);
  FinishIfIdle();
}

void StreamCall::FinishIfIdle() {
  if (is_writing_) return;
  heartbeat_.cancel();
  if (broken_ && status_->ok()) status_ = FinalStatus(Abandoned());
  Complete(*status_);
}

void StreamCall::Heartbeat() {
  // Nothing may be written once the call's end is known: a heartbeat that was due just before may still be
  // queued.
  if (status_) return;
  const Clock::time_point now = environment().clock.Now();
  const auto silence = now - last_write_;
  const bool due = silence >= environment().heartbeat;
  if (due && !is_writing_ && !broken_) {
    v1::StreamGenerateImagesResponse event;
    *event.mutable_heartbeat()->mutable_elapsed() = base::ToDuration(now - arrival());
    Write(event);
  }
  heartbeat_.expires_after(due ? environment().heartbeat : environment().heartbeat - silence);
  heartbeat_.async_wait([call = Self()](const boost::system::error_code& cancelled) {
    if (!cancelled) call->Guarded([&] { call->Heartbeat(); });
  });
}

std::shared_ptr<StreamCall> StreamCall::Self() {
  return std::static_pointer_cast<StreamCall>(shared_from_this());
}

}  // namespace openrouter_images::rpc
