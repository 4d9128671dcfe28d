#include "service/errors/error_body.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "service/json/json_struct.h"

namespace openrouter_images::errors {
namespace {

ErrorBody Parse(std::string_view body, int status = 500, std::string_view content_type = "application/json") {
  return ParseErrorBody({.status = status, .content_type = content_type, .generation_id = {}, .body = body});
}

std::string Text(const google::protobuf::Struct& fields, const std::string& key) {
  const auto found = fields.fields().find(key);
  return found == fields.fields().end() ? "(none)" : found->second.string_value();
}

TEST(ErrorBody, ReadsTheCommonShape) {
  const ErrorBody body = Parse(
      R"({"error":{"code":403,"message":"Flagged","metadata":{"reasons":["violence"],"flagged_input":"a battle",
          "provider_name":"Acme","error_type":"content_policy_violation"},"hint":{"a":1}},
          "openrouter_metadata":{"region":"eu"},"user_id":"user_1","trace":"t"})",
      403);
  EXPECT_TRUE(body.is_own);
  EXPECT_TRUE(body.has_error);
  EXPECT_EQ(body.status, 403);
  EXPECT_EQ(body.line, "Flagged");
  const v1::UpstreamError& upstream = body.upstream;
  EXPECT_EQ(upstream.http_status(), 403);
  EXPECT_EQ(upstream.content_type(), "application/json");
  EXPECT_EQ(upstream.code(), "403");
  EXPECT_EQ(upstream.message(), "Flagged");
  EXPECT_EQ(upstream.error_type(), "content_policy_violation");
  EXPECT_EQ(Text(upstream.metadata(), "flagged_input"), "a battle");
  EXPECT_EQ(Text(upstream.openrouter_metadata(), "region"), "eu");
  EXPECT_EQ(upstream.user_id(), "user_1");
  EXPECT_EQ(upstream.additional_fields().fields().at("hint").struct_value().fields().at("a").number_value(),
            1);
  EXPECT_EQ(Text(upstream.additional_reply_fields(), "trace"), "t");
  EXPECT_EQ(upstream.body_excerpt(), "");
}

TEST(ErrorBody, ReadsTheShapeWithAvailability) {
  const ErrorBody body = Parse(
      R"({"error":{"message":"No endpoints","error_type":"not_found","http_status":404,"availability":{
          "code":"no_endpoints","retryable":true,"retry_after":1.5,"requested_models":["a/b"],"novel":"x",
          "affected_providers":["p","q"],"docs_url":"https://openrouter.ai/docs"}}})",
      404);
  EXPECT_TRUE(body.is_own);
  EXPECT_EQ(body.status, 404);
  EXPECT_EQ(body.upstream.code(), "");
  EXPECT_EQ(body.upstream.error_type(), "not_found");
  EXPECT_FALSE(body.upstream.has_additional_fields());
  const v1::Availability& availability = body.upstream.availability();
  EXPECT_EQ(availability.code(), "no_endpoints");
  EXPECT_TRUE(availability.retryable());
  EXPECT_EQ(availability.retry_after(), 1.5);
  EXPECT_EQ(availability.requested_models(0), "a/b");
  EXPECT_EQ(availability.affected_providers_size(), 2);
  EXPECT_EQ(Text(availability.additional_fields(), "novel"), "x");
}

TEST(ErrorBody, ReadsAnEventOfAStream) {
  const ErrorBody body = ReadErrorBody(boost::json::parse(
      R"({"type":"error","error":{"message":"Refused","code":"refusal","type":"image_error","param":"prompt"},
          "sequence_number":3})"));
  EXPECT_TRUE(body.has_error);
  EXPECT_EQ(body.status, 400);
  EXPECT_EQ(body.upstream.code(), "refusal");
  EXPECT_EQ(body.upstream.error_type(), "image_error");
  EXPECT_EQ(body.upstream.param(), "prompt");
  EXPECT_FALSE(body.upstream.has_additional_fields());
  EXPECT_EQ(body.upstream.additional_reply_fields().fields().at("sequence_number").number_value(), 3);
}

TEST(ErrorBody, TakesNullsAsAbsent) {
  const ErrorBody body = ReadErrorBody(boost::json::parse(
      R"({"type":"error","error":{"message":"Broke","code":null,"type":null,"param":null,"metadata":null},
          "openrouter_metadata":null,"user_id":null,"usage":null})"));
  EXPECT_TRUE(body.has_error);
  v1::UpstreamError expected;
  expected.set_message("Broke");
  EXPECT_EQ(body.upstream.SerializeAsString(), expected.SerializeAsString());
}

