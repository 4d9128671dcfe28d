// The tool's streamed generation as a process against a scripted server, and its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/cli/files/incoming_image.h"
#include "client/cli/report/stream_progress.h"
#include "tests/unit/client/cli/tool_process.h"
#include "tests/unit/client/fake_images_server.h"
#include "tests/unit/client/stream_script.h"

namespace openrouter::images::client::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kPng = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\4\0\0\0\3\0"s + std::string(2000, 'x');

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CliStreamTest : public testing::Test {
 protected:
  CliStreamTest() {
    std::string pattern = testing::TempDir() + "/cli_stream_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ / "rescue");
    Script([](StreamScript& stream) { return Draw(stream); });
  }
  ~CliStreamTest() override { fs::remove_all(folder_); }

  static grpc::Status Draw(StreamScript& stream) {
    stream.Started();
    stream.Preview(kPng);
    stream.Preview("\xFF\xD8\xFF small");
    stream.Image(kPng);
    stream.completed.set_created(1700000000);
    stream.completed.mutable_usage()->set_cost(0.0387);
    stream.completed.mutable_call()->set_attempts(1);
    stream.completed.mutable_call()->mutable_total_time()->set_seconds(12);
    stream.Complete();
    return grpc::Status::OK;
  }
  void Script(std::function<grpc::Status(StreamScript&)> script) {
    server_.on_stream = [script](grpc::ServerContext&, const v1::StreamGenerateImagesRequest&,
                                 grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
      StreamScript stream(writer);
      return script(stream);
    };
  }
  Finished Run(std::vector<std::string> more = {}, const ToolOptions& options = {}) const {
    more.insert(more.begin(),
                {"generate", "A red panda", "-m", "some/model", "--stream", "--server", server_.target()});
    return Tool(folder_, more, options).Wait();
  }
  std::set<std::string> Files(const fs::path& under = {}) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / under)) names.insert(entry.path().filename());
    return names;
  }

  FakeImagesServer server_;
  fs::path folder_;
};

TEST_F(CliStreamTest, SavesAndReportsAsWithoutStreaming) {
  const Finished finished = Run({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "panda.png  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 1 attempt\n");
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(Content(folder_ / "panda.png"), kPng);
  EXPECT_THAT(Files(), ElementsAre("panda.png", "rescue"));
  EXPECT_EQ(server_.stream_calls, 1);
  EXPECT_EQ(server_.generate_calls, 0);
}

TEST_F(CliStreamTest, JsonHasTheShapeOfTheOtherCall) {
  server_.on_generate = [](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                           v1::GenerateImagesResponse& response) {
    response.set_created(1700000000);
    response.add_images()->set_data(kPng);
    response.mutable_images(0)->mutable_info()->set_media_type("image/png");
    response.mutable_usage()->set_cost(0.0387);
    response.mutable_call()->set_attempts(1);
    response.mutable_call()->mutable_total_time()->set_seconds(12);
    return grpc::Status::OK;
  };
  const Finished streamed = Run({"--json", "-o", "a.png", "--force"});
  const Finished whole = Tool(folder_, {"generate", "A red panda", "-m", "some/model", "--json", "-o",
                                        "a.png", "--force", "--server", server_.target()})
                             .Wait();
  EXPECT_EQ(streamed.exit_code, 0) << streamed.err;
  EXPECT_EQ(streamed.out, whole.out);
  EXPECT_THAT(streamed.out, HasSubstr("\"bytes\":2024"));
}

TEST_F(CliStreamTest, SeveralImages) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    stream.Image(kPng + "more");
    stream.Complete();
    return grpc::Status::OK;
  });
  const Finished finished = Run({"-o", "panda.png", "-q"});
  EXPECT_EQ(finished.out, "panda-1.png\npanda-2.png\n");
  EXPECT_EQ(Content(folder_ / "panda-2.png"), kPng + "more");
}

