#include "tests/unit/client/cli/tool_process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace openrouter_images::client::cli {

namespace {

// The reader's end, and the tool's.
struct Ends {
  int ours = -1;
  int its = -1;
};

Ends Open(Attached stream, unsigned short columns) {
  int ends[2] = {-1, -1};
  winsize size = {};
  size.ws_col = columns;
  size.ws_row = 20;
  int result = 0;
  if (stream == Attached::kPipe) result = ::pipe(ends);
  if (stream == Attached::kTerminal) result = ::openpty(&ends[0], &ends[1], nullptr, nullptr, &size);
  EXPECT_EQ(result, 0);
  return {ends[0], ends[1]};
}

// In the child.
void Install(int end, int descriptor) {
  if (end < 0) {
    ::close(descriptor);
  } else {
    ::dup2(end, descriptor);
  }
}

}  // namespace

// Everything is prepared before fork: the child of a program with threads may do little.
Tool::Tool(const std::filesystem::path& folder, std::vector<std::string> arguments,
           const ToolOptions& options) {
  const Ends out = Open(options.output, options.columns);
  const Ends err = Open(options.error, options.columns);
  int in[2] = {-1, -1};
  EXPECT_EQ(::pipe(in), 0);
  EXPECT_EQ(::write(in[1], options.input.data(), options.input.size()),
            static_cast<ssize_t>(options.input.size()));
  ::close(in[1]);
  arguments.insert(arguments.begin(), OPENROUTER_IMAGES_TOOL);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string home = folder.string();
  std::vector<std::string> variables = options.environment;
  variables.push_back("TMPDIR=" + home + "/rescue");
  // c-ares keeps ten bytes until the process ends, which a sanitized tool would report on standard error.
  variables.push_back("ASAN_OPTIONS=detect_leaks=0");
  if (const char* tsan = std::getenv("TSAN_OPTIONS"))
    variables.push_back(std::string("TSAN_OPTIONS=") + tsan);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  const rlimit limit = {options.file_size, options.file_size};
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    Install(out.its, STDOUT_FILENO);
    Install(err.its, STDERR_FILENO);
    for (int fd = 3; fd < 256; ++fd) ::close(fd);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (::chdir(home.c_str()) == 0) ::execve(argv[0], argv.data(), environment.data());
    ::_exit(99);
  }
  ::close(in[0]);
  if (out.its >= 0) ::close(out.its);
  if (err.its >= 0) ::close(err.its);
  out_ = out.ours;
  err_ = err.ours;
}

void Tool::Signal(int signal) const {
  ::kill(process_, signal);
}

void Tool::CloseOutput() {
  ::close(out_);
  out_ = -1;
}

Finished Tool::Wait() {
  Finished finished;
  std::vector<pollfd> streams = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  std::string* const texts[] = {&finished.out, &finished.err};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    ::poll(streams.data(), 2, -1);
    for (size_t i = 0; i < 2; ++i) {
      if (streams[i].fd < 0 || streams[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t size = ::read(streams[i].fd, buffer, sizeof(buffer));
      if (size > 0) {
        texts[i]->append(buffer, static_cast<size_t>(size));
      } else {  // the end; a terminal says EIO
        ::close(streams[i].fd);
        streams[i].fd = -1;
      }
    }
  }
  int status = 0;
  ::waitpid(process_, &status, 0);
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  return finished;
}

}  // namespace openrouter_images::client::cli
