#include "client/cli/report/stream_progress.h"

#include <gtest/gtest.h>

#include <utility>

namespace openrouter_images::client::cli {
namespace {

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
}  // namespace openrouter_images::client::cli
