#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <unordered_set>
#include <variant>

namespace openrouter_images::admission {

// A call in progress, as admission sees it.
class AdmittedCall {
 public:
  // Ends the call soon, because the service shuts down. Any thread; does not block.
  virtual void EndForDrain() = 0;

 protected:
  ~AdmittedCall() = default;
};

// Why a call is not taken.
enum class Refusal {
  kDraining,  // The service shuts down.
};

class Ticket;

// Decides whether a call is taken now: the one place that counts the calls in progress and the memory that
// they hold, refuses new ones, and can end all of them. Thread-safe.
//
//   auto answer = admission.Admit(*this, request_bytes);
//   if (auto* ticket = std::get_if<Ticket>(&answer)) ticket_ = std::move(*ticket);
class Admission {
 public:
  // A ticket that holds `bytes`, or the reason for a refusal. The ticket must not outlive `call` or the
  // Admission.
  [[nodiscard]] std::variant<Ticket, Refusal> Admit(AdmittedCall& call, std::size_t bytes);

  // From now on every call is refused.
  void Close();
  // Waits until no ticket is left; false if some are left after `limit`.
  [[nodiscard]] bool WaitUntilEmpty(std::chrono::milliseconds limit);
  // Calls EndForDrain for every call with a ticket.
  void EndAll();

  // Number of tickets, and the bytes that they hold together.
  std::size_t calls() const;
  std::size_t bytes() const;

 private:
  friend class Ticket;
  void Resize(std::size_t from, std::size_t to);
  void Return(AdmittedCall& call, std::size_t bytes);

  // Guards the members up to calls_. A mutex of the standard library, because Debian's Abseil is built
  // without ThreadSanitizer.
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  bool closed_ = false;
  std::unordered_set<AdmittedCall*> calls_;
  // Guards no other memory; changes with every chunk of every call.
  std::atomic<std::size_t> bytes_{0};
};

// The right of one call to be in progress. Owns the bytes that the call is known to hold: request, encoded
// request body, collected images. Returns all of it when it is destroyed. Not thread-safe; a
// default-constructed one holds nothing.
class Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept;
  Ticket& operator=(Ticket&& other) noexcept;
  ~Ticket();

  // The call now holds `bytes` in total.
  void Resize(std::size_t bytes);
  std::size_t bytes() const { return bytes_; }

 private:
  friend class Admission;
  Ticket(Admission& admission, AdmittedCall& call, std::size_t bytes);

  Admission* admission_ = nullptr;
  AdmittedCall* call_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace openrouter_images::admission