TEST(ErrorBody, ReadsWhatTheFailedRequestCost) {
  const auto cost_of = [](const std::string& usage) {
    return Parse(R"({"error":{"message":"m"},"usage":)" + usage + "}").cost;
  };
  EXPECT_EQ(cost_of(R"({"cost":0.04})"), 0.04);
  for (const char* none :
       {R"({"cost":0})", R"({"cost":null})", R"({"cost":"1"})", R"({"cost":-1})", "{}", "1"}) {
    EXPECT_EQ(cost_of(none), std::nullopt) << none;
  }
}

struct Form {
  const char* name;
  std::string body;
  bool has_error;
  std::string message;
  std::string line;
  std::string excerpt;
};

std::string Nested(int depth) {
  std::string json = R"({"error":{"code":500,"message":"deep","metadata":{"a":)";
  return json + std::string(depth, '[') + std::string(depth, ']') + "}}}";
}

const std::vector<Form>& Forms() {
  static const std::vector<Form> forms = {
      {"code as a word", R"({"error":{"code":"server_error","message":"m"}})", true, "m", "m", ""},
      {"code alone", R"({"error":{"code":500}})", true, "", "", ""},
      {"message alone", R"({"error":{"message":"no healthy upstream"}})", true, "no healthy upstream",
       "no healthy upstream", ""},
      {"text as error", R"({"error":"boom"})", true, "boom", "boom", ""},
      {"text beside no error", R"({"message":"Internal server error"})", false, "", "Internal server error",
       R"({"message":"Internal server error"})"},
      {"markup in JSON", R"({"error":{"message":"<html>oops</html>"}})", true, "<html>oops</html>", "", ""},
      {"an essay", R"({"error":")" + std::string(300, 'x') + "\"}", true, std::string(300, 'x'),
       std::string(197, 'x') + "…", ""},
      {"wrong types beside good ones",
       R"({"error":{"code":[1],"message":"m","metadata":"x","availability":3}})", true, "m", "m", ""},
      {"error is a list", R"({"error":[1]})", false, "", "", R"({"error":[1]})"},
      {"error is null", R"({"error":null})", false, "", "", R"({"error":null})"},
      {"list", "[1]", false, "", "", "[1]"},
      {"number", "500", false, "", "500", "500"},
      {"empty object", "{}", false, "", "", "{}"},
      {"empty", "", false, "", "", ""},
      {"spaces", " \r\n ", false, "", "", ""},
      {"spaces around", " \r\n{\"error\":{\"code\":500,\"message\":\"m\"}}\n", true, "m", "m", ""},
      {"byte order mark", "\xef\xbb\xbf{\"error\":{\"code\":500,\"message\":\"m\"}}", true, "m", "m", ""},
      {"HTML", "<!DOCTYPE html><html><body>524</body></html>", false, "", "", "524"},
      {"HTML after a word", "error <b>502</b>", false, "", "", "error <b>502</b>"},
      {"plain text", "upstream connect error\nreset", false, "", "upstream connect error reset",
       "upstream connect error reset"},
      {"plain text that is not UTF-8", "a\xff", false, "", "a?", "a?"},
      {"JSON that was cut", R"({"error":{"code":500,"message":"no mo)", true, "no mo", "no mo",
       R"({"error":{"code":500,"message":"no mo)"},
      {"twice the same key", R"({"error":{"code":500,"message":"a","message":"b"}})", true, "b", "b", ""},
      {"as deep as allowed", Nested(json::kMaxJsonDepth - 3), true, "deep", "deep", ""},
      {"large", R"({"data":")" + std::string(1'000'000, 'x') + R"(","error":{"code":500,"message":"m"}})",
       true, "m", "m", ""},
      {"larger than what is read",
       R"({"error":{"code":500,"message":"m"},"data":")" + std::string(kMaxErrorBodyBytes, 'x') + "\"}", true,
       "m", "m", R"({"error":{"code":500,"message":"m"},"data":")" + std::string(253, 'x') + "…"},
  };
  return forms;
}

TEST(ErrorBody, KeepsTheWordsOfAnyBody) {
  for (const Form& form : Forms()) {
    SCOPED_TRACE(form.name);
    const ErrorBody body = Parse(form.body, 502, "text/strange\xff");
    EXPECT_EQ(body.has_error, form.has_error);
    EXPECT_EQ(body.upstream.message(), form.message);
    EXPECT_EQ(body.line, form.line);
    EXPECT_EQ(body.upstream.body_excerpt(), form.excerpt);
    EXPECT_EQ(body.upstream.http_status(), 502);
    EXPECT_EQ(body.upstream.content_type(), "text/strange?");
  }
}

