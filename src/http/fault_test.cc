#include <gmock/gmock.h>

#include "base/io.h"
#include "http/fault_file.h"
#include "http/scheme_for_test.h"

namespace musubi::http {
namespace {

class FaultTest : public HttpTest {
 protected:
  void StartIll(Fault fault) {
    ServerOptions options;
    options.faults.decide = [fault](const Request&) { return fault; };
    Start(std::move(options));
  }

  [[nodiscard]] std::filesystem::path path() const { return scheme_.folder() / "faults.toml"; }

  void Write(std::string_view toml) const { ASSERT_TRUE(WriteFile(path(), toml).ok()); }
};

TEST_F(FaultTest, BusyAndClosedAre503WithoutTheHandler) {
  StartIll(Fault::kBusy);
  Client client = MakeClient();
  const Response busy = client.Send(Post("/v1/echo", "x")).value();
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(ErrorOfProblem(busy).message, "busy");
  StartIll(Fault::kClosed);
  Client other = MakeClient();
  EXPECT_EQ(ErrorOfProblem(other.Send(Post("/v1/echo", "x")).value()).message, "closed hours");
  EXPECT_EQ(calls_, 0);
}

TEST_F(FaultTest, DroppedConnectionDidNothing) {
  StartIll(Fault::kDropBefore);
  Client client = MakeClient();
  EXPECT_EQ(client.Send(Post("/v1/echo", "x")).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(calls_, 0);
}

TEST_F(FaultTest, LostAnswerDidTheWork) {
  StartIll(Fault::kLoseAnswer);
  Client client = MakeClient();
  EXPECT_EQ(client.Send(Post("/v1/echo", "x")).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(calls_, 1);
}

TEST_F(FaultTest, RequestThatIsNotSafeIsNotRepeatedWhenItsAnswerIsLost) {
  std::atomic<bool> is_ill = false;
  ServerOptions options;
  options.faults.decide = [&is_ill](const Request&) {
    return is_ill ? Fault::kLoseAnswer : Fault::kNone;
  };
  Start(std::move(options));
  Client client = MakeClient();
  ASSERT_TRUE(client.Send(Post("/v1/echo", "x")).ok());
  is_ill = true;
  EXPECT_FALSE(client.Send(Post("/v1/echo", "x")).ok());
  EXPECT_EQ(calls_, 2);
  is_ill = false;
  ASSERT_TRUE(client.Send(Post("/v1/echo", "x")).ok());
  is_ill = true;
  EXPECT_FALSE(client.Send(Post("/v1/echo", "x", "key")).ok());
  EXPECT_EQ(calls_, 5);  // on the kept-alive connection, and once more on a new one
}

TEST_F(FaultTest, OwnRoadsOfTheServerStayWell) {
  StartIll(Fault::kClosed);
  Client client = MakeClient();
  EXPECT_EQ(client.Send(Get("/healthz")).value().status, 200);
}

TEST_F(FaultTest, FileIsReadAgainWhenItChangesAndAMissingOneMeansNoFaults) {
  const FaultPlan plan = WatchFaultFile(path());
  EXPECT_EQ(plan.decide({}), Fault::kNone);
  Write("busy = 1.0\n");
  EXPECT_EQ(plan.decide({}), Fault::kBusy);
  Write("drop = 1.0\n");
  EXPECT_EQ(plan.decide({}), Fault::kDropBefore);
  Write("lose_answer = 1\n");
  EXPECT_EQ(plan.decide({}), Fault::kLoseAnswer);
  Write("closed = true\nbusy = 1.0\n");
  EXPECT_EQ(plan.decide({}), Fault::kClosed);
  std::filesystem::remove(path());
  EXPECT_EQ(plan.decide({}), Fault::kNone);
}

TEST_F(FaultTest, BrokenFileKeepsTheFaultsThereWere) {
  const FaultPlan plan = WatchFaultFile(path());
  Write("busy = 1.0\n");
  EXPECT_EQ(plan.decide({}), Fault::kBusy);
  for (const char* broken : {"busy = 1.5\n", "bussy = 0.0\n", "closed_hours = '9-17'\n", "x"}) {
    Write(broken);
    EXPECT_EQ(plan.decide({}), Fault::kBusy) << broken;
  }
}

TEST_F(FaultTest, SlowFileDelaysEveryCall) {
  const FaultPlan plan = WatchFaultFile(path());
  Write("slow_ms = 60\n");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(plan.decide({}), Fault::kNone);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(60));
}

TEST_F(FaultTest, SameSeedMakesTheSameFaults) {
  Write("busy = 0.3\ndrop = 0.2\nlose_answer = 0.1\nseed = 7\n");
  const FaultPlan first = WatchFaultFile(path());
  const FaultPlan second = WatchFaultFile(path());
  int ill = 0;
  for (int i = 0; i < 1000; ++i) {
    const Fault fault = first.decide({});
    ASSERT_EQ(fault, second.decide({}));
    ill += fault == Fault::kNone ? 0 : 1;
  }
  EXPECT_NEAR(ill, 1000 * (1 - 0.7 * 0.8 * 0.9), 80);
}

Instant At(std::string_view text) {
  return ParseInstant(text).value();
}

TEST(ClosedHours, NightGoesOverMidnightInJapanTime) {
  const ClosedHours night = ClosedHours::Parse("22:00-08:00").value();
  EXPECT_TRUE(night.Contains(At("2026-11-22T22:00:00+09:00")));
  EXPECT_TRUE(night.Contains(At("2026-11-22T22:59:59Z")));  // 07:59 in Japan
  EXPECT_FALSE(night.Contains(At("2026-11-22T08:00:00+09:00")));
  EXPECT_FALSE(night.Contains(At("2026-11-22T21:59:59+09:00")));
}

TEST(ClosedHours, DayHasAnEndAndEqualTimesNeverClose) {
  const ClosedHours day = ClosedHours::Parse("09:00-17:30").value();
  EXPECT_TRUE(day.Contains(At("2026-11-22T17:29:00+09:00")));
  EXPECT_FALSE(day.Contains(At("2026-11-22T17:30:00+09:00")));
  EXPECT_FALSE(ClosedHours::Parse("00:00-00:00").value().Contains(At("2026-11-22T00:00:00Z")));
  EXPECT_TRUE(ClosedHours::Parse("00:00-24:00").value().Contains(At("2026-11-22T00:00:00Z")));
}

TEST(ClosedHours, AnythingElseIsRefused) {
  for (const char* text :
       {"",
        "22-8",
        "22:00-8:00",
        "25:00-08:00",
        "22:60-08:00",
        "22:00/08:00",
        "24:01-08:00",
        "aa:00-08:00"}) {
    EXPECT_FALSE(ClosedHours::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace musubi::http
