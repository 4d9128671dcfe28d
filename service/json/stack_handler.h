#pragma once

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value_stack.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace openrouter_images::json {

// Cost of one value besides its text, in bytes: about its size in memory, so that a million empty arrays are
// too large.
inline constexpr std::size_t kValueCost = 32;

// The events of a boost::json::basic_parser for a handler that builds a part of the document on `stack_`.
// Handler derives from this class, makes it a friend, and has
//   bool BeginContainer(bool is_object);                    an object or an array begins
//   bool EndContainer();                                    it ends
//   bool ReadKey(std::string_view part, bool complete);     the next part of a key, which the last one completes
//   void ReadString(std::string_view part, bool complete);  the same of a string that is a value
//   bool BeginValue();                                      any other value begins: whether it is kept
// The first three end the parse with false.
template <typename Handler>
class StackHandler {
 public:
  // The parser's own limits are above those of the handlers.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(boost::json::error_code&) { return true; }
  bool on_document_end(boost::json::error_code&) { return true; }

  bool on_object_begin(boost::json::error_code&) { return self().BeginContainer(/*is_object=*/true); }
  bool on_object_end(std::size_t, boost::json::error_code&) { return self().EndContainer(); }
  bool on_array_begin(boost::json::error_code&) { return self().BeginContainer(/*is_object=*/false); }
  bool on_array_end(std::size_t, boost::json::error_code&) { return self().EndContainer(); }

  bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    return self().ReadKey(part, /*complete=*/false);
  }
  bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    return self().ReadKey(part, /*complete=*/true);
  }
  bool on_string_part(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    self().ReadString(part, /*complete=*/false);
    return true;
  }
  bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code&) {
    self().ReadString(part, /*complete=*/true);
    return true;
  }

  bool on_number_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_int64(std::int64_t number, boost::json::string_view, boost::json::error_code&) {
    if (self().BeginValue()) stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, boost::json::string_view, boost::json::error_code&) {
    if (self().BeginValue()) stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, boost::json::string_view, boost::json::error_code&) {
    if (self().BeginValue()) stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, boost::json::error_code&) {
    if (self().BeginValue()) stack_.push_bool(value);
    return true;
  }
  bool on_null(boost::json::error_code&) {
    if (self().BeginValue()) stack_.push_null();
    return true;
  }
  bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
  bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }

 protected:
  StackHandler() { stack_.reset(); }

  boost::json::value_stack stack_;

 private:
  Handler& self() { return static_cast<Handler&>(*this); }
};

}  // namespace openrouter_images::json
