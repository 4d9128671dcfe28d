#include "service/base/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace openrouter_images::base {
namespace {

constexpr std::size_t kMax = 1024;

class ReadFileTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "file"; }
  void Write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  absl::Status Error() const { return ReadFile(path(), kMax).status(); }

 private:
  TemporaryFolder folder_;
};

TEST_F(ReadFileTest, ReadsUpToTheLimit) {
  for (const std::string& text : {std::string(), std::string("a\0\n", 3), std::string(kMax, 'x')}) {
    Write(text);
    const auto content = ReadFile(path(), kMax);
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_EQ(*content, text);
  }
}

TEST_F(ReadFileTest, FollowsLinks) {
  std::ofstream(path().string() + ".target") << "x";
  std::filesystem::create_symlink(path().string() + ".target", path());
  EXPECT_EQ(ReadFile(path(), kMax).value(), "x");
}

TEST_F(ReadFileTest, TooLarge) {
  Write(std::string(kMax + 1, 'x'));
  EXPECT_EQ(Error(), absl::OutOfRangeError("is larger than 1 KiB"));
  EXPECT_EQ(ReadFile(path(), 100).status(), absl::OutOfRangeError("is larger than 100 bytes"));
}

TEST_F(ReadFileTest, Missing) {
  EXPECT_EQ(Error(), absl::NotFoundError("no such file"));
}

TEST_F(ReadFileTest, Directory) {
  std::filesystem::create_directory(path());
  EXPECT_EQ(Error(), absl::InvalidArgumentError("is a directory"));
}

// To open a pipe that nobody writes to would take for ever.
TEST_F(ReadFileTest, Pipe) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(Error(), absl::InvalidArgumentError("is not a regular file"));
}

TEST_F(ReadFileTest, LinkInACircle) {
  std::filesystem::create_symlink("file", path());
  EXPECT_EQ(Error(), absl::InvalidArgumentError("cannot be opened: Too many levels of symbolic links"));
}

TEST_F(ReadFileTest, Unreadable) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser reads every file";
  Write("x");
  std::filesystem::permissions(path(), std::filesystem::perms::none);
  EXPECT_EQ(Error(), absl::InvalidArgumentError("cannot be opened: Permission denied"));
}

}  // namespace
}  // namespace openrouter_images::base
