#include "service/sandbox/api/stream.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/sandbox/api/generator.h"
#include "service/sandbox/api/pricing.h"
#include "service/sandbox/faults/fault_reply.h"
#include "service/sandbox/http/json_text.h"

namespace openrouter_images::sandbox {
namespace {

constexpr std::size_t kTextChunk = 2048;
constexpr std::size_t kDraftLength = 600;

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// Writes lines with the ends that the fault asks for.
class EventWriter {
 public:
  explicit EventWriter(const FaultScript& fault) : fault_(fault) {}

  void Comment(std::chrono::milliseconds pause) { Add(": OPENROUTER PROCESSING\n\n", pause); }

  void Event(std::string_view data, std::chrono::milliseconds pause) {
    std::string text = "data: ";
    // The lines of one event are joined by a line feed, which is white space between the tokens of JSON.
    const bool split = fault_.sse_multiline && data.starts_with('{');
    absl::StrAppend(&text, split ? "{\ndata: " : "", View(data).substr(split ? 1 : 0), "\n\n");
    Add(text, pause);
  }

  std::vector<BodyPart> Take() { return std::move(parts_); }

 private:
  void Add(std::string_view text, std::chrono::milliseconds pause) {
    std::string out;
    out.reserve(text.size() + 8);
    for (char c : text) {
      if (c == '\n') {
        out += NextNewline();
      } else {
        out += c;
      }
    }
    parts_.push_back({std::move(out), pause});
  }

  std::string_view NextNewline() {
    switch (fault_.sse_newline) {
      case FaultScript::Newline::kLf:
        return "\n";
      case FaultScript::Newline::kCrLf:
        return "\r\n";
      case FaultScript::Newline::kCr:
        return "\r";
      case FaultScript::Newline::kMixed:
        break;
    }
    // An order in which no CR is followed by an LF of the next line end: the two would read as one.
    constexpr std::string_view kEnds[] = {"\n", "\r\n", "\r", "\r\n"};
    return kEnds[newline_++ % std::size(kEnds)];
  }

  const FaultScript& fault_;
  std::size_t newline_ = 0;
  std::vector<BodyPart> parts_;
};

std::string TextChunk(std::string_view phase, std::string_view text) {
  return JsonText(boost::json::object{{"type", "image_generation.text_chunk"},
                                      {"phase", boost::json::string(phase.data(), phase.size())},
                                      {"text", boost::json::string(text.data(), text.size())}});
}

// An event with members of its own; `members` is JSON without braces.
std::string TypedEvent(const FaultScript& fault, std::string_view type, std::string_view members) {
  const std::string type_member = absl::StrCat("\"type\":\"", View(type), "\"");
  return fault.sse_type_last ? absl::StrCat("{", View(members), ",", type_member, "}")
                             : absl::StrCat("{", type_member, ",", View(members), "}");
}

// What comes before the finished image, as the data of events.
std::vector<std::string> Progress(const GenerationRequest& request, const FaultScript& fault) {
  std::vector<std::string> events;
  if (request.format == ImageFormat::kSvg) {
    const std::string svg = DrawImage(request, 0);
    events.push_back(TextChunk("reasoning", "First the background and what is far away, then what is near."));
    events.push_back(TextChunk("draft", std::string_view(svg).substr(0, kDraftLength)));
    for (std::size_t at = 0; at < svg.size(); at += kTextChunk) {
      events.push_back(TextChunk("content", std::string_view(svg).substr(at, kTextChunk)));
    }
    return events;
  }
  int index = 0;
  for (const std::string& partial : DrawPartials(request)) {
    std::string base64;
    absl::Base64Escape(partial, &base64);
    events.push_back(
        TypedEvent(fault, "image_generation.partial_image",
                   absl::StrCat("\"partial_image_index\":", index++, ",\"b64_json\":\"", base64, "\"")));
  }
  return events;
}

std::string ErrorEvent(const FaultScript& fault) {
  const std::string message =
      fault.message.empty() ? "The upstream provider returned an error" : fault.message;
  const boost::json::object error{
      {"message", message}, {"code", "upstream_error"}, {"type", "provider_error"}, {"param", nullptr}};
  return JsonText(boost::json::object{{"type", "error"}, {"error", error}});
}

}  // namespace

HttpReply StreamReply(const GenerationRequest& request, const FaultScript& fault, std::int64_t created,
                      std::chrono::milliseconds time) {
  EventWriter writer(fault);
  std::vector<std::string> progress = Progress(request, fault);
  const auto step = time / static_cast<int>(progress.size() + 1);
  const std::optional<int> cut = fault.sse_eof ? fault.sse_eof : fault.sse_error;
  if (cut) progress.resize(std::min(progress.size(), static_cast<std::size_t>(*cut)));

  for (int i = 0; i < std::max(fault.sse_comments, 1); ++i)
    writer.Comment(i == 0 ? std::chrono::milliseconds(0) : fault.sse_interval);
  for (const std::string& event : progress) writer.Event(event, step);
  for (int i = 0; i < fault.sse_unknown; ++i) {
    writer.Event(absl::StrCat("{\"type\":\"image_generation.newer_than_this_client\",\"index\":", i, "}"),
                 std::chrono::milliseconds(0));
  }
  if (fault.sse_error) {
    writer.Event(ErrorEvent(fault), step);
  } else if (!fault.sse_eof) {
    const std::string completed =
        TypedEvent(fault, "image_generation.completed",
                   absl::StrCat(ImageMembers(request, fault, 0), ",\"created\":", created,
                                ",\"usage\":", JsonText(UsageJson(UsageOf(request)))));
    writer.Event(WithJsonDefect(completed, fault), step);
  }
  if (!fault.sse_eof) writer.Event("[DONE]", fault.sse_done);
  return {fault.status,
          {{"content-type", "text/event-stream"}, {"cache-control", "no-cache"}},
          "",
          writer.Take()};
}

}  // namespace openrouter_images::sandbox
