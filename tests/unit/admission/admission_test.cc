#include "service/admission/admission.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace openrouter_images::admission {
namespace {

using std::chrono::milliseconds;

class FakeCall final : public AdmittedCall {
 public:
  void EndForDrain() override { ++ended; }
  int ended = 0;
};

Ticket Take(Admission& admission, AdmittedCall& call, std::size_t bytes) {
  auto answer = admission.Admit(call, bytes);
  EXPECT_TRUE(std::holds_alternative<Ticket>(answer));
  return std::move(std::get<Ticket>(answer));
}

TEST(AdmissionTest, ATicketHoldsItsCallAndItsBytes) {
  Admission admission;
  FakeCall one;
  FakeCall two;
  {
    Ticket first = Take(admission, one, 100);
    const Ticket second = Take(admission, two, 20);
    EXPECT_EQ(admission.calls(), 2U);
    EXPECT_EQ(admission.bytes(), 120U);
    first.Resize(5);
    EXPECT_EQ(first.bytes(), 5U);
    EXPECT_EQ(admission.bytes(), 25U);
  }
  EXPECT_EQ(admission.calls(), 0U);
  EXPECT_EQ(admission.bytes(), 0U);
}

TEST(AdmissionTest, AMovedTicketIsReturnedOnce) {
  Admission admission;
  FakeCall call;
  std::optional<Ticket> held;
  {
    Ticket ticket = Take(admission, call, 7);
    held.emplace(std::move(ticket));
  }
  EXPECT_EQ(admission.calls(), 1U);
  EXPECT_EQ(admission.bytes(), 7U);
  held.reset();
  EXPECT_EQ(admission.calls(), 0U);
}

TEST(AdmissionTest, AnEmptyTicketHoldsNothing) {
  Ticket ticket;
  ticket.Resize(10);
  EXPECT_EQ(ticket.bytes(), 0U);
}

TEST(AdmissionTest, AClosedAdmissionRefusesAndKeepsWhatItAdmitted) {
  Admission admission;
  FakeCall early;
  const Ticket ticket = Take(admission, early, 1);
  admission.Close();
  FakeCall late;
  const auto answer = admission.Admit(late, 1);
  ASSERT_TRUE(std::holds_alternative<Refusal>(answer));
  EXPECT_EQ(std::get<Refusal>(answer), Refusal::kDraining);
  EXPECT_EQ(admission.calls(), 1U);
  EXPECT_FALSE(admission.WaitUntilEmpty(milliseconds(0)));
  admission.EndAll();
  EXPECT_EQ(early.ended, 1);
  EXPECT_EQ(late.ended, 0);
}

TEST(AdmissionTest, WaitsForTheLastTicket) {
  Admission admission;
  FakeCall call;
  std::optional<Ticket> ticket(Take(admission, call, 1));
  admission.Close();
  std::thread other([&ticket] { ticket.reset(); });
  EXPECT_TRUE(admission.WaitUntilEmpty(std::chrono::minutes(1)));
  other.join();
}

}  // namespace
}  // namespace openrouter_images::admission
