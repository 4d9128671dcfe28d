// Files are whole or absent, and nothing is overwritten unasked.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "client/cli/files/file_error.h"
#include "client/cli/files/file_writer.h"
#include "client/cli/files/image_files.h"

namespace openrouter::images::client::cli {
namespace {

namespace fs = std::filesystem;

class CliFilesTest : public testing::Test {
 protected:
  CliFilesTest() {
    std::string pattern = testing::TempDir() + "/cli_files_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directory(folder_ / "fallback");
  }
  ~CliFilesTest() override { fs::remove_all(folder_); }

  static std::string Content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int Count() const { return static_cast<int>(std::distance(fs::directory_iterator(folder_), {})) - 1; }

  ImageFiles Files(const std::string& output, Overwrite overwrite = Overwrite::kNever,
                   FileWriter writer = FileWriter()) const {
    return ImageFiles(output, overwrite, std::move(writer), folder_ / "fallback");
  }
  static v1::GenerateImagesResponse Images(int count) {
    v1::GenerateImagesResponse response;
    for (int i = 0; i < count; ++i) {
      auto* image = response.add_images();
      image->set_data("image " + std::to_string(i));
      image->mutable_info()->set_media_type("image/png");
    }
    return response;
  }

  fs::path folder_;
};

// A disk with room for `capacity` bytes.
FileWriter FullAfter(size_t capacity) {
  return FileWriter([capacity](int fd, const void* data, size_t size) mutable -> ssize_t {
    if (capacity == 0) {
      errno = ENOSPC;
      return -1;
    }
    const ssize_t written = ::write(fd, data, std::min(size, capacity));
    capacity -= static_cast<size_t>(written);
    return written;
  });
}

TEST_F(CliFilesTest, TakenNamesAreLeftAlone) {
  const FileWriter writer;
  EXPECT_EQ(writer.Write(folder_ / "a.png", "one", Overwrite::kNever).path, folder_ / "a.png");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "two", Overwrite::kNever).path, folder_ / "a-2.png");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "three", Overwrite::kNever).path, folder_ / "a-3.png");
  EXPECT_EQ(Content(folder_ / "a.png"), "one");
  EXPECT_EQ(Content(folder_ / "a-3.png"), "three");
  EXPECT_EQ(writer.Write(folder_ / "a.png", "new", Overwrite::kReplace).path, folder_ / "a.png");
  EXPECT_EQ(Content(folder_ / "a.png"), "new");
  EXPECT_EQ(Count(), 3);
}

TEST_F(CliFilesTest, AFullDiskLeavesNothingBehind) {
  const WriteOutcome outcome = FullAfter(3).Write(folder_ / "a.png", "image", Overwrite::kNever);
  EXPECT_EQ(outcome.error, std::errc::no_space_on_device);
  EXPECT_EQ(Count(), 0);
}

TEST_F(CliFilesTest, AFullDiskKeepsTheOldFile) {
  FileWriter().Write(folder_ / "a.png", "old", Overwrite::kNever);
  EXPECT_TRUE(FullAfter(3).Write(folder_ / "a.png", "image", Overwrite::kReplace).error);
  EXPECT_EQ(Content(folder_ / "a.png"), "old");
  EXPECT_EQ(Count(), 1);
}

TEST_F(CliFilesTest, ShortWritesAndInterruptionsAreContinued) {
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

TEST_F(CliFilesTest, NamesFromThePromptInAFolder) {
  const auto saved = Files(folder_.string()).Save(Images(2), "A red panda");
  ASSERT_EQ(saved.size(), 2U);
  EXPECT_TRUE(saved[0].path.filename().string().starts_with("red-panda-1-")) << saved[0].path;
  EXPECT_TRUE(saved[1].path.filename().string().starts_with("red-panda-2-")) << saved[1].path;
  EXPECT_EQ(Content(saved[1].path), "image 1");
}

TEST_F(CliFilesTest, AFolderIsMadeWhenTheNameEndsInASlash) {
  const auto saved = Files((folder_ / "new/deep/").string()).Save(Images(1), "cat");
  EXPECT_EQ(saved[0].path.parent_path(), folder_ / "new/deep");
}

TEST_F(CliFilesTest, AFileNameIsTakenAsItIs) {
  const std::string output = (folder_ / "mine.png").string();
  EXPECT_EQ(Files(output).Save(Images(1), "cat")[0].path, output);
  EXPECT_THROW(Files(output), FileError);
  EXPECT_EQ(Files(output, Overwrite::kReplace).Save(Images(1), "cat")[0].path, output);
  const auto several = Files((folder_ / "many.png").string()).Save(Images(2), "cat");
  EXPECT_EQ(several[0].path, folder_ / "many-1.png");
  EXPECT_EQ(several[1].path, folder_ / "many-2.png");
}

TEST_F(CliFilesTest, FoldersAreCheckedBeforehand) {
  EXPECT_THROW(Files((folder_ / "none" / "a.png").string()), FileError);
  FileWriter().Write(folder_ / "file", "x", Overwrite::kNever);
  EXPECT_THROW(Files((folder_ / "file" / "sub/").string()), FileError);
}

TEST_F(CliFilesTest, APaidImageIsRescued) {
  fs::create_directory(folder_ / "gone");
  const ImageFiles files = Files((folder_ / "gone").string());
  fs::remove(folder_ / "gone");
  const auto saved = files.Save(Images(1), "cat");
  EXPECT_EQ(saved[0].path.parent_path(), folder_ / "fallback");
  EXPECT_EQ(Content(saved[0].path), "image 0");
  ASSERT_TRUE(saved[0].problem.has_value());
  EXPECT_NE(saved[0].problem->find("No such file or directory"), std::string::npos) << *saved[0].problem;
}

TEST_F(CliFilesTest, ALostImageIsSaidToBeLost) {
  const auto saved = Files(folder_.string(), Overwrite::kNever, FullAfter(0)).Save(Images(1), "cat");
  EXPECT_TRUE(saved[0].path.empty());
  ASSERT_TRUE(saved[0].problem.has_value());
  EXPECT_NE(saved[0].problem->find("No space left on device"), std::string::npos) << *saved[0].problem;
}

}  // namespace
}  // namespace openrouter::images::client::cli
