#include "tests/unit/client/cli/tool_fixture.h"

#include <unistd.h>

#include <utility>

namespace openrouter_images::client::cli {

using namespace std::string_literals;

const std::string ToolTest::kPng = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0"s + std::string(2000, 'x');

ToolTest::ToolTest() {
  // TMPDIR of the tool.
  std::filesystem::create_directory(folder_ / "rescue");
  server_.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse& response) { return Draw(response); };
  Script([](StreamScript& stream) { return DrawStream(stream); });
}

grpc::Status ToolTest::Draw(v1::GenerateImagesResponse& response) {
  response.set_created(1700000000);
  response.add_images()->set_data(kPng);
  response.mutable_images(0)->mutable_info()->set_media_type("image/png");
  response.mutable_usage()->set_cost(0.0387);
  response.mutable_call()->set_requests_sent(2);
  response.mutable_call()->mutable_total_time()->set_seconds(12);
  return grpc::Status::OK;
}

grpc::Status ToolTest::DrawStream(StreamScript& stream) {
  v1::GenerateImagesResponse whole;
  Draw(whole);
  stream.Started();
  stream.Preview(kPng);
  stream.Preview("\xFF\xD8\xFF small");
  stream.Image(kPng);
  stream.completed.set_created(whole.created());
  *stream.completed.mutable_usage() = whole.usage();
  *stream.completed.mutable_call() = whole.call();
  stream.Complete();
  return grpc::Status::OK;
}

void ToolTest::FailGenerate(const grpc::Status& status) {
  server_.on_generate = [status](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                                 v1::GenerateImagesResponse&) { return status; };
}

void ToolTest::Script(std::function<grpc::Status(StreamScript&)> script) {
  server_.on_stream = [script = std::move(script)](
                          grpc::ServerContext&, const v1::StreamGenerateImagesRequest&,
                          grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
    StreamScript stream(writer);
    return script(stream);
  };
}

std::vector<std::string> ToolTest::WithServer(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--server", server_.target()});
  return arguments;
}

Finished ToolTest::Run(std::vector<std::string> arguments, const ToolOptions& options) const {
  return Tool(folder_.path(), WithServer(std::move(arguments)), options).Wait();
}

Finished ToolTest::Generate(std::vector<std::string> more, const ToolOptions& options) const {
  more.insert(more.begin(), {"generate", "A red panda", "-m", "some/model"});
  return Run(std::move(more), options);
}

Finished ToolTest::Stream(std::vector<std::string> more, const ToolOptions& options) const {
  more.push_back("--stream");
  return Generate(std::move(more), options);
}

void ToolTest::Await(const std::filesystem::path& name) const {
  constexpr int kLongestMilliseconds = 20'000;
  for (int i = 0; i < kLongestMilliseconds && !std::filesystem::exists(folder_ / name); ++i) ::usleep(1000);
  ASSERT_TRUE(std::filesystem::exists(folder_ / name));
}

}  // namespace openrouter_images::client::cli