TEST_F(CliStreamTest, PreviewsAreSavedAndOverwriteNothing) {
  ASSERT_EQ(Run({"--previews", "seen", "-o", "a.png"}).exit_code, 0);
  EXPECT_THAT(Files("seen"), ElementsAre("preview-0.png", "preview-1.jpg"));
  EXPECT_EQ(Content(folder_ / "seen/preview-0.png"), kPng);
  ASSERT_EQ(Run({"--previews", "seen", "-o", "b.png"}).exit_code, 0);
  EXPECT_THAT(Files("seen"),
              ElementsAre("preview-0-2.png", "preview-0.png", "preview-1-2.jpg", "preview-1.jpg"));
  ASSERT_EQ(Run({"--previews", "seen", "-o", "b.png", "--force"}).exit_code, 0);
  EXPECT_EQ(Files("seen").size(), 4U);
}

TEST_F(CliStreamTest, AnErrorLeavesNoHalfImage) {
  Script([](StreamScript& stream) {
    v1::ImageChunk half;
    half.set_data(kPng);
    stream.Preview("small");
    stream.Piece(half);
    v1::ImagesError error;
    error.set_kind(v1::ERROR_KIND_CONNECTION);
    error.set_billing_outcome(v1::BILLING_OUTCOME_UNKNOWN);
    error.mutable_delivered()->set_previews(1);
    error.mutable_delivered()->set_bytes(2029);
    return RichStatus(grpc::StatusCode::UNKNOWN, "The upstream hung up.", error);
  });
  const Finished finished = Run();
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_THAT(finished.err, HasSubstr("  Received  1 preview and 0 images before it failed, 2.0 kB\n"));
  EXPECT_THAT(Files(), ElementsAre("rescue"));
}

TEST_F(CliStreamTest, AWholeImageIsKeptWhenTheCallFailsLater) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    v1::ImagesError error;
    error.set_billing_outcome(v1::BILLING_OUTCOME_UNKNOWN);
    return RichStatus(grpc::StatusCode::UNKNOWN, "The upstream hung up.", error);
  });
  const Finished finished = Run({"-o", "panda.png"});
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_EQ(Content(folder_ / "panda.png"), kPng);
  EXPECT_THAT(finished.err, HasSubstr("Note: panda.png came to its end before the call failed."));
  // It does not take a good one's place.
  EXPECT_THAT(Run({"--force", "-o", "panda.png"}).err, HasSubstr("Note: panda-2.png came to its end"));
  const auto json = boost::json::parse(Run({"--json", "-o", "json.png"}).out).as_object();
  EXPECT_EQ(json.at("unverified_images").at(0).at("path").as_string(), "json.png");
  EXPECT_EQ(json.at("error").at("exit_code").as_int64(), 7);
}

TEST_F(CliStreamTest, ADamagedImageIsNoSuccess) {
  Script([](StreamScript& stream) {
    stream.Image(kPng);
    stream.completed.mutable_images(0)->set_size_bytes(1);
    stream.Complete();
    return grpc::Status::OK;
  });
  const Finished finished = Run();
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err, HasSubstr("Image 0 has 1 bytes, and 2024 were received."));
  EXPECT_THAT(finished.err, HasSubstr("The image was made and billed."));
}

// The limit on a file's size strikes in the middle, in both folders; the stream is read to its end all the
// same.
TEST_F(CliStreamTest, AFullDiskIsReportedAsPaidAndLost) {
  const Finished finished = Run({"--json"}, {.file_size = 1000});
  EXPECT_EQ(finished.exit_code, 8);
  const auto json = boost::json::parse(finished.out).as_object();
  EXPECT_TRUE(json.at("images").at(0).at("path").is_null());
  EXPECT_EQ(json.at("images").at(0).at("bytes").as_int64(), 2024);
  EXPECT_EQ(json.at("usage").at("cost").as_double(), 0.0387);
  EXPECT_EQ(json.at("error").at("billing_outcome").as_string(), "BILLED");
  EXPECT_THAT(Files(), ElementsAre("rescue"));
  EXPECT_TRUE(fs::is_empty(folder_ / "rescue"));
}

