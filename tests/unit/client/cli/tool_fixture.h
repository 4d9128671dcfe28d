#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/unit/client/cli/tool_process.h"
#include "tests/unit/client/fake_images_server.h"
#include "tests/unit/client/stream_script.h"

namespace openrouter_images::client::cli {

// Runs the tool as a process in a folder of its own, against a scripted server that draws one PNG of 2024
// bytes for each call unless a test says otherwise.
class ToolTest : public testing::Test {
 protected:
  ToolTest();

  // The server's usual replies. The stream has two previews before the image.
  static grpc::Status Draw(v1::GenerateImagesResponse& response);
  static grpc::Status DrawStream(StreamScript& stream);

  // What the server does from now on.
  void FailGenerate(const grpc::Status& status);
  void Script(std::function<grpc::Status(StreamScript&)> script);

  // The arguments, and where the server is.
  std::vector<std::string> WithServer(std::vector<std::string> arguments) const;
  Finished Run(std::vector<std::string> arguments, const ToolOptions& options = {}) const;
  // "generate" with a prompt and a model, and more; with --stream for the second.
  Finished Generate(std::vector<std::string> more = {}, const ToolOptions& options = {}) const;
  Finished Stream(std::vector<std::string> more = {}, const ToolOptions& options = {}) const;

  // Until the tool has made the file.
  void Await(const std::filesystem::path& name) const;

  static const std::string kPng;

  FakeImagesServer server_;
  TemporaryFolder folder_;
};

}  // namespace openrouter_images::client::cli
