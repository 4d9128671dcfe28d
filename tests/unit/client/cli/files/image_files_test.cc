#include "client/cli/files/image_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "client/cli/files/file_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/files/fifo.h"
#include "tests/unit/client/cli/files/full_disk.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;

class ImageFilesTest : public testing::Test {
 protected:
  ImageFilesTest() { fs::create_directory(folder_ / "fallback"); }

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

  TemporaryFolder folder_;
};

TEST_F(ImageFilesTest, NamesFromThePromptInAFolder) {
  const auto saved = Files(folder_.path().string()).Save(Images(2), "A red panda");
  ASSERT_EQ(saved.size(), 2U);
  EXPECT_TRUE(saved[0].path.filename().string().starts_with("red-panda-1-")) << saved[0].path;
  EXPECT_TRUE(saved[1].path.filename().string().starts_with("red-panda-2-")) << saved[1].path;
  EXPECT_EQ(Content(saved[1].path), "image 1");
}

TEST_F(ImageFilesTest, AFolderIsMadeWhenTheNameEndsInASlash) {
  const auto saved = Files((folder_ / "new/deep/").string()).Save(Images(1), "cat");
  EXPECT_EQ(saved[0].path.parent_path(), folder_ / "new/deep");
}

TEST_F(ImageFilesTest, AFileNameIsTakenAsItIs) {
  const std::string output = (folder_ / "mine.png").string();
  EXPECT_EQ(Files(output).Save(Images(1), "cat")[0].path, output);
  EXPECT_THROW(Files(output), FileError);
  EXPECT_EQ(Files(output, Overwrite::kReplace).Save(Images(1), "cat")[0].path, output);
  const auto several = Files((folder_ / "many.png").string()).Save(Images(2), "cat");
  EXPECT_EQ(several[0].path, folder_ / "many-1.png");
  EXPECT_EQ(several[1].path, folder_ / "many-2.png");
}

TEST_F(ImageFilesTest, FoldersAreCheckedBeforehand) {
  EXPECT_THROW(Files((folder_ / "none" / "a.png").string()), FileError);
  FileWriter().Write(folder_ / "file", "x", Overwrite::kNever);
  EXPECT_THROW(Files((folder_ / "file" / "sub/").string()), FileError);
}

TEST_F(ImageFilesTest, APaidImageIsRescued) {
  fs::create_directory(folder_ / "gone");
  const ImageFiles files = Files((folder_ / "gone").string());
  fs::remove(folder_ / "gone");
  const auto saved = files.Save(Images(1), "cat");
  EXPECT_EQ(saved[0].path.parent_path(), folder_ / "fallback");
  EXPECT_EQ(Content(saved[0].path), "image 0");
  ASSERT_TRUE(saved[0].problem.has_value());
  EXPECT_NE(saved[0].problem->find("No such file or directory"), std::string::npos) << *saved[0].problem;
}

TEST_F(ImageFilesTest, ALostImageIsSaidToBeLost) {
  // Room for the trial beforehand.
  const auto saved = Files(folder_.path().string(), Overwrite::kNever, DiskWith(1)).Save(Images(1), "cat");
  EXPECT_TRUE(saved[0].path.empty());
  ASSERT_TRUE(saved[0].problem.has_value());
  EXPECT_NE(saved[0].problem->find("No space left on device"), std::string::npos) << *saved[0].problem;
}

TEST_F(ImageFilesTest, AFifoTakesOneImageAndStaysAFifo) {
  const fs::path fifo = folder_ / "fifo.png";
  const Fifo reader(fifo);
  const auto saved = Files(fifo.string(), Overwrite::kReplace).Save(Images(2), "A cat");
  EXPECT_EQ(saved[0].path, fifo);
  EXPECT_FALSE(saved[0].in_file);
  EXPECT_FALSE(saved[0].problem.has_value());
  EXPECT_EQ(saved[1].path.parent_path(), folder_ / "fallback");
  EXPECT_EQ(saved[1].problem, fifo.string() + " takes one image.");
  EXPECT_EQ(reader.Content(), "image 0");
  EXPECT_TRUE(fs::is_fifo(fifo));
}

TEST_F(ImageFilesTest, AnImageThatMayBeDamagedKeepsOutOfASink) {
  const ImageFiles files = Files("/dev/null");
  const auto image = files.Begin();
  image->Append("half");
  EXPECT_EQ(files.PutBeside(*image, {}, "cat", 0, 1).path.parent_path(), folder_ / "fallback");
}

}  // namespace
}  // namespace openrouter_images::client::cli