TEST_F(CliStreamTest, AFolderThatVanishesMeanwhileDoesNotLoseTheImage) {
  fs::create_directory(folder_ / "out");
  Script([this](StreamScript& stream) {
    fs::remove(folder_ / "out");
    return Draw(stream);
  });
  const Finished finished = Run({"-o", "out"});
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err, HasSubstr("The image is safe in "));
  ASSERT_EQ(Files("rescue").size(), 1U);
  EXPECT_EQ(Content(folder_ / "rescue" / *Files("rescue").begin()), kPng);
}

TEST_F(CliStreamTest, CtrlCCancelsTheCall) {
  std::promise<void> arrived;
  server_.on_stream = [&](grpc::ServerContext& context, const v1::StreamGenerateImagesRequest&,
                          grpc::ServerWriter<v1::StreamGenerateImagesResponse>& writer) {
    StreamScript(writer).Started();
    arrived.set_value();
    while (!context.IsCancelled()) ::usleep(1000);
    return grpc::Status::CANCELLED;
  };
  Tool tool(folder_, {"generate", "x", "-m", "some/model", "--stream", "--server", server_.target()});
  arrived.get_future().wait();
  tool.Signal(SIGINT);
  const Finished finished = tool.Wait();
  EXPECT_EQ(finished.exit_code, 130);
  EXPECT_THAT(finished.err, HasSubstr("not known whether this was billed"));
}

TEST_F(CliStreamTest, ProgressShowsThePhase) {
  const Finished finished = Run({}, {.error_stream = ErrorStream::kTerminal});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("Drawing with some/model  0 s, waiting"));
  EXPECT_TRUE(finished.err.ends_with("\r\x1B[K")) << finished.err;
}

class CliDrawTest : public CliStreamTest {
 protected:
  CliDrawTest() {
    // A PNG of one red pixel.
    const unsigned char file[] = {
        0x89, 'P',  'N',  'G', '\r', '\n', 0x1A, '\n', 0,    0,    0,    13,   'I',  'H',  'D',  'R', 0, 0,
        0,    1,    0,    0,   0,    1,    8,    2,    0,    0,    0,    0x90, 0x77, 0x53, 0xDE, 0,   0, 0,
        12,   'I',  'D',  'A', 'T',  0x78, 0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0,    0,    3,    1,    1,   0, 0xC9,
        0xFE, 0x92, 0xEF, 0,   0,    0,    0,    'I',  'E',  'N',  'D',  0xAE, 0x42, 0x60, 0x82};
    const std::string png(reinterpret_cast<const char*>(file), sizeof(file));
    Script([png](StreamScript& stream) {
      stream.Image(png);
      stream.Complete();
      return grpc::Status::OK;
    });
  }
  std::string Seen(std::vector<std::string> arguments, std::vector<std::string> environment) const {
    const Finished finished = Run(std::move(arguments), {.error_stream = ErrorStream::kTerminal,
                                                         .environment = std::move(environment)});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.err;
  }
};

TEST_F(CliDrawTest, TheImageIsDrawnOnATerminal) {
  EXPECT_THAT(Seen({}, {"TERM=xterm-256color"}), HasSubstr("\x1B[38;5;196m▀\x1B[0m"));
  EXPECT_THAT(Seen({}, {"TERM=xterm-kitty"}), HasSubstr("\x1B_Ga=T,f=32,s=1,v=1,c=1,q=2,m=0;/wAA/w==\x1B\\"));
  EXPECT_THAT(Seen({}, {"TERM=foot"}), HasSubstr("\x1BP0;1q"));
}

TEST_F(CliDrawTest, NothingIsDrawnUnasked) {
  const std::string term = "TERM=xterm-kitty";
  for (const std::string& seen : {Seen({"--no-draw"}, {term}), Seen({"-q"}, {term}), Seen({"--json"}, {term}),
                                  Seen({}, {term, "NO_COLOR=1"}), Seen({}, {"TERM=dumb"})}) {
    EXPECT_THAT(seen, Not(HasSubstr("\x1B_G")));
  }
  EXPECT_EQ(Run({}, {.environment = {term}}).err, "");
}

