#include "client/cli/commands/health_command.h"

#include <grpcpp/client_context.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <string>

#include "client/cli/report/json_output.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace openrouter_images::client::cli {
namespace {

namespace health = grpc::health::v1;

constexpr std::chrono::seconds kTimeout(10);

}  // namespace

ExitCode RunHealth(const GlobalOptions& global, const Console& console) {
  Session session(global);
  const auto stub = health::Health::NewStub(session.channel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  health::HealthCheckResponse response;
  grpc::Status status;
  {
    std::stop_callback cancel(session.cancellation(), [&context] { context.TryCancel(); });
    status = stub->Check(&context, {}, &response);
  }
  if (!status.ok())
    return ReportError({.error = ImagesError::FromStatus(status, CallCost::kFree)}, session, global, console);
  const std::string word = health::HealthCheckResponse::ServingStatus_Name(response.status());
  if (global.json) {
    PrintJson(console.out, boost::json::object{{"status", word}});
  } else {
    console.out << word << "\n";
  }
  return response.status() == health::HealthCheckResponse::SERVING ? ExitCode::kOk : ExitCode::kUnavailable;
}

}  // namespace openrouter_images::client::cli
