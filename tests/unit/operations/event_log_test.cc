#include "service/operations/event_log.h"

#include <gtest/gtest.h>

#include <string>

namespace openrouter_images::operations {
namespace {

EventLog::Event Text(const std::string& text) {
  EventLog::Event event;
  event.mutable_text_chunk()->set_text(text);
  return event;
}

class EventLogTest : public ::testing::Test {
 protected:
  EventLogTest() {
    log_.Attach([this] { ++appended_; });
  }

  std::string Next() {
    const auto event = log_.Next();
    return event ? event->text_chunk().text() : "none";
  }

  EventLog log_{/*delivers=*/true};
  int appended_ = 0;
};

TEST_F(EventLogTest, EventsAreReadInOrderAndOnce) {
  log_.Send(Text("one"));
  log_.Send(Text("two"));
  EXPECT_EQ(appended_, 2);
  EXPECT_EQ(Next(), "one");
  EXPECT_EQ(Next(), "two");
  EXPECT_EQ(Next(), "none");
}

TEST_F(EventLogTest, IsFullWhileAWindowOfEventsWaits) {
  for (std::size_t i = 0; i < EventLog::kWindow; ++i) {
    EXPECT_FALSE(log_.Full());
    log_.Send(Text("event"));
  }
  EXPECT_TRUE(log_.Full());
  Next();
  EXPECT_FALSE(log_.Full());
}

TEST_F(EventLogTest, AWriterWaitsUntilThereIsRoom) {
  for (std::size_t i = 0; i < EventLog::kWindow + 1; ++i) log_.Send(Text("event"));
  int resumed = 0;
  log_.WhenReady([&resumed] { ++resumed; });
  Next();
  EXPECT_FALSE(log_.WriterWaits()) << "a full window is left";
  log_.ResumeWriter();
  EXPECT_EQ(resumed, 0);
  Next();
  EXPECT_TRUE(log_.WriterWaits());
  EXPECT_EQ(resumed, 0) << "not from within Next";
  log_.ResumeWriter();
  log_.ResumeWriter();
  EXPECT_EQ(resumed, 1);
}

TEST_F(EventLogTest, AWriterThatIsGoneIsNotResumed) {
  for (std::size_t i = 0; i < EventLog::kWindow; ++i) log_.Send(Text("event"));
  int resumed = 0;
  log_.WhenReady([&resumed] { ++resumed; });
  Next();
  log_.WhenReady({});
  log_.ResumeWriter();
  EXPECT_EQ(resumed, 0);
}

TEST_F(EventLogTest, AReaderMayTakeEventsAsTheyAreAppended) {
  std::string read;
  log_.Attach([&] { read += Next(); });
  log_.Send(Text("a"));
  log_.Send(Text("b"));
  EXPECT_EQ(read, "ab");
}

}  // namespace
}  // namespace openrouter_images::operations