// Read leniently: the words count, not the form.
TEST(ErrorBody, ReadsWhatABrokenTextLeaves) {
  EXPECT_TRUE(Parse("{\"error\":{\"code\":500,\"message\":\"a\xff z\"}}").upstream.message().ends_with(" z"));
  EXPECT_TRUE(Parse(R"({"error":{"code":500,"message":"a\ud83d z"}})").upstream.message().ends_with(" z"));
  EXPECT_EQ(Parse(Nested(200)).upstream.message(), "deep");
}

struct Trait {
  const char* name;
  int status;
  std::string body;
  bool is_own;
  const char* generation_id = "";
};

TEST(ErrorBody, IsTheUpstreamsOwnByItsTraits) {
  const Trait traits[] = {
      {"code is the status", 502, R"({"error":{"code":502,"message":"m"}})", true},
      {"with an empty message", 502, R"({"error":{"code":502,"message":""}})", true},
      {"with a fraction of zero", 502, R"({"error":{"code":502.0,"message":"m"}})", true},
      {"with a field that is new", 502, R"({"error":{"code":502,"message":"m","novelty":1}})", true},
      {"code is another status", 502, R"({"error":{"code":500,"message":"m"}})", false},
      {"code is a text", 502, R"({"error":{"code":"502","message":"m"}})", false},
      {"code is a word", 502, R"({"error":{"code":"bad_gateway","message":"m"}})", false},
      {"message alone", 502, R"({"error":{"message":"m"}})", false},
      {"no message", 502, R"({"error":{"code":502},"user_id":"u"})", false},
      {"a form of Google's gateways", 503, R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})",
       false},
      {"Anthropic's form", 529, R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})",
       false},
      {"user_id", 502, R"({"error":{"message":"m"},"user_id":null})", true},
      {"openrouter_metadata", 502, R"({"error":{"message":"m"},"openrouter_metadata":{}})", true},
      {"metadata.error_type", 502, R"({"error":{"code":1,"message":"m","metadata":{"error_type":"server"}}})",
       true},
      {"metadata.provider_name", 502, R"({"error":{"message":"m","metadata":{"provider_name":"p"}}})", true},
      {"any metadata", 502, R"({"error":{"message":"m","metadata":{"a":1}}})", false},
      {"availability", 502, R"({"error":{"message":"m","availability":{}}})", true},
      {"availability of another type", 502, R"({"error":{"message":"m","availability":true}})", false},
      {"error_type and status", 502, R"({"error":{"message":"m","error_type":"x","http_status":502}})", true},
      {"error_type and another status", 502,
       R"({"error":{"message":"m","error_type":"x","http_status":500}})", false},
      {"error_type alone", 502, R"({"error":{"message":"m","error_type":"x"}})", false},
      {"a generation's id", 502, R"({"error":{"message":"m"}})", true, "gen-1"},
      {"a generation's id and a page", 502, "<html>", false, "gen-1"},
      {"text as error", 502, R"({"error":"m","user_id":"u"})", false},
  };
  for (const Trait& row : traits) {
    EXPECT_EQ(ParseErrorBody({.status = row.status,
                              .content_type = "application/json",
                              .generation_id = row.generation_id,
                              .body = row.body})
                  .is_own,
              row.is_own)
        << row.name;
  }
}

TEST(ErrorBody, KeepsMembersOfAnotherType) {
  const ErrorBody body = Parse(
      R"({"error":{"code":[500],"message":7,"metadata":"x","availability":3,"type":7,"http_status":"x"},
          "user_id":5,"openrouter_metadata":"y"})");
  const auto& fields = body.upstream.additional_fields();
  EXPECT_EQ(fields.fields().at("message").number_value(), 7);
  EXPECT_EQ(fields.fields().at("code").list_value().values(0).number_value(), 500);
  EXPECT_EQ(Text(fields, "metadata"), "x");
  EXPECT_EQ(Text(fields, "http_status"), "x");
  EXPECT_EQ(fields.fields().at("availability").number_value(), 3);
  EXPECT_EQ(fields.fields().at("type").number_value(), 7);
  EXPECT_EQ(body.upstream.additional_reply_fields().fields().at("user_id").number_value(), 5);
  EXPECT_EQ(Text(body.upstream.additional_reply_fields(), "openrouter_metadata"), "y");
}

