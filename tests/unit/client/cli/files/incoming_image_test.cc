#include "client/cli/files/incoming_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/files/full_disk.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class IncomingImageTest : public testing::Test {
 protected:
  IncomingImageTest() {
    fs::create_directory(folder_ / "out");
    fs::create_directory(folder_ / "rescue");
  }

  static v1::ImageInfo Png() {
    v1::ImageInfo info;
    info.set_media_type("image/png");
    return info;
  }

  TemporaryFolder folder_;
};

// Fails in the first folder at each byte once: what came before goes along to the other one.
TEST_F(IncomingImageTest, AnImageMovesWhereverItsFolderFails) {
  const std::string image = "the whole image";
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
    const SavedImage saved = incoming.PutInPlace("a.png", Png(), Overwrite::kReplace);
    ASSERT_EQ(saved.path.parent_path(), folder_ / "rescue");
    EXPECT_EQ(Content(saved.path), image) << room;
    EXPECT_THAT(saved.problem.value_or(""), HasSubstr("No space left on device"));
    fs::remove(saved.path);
    EXPECT_TRUE(fs::is_empty(folder_ / "out"));
  }
}

TEST_F(IncomingImageTest, AnImageThatFitsNowhereIsLostAndCounted) {
  const FileWriter writer = DiskWith(4);
  IncomingImage incoming(writer, folder_.path(), folder_ / "rescue");
  incoming.Append("the whole");
  incoming.Append(" image");
  const SavedImage saved = incoming.PutInPlace("a.png", Png(), Overwrite::kNever);
  EXPECT_TRUE(saved.path.empty());
  EXPECT_EQ(saved.size_bytes, 15);
  EXPECT_THAT(saved.problem.value_or(""), HasSubstr(" Nor "));
}

TEST_F(IncomingImageTest, AnImageThatItsSinkDoesNotTakeIsPutAside) {
  const FileWriter writer;
  IncomingImage incoming(writer, folder_ / "rescue", folder_ / "out");
  incoming.Append("image");
  const SavedImage saved = incoming.PourInto(Sink::Open("/dev/full", OnTerminal::kRefuse), "a.png", Png());
  EXPECT_EQ(saved.path, folder_ / "rescue/a.png");
  EXPECT_TRUE(saved.in_file);
  EXPECT_EQ(Content(saved.path), "image");
  EXPECT_EQ(saved.problem, "Cannot write to /dev/full: No space left on device.");
}

}  // namespace
}  // namespace openrouter_images::client::cli
