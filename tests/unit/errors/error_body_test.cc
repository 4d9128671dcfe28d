#include "service/errors/error_body.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <random>
#include <string>
#include <vector>

#include "service/json/json_struct.h"

namespace openrouter_images::errors {
namespace {

constexpr char kJson[] = "application/json";

std::string Text(const google::protobuf::Struct& fields, const std::string& key) {
  const auto found = fields.fields().find(key);
  return found == fields.fields().end() ? "(none)" : found->second.string_value();
}

TEST(ErrorBody, ReadsTheCommonShape) {
  const ErrorBody body = ParseErrorBody(
      R"({"error":{"code":403,"message":"Flagged","metadata":{"reasons":["violence"],"flagged_input":"a battle",
          "provider_name":"Acme","error_type":"content_policy_violation"},"hint":{"a":1}},
          "openrouter_metadata":{"region":"eu"},"user_id":"user_1"})",
      kJson);
  EXPECT_TRUE(body.well_formed);
  EXPECT_EQ(body.status, 403);
  EXPECT_EQ(body.error.code(), "403");
  EXPECT_EQ(body.error.message(), "Flagged");
  EXPECT_EQ(body.error.error_type(), "content_policy_violation");
  EXPECT_EQ(Text(body.error.metadata(), "flagged_input"), "a battle");
  EXPECT_EQ(Text(body.error.openrouter_metadata(), "region"), "eu");
  EXPECT_EQ(body.error.user_id(), "user_1");
  EXPECT_EQ(body.error.additional_fields().fields().at("hint").struct_value().fields().at("a").number_value(),
            1);
}

TEST(ErrorBody, ReadsTheShapeWithAvailability) {
  const ErrorBody body = ParseErrorBody(
      R"({"error":{"message":"No endpoints","error_type":"not_found","http_status":404,"availability":{
          "code":"no_endpoints","retryable":true,"retry_after":1.5,"requested_models":["a/b"],"novel":"x",
          "affected_providers":["p","q"],"docs_url":"https://openrouter.ai/docs"}}})",
      kJson);
  EXPECT_TRUE(body.well_formed);
  EXPECT_EQ(body.status, 404);
  EXPECT_EQ(body.error.code(), "");
  EXPECT_EQ(body.error.error_type(), "not_found");
  EXPECT_EQ(body.error.http_status(), 0) << "the status is the reply's to tell";
  const v1::Availability& availability = body.error.availability();
  EXPECT_EQ(availability.code(), "no_endpoints");
  EXPECT_TRUE(availability.retryable());
  EXPECT_EQ(availability.retry_after(), 1.5);
  EXPECT_EQ(availability.requested_models(0), "a/b");
  EXPECT_EQ(availability.affected_providers_size(), 2);
  EXPECT_EQ(Text(availability.additional_fields(), "novel"), "x");
}

TEST(ErrorBody, ReadsAnEventOfAStream) {
  const ErrorBody body = ParseErrorBody(
      R"({"type":"error","error":{"message":"Refused","code":"refusal","type":"image_error","param":"prompt"}})",
      kJson);
  EXPECT_TRUE(body.well_formed);
  EXPECT_EQ(body.status, 0);
  EXPECT_EQ(body.error.code(), "refusal");
  EXPECT_EQ(body.error.error_type(), "image_error");
  EXPECT_EQ(body.error.param(), "prompt");
  EXPECT_FALSE(body.error.has_additional_fields());
}

TEST(ErrorBody, TakesNullsAsAbsent) {
  const ErrorBody body = ParseErrorBody(
      R"({"type":"error","error":{"message":"Broke","code":null,"type":null,"param":null,"metadata":null},
          "openrouter_metadata":null,"user_id":null})",
      kJson);
  EXPECT_TRUE(body.well_formed);
  v1::ImagesError expected;
  expected.set_message("Broke");
  EXPECT_EQ(body.error.SerializeAsString(), expected.SerializeAsString());
}

TEST(ErrorBody, SetsNothingThatIsOursToSay) {
  const ErrorBody body = ParseErrorBody(
      R"({"error":{"code":400,"message":"m","kind":3,"billing_outcome":3,"advice":"pay","call":{"attempts":9},
          "http_status":402,"truncated":true}})",
      kJson);
  EXPECT_EQ(body.error.kind(), v1::ERROR_KIND_UNSPECIFIED);
  EXPECT_EQ(body.error.billing_outcome(), v1::BILLING_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(body.error.advice(), "");
  EXPECT_FALSE(body.error.has_call());
  EXPECT_FALSE(body.error.truncated());
  EXPECT_EQ(Text(body.error.additional_fields(), "advice"), "pay");
  EXPECT_EQ(body.status, 402);
}

