#include "service/sandbox/wire/wire_plan.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace openrouter_images::sandbox {
namespace {

std::string_view Reason(int status) {
  if (status == 524) return "A Timeout Occurred";
  if (status == 529) return "Site is overloaded";
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  if (known == boost::beast::http::status::unknown) return "Unknown";
  const auto text = boost::beast::http::obsolete_reason(known);
  return {text.data(), text.size()};
}

std::string Chunk(std::string_view bytes) {
  return bytes.empty() ? std::string()
                       : absl::StrCat(absl::Hex(bytes.size()), "\r\n", std::string(bytes), "\r\n");
}

// 1xx, 204 and 304 have no body, even if the reply has one.
bool HasBody(int status) {
  return status >= 200 && status != 204 && status != 304;
}

// Keeps the first `count` bytes of all pieces together.
void CutAfter(std::vector<BodyPart>& pieces, std::size_t count) {
  std::size_t kept = 0;
  for (; kept < pieces.size(); ++kept) {
    if (pieces[kept].bytes.size() > count) {
      pieces[kept].bytes.resize(count);
      pieces.resize(count == 0 ? kept : kept + 1);
      return;
    }
    count -= pieces[kept].bytes.size();
  }
}

}  // namespace

WirePlan PlanWire(HttpReply reply, const FaultScript& fault, bool keep_alive) {
  WirePlan plan;
  plan.delay = fault.delay;
  plan.write_size = fault.write_size;
  plan.pause = fault.pause;
  const bool chunked = !reply.parts.empty() || fault.chunked != FaultScript::Chunked::kNo;
  const bool broken_framing = fault.length_error != 0 ||
                              fault.chunked == FaultScript::Chunked::kUnterminated ||
                              fault.chunked == FaultScript::Chunked::kBadSize;
  plan.end = keep_alive && !broken_framing ? WireEnd::kKeepAlive : WireEnd::kClose;

  std::string head = absl::StrCat("HTTP/1.1 ", reply.status, " ", std::string(Reason(reply.status)), "\r\n");
  for (const auto& [name, value] : reply.headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  if (HasBody(reply.status)) {
    if (chunked) {
      head += "transfer-encoding: chunked\r\n";
    } else {
      const long long length = static_cast<long long>(reply.body.size()) + fault.length_error;
      absl::StrAppend(&head, "content-length: ", std::max(length, 0LL), "\r\n");
    }
  }
  if (plan.end == WireEnd::kClose && !broken_framing) head += "connection: close\r\n";
  head += "\r\n";
  const std::size_t status_line = head.find("\r\n") + 2;
  plan.pieces.push_back({std::move(head)});

  if (HasBody(reply.status)) {
    if (reply.parts.empty()) reply.parts.push_back({std::move(reply.body)});
    for (BodyPart& part : reply.parts) {
      plan.pieces.push_back({chunked ? Chunk(part.bytes) : std::move(part.bytes), part.pause});
    }
    if (fault.chunked == FaultScript::Chunked::kBadSize) {
      plan.pieces.push_back({"zz\r\nno size\r\n"});
    } else if (chunked && fault.chunked != FaultScript::Chunked::kUnterminated) {
      plan.pieces.push_back({"0\r\n\r\n"});
    }
  }
  if (fault.reset_after || fault.fin_after) {
    const std::size_t count = fault.reset_after.value_or(fault.fin_after.value_or(0));
    CutAfter(plan.pieces, count);
    plan.end = fault.reset_after ? WireEnd::kReset : WireEnd::kFin;
    plan.status_sent = count >= status_line;
  }
  return plan;
}

}  // namespace openrouter_images::sandbox
