#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "openrouter_images/v1/generation.pb.h"
#include "service/errors/reason.h"
#include "service/errors/status_builder.h"
#include "service/operations/generation.h"
#include "service/rpc/server_call.h"
#include "service/upstream/images_api.h"

namespace openrouter_images::rpc {

// What unary and streamed generations have in common: a Generation of their own, to which they are attached
// as readers.
template <typename Reactor, typename Request>
class GenerationCall : public ServerCall<Reactor, Request> {
 public:
  // `api` outlives the call.
  GenerationCall(grpc::CallbackServerContext& context, const upstream::ImagesApi& api,
                 upstream::Delivery delivery, const CallEnvironment& environment)
      : ServerCall<Reactor, Request>(context, environment), api_(api), delivery_(delivery) {}

 protected:
  // Takes the events that wait and can be used now.
  virtual void TakeEvents() = 0;
  // The generation succeeded, and record() says so; every event before `completed` was taken.
  virtual void Succeed(v1::GenerationCompleted completed) = 0;

  // The next event, or nothing when none waits.
  std::optional<operations::Generation::Event> NextEvent() { return generation_->Next(); }

  // To be called after TakeEvents when all events are taken: ends the call if the generation has ended.
  void EndIfOver() {
    operations::Generation::Outcome* outcome = generation_->outcome();
    if (outcome == nullptr || std::exchange(ended_, true)) return;
    if (auto* completed = std::get_if<v1::GenerationCompleted>(outcome)) {
      End(std::move(*completed));
    } else if (auto* failed = std::get_if<upstream::FailedCall>(outcome)) {
      this->Fail(std::move(*failed));
    } else {
      this->FailInternally(std::get<std::exception_ptr>(*outcome));
    }
  }

  // The failure of a call whose images were made and paid for, and whose caller did not take them.
  upstream::FailedCall Abandoned() {
    upstream::FailedCall failed;
    failed.failure = this->Local(errors::Condition::kCancelledAfterCompletion);
    if (this->record().cost_usd) failed.failure.error.set_cost_usd(*this->record().cost_usd);
    failed.report = this->record().report;
    return failed;
  }

 private:
  void Run() override {
    generation_ = std::make_shared<operations::Generation>(this->loop(), this->TakeContext(), delivery_);
    generation_->Start(api_, std::move(*this->request().mutable_image()),
                       [this, self = this->shared_from_this()] { this->Guarded([this] { TakeEvents(); }); });
  }

  void CancelOperation() override { generation_->Cancel(); }

  // The images that came are the answer, whatever ended the generation, unless nobody is there to take them.
  void End(v1::GenerationCompleted completed) {
    if (completed.has_partial_failure() && this->drained()) {
      ExplainDrain(*completed.mutable_partial_failure());
    }
    Describe(completed);
    if (this->cancelled()) {
      this->Fail(Abandoned());
    } else {
      Succeed(std::move(completed));
    }
  }

  // Replaces a cancellation by its cause.
  void ExplainDrain(v1::PartialFailure& failure) {
    if (failure.reason() != v1::ERROR_REASON_CANCELLED_AFTER_DISPATCH) return;
    v1::PartialFailure drain =
        errors::StatusBuilder(this->Local(errors::Condition::kDrainedAfterDispatch), {}, std::nullopt)
            .BuildPartialFailure();
    if (failure.has_upstream()) *drain.mutable_upstream() = std::move(*failure.mutable_upstream());
    failure = std::move(drain);
  }

  // A successful generation's part of the record.
  void Describe(const v1::GenerationCompleted& completed) {
    telemetry::CallRecord& record = this->record();
    record.code = "OK";
    record.reason = std::string(errors::ReasonName(completed.partial_failure().reason()));
    record.billing = v1::BILLING_OUTCOME_BILLED;
    record.report = completed.call();
    record.images = completed.images_size();
    for (const v1::ImageInfo& image : completed.images()) record.image_bytes += image.size_bytes();
    if (completed.usage().has_cost()) record.cost_usd = completed.usage().cost();
  }

  const upstream::ImagesApi& api_;
  const upstream::Delivery delivery_;
  std::shared_ptr<operations::Generation> generation_;
  bool ended_ = false;
};

}  // namespace openrouter_images::rpc
