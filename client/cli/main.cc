#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "client/cli/commands/command_line.h"
#include "client/cli/commands/endpoints_command.h"
#include "client/cli/commands/generate_command.h"
#include "client/cli/commands/health_command.h"
#include "client/cli/commands/models_command.h"
#include "client/cli/commands/usage_error.h"
#include "client/cli/files/file_error.h"
#include "client/cli/report/error_report.h"
#include "client/cli/report/json_output.h"
#include "client/cli/terminal/terminal.h"
#include "client/cli/terminal/terminal_graphics.h"

namespace {

using namespace openrouter_images::client::cli;  // NOLINT: this file is the program

ExitCode Run(const CommandLine& line, const Console& console) {
  struct Runner {
    const GlobalOptions& global;
    const Console& console;
    ExitCode operator()(const GenerateOptions& options) const {
      // A reader who went away is an error to report with what was paid for. Lists simply end.
      ::signal(SIGPIPE, SIG_IGN);
      std::error_code error;
      std::filesystem::path fallback = std::filesystem::temp_directory_path(error);
      if (error) fallback = "/tmp";
      return RunGenerate(global, options, console, FileWriter(), std::move(fallback));
    }
    ExitCode operator()(const ModelsOptions& options) const { return RunModels(global, options, console); }
    ExitCode operator()(const EndpointsOptions& options) const {
      return RunEndpoints(global, options, console);
    }
    ExitCode operator()(const HealthOptions&) const { return RunHealth(global, console); }
  };
  return std::visit(Runner{line.global, console}, line.command);
}

ExitCode Fail(ExitCode code, std::string_view word, const std::string& message, bool json) {
  if (json) {
    boost::json::object reply;
    reply["error"] = OwnErrorJson(word, message, code);
    PrintJson(std::cout, reply);
  } else {
    std::cerr << "Error: " << message << "\n";
  }
  return code;
}

// A descriptor of a standard stream that is closed would go to the next file or connection, and words into
// that. The placeholder gives the error that a closed one gives.
void KeepStandardStreams() {
  for (const auto& [descriptor, wrong_way] :
       {std::pair{STDIN_FILENO, O_WRONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_RDONLY}}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    const int opened = ::open("/dev/null", wrong_way);
    if (opened >= 0 && opened != descriptor) ::dup2(opened, descriptor);
  }
}

ExitCode Main(int argc, char** argv) {
  const auto parsed = ParseCommandLine(argc, argv);
  if (const auto* end = std::get_if<CommandLineEnd>(&parsed)) {
    if (end->code != ExitCode::kOk) return Fail(end->code, "USAGE", end->text, end->json);
    std::cout << end->text;
    return ExitCode::kOk;
  }
  const CommandLine& line = std::get<CommandLine>(parsed);
  const TerminalEnvironment environment = ReadTerminalEnvironment();
  const Console console = {std::cin,
                           std::cout,
                           std::cerr,
                           TerminalWidth(STDOUT_FILENO),
                           TerminalWidth(STDERR_FILENO),
                           UnderstandsEscapes(environment),
                           ChooseGraphics(environment)};
  try {
    return Run(line, console);
  } catch (const UsageError& error) {
    return Fail(ExitCode::kInvalid, "USAGE", error.what(), line.global.json);
  } catch (const FileError& error) {
    return Fail(ExitCode::kInvalid, "USAGE", error.what(), line.global.json);
  } catch (const std::exception& error) {
    const bool may_be_paid = std::holds_alternative<GenerateOptions>(line.command);
    return Fail(may_be_paid ? ExitCode::kOutcomeUnknown : ExitCode::kUnexpected, "UNEXPECTED", error.what(),
                line.global.json);
  }
}

}  // namespace

int main(int argc, char** argv) {
  KeepStandardStreams();
  // gRPC writes connection errors to standard error by itself; the report says them better. Who debugs sets
  // the variable.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  // A limit on file sizes is an error to report, not a reason to die with a paid image in hand.
  ::signal(SIGXFSZ, SIG_IGN);
  const ExitCode code = Main(argc, argv);
  if (!std::cout.flush() && code == ExitCode::kOk) {
    std::cerr << "Error: Cannot write to standard output.\n";
    return static_cast<int>(ExitCode::kUnexpected);
  }
  return static_cast<int>(code);
}
