#include "service/upstream/failed_call.h"

namespace openrouter_images::upstream {

errors::Failure InternalFailure(errors::Operation operation, bool sent) {
  return errors::FromCondition(
      operation, sent ? errors::Condition::kInternalAfterDispatch : errors::Condition::kInternal, "");
}

}  // namespace openrouter_images::upstream
