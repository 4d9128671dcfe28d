#include "service/base/duration.h"

#include <google/protobuf/util/time_util.h>

namespace openrouter_images::base {

std::chrono::milliseconds ToMilliseconds(const google::protobuf::Duration& duration) {
  // In two parts: a long Duration has more nanoseconds than 64 bits hold.
  return std::chrono::seconds(duration.seconds()) +
         std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(duration.nanos()));
}

google::protobuf::Duration ToDuration(std::chrono::nanoseconds span) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(span.count());
}

}  // namespace openrouter_images::base
