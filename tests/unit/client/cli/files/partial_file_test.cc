#include "client/cli/files/partial_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/support/temporary_folder.h"

namespace openrouter_images::client::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Both ways to have a file without a name.
class PartialFileTest : public testing::TestWithParam<PartialFile::Start> {
 protected:
  TemporaryFolder folder_;
};

TEST_P(PartialFileTest, HasNoNameBeforeItIsWhole) {
  {
    PartialFile file(folder_.path(), ::write, GetParam());
    EXPECT_FALSE(file.Append("half"));
    // What a process that is killed now leaves.
    EXPECT_THAT(folder_.Names(), IsEmpty());
  }
  EXPECT_THAT(folder_.Names(), IsEmpty());
}

TEST_P(PartialFileTest, GetsItsNameAtTheEnd) {
  const std::string large(200'000, 'x');
  for (const char* content : {"one", "two"}) {
    PartialFile file(folder_.path(), ::write, GetParam());
    EXPECT_FALSE(file.Append(large));
    EXPECT_FALSE(file.Append(content));
    EXPECT_FALSE(file.PutInPlace(folder_ / "a.png", Overwrite::kReplace).error);
    EXPECT_EQ(Content(folder_ / "a.png"), large + content);
  }
  PartialFile file(folder_.path(), ::write, GetParam());
  EXPECT_FALSE(file.Append("three"));
  EXPECT_EQ(file.PutInPlace(folder_ / "a.png", Overwrite::kNever).path, folder_ / "a-2.png");
  EXPECT_EQ(Content(folder_ / "a-2.png"), "three");
  EXPECT_THAT(folder_.Names(), ElementsAre("a-2.png", "a.png"));
}

TEST_P(PartialFileTest, AFolderThatIsGoneIsAnError) {
  std::filesystem::create_directory(folder_ / "gone");
  PartialFile file(folder_ / "gone", ::write, GetParam());
  EXPECT_FALSE(file.Append("image"));
  std::filesystem::remove(folder_ / "gone");
  EXPECT_EQ(file.PutInPlace(folder_ / "gone/a.png", Overwrite::kNever).error,
            std::errc::no_such_file_or_directory);
}

INSTANTIATE_TEST_SUITE_P(Starts, PartialFileTest,
                         testing::Values(PartialFile::Start::kNameless, PartialFile::Start::kUnlinked),
                         [](const auto& start) {
                           return start.param == PartialFile::Start::kNameless ? "Nameless" : "Unlinked";
                         });

}  // namespace
}  // namespace openrouter_images::client::cli