// A disk with room for so many bytes, whatever the number of files.
FileWriter DiskWith(size_t room) {
  return FileWriter(
      [left = std::make_shared<size_t>(room)](int fd, const void* data, size_t size) -> ssize_t {
        if (*left == 0) {
          errno = ENOSPC;
          return -1;
        }
        const ssize_t written = ::write(fd, data, std::min(size, *left));
        *left -= static_cast<size_t>(written);
        return written;
      });
}

// Fails in the first folder at each byte once: what came before goes along to the other one.
TEST_F(CliStreamTest, AnImageMovesWhereverItsFolderFails) {
  const std::string image = "the whole image";
  fs::create_directory(folder_ / "out");
  for (size_t room = 0; room < image.size(); ++room) {
    auto left = std::make_shared<size_t>(room);
    auto failed = std::make_shared<bool>(false);
    const FileWriter writer([=](int fd, const void* data, size_t size) -> ssize_t {
      if (*failed) return ::write(fd, data, size);
      if (*left == 0) {
        *failed = true;
        errno = ENOSPC;
        return -1;
      }
      const ssize_t written = ::write(fd, data, std::min(size, *left));
      *left -= static_cast<size_t>(written);
      return written;
    });
    IncomingImage incoming(writer, folder_ / "out", folder_ / "rescue");
    for (size_t at = 0; at < image.size(); at += 5) incoming.Append(image.substr(at, 5));
    const SavedImage saved = incoming.PutInPlace("a.png", "image/png", Overwrite::kReplace);
    ASSERT_EQ(saved.path.parent_path(), folder_ / "rescue");
    EXPECT_EQ(Content(saved.path), image) << room;
    EXPECT_THAT(saved.problem.value_or(""), HasSubstr("No space left on device"));
    fs::remove(saved.path);
    EXPECT_TRUE(fs::is_empty(folder_ / "out"));
  }
}

TEST_F(CliStreamTest, AnImageThatFitsNowhereIsLostAndCounted) {
  const FileWriter writer = DiskWith(4);
  IncomingImage incoming(writer, folder_, folder_ / "rescue");
  incoming.Append("the whole");
  incoming.Append(" image");
  const SavedImage saved = incoming.PutInPlace("a.png", "image/png", Overwrite::kNever);
  EXPECT_TRUE(saved.path.empty());
  EXPECT_EQ(saved.size_bytes, 15);
  EXPECT_THAT(saved.problem.value_or(""), HasSubstr(" Nor "));
}

TEST(StreamProgressTest, Text) {
  EXPECT_EQ(StreamProgressText({}), "waiting");
  EXPECT_EQ(StreamProgressText({.started = true}), "drawing");
  EXPECT_EQ(StreamProgressText({.started = true, .previews = 1}), "1 preview");
  for (const auto& [phase, shown] : {std::pair{"reasoning", "thinking, 3.1 kB"},
                                     {"draft", "drafting, 3.1 kB"},
                                     {"content", "writing, 3.1 kB"},
                                     {"\x1b[31mnewer", "writing, 3.1 kB"}}) {
    EXPECT_EQ(StreamProgressText({.started = true, .phase = phase, .text_bytes = 3100}), shown);
  }
  EXPECT_EQ(StreamProgressText({.started = true, .previews = 2, .image_bytes = 1'200'000}),
            "2 previews, receiving 1.2 MB");
  EXPECT_EQ(SizeText(999), "999 bytes");
  EXPECT_EQ(SizeText(1000), "1.0 kB");
  EXPECT_EQ(SizeText(999'949), "999.9 kB");
  EXPECT_EQ(SizeText(999'950), "1.0 MB");
}

}  // namespace
}  // namespace openrouter::images::client::cli
