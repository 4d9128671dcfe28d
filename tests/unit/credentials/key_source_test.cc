#include "service/credentials/key_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/support/temporary_folder.h"

namespace openrouter_images::credentials {
namespace {

using testing::HasSubstr;
using testing::Not;

const KeySource::Clock kAnyTime = [] { return std::chrono::steady_clock::time_point(); };

// A folder of its own for each test.
class KeyFile {
 public:
  std::filesystem::path path() const { return folder_ / "key"; }
  void Write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  // Each Refresh comes long after the one before it.
  KeySource Source() const {
    return Source(
        [time = std::chrono::steady_clock::time_point()]() mutable { return time += kKeyReadInterval; });
  }
  KeySource Source(KeySource::Clock now) const {
    auto source = KeySource::FromFile(path(), std::move(now));
    EXPECT_TRUE(source.ok()) << source.status();
    return *std::move(source);
  }
  // The error of a file that cannot be used, as if the folder were the current one.
  std::string Error() const {
    return absl::StrReplaceAll(KeySource::FromFile(path(), kAnyTime).status().message(),
                               {{folder_.path().string() + "/", ""}});
  }

 private:
  TemporaryFolder folder_;
};

struct Row {
  std::string name;
  std::string text;
  std::string key;
  std::string error;
};

void PrintTo(const Row& row, std::ostream* os) {
  *os << row.name;
}

class KeyFileTest : public testing::TestWithParam<Row> {};

TEST_P(KeyFileTest, Reads) {
  const KeyFile file;
  file.Write(GetParam().text);
  if (GetParam().error.empty()) {
    EXPECT_EQ(file.Source().Get(), GetParam().key);
  } else {
    EXPECT_EQ(file.Error(), "API key file key: " + GetParam().error);
  }
}

const std::string kNotPrintable = "holds something else than printable ASCII without spaces";

INSTANTIATE_TEST_SUITE_P(Files, KeyFileTest,
                         testing::ValuesIn(std::vector<Row>{
                             {"Plain", "sk-or-v1-0123", "sk-or-v1-0123", ""},
                             {"LineEnd", "sk-or\n", "sk-or", ""},
                             {"WhiteSpaceAround", "\r\n \tsk-or \r\n\n", "sk-or", ""},
                             {"EveryPrintable", "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~",
                              "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~", ""},
                             {"Longest", std::string(512, 'k') + "\n", std::string(512, 'k'), ""},
                             {"TooLong", std::string(513, 'k'), "", "is longer than 512 bytes"},
                             {"FarTooLong", std::string(5000, 'k'), "", "is longer than a key can be"},
                             {"Empty", "", "", "is empty"},
                             {"OnlyWhiteSpace", " \n\t\r\n", "", "is empty"},
                             {"TwoLines", "secret\nsecret", "", kNotPrintable},
                             {"Space", "secret secret", "", kNotPrintable},
                             {"Nul", std::string("secret\0", 7) + "x", "", kNotPrintable},
                             {"Delete", "secret\x7fx", "", kNotPrintable},
                             {"NotAscii",
                              "s\xC3\xA9"
                              "cret",
                              "", kNotPrintable},
                             {"ByteOrderMark", "\xEF\xBB\xBFsecret", "", kNotPrintable},
                         }),
                         [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

TEST(KeySourceFile, ErrorsNeverShowTheContent) {
  const KeyFile file;
  for (const char* text : {"secret\nsecret", "secret secret", "secret\x01"}) {
    file.Write(text);
    EXPECT_THAT(KeySource::FromFile(file.path(), kAnyTime).status().ToString(), Not(HasSubstr("secret")));
  }
}

TEST(KeySourceFile, NoFile) {
  EXPECT_EQ(KeyFile().Error(), "API key file key: no such file");
}

TEST(KeySourceFile, Directory) {
  const KeyFile file;
  std::filesystem::create_directory(file.path());
  EXPECT_EQ(file.Error(), "API key file key: is a directory");
}

TEST(KeySourceFile, LinkInACircle) {
  const KeyFile file;
  std::filesystem::create_symlink("key", file.path());
  EXPECT_EQ(file.Error(), "API key file key: cannot be opened: Too many levels of symbolic links");
}

TEST(KeySourceFile, DeviceWithoutAnEnd) {
  EXPECT_EQ(KeySource::FromFile("/dev/zero", kAnyTime).status().message(),
            "API key file /dev/zero: is not a regular file");
}

TEST(KeySource, RefreshSaysWhetherTheKeyChanged) {
  const KeyFile file;
  file.Write("one");
  KeySource source = file.Source();
  EXPECT_FALSE(source.Refresh("one"));
  file.Write("two\n");
  EXPECT_EQ(source.Get(), "one");
  EXPECT_TRUE(source.Refresh("one"));
  EXPECT_EQ(source.Get(), "two");
  EXPECT_FALSE(source.Refresh("two"));
}

TEST(KeySource, ManyRefusedCallsReadTheFileOnceASecond) {
  const KeyFile file;
  file.Write("one");
  std::chrono::steady_clock::time_point now;
  KeySource source = file.Source([&now] { return now; });
  // Replaced right after the start: found at once.
  file.Write("two");
  EXPECT_TRUE(source.Refresh("one"));
  file.Write("three");
  now += kKeyReadInterval - std::chrono::nanoseconds(1);
  EXPECT_FALSE(source.Refresh("two"));
  EXPECT_TRUE(source.Refresh("one"));
  EXPECT_EQ(source.Get(), "two");
  now += std::chrono::nanoseconds(1);
  EXPECT_TRUE(source.Refresh("two"));
  EXPECT_EQ(source.Get(), "three");
  // A file that cannot be used counts too.
  file.Write("");
  now += kKeyReadInterval;
  EXPECT_FALSE(source.Refresh("three"));
  file.Write("four");
  EXPECT_FALSE(source.Refresh("three"));
}

TEST(KeySource, RefreshReportsAChangeToEveryCall) {
  const KeyFile file;
  file.Write("one");
  KeySource source = file.Source();
  EXPECT_FALSE(source.Refresh("one"));
  file.Write("two");
  EXPECT_TRUE(source.Refresh("one"));
  EXPECT_TRUE(source.Refresh("one"));
  EXPECT_FALSE(source.Refresh("two"));
}

TEST(KeySource, AFailedRefreshKeepsTheKey) {
  const KeyFile file;
  file.Write("one");
  KeySource source = file.Source();
  file.Write("");
  EXPECT_FALSE(source.Refresh("one"));
  file.Write("not a key");
  EXPECT_FALSE(source.Refresh("one"));
  std::filesystem::remove(file.path());
  EXPECT_FALSE(source.Refresh("one"));
  EXPECT_EQ(source.Get(), "one");
  file.Write("two");
  EXPECT_TRUE(source.Refresh("one"));
}

TEST(KeySource, RefreshFollowsASwitchedLink) {
  const KeyFile file;
  const std::filesystem::path folder = file.path().parent_path();
  std::ofstream(folder / "first") << "one";
  std::ofstream(folder / "second") << "two";
  std::filesystem::create_symlink("first", file.path());
  KeySource source = file.Source();
  std::filesystem::create_symlink("second", folder / "next");
  std::filesystem::rename(folder / "next", file.path());
  EXPECT_TRUE(source.Refresh("one"));
  EXPECT_EQ(source.Get(), "two");
}

TEST(KeySource, FixedNeverChanges) {
  auto source = KeySource::Fixed(" sk-or\n");
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->Get(), "sk-or");
  EXPECT_FALSE(source->Refresh("sk-or"));
  EXPECT_EQ(source->Get(), "sk-or");
}

TEST(KeySource, FixedMayBeMissing) {
  const auto source = KeySource::Fixed("");
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->Get(), "");
}

TEST(KeySource, FixedIsCheckedToo) {
  EXPECT_EQ(KeySource::Fixed("secret\r\nX-Evil: 1").status().message(), "API key: " + kNotPrintable);
  EXPECT_EQ(KeySource::Fixed(std::string(513, 'k')).status().message(), "API key: is longer than 512 bytes");
}

TEST(KeySource, CanBeUsedFromManyThreads) {
  const KeyFile file;
  const std::string one(100, '1');
  const std::string two(100, '2');
  file.Write(one);
  KeySource source = file.Source();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        const std::string key = source.Get();
        EXPECT_TRUE(key == one || key == two);
        source.Refresh(key);
      }
    });
  }
  // Replaced in one step, as whoever rotates keys does.
  for (int n = 0; n < 200; ++n) {
    const std::filesystem::path next = file.path().string() + ".next";
    std::ofstream(next) << (n % 2 == 0 ? two : one);
    std::filesystem::rename(next, file.path());
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace openrouter_images::credentials
