// The image in the terminal, as a process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/client/cli/tool_fixture.h"

namespace openrouter_images::client::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class DrawProcessTest : public ToolTest {
 protected:
  DrawProcessTest() {
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
    const Finished finished =
        Stream(std::move(arguments), {.error = Attached::kTerminal, .environment = std::move(environment)});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.err;
  }
};

TEST_F(DrawProcessTest, TheImageIsDrawnOnATerminal) {
  EXPECT_THAT(Seen({}, {"TERM=xterm-256color"}), HasSubstr("\x1B[38;5;196m▀\x1B[0m"));
  EXPECT_THAT(Seen({}, {"TERM=xterm-kitty"}), HasSubstr("\x1B_Ga=T,f=32,s=1,v=1,c=1,q=2,m=0;/wAA/w==\x1B\\"));
  EXPECT_THAT(Seen({}, {"TERM=foot"}), HasSubstr("\x1BP0;1q"));
}

TEST_F(DrawProcessTest, NothingIsDrawnUnasked) {
  const std::string term = "TERM=xterm-kitty";
  for (const std::string& seen : {Seen({"--no-draw"}, {term}), Seen({"-q"}, {term}), Seen({"--json"}, {term}),
                                  Seen({}, {term, "NO_COLOR=1"}), Seen({}, {"TERM=dumb"})}) {
    EXPECT_THAT(seen, Not(HasSubstr("\x1B_G")));
  }
  EXPECT_EQ(Stream({}, {.environment = {term}}).err, "");
}

}  // namespace
}  // namespace openrouter_images::client::cli