struct Form {
  const char* name;
  std::string body;
  bool well_formed;
  // What is kept as the message.
  std::string message;
  std::string content_type = kJson;
};

std::string Nested(int depth) {
  std::string json = R"({"error":{"code":500,"message":"deep","metadata":{"a":)";
  return json + std::string(depth, '[') + std::string(depth, ']') + "}}}";
}

const std::vector<Form>& Forms() {
  static const std::vector<Form> forms = {
      {"code as a word", R"({"error":{"code":"server_error","message":"m"}})", true, "m"},
      {"code with a fraction of zero", R"({"error":{"code":502.0,"message":"m"}})", true, "m"},
      {"code alone is no message", R"({"error":{"code":500}})", false, ""},
      {"message alone could be anyone's", R"({"error":{"message":"no healthy upstream"}})", false,
       "no healthy upstream"},
      {"empty message", R"({"error":{"code":500,"message":""}})", true, ""},
      {"text as error", R"({"error":"text"})", false, "text"},
      {"text beside no error", R"({"message":"Internal server error"})", false, "Internal server error"},
      {"markup in foreign JSON", R"({"message":"<html>oops</html>"})", false, ""},
      {"essay in foreign JSON", R"({"message":")" + std::string(201, 'x') + "\"}", false, ""},
      {"wrong types all over",
       R"({"error":{"code":[1],"message":5,"metadata":"m","availability":[],"param":{},"error_type":1},"user_id":2,
           "openrouter_metadata":[]})",
       false, ""},
      {"wrong types beside good ones",
       R"({"error":{"code":500,"message":"m","metadata":"x","availability":3}})", true, "m"},
      {"code that is true", R"({"error":{"code":true,"message":"m"}})", false, "m"},
      {"error is a list", R"({"error":[{"code":500,"message":"m"}]})", false, ""},
      {"error is null", R"({"error":null})", false, ""},
      {"error is a number", R"({"error":500})", false, ""},
      {"list", R"([{"error":{"code":500,"message":"m"}}])", false, ""},
      {"number", "500", false, ""},
      {"null", "null", false, ""},
      {"empty object", "{}", false, ""},
      {"empty", "", false, ""},
      {"spaces", " \r\n ", false, ""},
      {"spaces around", " \r\n{\"error\":{\"code\":500,\"message\":\"m\"}}\n", true, "m"},
      {"byte order mark", "\xef\xbb\xbf{\"error\":{\"code\":500,\"message\":\"m\"}}", true, "m"},
      {"JSON called HTML", R"({"error":{"code":500,"message":"m"}})", true, "m", "text/html"},
      {"JSON called nothing", R"({"error":{"code":500,"message":"m"}})", true, "m", ""},
      {"HTML", "<!DOCTYPE html><html><body>524</body></html>", false, "", "text/html; charset=UTF-8"},
      {"HTML called JSON", "<html>502 Bad Gateway</html>", false, ""},
      {"HTML called text", "<html>502 Bad Gateway</html>", false, "", "text/plain"},
      {"HTML after a word", "error <b>502</b>", false, "", "text/plain"},
      {"plain text", "upstream connect error\n", false, "upstream connect error",
       "text/plain; charset=utf-8"},
      {"plain text called nothing", "error code: 522", false, "error code: 522", ""},
      {"plain text called HTML", "error code: 522", false, "", "text/html"},
      {"long plain text", std::string(201, 'x'), false, "", "text/plain"},
      {"two lines of plain text", "a\nb", false, "", "text/plain"},
      {"plain text that is not UTF-8", "a\xff", false, "", "text/plain"},
      {"broken JSON called text", R"({"error":{"code":500,"message":"sec)", false, "", "text/plain"},
      {"garbage after it", R"({"error":{"code":500,"message":"m"}}x)", false, ""},
      {"two of them", R"({"error":{"code":500,"message":"m"}}{"error":{"code":500,"message":"m"}})", false,
       ""},
      {"invalid UTF-8", "{\"error\":{\"code\":500,\"message\":\"\xff\"}}", false, ""},
      {"lone surrogate", R"({"error":{"code":500,"message":"\ud800"}})", false, ""},
      {"NaN", R"({"error":{"code":NaN,"message":"m"}})", false, ""},
      {"twice the same key", R"({"error":{"code":500,"message":"a","message":"b"}})", true, "b"},
      {"as deep as allowed", Nested(json::kMaxJsonDepth - 3), true, "deep"},
      {"deeper than allowed", Nested(json::kMaxJsonDepth - 2), false, ""},
      {"far too deep", Nested(30000), false, ""},
      {"as long as allowed",
       R"({"error":{"code":500,"message":"m"}})" + std::string(kMaxErrorBodyBytes - 36, ' '), true, "m"},
      {"longer than allowed",
       R"({"error":{"code":500,"message":"m"}})" + std::string(kMaxErrorBodyBytes - 35, ' '), false, ""},
  };
  return forms;
}

