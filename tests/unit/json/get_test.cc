#include "service/json/get.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace openrouter_images::json {
namespace {

TEST(Get, FindsAMemberOfItsTypeOnly) {
  const auto document = boost::json::parse(R"({"s":"text","empty":"","i":-3,"d":0.5,"o":{"x":1},"a":[1]})");
  const boost::json::object& object = document.get_object();
  EXPECT_EQ(GetString(object, "s"), "text");
  EXPECT_EQ(GetString(object, "empty"), "");
  EXPECT_EQ(GetNumber(object, "i"), -3);
  EXPECT_EQ(GetNumber(object, "d"), 0.5);
  EXPECT_EQ(GetObject(object, "o"), object.at("o").if_object());
  EXPECT_EQ(GetArray(object, "a"), object.at("a").if_array());
  for (const char* key : {"s", "i", "o", "a", "none"}) {
    const std::string_view name = key;
    EXPECT_EQ(GetString(object, key).has_value(), name == "s") << key;
    EXPECT_EQ(GetNumber(object, key).has_value(), name == "i") << key;
    EXPECT_EQ(GetObject(object, key) != nullptr, name == "o") << key;
    EXPECT_EQ(GetArray(object, key) != nullptr, name == "a") << key;
  }
}

TEST(Get, ANumberIsFinite) {
  const auto document = boost::json::parse(R"({"big":1e999})");
  EXPECT_EQ(GetNumber(document.get_object(), "big"), std::nullopt);
}

}  // namespace
}  // namespace openrouter_images::json
