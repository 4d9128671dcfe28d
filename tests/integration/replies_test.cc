// Replies that are odd in form and were paid for: the caller gets the image, unary and streamed alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/stack.h"

namespace openrouter_images::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A GIF of one pixel, whole, and its base64.
const std::string kImage(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00"
    "\x00\x01\x00\x01\x00\x00\x02\x01"
    "D\x00;",
    42);
constexpr char kBase64[] = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

struct ReplyRow {
  const char* name;
  // What the upstream sends: Content-Type and body.
  std::string type;
  std::string body;
  std::vector<v1::ImageDefect> defects{};
  // Bytes of the images, in order.
  std::vector<std::string> images{kImage};
};

void PrintTo(const ReplyRow& row, std::ostream* out) {
  *out << row.body.substr(0, 200);
}

std::string Item(const std::string& base64) {
  return R"({"b64_json":")" + base64 + R"("})";
}

std::string Data(const std::string& items) {
  return R"({"created":1,"data":[)" + items + "]}";
}

std::string Event(const std::string& data) {
  return "data: " + data + "\n\n";
}

const std::string kCompleted = Event(R"({"type":"image_generation.completed","b64_json":")" +
                                     std::string(kBase64) + R"(","created":1})");

class PaidReplies : public ::testing::TestWithParam<ReplyRow> {
 protected:
  PaidReplies() {
    sandbox::FaultScript fault;
    fault.body = sandbox::FaultScript::Body::kText;
    fault.message = GetParam().body;
    fault.headers = {{"Content-Type", GetParam().type}};
    fault.billed = true;
    stack_.sandbox().Script(fault);
  }

  void ExpectOnePaidRequest() { EXPECT_EQ(stack_.ledger().complete_posts(), 1U); }

  Stack stack_;
};

