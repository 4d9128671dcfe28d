#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>

#include "openrouter_images/v1/generation.pb.h"
#include "openrouter_images/v1/limits.pb.h"
#include "service/json/json_message.h"
#include "service/limits/check.h"
#include "service/upstream/request/additional_fields.h"

namespace openrouter_images::limits {
namespace {

namespace pb = google::protobuf;

// A text field that the upstream adds is one field with one option in the contract. This is the contract with
// such a field, as if it had been written into the .proto: ImageSpec and `optional string style = 99
// [(limits) = {max_bytes: 8}]`. No code on the way of a request knows it.
class NewField : public testing::Test {
 protected:
  NewField() : pool_(pb::DescriptorPool::generated_pool()) {
    factory_.SetDelegateToGeneratedFactory(true);
    pb::FileDescriptorProto file;
    file.set_name("next.proto");
    file.set_package("next");
    file.set_syntax("proto3");
    file.add_dependency(v1::ImageSpec::descriptor()->file()->name());
    file.add_dependency(pb::Struct::descriptor()->file()->name());
    pb::DescriptorProto& message = *file.add_message_type();
    v1::ImageSpec::descriptor()->CopyTo(&message);
    pb::FieldDescriptorProto& field = *message.add_field();
    field.set_name("style");
    field.set_number(99);
    field.set_type(pb::FieldDescriptorProto::TYPE_STRING);
    field.set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    field.set_proto3_optional(true);
    field.set_oneof_index(message.oneof_decl_size());
    field.mutable_options()->MutableExtension(v1::limits)->set_max_bytes(8);
    message.add_oneof_decl()->set_name("_style");

    const pb::FileDescriptor* built = pool_.BuildFile(file);
    EXPECT_NE(built, nullptr);
    descriptor_ = built->FindMessageTypeByName("ImageSpec");
  }

  std::unique_ptr<pb::Message> Spec(const std::string& style) {
    std::unique_ptr<pb::Message> spec(factory_.GetPrototype(descriptor_)->New());
    spec->GetReflection()->SetString(spec.get(), descriptor_->FindFieldByName("model"), "a/b");
    spec->GetReflection()->SetString(spec.get(), descriptor_->FindFieldByName("prompt"), "p");
    spec->GetReflection()->SetString(spec.get(), descriptor_->FindFieldByName("style"), style);
    return spec;
  }

  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
  const pb::Descriptor* descriptor_;
};

TEST_F(NewField, ItsLimitIsEnforced) {
  Violations violations;
  EXPECT_TRUE(Check(*Spec("pointill"), "image", violations));
  EXPECT_THAT(violations, testing::IsEmpty());
  Check(*Spec("pointillist"), "image", violations);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "image.style");
  EXPECT_EQ(violations[0].description, "takes 11 bytes; at most 8");
}

TEST_F(NewField, IsSentAndReadBack) {
  const std::string sent = boost::json::serialize(json::WriteMessage(*Spec("cubist")));
  EXPECT_EQ(sent, R"({"model":"a/b","prompt":"p","style":"cubist"})");

  std::unique_ptr<pb::Message> read(factory_.GetPrototype(descriptor_)->New());
  json::ReadMessage(boost::json::parse(sent).as_object(), *read);
  EXPECT_EQ(read->DebugString(), Spec("cubist")->DebugString());
}

// What a client sends that is older than the field.
TEST_F(NewField, IsAcceptedAmongTheAdditionalFields) {
  std::unique_ptr<pb::Message> spec = Spec("cubist");
  const pb::Reflection& reflection = *spec->GetReflection();
  reflection.ClearField(spec.get(), descriptor_->FindFieldByName("style"));
  pb::Message* additional =
      reflection.MutableMessage(spec.get(), descriptor_->FindFieldByName("additional_fields"));
  (*static_cast<pb::Struct*>(additional)->mutable_fields())["style"].set_string_value("cubist");

  Violations violations;
  upstream::MoveToFields(*spec, "image", violations);
  EXPECT_THAT(violations, testing::IsEmpty());
  EXPECT_EQ(boost::json::serialize(json::WriteMessage(*spec)),
            R"({"model":"a/b","prompt":"p","style":"cubist"})");

  // A message of its own: the first is gone with its only field.
  additional = reflection.MutableMessage(spec.get(), descriptor_->FindFieldByName("additional_fields"));
  (*static_cast<pb::Struct*>(additional)->mutable_fields())["style"].set_string_value("pointillist");
  upstream::MoveToFields(*spec, "image", violations);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "image.additional_fields.style");
  EXPECT_EQ(violations[0].description, "is set twice: also as image.style");
}

}  // namespace
}  // namespace openrouter_images::limits
