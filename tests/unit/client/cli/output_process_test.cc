// Where `generate` puts what was paid for: files, devices, standard output; and what is checked before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "tests/unit/client/cli/files/fifo.h"
#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OutputProcessTest : public ToolTest {
 protected:
  int Calls() const { return server_.generate_calls + server_.stream_calls; }
};

TEST_F(OutputProcessTest, StandardOutputTakesTheImageAndStandardErrorTheWords) {
  for (const char* output : {"-", "/dev/stdout"}) {
    for (const Finished& finished : {Generate({"-o", output}), Stream({"-o", output})}) {
      EXPECT_EQ(finished.exit_code, 0) << finished.err;
      EXPECT_EQ(finished.out, kPng);
      EXPECT_EQ(finished.err,
                "standard output  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 2 attempts\n");
    }
  }
  EXPECT_EQ(Generate({"-o", "-", "-q"}).err, "");
  EXPECT_THAT(folder_.Names(), ElementsAre("rescue"));
}

TEST_F(OutputProcessTest, StandardOutputThatCannotTakeAnImageIsRefusedBeforehand) {
  EXPECT_THAT(Generate({"-o", "-", "--json"}).out, HasSubstr("both want standard output"));
  EXPECT_THAT(Generate({"-o", "-", "--n", "2"}).err, HasSubstr("Standard output takes one image"));
  const Finished terminal = Generate({"-o", "-"}, {.output = Attached::kTerminal});
  EXPECT_EQ(terminal.exit_code, 2);
  EXPECT_THAT(terminal.err, HasSubstr("Cannot write an image to standard output: it is a terminal."));
  EXPECT_THAT(Generate({"-o", "-"}, {.output = Attached::kNothing}).err, HasSubstr("Bad file descriptor"));
  EXPECT_EQ(Calls(), 0);
  EXPECT_THAT(Generate({"-o", "-", "-f"}, {.output = Attached::kTerminal}).out, HasSubstr("PNG"));
}

TEST_F(OutputProcessTest, DevicesFifosAndSymlinksAreNeverReplaced) {
  for (const char* stream : {"--no-draw", "--stream"}) {
    SCOPED_TRACE(stream);
    EXPECT_EQ(Generate({"-o", "/dev/null", "--force", stream}).exit_code, 0);
    EXPECT_TRUE(fs::is_character_file("/dev/null"));

    {
      const Fifo fifo(folder_ / "fifo.png");
      EXPECT_EQ(Generate({"-o", "fifo.png", "--force", stream}).exit_code, 0);
      EXPECT_EQ(fifo.Content(), kPng);
      EXPECT_TRUE(fs::is_fifo(folder_ / "fifo.png"));
      fs::remove(folder_ / "fifo.png");
    }

    ASSERT_EQ(Generate({"-o", "real.png", "--force"}).exit_code, 0);
    fs::create_symlink("real.png", folder_ / "link.png");
    EXPECT_EQ(Generate({"-o", "link.png", stream}).exit_code, 2);
    EXPECT_THAT(Generate({"-o", "link.png", "--force", stream}).out, HasSubstr("real.png"));
    EXPECT_TRUE(fs::is_symlink(folder_ / "link.png"));
    EXPECT_EQ(Content(folder_ / "real.png"), kPng);
    fs::remove(folder_ / "link.png");
  }
}

TEST_F(OutputProcessTest, ADeviceThatIsFullDoesNotLoseTheImage) {
  const Finished finished = Generate({"-o", "/dev/full"});
  EXPECT_EQ(finished.exit_code, 8);
  EXPECT_THAT(finished.err,
              HasSubstr("Cannot write to /dev/full: No space left on device. The image is safe in"));
  ASSERT_EQ(folder_.Names("rescue").size(), 1U);
  EXPECT_EQ(Content(folder_ / "rescue" / *folder_.Names("rescue").begin()), kPng);
}

TEST_F(OutputProcessTest, ClosedStandardOutputIsFoundBeforehand) {
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{{}, {"--json"}, {"-q"}}) {
    const Finished finished = Generate(more, {.output = Attached::kNothing});
    EXPECT_EQ(finished.exit_code, 2);
  }
  EXPECT_THAT(Generate({}, {.output = Attached::kNothing}).err,
              HasSubstr("Cannot report on standard output: Bad file descriptor."));
  EXPECT_EQ(Calls(), 0);
}

