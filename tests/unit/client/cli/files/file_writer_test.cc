// Files are whole or absent, and nothing is overwritten unasked.
#include "client/cli/files/file_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/files/full_disk.h"

namespace openrouter_images::client::cli {
namespace {

class FileWriterTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(FileWriterTest, TakenNamesAreLeftAlone) {
  const FileWriter writer;
  EXPECT_EQ(writer.Write(folder_ / "a.png", "one", Overwrite::kNever).path, folder_ / "a.png");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "two", Overwrite::kNever).path, folder_ / "a-2.png");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "three", Overwrite::kNever).path, folder_ / "a-3.png");
  EXPECT_EQ(Content(folder_ / "a.png"), "one");
  EXPECT_EQ(Content(folder_ / "a-3.png"), "three");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "new", Overwrite::kReplace).path, folder_ / "a.png");
  EXPECT_EQ(Content(folder_ / "a.png"), "new");
  EXPECT_EQ(folder_.Names().size(), 3U);
}

TEST_F(FileWriterTest, AFullDiskLeavesNothingBehind) {
  const WriteOutcome outcome = DiskWith(3).Write(folder_ / "a.png", "image", Overwrite::kNever);
  EXPECT_EQ(outcome.error, std::errc::no_space_on_device);
  EXPECT_EQ(folder_.Names().size(), 0U);
}

TEST_F(FileWriterTest, AFullDiskKeepsTheOldFile) {
  FileWriter().Write(folder_ / "a.png", "old", Overwrite::kNever);
  EXPECT_TRUE(DiskWith(3).Write(folder_ / "a.png", "image", Overwrite::kReplace).error);
  EXPECT_EQ(Content(folder_ / "a.png"), "old");
  EXPECT_EQ(folder_.Names().size(), 1U);
}

TEST_F(FileWriterTest, ShortWritesAndInterruptionsAreContinued) {
  int calls = 0;
  const FileWriter writer([&calls](int fd, const void* data, size_t) -> ssize_t {
    if (++calls % 2 == 0) {
      errno = EINTR;
      return -1;
    }
    return ::write(fd, data, 1);
  });
  EXPECT_FALSE(writer.Write(folder_ / "a.png", "image", Overwrite::kNever).error);
  EXPECT_EQ(Content(folder_ / "a.png"), "image");
}

// A rename would put a file where the device, the FIFO or the symlink is.
TEST_F(FileWriterTest, OnlyRegularFilesAreReplaced) {
  const FileWriter writer;
  ASSERT_EQ(::mkfifo((folder_ / "fifo.png").c_str(), 0600), 0);
  ASSERT_FALSE(writer.Write(folder_ / "target.png", "old", Overwrite::kNever).error);
  std::filesystem::create_symlink("target.png", folder_ / "link.png");
  EXPECT_EQ(writer.Write(folder_ / "fifo.png", "new", Overwrite::kReplace).path, folder_ / "fifo-2.png");
  EXPECT_EQ(writer.Write(folder_ / "link.png", "new", Overwrite::kReplace).path, folder_ / "link-2.png");
  EXPECT_TRUE(std::filesystem::is_fifo(folder_ / "fifo.png"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.png"));
  EXPECT_EQ(Content(folder_ / "target.png"), "old");
}

}  // namespace
}  // namespace openrouter_images::client::cli
