#pragma once

#include <utility>
#include <variant>

#include "openrouter_images/images_error.h"

namespace openrouter_images::client {

// A reply, or the error that came instead of it: always one of them. A value type: it owns what it holds, and
// is as thread-safe as that.
//
//   const Result<v1::GenerateImagesResponse> result = client.Generate(request);
//   if (!result.ok()) return Report(result.error());
//   Save(result->images());
//
// value(), * and -> need ok(), error() needs !ok(); otherwise they throw std::bad_variant_access.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that functions can return either kind directly.
  Result(T value)  // NOLINT(google-explicit-constructor)
      : outcome_(std::in_place_index<0>, std::move(value)) {}
  Result(ImagesError error)  // NOLINT(google-explicit-constructor)
      : outcome_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return outcome_.index() == 0; }

  const T& value() const& { return std::get<0>(outcome_); }
  T& value() & { return std::get<0>(outcome_); }
  T&& value() && { return std::get<0>(std::move(outcome_)); }
  const ImagesError& error() const { return std::get<1>(outcome_); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, ImagesError> outcome_;
};

}  // namespace openrouter_images::client
