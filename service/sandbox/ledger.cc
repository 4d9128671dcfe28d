#include "service/sandbox/ledger.h"

#include <openssl/sha.h>

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>

#include <boost/json.hpp>

#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::size_t kEntriesKept = 16384;
constexpr std::size_t kBodiesKept = 256;
constexpr std::size_t kLargestBodyKept = 1 << 20;

std::string MaskCredential(std::string_view value) {
  const std::size_t space = value.find(' ');
  const std::string_view scheme =
      space == std::string_view::npos ? std::string_view() : value.substr(0, space + 1);
  const std::string_view secret = value.substr(scheme.size());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest);
  return std::string(scheme) + "#" + absl::BytesToHexString({reinterpret_cast<char*>(digest), 4});
}

}  // namespace

std::uint64_t Ledger::complete_posts() const {
  const std::lock_guard lock(mutex_);
  return complete_posts_;
}

std::uint64_t Ledger::billed() const {
  const std::lock_guard lock(mutex_);
  return billed_;
}

double Ledger::cost_usd() const {
  const std::lock_guard lock(mutex_);
  return cost_usd_;
}

std::vector<LedgerEntry> Ledger::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

void Ledger::Clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  complete_posts_ = billed_ = 0;
  cost_usd_ = 0;
}

bool Ledger::WaitForCompletePosts(std::uint64_t count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return post_.wait_for(lock, limit, [&] { return complete_posts_ >= count; });
}

std::uint64_t Ledger::Begin(std::uint64_t connection, const HttpRequest& head) {
  LedgerEntry entry;
  entry.connection = connection;
  entry.method = head.method;
  entry.target = head.target;
  entry.headers = head.headers;
  for (auto& [name, value] : entry.headers) {
    if (absl::EqualsIgnoreCase(name, "authorization") ||
        absl::EqualsIgnoreCase(name, "proxy-authorization")) {
      value = MaskCredential(value);
    }
  }
  const std::lock_guard lock(mutex_);
  entry.sequence = next_sequence_++;
  entries_.push_back(std::move(entry));
  if (entries_.size() > kEntriesKept) entries_.pop_front();
  if (entries_.size() > kBodiesKept) entries_[entries_.size() - 1 - kBodiesKept].body = nullptr;
  return entries_.back().sequence;
}

LedgerEntry* Ledger::Find(std::uint64_t sequence) {
  if (entries_.empty() || sequence < entries_.front().sequence) return nullptr;
  const std::uint64_t index = sequence - entries_.front().sequence;
  return index < entries_.size() ? &entries_[index] : nullptr;
}

void Ledger::RecordBody(std::uint64_t sequence, const std::string& body, bool complete, bool generation) {
  auto kept = body.size() <= kLargestBodyKept ? std::make_shared<const std::string>(body) : nullptr;
  const std::lock_guard lock(mutex_);
  LedgerEntry* entry = Find(sequence);
  if (entry == nullptr) return;
  entry->body_complete = complete;
  entry->body_bytes = body.size();
  if (entries_.back().sequence - sequence < kBodiesKept) entry->body = std::move(kept);
  if (!complete || !generation) return;
  ++complete_posts_;
  post_.notify_all();
}

void Ledger::RecordFault(std::uint64_t sequence, std::string_view fault) {
  const std::lock_guard lock(mutex_);
  if (LedgerEntry* entry = Find(sequence)) entry->fault = std::string(fault);
}

void Ledger::RecordBill(std::uint64_t sequence, double usd) {
  const std::lock_guard lock(mutex_);
  LedgerEntry* entry = Find(sequence);
  if (entry == nullptr) return;
  entry->billed = true;
  entry->billed_usd = usd;
  ++billed_;
  cost_usd_ += usd;
}

void Ledger::RecordStatus(std::uint64_t sequence, int status) {
  const std::lock_guard lock(mutex_);
  if (LedgerEntry* entry = Find(sequence)) entry->status = status;
}

std::string LedgerJson(const Ledger& ledger) {
  boost::json::array requests;
  for (const LedgerEntry& entry : ledger.Snapshot()) {
    boost::json::object headers;
    for (const auto& [name, value] : entry.headers) headers[name] = value;
    boost::json::object request{{"sequence", entry.sequence},     {"connection", entry.connection},
                                {"method", entry.method},         {"target", entry.target},
                                {"headers", std::move(headers)},  {"body_complete", entry.body_complete},
                                {"body_bytes", entry.body_bytes}, {"status", entry.status},
                                {"fault", entry.fault},           {"billed", entry.billed},
                                {"billed_usd", entry.billed_usd}, {"body", nullptr}};
    if (entry.body) request["body"] = *entry.body;
    requests.push_back(std::move(request));
  }
  return JsonText(boost::json::object{{"complete_posts", ledger.complete_posts()},
                                      {"billed", ledger.billed()},
                                      {"cost_usd", ledger.cost_usd()},
                                      {"requests", std::move(requests)}});
}

}  // namespace openrouter_images::sandbox