TEST(ErrorBody, TakesTheMostSpecificErrorType) {
  const auto type_of = [](const char* error) {
    return Parse(std::string("{\"error\":") + error + "}").upstream.error_type();
  };
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":"b"},"error_type":"a"})"), "a");
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":"b"}})"), "b");
  EXPECT_EQ(type_of(R"({"type":"c","metadata":{"error_type":1}})"), "c");
  EXPECT_EQ(type_of(R"({"type":null})"), "");
}

TEST(ErrorBody, NamesOnlyErrorStatuses) {
  const auto status_of = [](const std::string& code) {
    return Parse(R"({"error":{"message":"m","code":)" + code + "}}").status;
  };
  EXPECT_EQ(status_of("429"), 429);
  EXPECT_EQ(status_of("429.0"), 429);
  EXPECT_EQ(status_of("\"429\""), 429);
  EXPECT_EQ(status_of("\"rate_limit_exceeded\""), 429);
  for (const char* code : {"0", "-1", "99", "200", "301", "600", "429.5", "1e300", "\"novelty\"", "\"4 9\"",
                           "\"\"", "null", "true"}) {
    EXPECT_EQ(status_of(code), 0) << code;
  }
}

const char* const kWhole[] = {
    R"({"error":{"code":500,"message":"größer 画 \u00e4","metadata":{"a":[1,{"b":null}],"x":-1.5e3}},"user_id":"u"})",
    R"({"error":{"message":"m","error_type":"e","http_status":500,"availability":{"code":"c","retryable":false}}})",
};

// What is missing might be a cost, or name a timeout.
TEST(ErrorBody, IsNobodysOwnUnlessWhole) {
  for (const std::string whole : kWhole) {
    ASSERT_TRUE(Parse(whole).is_own);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(Parse(std::string_view(whole).substr(0, size)).is_own) << size;
    }
  }
}

// Of a refusal, which costs nothing, what came is enough where it leaves no doubt.
TEST(ErrorBody, ACutRefusalIsTheirsByWhatCame) {
  const Trait traits[] = {
      {"in the message", 429, R"({"error":{"code":429,"message":"slow do)", false},
      {"after the error", 429, R"({"error":{"code":429,"message":"m"},"user)", true},
      {"in the metadata", 402, R"({"error":{"code":402,"message":"m","metadata":{"limit_source":"x","a)",
       true},
      {"in the word", 402, R"({"error":{"code":402,"message":"m","metadata":{"limit_source":"open)", false},
      {"in the message, with an id", 429, R"({"error":{"code":429,"message":"slow do)", true, "gen-1"},
  };
  for (const Trait& row : traits) {
    const ErrorBody body = ParseErrorBody({.status = row.status,
                                           .content_type = "application/json",
                                           .generation_id = row.generation_id,
                                           .body = row.body});
    EXPECT_EQ(body.is_own, row.is_own) << row.name;
    EXPECT_EQ(body.status, row.status) << row.name;
    EXPECT_FALSE(body.upstream.body_excerpt().empty()) << row.name;
  }
}

TEST(ErrorBody, ALargeBodyCountsAsASmallOne) {
  const std::string words(1'200'000, 'x');
  const ErrorBody body =
      Parse(R"({"error":{"message":")" + words +
                R"(","code":502,"metadata":{"limit_source":"openrouter_key_limit"}},"usage":{"cost":0.5}})",
            502);
  EXPECT_TRUE(body.is_own);
  EXPECT_EQ(body.status, 502);
  EXPECT_EQ(body.cost, 0.5);
  EXPECT_EQ(Text(body.upstream.metadata(), "limit_source"), "openrouter_key_limit");
  EXPECT_TRUE(body.upstream.message().starts_with("xxx"));
  EXPECT_LT(body.upstream.ByteSizeLong(), 64U * 1024);
}

TEST(ErrorBody, SurvivesEveryByteBeingChanged) {
  std::mt19937 random(1);
  for (const std::string whole : kWhole) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(random());
      const ErrorBody body = Parse(changed);
      EXPECT_TRUE(v1::UpstreamError().ParseFromString(body.upstream.SerializeAsString())) << at;
    }
  }
}

TEST(ErrorBody, CanBeReadBackHoweverDeepItIs) {
  std::string json = R"({"error":{"code":500,"message":"m","metadata":)";
  const int levels = json::kMaxJsonDepth - 2;
  for (int i = 0; i < levels; ++i) json += R"({"a":)";
  json += "1" + std::string(levels, '}') + "}}";
  const ErrorBody body = Parse(json);
  ASSERT_TRUE(body.is_own);
  EXPECT_TRUE(v1::UpstreamError().ParseFromString(body.upstream.SerializeAsString()));
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
