#pragma once

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "openrouter_images/v1/generation.pb.h"
#include "service/http/event_loop.h"
#include "service/operations/event_log.h"
#include "service/operations/task.h"
#include "service/upstream/call_context.h"
#include "service/upstream/failed_call.h"
#include "service/upstream/images_api.h"

namespace openrouter_images::operations {

// One generation, apart from the call that asked for it: it runs on its event loop, and a unary or a streamed
// call is attached to it as the reader of its events. All members are used on that loop.
//
//   generation_ = std::make_shared<Generation>(loop, std::move(context), delivery);
//   generation_->Start(api, std::move(image), [call] { call->OnProgress(); });
//   // OnProgress, called after each event and at the end:
//   while (auto event = generation_->Next()) Take(*std::move(event));
//   if (Generation::Outcome* outcome = generation_->outcome()) End(*outcome);
class Generation : public std::enable_shared_from_this<Generation> {
 public:
  using Event = EventLog::Event;
  // How it ended: with its last event, `completed`, with a failure, or with an unexpected exception.
  using Outcome = std::variant<v1::GenerationCompleted, upstream::FailedCall, std::exception_ptr>;

  // `loop` outlives the generation. `delivery` says what the upstream is asked for, and whether events reach
  // the caller as they come (kStreamed) or together at the end.
  Generation(http::EventLoop& loop, upstream::CallContext context, upstream::Delivery delivery);

  // Once. Begins the generation and attaches its reader: `on_progress` is called on the loop, possibly from
  // within Start, after each event and once when the outcome is known; it is kept until then, and must keep
  // alive what the context refers to. `api` outlives the generation.
  void Start(const upstream::ImagesApi& api, v1::ImageSpec image, std::function<void()> on_progress);

  // Takes the next event; nothing while there is none. While the log is full, the upstream is not read.
  std::optional<Event> Next();

  // Null while the generation runs. Events may still wait when it is set.
  Outcome* outcome();

  // Ends the generation soon; its outcome says whether it may have been billed.
  void Cancel();

 private:
  boost::asio::awaitable<void> Run(const upstream::ImagesApi& api, v1::ImageSpec image);
  void End(const std::exception_ptr& error);

  http::EventLoop& loop_;
  const upstream::CallContext context_;
  const upstream::Delivery delivery_;
  EventLog log_;
  Task task_;
  std::function<void()> on_progress_;
  std::optional<Outcome> outcome_;
};

}  // namespace openrouter_images::operations
