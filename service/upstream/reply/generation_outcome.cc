#include "service/upstream/reply/generation_outcome.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstddef>
#include <iterator>

#include "service/json/get.h"
#include "service/json/json_struct.h"
#include "service/upstream/reply/own_fields.h"
#include "service/upstream/reply/reply_keys.h"

namespace openrouter_images::upstream {
namespace {

// A message has at most 1 MiB; the rest is for `call`.
constexpr std::size_t kMaxCompleted = 1024 * 1024 - 16 * 1024;

// An item of `data` as an object. What is none, and not null, keeps its value under the name of the list.
boost::json::object ItemOf(const boost::json::value& item) {
  if (item.is_object()) return item.get_object();
  if (item.is_null()) return {};
  return {{kDataKey, item}};
}

FileInfo FileAt(std::size_t place, const std::vector<FileInfo>& files) {
  return place < files.size() ? files[place] : FileInfo();
}

bool Fits(const v1::GenerationCompleted& completed) {
  return completed.ByteSizeLong() <= kMaxCompleted;
}

// The parts of a usage that may have any length.
void Shorten(v1::ImageUsage& usage) {
  usage.clear_iterations();
  usage.clear_service_tier();
  usage.clear_speed();
}

}  // namespace

std::vector<boost::json::object> ItemsOf(const boost::json::object& reply) {
  std::vector<boost::json::object> items;
  if (const boost::json::array* images = json::GetArray(reply, kDataKey)) {
    std::ranges::transform(*images, std::back_inserter(items), ItemOf);
  }
  return items;
}

void ReadDocument(const boost::json::object& reply, const std::vector<boost::json::object>& items,
                  const std::vector<FileInfo>& files, v1::GenerationCompleted& completed) {
  boost::json::object fields = reply;
  if (json::GetArray(reply, kDataKey) != nullptr) fields.erase(kDataKey);
  for (std::size_t i = 0; i < items.size(); ++i) {
    *completed.add_images() = ReadImageInfo(FileAt(i, files), items[i]);
  }
  ReadOwnFields(fields, {kCreatedKey, kUsageKey}, completed);
}

void ReadEvents(const std::vector<boost::json::object>& events, const std::vector<FileInfo>& files,
                v1::GenerationCompleted& completed) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    v1::ImageInfo& image = *completed.add_images();
    boost::json::object fields = events[i];
    fields.erase(kTypeKey);
    image = ReadImageInfo(FileAt(i, files), fields);
    if (image.has_created()) completed.set_created(image.created());
    if (image.has_usage()) *completed.mutable_usage() = image.usage();
  }
}

void CutToFit(v1::GenerationCompleted& completed) {
  if (Fits(completed)) return;
  DropAdditionalFields(completed);
  completed.set_additional_fields_dropped(true);
  if (Fits(completed)) return;
  if (completed.has_usage()) Shorten(*completed.mutable_usage());
  for (v1::ImageInfo& image : *completed.mutable_images()) {
    if (image.has_usage()) Shorten(*image.mutable_usage());
  }
  if (!Fits(completed) && completed.has_partial_failure())
    completed.mutable_partial_failure()->clear_upstream();
}

}  // namespace openrouter_images::upstream
