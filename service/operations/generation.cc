#include "service/operations/generation.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace openrouter_images::operations {

Generation::Generation(http::EventLoop& loop, upstream::CallContext context, upstream::Delivery delivery)
    : loop_(loop),
      context_(std::move(context)),
      delivery_(delivery),
      log_(/*delivers=*/delivery == upstream::Delivery::kStreamed) {}

void Generation::Start(const upstream::ImagesApi& api, v1::ImageSpec image,
                       std::function<void()> on_progress) {
  on_progress_ = std::move(on_progress);
  log_.Attach([this] { on_progress_(); });
  task_.Start(loop_.context(), Run(api, std::move(image)),
              [self = shared_from_this()](const std::exception_ptr& error) { self->End(error); });
}

std::optional<Generation::Event> Generation::Next() {
  std::optional<Event> event = log_.Next();
  // In a later turn of the loop: the reader may be inside a callback of the transfer that is to be resumed.
  if (log_.WriterWaits()) {
    boost::asio::post(loop_.context(), [self = shared_from_this()] { self->log_.ResumeWriter(); });
  }
  return event;
}

Generation::Outcome* Generation::outcome() {
  return outcome_ ? &*outcome_ : nullptr;
}

void Generation::Cancel() {
  task_.Cancel();
}

boost::asio::awaitable<void> Generation::Run(const upstream::ImagesApi& api, v1::ImageSpec image) {
  auto result = co_await api.Generate(loop_.client(), context_, std::move(image), delivery_, log_);
  std::visit([this](auto& ended) { outcome_.emplace(std::move(ended)); }, result);
}

void Generation::End(const std::exception_ptr& error) {
  if (error) outcome_.emplace(error);
  // Tells the reader of the end and releases it.
  const std::function<void()> on_progress = std::move(on_progress_);
  on_progress();
}

}  // namespace openrouter_images::operations