TEST_P(PaidReplies, AreDelivered) {
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack_.stub().GenerateImages(&context, ImageRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::vector<std::string> images;
  std::vector<v1::ImageDefect> defects;
  for (const v1::GeneratedImage& image : response.images()) {
    images.push_back(image.data());
    EXPECT_EQ(image.info().size_bytes(), static_cast<std::int64_t>(image.data().size()));
    for (const int defect : image.info().defects()) defects.push_back(static_cast<v1::ImageDefect>(defect));
  }
  EXPECT_EQ(images, GetParam().images);
  EXPECT_EQ(defects, GetParam().defects);
  ExpectOnePaidRequest();
}

TEST_P(PaidReplies, AreStreamed) {
  grpc::ClientContext context;
  v1::StreamGenerateImagesRequest request;
  *request.mutable_image() = ImageRequest().image();
  auto reader = stack_.stub().StreamGenerateImages(&context, request);
  std::vector<std::string> images;
  v1::GenerationCompleted completed;
  v1::StreamGenerateImagesResponse event;
  while (reader->Read(&event)) {
    if (event.has_completed()) completed = event.completed();
    if (!event.has_image_chunk()) continue;
    images.resize(event.image_chunk().index() + 1);
    images.back() += event.image_chunk().data();
  }
  const grpc::Status status = reader->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  images.resize(completed.images_size());
  EXPECT_EQ(images, GetParam().images);
  std::vector<v1::ImageDefect> defects;
  for (const v1::ImageInfo& info : completed.images()) {
    for (const int defect : info.defects()) defects.push_back(static_cast<v1::ImageDefect>(defect));
  }
  EXPECT_EQ(defects, GetParam().defects);
  ExpectOnePaidRequest();
}

constexpr char kJson[] = "application/json";
constexpr char kSse[] = "text/event-stream";

INSTANTIATE_TEST_SUITE_P(
    Replies, PaidReplies,
    ::testing::Values(
        ReplyRow{"Plain", kJson, Data(Item(kBase64))},
        ReplyRow{"WithoutContentType", "", Data(Item(kBase64))},
        ReplyRow{"AsPlainText", "text/plain", Data(Item(kBase64))},
        ReplyRow{"EventStream", kSse, kCompleted + Event("[DONE]")},
        ReplyRow{"EventStreamWithParameters", "Text/Event-Stream; charset=utf-8",
                 kCompleted + Event("[DONE]")},
        ReplyRow{"EventStreamWithoutDone", kSse, kCompleted},
        ReplyRow{
            "EventStreamWithUnreadableEvents", kSse,
            Event("{not json") + Event("[1]") + Event(R"({"type":"image_generation.new"})") + kCompleted},
        ReplyRow{
            "EventStreamWithABrokenPreview", kSse,
            Event(
                R"({"type":"image_generation.partial_image","b64_json":"iVBORw0KGgo","partial_image_index":7)") +
                Event(R"({"type":"image_generation.partial_image","b64_json":null})") + kCompleted},
        ReplyRow{"ByteOrderMark", kJson, "\xef\xbb\xbf" + Data(Item(kBase64))},
        ReplyRow{"TrailingBytes", kJson, Data(Item(kBase64)) + "\n{}"},
        ReplyRow{"LoneSurrogate", kJson,
                 R"({"note":"\ud83d","data":[{"revised_prompt":"cut \ud83d","b64_json":")" +
                     std::string(kBase64) + R"("}]})"},
        ReplyRow{"InvalidUtf8", kJson,
                 "{\"note\":\"\xff\xfe\",\"data\":[{\"note\":\"\xc3\",\"b64_json\":\"" +
                     std::string(kBase64) + "\"}]}"},
        ReplyRow{"NotANumber", kJson,
                 R"({"score":NaN,"data":[{"b64_json":")" + std::string(kBase64) + R"("}]})"},
        ReplyRow{"DeepNesting", kJson,
                 "{\"deep\":" + std::string(5000, '[') + std::string(5000, ']') + ",\"data\":[" +
                     Item(kBase64) + "]}"},
        ReplyRow{"LargeOtherFields", kJson,
                 "{\"padding\":\"" + std::string(3 << 20, 'x') + "\",\"data\":[" + Item(kBase64) + "]}"},
        ReplyRow{"AnErrorBesideTheImage", kJson,
                 R"({"error":{"message":"late"},"data":[{"b64_json":")" + std::string(kBase64) + R"("}]})"},
        ReplyRow{"UsageOfAnotherType", kJson,
                 R"({"created":"now","usage":[1],"data":[{"media_type":7,"b64_json":")" +
                     std::string(kBase64) + R"("}]})"},
        ReplyRow{"NullBesideTheImage",
                 kJson,
                 Data("null," + Item(kBase64)),
                 {v1::IMAGE_DEFECT_INCOMPLETE},
                 {"", kImage}},
        ReplyRow{"AnImageByUrlBesideTheImage",
                 kJson,
                 Data(R"({"url":"https://example.org/1.png"},)" + Item(kBase64)),
                 {v1::IMAGE_DEFECT_INCOMPLETE},
                 {"", kImage}},
        ReplyRow{"Base64WithoutPadding",
                 kJson,
                 Data(Item("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")),
                 {},
                 {kImage}},
        ReplyRow{"Base64ForUrls", kJson,
                 Data(Item("R0lGODlhAQABAIAAAAAAAP___yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"))},
        ReplyRow{"Base64InLines", kJson,
                 Data(Item(R"(R0lGODlhAQABAIAAAAAAAP///yH5\r\nBAEAAAAALAAAAAABAAEAAAIBRAA7\n)"))},
        ReplyRow{"DataUrl", kJson, Data(Item("data:image/gif;base64," + std::string(kBase64)))},
        ReplyRow{"Base64WithOtherCharacters",
                 kJson,
                 Data(Item("R0lGODlhAQABAIAAAAAAAP///*yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")),
                 {v1::IMAGE_DEFECT_INVALID_BASE64}},
        ReplyRow{"NotBase64",
                 kJson,
                 Data(Item(R"(<svg xmlns='http://www.w3.org/2000/svg'/>)")),
                 {v1::IMAGE_DEFECT_NOT_BASE64},
                 {"<svg xmlns='http://www.w3.org/2000/svg'/>"}},
        ReplyRow{
            "UnknownSignature", kJson, Data(Item("aGVsbG8=")), {v1::IMAGE_DEFECT_UNKNOWN_FORMAT}, {"hello"}},
        ReplyRow{"AnotherTypeThanDeclared",
                 kJson,
                 Data(R"({"media_type":"image/png","b64_json":")" + std::string(kBase64) + R"("})"),
                 {v1::IMAGE_DEFECT_MEDIA_TYPE_MISMATCH}},
        ReplyRow{"MoreThanTen",
                 kJson,
                 Data([] {
                   std::string items = Item(kBase64);
                   for (int i = 1; i < 12; ++i) items += "," + Item(kBase64);
                   return items;
                 }()),
                 {},
                 std::vector<std::string>(10, kImage)}),
    [](const auto& row) { return row.param.name; });

// A connection that is lost after an image is whole does not take it away.
TEST(PartialReplies, KeepTheImageThatIsWhole) {
  Stack stack;
  sandbox::FaultScript fault;
  fault.body = sandbox::FaultScript::Body::kText;
  fault.message = kCompleted;
  fault.headers = {{"Content-Type", kSse}};
  fault.billed = true;
  fault.length_error = 100;
  stack.sandbox().Script(fault);
  v1::GenerateImagesRequest request = ImageRequest();
  request.mutable_image()->set_n(2);
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status = stack.stub().GenerateImages(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.images_size(), 1);
  EXPECT_EQ(response.images(0).data(), kImage);
  EXPECT_EQ(response.partial_failure().reason(), v1::ERROR_REASON_TRUNCATED);
  EXPECT_EQ(stack.ledger().complete_posts(), 1U);
}

TEST(EncodedReplies, AreDecoded) {
  Stack stack;
  grpc::ClientContext context;
  v1::GenerateImagesResponse response;
  const grpc::Status status =
      stack.stub().GenerateImages(&context, ImageRequest("sandbox/encoding=gzip"), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.images_size(), 1);
  EXPECT_EQ(response.images(0).info().media_type(), "image/png");
  EXPECT_THAT(response.images(0).info().defects(), IsEmpty());
}

}  // namespace
}  // namespace openrouter_images::testing