TEST_F(OutputProcessTest, AReaderThatGoesAwayLosesNeitherImageNorReport) {
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{{}, {"--json"}, {"-q"}}) {
    std::promise<void> arrived;
    std::promise<void> closed;
    server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest&,
                              v1::GenerateImagesResponse& response) {
      arrived.set_value();
      closed.get_future().wait();
      return Draw(response);
    };
    std::vector<std::string> arguments = {"generate", "x", "-m", "some/model", "-o", "a.png", "--force"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Tool tool(folder_.path(), WithServer(arguments));
    arrived.get_future().wait();
    tool.CloseOutput();
    closed.set_value();
    const Finished finished = tool.Wait();
    EXPECT_EQ(finished.exit_code, 9);
    EXPECT_EQ(finished.err,
              "a.png  image/png  1024x768  2,024 bytes\ncost $0.0387, 12.0 s, 2 attempts\n"
              "Error: Standard output takes no more: the report is above. The call was billed.\n");
    EXPECT_EQ(Content(folder_ / "a.png"), kPng);
  }
}

TEST_F(OutputProcessTest, FoldersAreTriedBeforehand) {
  ASSERT_EQ(Generate({"-o", "file", "-q"}).exit_code, 0);
  const int calls = Calls();
  EXPECT_THAT(Generate({"-o", "/proc/x.png"}).err, HasSubstr("/proc: it takes no new files"));
  EXPECT_THAT(Generate({"--previews", "/proc"}).err, HasSubstr("/proc: it takes no new files"));
  EXPECT_THAT(Generate({"--previews", "file"}).err,
              HasSubstr("Cannot make the folder file: Not a directory"));
  EXPECT_THAT(Generate({"-o", std::string(300, 'x')}).err, HasSubstr("File name too long"));
  EXPECT_EQ(Calls(), calls);
}

TEST_F(OutputProcessTest, ADiskThatTakesNoByteIsFoundBeforehand) {
  if (std::getenv("TSAN_OPTIONS") != nullptr) {
    GTEST_SKIP() << "a program with ThreadSanitizer does not start where files may not grow";
  }
  EXPECT_THAT(Generate({}, {.file_size = 0}).err, HasSubstr("File too large"));
  EXPECT_EQ(Calls(), 0);
}

TEST_F(OutputProcessTest, AKilledToolLeavesNoFile) {
  for (const int signal : {SIGKILL, SIGINT}) {
    std::promise<void> half_sent;
    std::promise<void> over;
    std::shared_future<void> is_over = over.get_future().share();
    Script([&](StreamScript& stream) {
      stream.Started();
      v1::ImageChunk half;
      half.set_data(kPng);
      stream.Preview(kPng);
      stream.Chunk(half);
      half_sent.set_value();
      is_over.wait();
      return grpc::Status::OK;
    });
    Tool tool(folder_.path(), WithServer({"generate", "x", "-m", "some/model", "--previews", "seen"}));
    half_sent.get_future().wait();
    Await("seen/preview-0.png");
    tool.Signal(signal);
    tool.Signal(signal);
    tool.Wait();
    over.set_value();
    EXPECT_THAT(folder_.Names(), ElementsAre("rescue", "seen"));
    EXPECT_THAT(folder_.Names("rescue"), IsEmpty());
    fs::remove_all(folder_ / "seen");
  }
}

TEST_F(OutputProcessTest, TheFormatFollowsTheName) {
  std::string format;
  server_.on_generate = [&](grpc::ServerContext&, const v1::GenerateImagesRequest& request,
                            v1::GenerateImagesResponse& response) {
    format = request.image().has_output_format() ? request.image().output_format() : "not set";
    return Draw(response);
  };
  const auto format_of = [&](std::vector<std::string> more) {
    format = "no call";
    more.push_back("--force");
    Generate(more);
    return format;
  };
  EXPECT_EQ(format_of({"-o", "a.webp"}), "webp");
  EXPECT_EQ(format_of({"-o", "a.JPG"}), "jpeg");
  EXPECT_EQ(format_of({"-o", "a.webp", "--format", "png"}), "png");
  EXPECT_EQ(format_of({"-o", "a"}), "not set");
  EXPECT_EQ(format_of({"-o", "/dev/null"}), "not set");
  EXPECT_EQ(format_of({}), "not set");
  fs::create_directory(folder_ / "folder.png");
  EXPECT_EQ(format_of({"-o", "folder.png"}), "not set");
  EXPECT_EQ(format_of({"-o", "a.gif"}), "no call");
  EXPECT_THAT(Generate({"-o", "a.gif"}).err, HasSubstr("No model makes files like a.gif."));
  EXPECT_THAT(Generate({"-o", "a.v2"}).err, HasSubstr("Note: a.v2 holds image/png."));
}

TEST_F(OutputProcessTest, JsonListsThePreviews) {
  const auto json = boost::json::parse(Stream({"--json", "--previews", "seen"}).out).as_object();
  const boost::json::array& previews = json.at("previews").as_array();
  ASSERT_EQ(previews.size(), 2U);
  EXPECT_EQ(previews[0].at("path").as_string(), "seen/preview-0.png");
  EXPECT_EQ(previews[0].at("bytes").as_int64(), 2024);
  EXPECT_EQ(previews[1].at("media_type").as_string(), "image/jpeg");
}

}  // namespace
}  // namespace openrouter_images::client::cli