TEST(ErrorBody, IsTheUpstreamsOwnOnlyInItsForm) {
  for (const Form& form : Forms()) {
    SCOPED_TRACE(form.name);
    const ErrorBody body = ParseErrorBody(form.body, form.content_type);
    EXPECT_EQ(body.well_formed, form.well_formed);
    EXPECT_EQ(body.error.message(), form.message);
  }
}

TEST(ErrorBody, KeepsMembersOfAnotherType) {
  const ErrorBody body = ParseErrorBody(
      R"({"error":{"code":500,"message":"m","metadata":"x","availability":3,"type":7}})", kJson);
  const auto& fields = body.error.additional_fields();
  EXPECT_EQ(Text(fields, "metadata"), "x");
  EXPECT_EQ(fields.fields().at("availability").number_value(), 3);
  EXPECT_EQ(fields.fields().at("type").number_value(), 7);
}

TEST(ErrorBody, TakesTheMostSpecificErrorType) {
  const auto type_of = [](const char* error) {
    return ParseErrorBody(std::string("{\"error\":") + error + "}", kJson).error.error_type();
  };
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":"b"},"error_type":"a"})"), "a");
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":"b"}})"), "b");
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":1}})"), "c");
  EXPECT_EQ(type_of(R"({"type":null})"), "");
}

TEST(ErrorBody, KnowsOnlyRealStatuses) {
  const auto status_of = [](const std::string& code) {
    return ParseErrorBody(R"({"error":{"message":"m","code":)" + code + "}}", kJson).status;
  };
  EXPECT_EQ(status_of("429"), 429);
  EXPECT_EQ(status_of("429.0"), 429);
  EXPECT_EQ(status_of("\"429\""), 429);
  for (const char* code :
       {"0", "-1", "99", "600", "429.5", "1e300", "\"rate_limit\"", "\"4 9\"", "\"\"", "null", "true"}) {
    EXPECT_EQ(status_of(code), 0) << code;
  }
}

const char* const kWhole[] = {
    R"({"error":{"code":503,"message":"größer 画 \u00e4","metadata":{"a":[1,{"b":null}],"x":-1.5e3}},"user_id":"u"})",
    R"({"error":{"message":"m","error_type":"e","http_status":404,"availability":{"code":"c","retryable":false}}})",
    R"({"type":"error","error":{"message":"m","code":null,"type":"t","param":null}})",
};

TEST(ErrorBody, IsNeverWellFormedUnlessWhole) {
  for (const std::string whole : kWhole) {
    ASSERT_TRUE(ParseErrorBody(whole, kJson).well_formed);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const ErrorBody body = ParseErrorBody(std::string_view(whole).substr(0, size), kJson);
      EXPECT_FALSE(body.well_formed) << size;
      EXPECT_EQ(body.error.ByteSizeLong(), 0u) << size;
    }
  }
}

TEST(ErrorBody, SurvivesEveryByteBeingChanged) {
  std::mt19937 random(1);
  for (const std::string whole : kWhole) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(random());
      const ErrorBody body = ParseErrorBody(changed, "");
      EXPECT_TRUE(v1::ImagesError().ParseFromString(body.error.SerializeAsString())) << at;
    }
  }
}

TEST(ErrorBody, CanBeReadBackHoweverDeepItIs) {
  const ErrorBody body = ParseErrorBody(R"({"error":{"code":500,"message":"m","metadata":)" +
                                            [] {
                                              std::string json;
                                              const int levels = json::kMaxJsonDepth - 2;
                                              for (int i = 0; i < levels; ++i) json += R"({"a":)";
                                              return json + "1" + std::string(levels, '}');
                                            }() +
                                            "}}",
                                        kJson);
  ASSERT_TRUE(body.well_formed);
  EXPECT_TRUE(v1::ImagesError().ParseFromString(body.error.SerializeAsString()));
}

TEST(ErrorIn, FindsObjectsAndTexts) {
  for (const char* text : {R"({"error":{}})", R"({"error":"no","data":[]})"}) {
    EXPECT_EQ(ErrorIn(boost::json::parse(text)) != nullptr, true) << text;
  }
  for (const char* text :
       {R"({"error":null})", R"({"error":""})", R"({"error":false})", R"({"data":[]})", "[]", "1"}) {
    EXPECT_EQ(ErrorIn(boost::json::parse(text)), nullptr) << text;
  }
}

}  // namespace
}  // namespace openrouter_images::errors
