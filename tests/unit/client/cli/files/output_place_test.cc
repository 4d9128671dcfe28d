#include "client/cli/files/output_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "client/cli/files/file_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/files/full_disk.h"

namespace openrouter_images::client::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OutputPlaceTest : public testing::Test {
 protected:
  static OutputPlace Find(const std::string& output, Overwrite overwrite = Overwrite::kNever) {
    return FindOutputPlace(output, overwrite, FileWriter());
  }
  static std::string Refusal(const std::string& output, Overwrite overwrite = Overwrite::kReplace,
                             const FileWriter& writer = FileWriter()) {
    try {
      FindOutputPlace(output, overwrite, writer);
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
};

TEST_F(OutputPlaceTest, SymlinksLeadToTheirTargets) {
  FileWriter().Write(folder_ / "real.png", "x", Overwrite::kNever);
  fs::create_directory(folder_ / "sub");
  fs::create_symlink("../real.png", folder_ / "sub/to_file.png");
  fs::create_symlink("new.png", folder_ / "to_nothing.png");
  fs::create_symlink("to_nothing.png", folder_ / "twice.png");
  EXPECT_THAT(Refusal((folder_ / "sub/to_file.png").string(), Overwrite::kNever), HasSubstr("exists"));
  const OutputPlace file = Find((folder_ / "sub/to_file.png").string(), Overwrite::kReplace);
  EXPECT_EQ(file.folder, fs::canonical(folder_.path()));
  EXPECT_EQ(file.file_name, "real.png");
  EXPECT_EQ(Find((folder_ / "twice.png").string()).file_name, "new.png");
  fs::create_symlink("loop.png", folder_ / "loop.png");
  EXPECT_THAT(Refusal((folder_ / "loop.png").string()), HasSubstr("Too many levels of symbolic links"));
}

TEST_F(OutputPlaceTest, DevicesAreWrittenInto) {
  const OutputPlace place = Find("/dev/null");
  ASSERT_TRUE(place.sink.has_value());
  EXPECT_FALSE(place.sink->Write("image"));
  fs::create_symlink("/dev/full", folder_ / "full.png");
  const OutputPlace full = Find((folder_ / "full.png").string());
  ASSERT_TRUE(full.sink.has_value());
  EXPECT_EQ(full.sink->Write("image"), std::errc::no_space_on_device);
}

TEST_F(OutputPlaceTest, WhatTakesNoFileIsRefused) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string socket = (folder_ / "socket").string();
  socket.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(Refusal(socket), HasSubstr("Cannot write to " + socket));
  ::close(descriptor);
  EXPECT_EQ(Refusal("/proc/x.png"), "Cannot write to the folder /proc: it takes no new files.");
  EXPECT_THAT(Refusal((folder_ / std::string(300, 'x')).string()), HasSubstr("File name too long"));
  EXPECT_THAT(Refusal(folder_.path().string(), Overwrite::kNever, DiskWith(0)),
              HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace openrouter_images::client::cli
