#include "service/upstream/reply/reply_receiver.h"

#include <gtest/gtest.h>

#include <string>

#include "service/errors/text.h"

namespace openrouter_images::upstream {
namespace {

// A reply that is content with any success.
class AnyReply final : public ReplyReceiver {
 public:
  AnyReply() : ReplyReceiver(AttemptContext{}) {}
  using ReplyReceiver::content_type;
  using ReplyReceiver::generation_id;

 private:
  http::Flow OnSuccessBody(std::string_view) override { return http::Flow::kContinue; }
  std::optional<errors::Failure> OnSuccessEnd() override { return std::nullopt; }
};

struct Row {
  const char* name;
  std::string value;
  std::string kept;
};

TEST(Reply, IdsAreShortPrintableText) {
  const Row rows[] = {
      {"id", "gen-1764", "gen-1764"},
      {"not UTF-8", "a\xff\xfe z", "a?? z"},
      {"cut UTF-8", "a\xe2\x82", "a??"},
      {"control characters", "a\x01\tb\x7f", "a b"},
      {"longest", std::string(128, 'x'), std::string(128, 'x')},
      {"too long", std::string(129, 'x'), std::string(128, 'x')},
      {"cut between characters", std::string(127, 'x') + "\xc3\xa9", std::string(127, 'x')},
      {"nothing", "", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    http::ResponseHead head;
    head.status = 200;
    for (const char* name : {"content-type", "x-generation-id", "x-request-id", "cf-ray"}) {
      head.headers.push_back({name, row.value});
    }
    AnyReply reply;
    reply.OnHead(head);
    v1::CallReport report;
    reply.Report(report);
    EXPECT_EQ(report.http_status(), 200);
    EXPECT_EQ(report.generation_id(), row.kept);
    EXPECT_EQ(report.request_id(), row.kept);
    EXPECT_EQ(report.cf_ray(), row.kept);
    EXPECT_EQ(reply.content_type(), row.kept);
    EXPECT_TRUE(errors::IsPrintable(reply.generation_id()));
  }
}

}  // namespace
}  // namespace openrouter_images::upstream
