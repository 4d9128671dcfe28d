#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace openrouter_images::client::cli {

struct Finished {
  int exit_code = -1;  // 1000 and the signal's number for a process that was killed
  std::string out;
  std::string err;
};

enum class Attached { kPipe, kTerminal, kNothing };

struct ToolOptions {
  Attached output = Attached::kPipe;
  Attached error = Attached::kPipe;
  // What standard input holds.
  std::string input = {};
  unsigned short columns = 70;
  // Bytes that a file may have.
  rlim_t file_size = RLIM_INFINITY;
  // "NAME=VALUE"; with TMPDIR, which is "rescue" in its folder, the whole environment of the tool.
  std::vector<std::string> environment = {};
};

// The tool as it is shipped, started in a folder.
class Tool {
 public:
  Tool(const std::filesystem::path& folder, std::vector<std::string> arguments,
       const ToolOptions& options = {});

  void Signal(int signal) const;

  // Nobody reads the tool's standard output any more.
  void CloseOutput();

  // Reads all output to its end. Once.
  Finished Wait();

 private:
  pid_t process_;
  int out_;
  int err_;
};

}  // namespace openrouter_images::client::cli
