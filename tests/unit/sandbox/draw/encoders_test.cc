#include "service/sandbox/draw/encoders.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "tests/unit/sandbox/draw/decoded.h"

namespace openrouter_images::sandbox {
namespace {

TEST(PadPng, IsAValidImageOfExactlyThatSize) {
  const std::string small = EncodePng(Canvas(64, 64));
  const std::size_t least = small.size() + 12;
  for (std::size_t size : {least, least + 1, least + 11, std::size_t{100000}, std::size_t{4} << 20,
                           (std::size_t{4} << 20) + small.size(), (std::size_t{4} << 20) + small.size() + 5,
                           std::size_t{31000001}}) {
    SCOPED_TRACE(size);
    const std::string padded = PadPng(small, size);
    EXPECT_EQ(padded.size(), size);
    const auto image = Decode(padded);
    ASSERT_TRUE(image);
    EXPECT_EQ(Difference(*image, *Decode(small)), 0);
  }
  EXPECT_EQ(PadPng(small, small.size() + 3), small);
}

}  // namespace
}  // namespace openrouter_images::sandbox
