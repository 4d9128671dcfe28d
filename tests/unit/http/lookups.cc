#include "tests/unit/http/lookups.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>

namespace openrouter_images::http::testing {
namespace {

// Reached from a C function that libcurl's threads call: it cannot be handed in.
struct Lookups {
  std::mutex mutex;
  std::condition_variable changed;
  bool stuck = false;
  int waiting = 0;

  void Wait() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return !stuck; });
    --waiting;
    changed.notify_all();
  }
};

Lookups& TheLookups() {
  static Lookups* const lookups = new Lookups;
  return *lookups;
}

}  // namespace

StuckLookups::StuckLookups() {
  const std::lock_guard lock(TheLookups().mutex);
  TheLookups().stuck = true;
}

StuckLookups::~StuckLookups() {
  Release();
}

int StuckLookups::waiting() const {
  const std::lock_guard lock(TheLookups().mutex);
  return TheLookups().waiting;
}

void StuckLookups::Release() {
  std::unique_lock lock(TheLookups().mutex);
  TheLookups().stuck = false;
  TheLookups().changed.notify_all();
  TheLookups().changed.wait(lock, [] { return TheLookups().waiting == 0; });
}

}  // namespace openrouter_images::http::testing

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  namespace testing = openrouter_images::http::testing;
  if (node != nullptr && node == testing::kStuckHost) {
    testing::TheLookups().Wait();
    return EAI_AGAIN;
  }
  if (node != nullptr && node == testing::kUnknownHost) return EAI_NONAME;
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(node, service, hints, result);
}
