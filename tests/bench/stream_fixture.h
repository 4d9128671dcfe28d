#pragma once

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "openrouter_images/v1/images_service.grpc.pb.h"

namespace openrouter_images::bench {

// A child process that ends with this object.
class Process {
 public:
  explicit Process(pid_t pid) : pid_(pid) {}
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  double ResidentMib() const;
  // Processor time up to now.
  double CpuSeconds() const;

 private:
  const pid_t pid_;
};

// The server as a process of its own, in front of an upstream, a process too, that answers whatever it is
// asked with one large image in a buffered reply. Create it before the program has threads: it forks.
class StreamFixture {
 public:
  // Throws std::runtime_error when a process does not start.
  explicit StreamFixture(std::size_t image_bytes);

  const Process& server() const { return *server_; }
  // The server's address.
  const std::string& target() const { return target_; }

 private:
  std::unique_ptr<Process> upstream_;
  std::unique_ptr<Process> server_;
  std::string target_;
};

// With a connection of its own, as callers in different processes have, and no setting changed.
std::unique_ptr<v1::ImagesService::Stub> NewStub(const std::string& target);

// The request of every stream here.
v1::StreamGenerateImagesRequest LargeImageRequest();

}  // namespace openrouter_images::bench
