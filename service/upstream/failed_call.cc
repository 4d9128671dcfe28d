#include "service/upstream/failed_call.h"

namespace openrouter_images::upstream {

errors::Failure InternalFailure(errors::Operation operation, bool sent) {
  return errors::FromCondition(
      operation, sent ? errors::Condition::kInternalAfterDispatch : errors::Condition::kInternal, "");
}

std::string Describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace openrouter_images::upstream
