#include "service/sandbox/api/size.h"

#include <gtest/gtest.h>

namespace openrouter_images::sandbox {
namespace {

TEST(SizeFor, TierAndRatioGiveTheArea) {
  struct Row {
    const char* name;
    const char* tier;
    const char* ratio;
    int width, height;
  };
  for (const Row& row : {Row{"square", "1K", "1:1", 1024, 1024}, Row{"wide", "1K", "16:9", 1368, 768},
                         Row{"tall", "2K", "9:16", 1536, 2728}, Row{"decimals", "512", "9:19.5", 344, 752},
                         Row{"cinema", "1K", "2.35:1", 1568, 664}, Row{"strip", "512", "8:1", 1448, 184},
                         Row{"large", "4K", "1:1", 4096, 4096}}) {
    SCOPED_TRACE(row.name);
    const PixelSize size = SizeFor(*ParseTier(row.tier), *ParseRatio(row.ratio));
    EXPECT_EQ(size.width, row.width);
    EXPECT_EQ(size.height, row.height);
    EXPECT_EQ(NearestTier(size), row.tier);
  }
}

TEST(ParseRatio, RefusesWhatIsNone) {
  for (const char* text : {"", ":", "16", "16:", ":9", "0:1", "1:0", "-1:1", "1:1:1", "nan:1", "1e3:1",
                           "100:1", "a:b", " 1:1"}) {
    EXPECT_FALSE(ParseRatio(text)) << text;
  }
}

TEST(ParsePixels, RefusesWhatIsNone) {
  for (const char* text :
       {"", "x", "1024", "1024x", "x1024", "0x5", "-1x5", "1x1x1", "100000x1", "10.5x3", "1024X768"}) {
    EXPECT_FALSE(ParsePixels(text)) << text;
  }
  EXPECT_EQ(ParsePixels("1024x768")->height, 768);
}

}  // namespace
}  // namespace openrouter_images::sandbox
