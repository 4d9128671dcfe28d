#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "service/sandbox/http/http_message.h"

namespace openrouter_images::sandbox {

// The sandbox's record of one request.
struct LedgerEntry {
  // 1 for the first request; also orders requests of different connections.
  std::uint64_t sequence = 0;
  // Requests that came over one connection share it.
  std::uint64_t connection = 0;
  std::string method;
  std::string target;
  // As received, but the value of Authorization is "Bearer #" and 8 hex digits of the key's SHA-256: two keys
  // can be told apart, neither can be recovered.
  Headers headers;
  bool body_complete = false;
  std::uint64_t body_bytes = 0;
  // The whole body, or null: kept for the 256 newest requests, each up to 1 MiB.
  std::shared_ptr<const std::string> body;
  // The status that was sent; 0 when none was.
  int status = 0;
  // The fault script that was applied, as text; empty when none was.
  std::string fault;
  bool billed = false;
  double billed_usd = 0;
};

// The sandbox's own record of requests and bills; tests compare a client's account of attempts and costs with
// it. A POST counts as complete once its body has arrived, before any answer. A generation that ran to its
// end is billed, also when a fault then keeps the reply from the client; an error status is not billed.
// Entries are kept for the newest 16384 requests; the counts cover all requests since the start or the last
// Clear. Thread-safe.
class Ledger {
 public:
  // Complete `POST /images` bodies.
  std::uint64_t complete_posts() const;
  // Number of generations billed, and their sum in USD.
  std::uint64_t billed() const;
  double cost_usd() const;
  // Oldest first.
  std::vector<LedgerEntry> Snapshot() const;
  // Drops entries and counts. Requests in progress are not recorded any further.
  void Clear();
  // Blocks until at least `count` posts are complete or `limit` has passed; returns whether they are.
  bool WaitForCompletePosts(std::uint64_t count, std::chrono::milliseconds limit) const;

  // For the sandbox itself. Begin records a request when its head is read, and returns the sequence that
  // identifies it in the other calls. Unknown sequences are ignored.
  std::uint64_t Begin(std::uint64_t connection, const HttpRequest& head);
  void RecordBody(std::uint64_t sequence, const std::string& body, bool complete, bool generation);
  void RecordFault(std::uint64_t sequence, std::string_view fault);
  void RecordBill(std::uint64_t sequence, double usd);
  void RecordStatus(std::uint64_t sequence, int status);

 private:
  // With the mutex held.
  LedgerEntry* Find(std::uint64_t sequence);

  // Guards the rest.
  mutable std::mutex mutex_;
  mutable std::condition_variable post_;
  std::deque<LedgerEntry> entries_;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t complete_posts_ = 0;
  std::uint64_t billed_ = 0;
  double cost_usd_ = 0;
};

// The ledger as the JSON document that GET /sandbox/ledger answers with.
std::string LedgerJson(const Ledger& ledger);

}  // namespace openrouter_images::sandbox
