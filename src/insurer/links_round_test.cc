// Runs that are stopped and run again.
#include "insurer/links_round.h"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "insurer/links_for_test.h"

namespace musubi::insurer {
namespace {

class LinksRoundTest : public LinksRegisterTest {
 protected:
  // A process of its own, killed in the call of this number, before support has answered it.
  void VerifyUntilKilledIn(int call) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto database = OpenDatabase();  // no connection is shared with the parent
      const auto vault = Must(vault::Vault::Open(*database, wrapper_));
      const auto links = OpenLinks(*database);
      const auto done = links->Verify(
          *vault,
          Support([call](int now) {
            if (now == call) {
              ::raise(SIGKILL);
            }
            return Ok();
          }),
          nullptr
      );
      ::_exit(done.ok() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }

  static Error Away() { return Error{ErrorCode::kUnavailable, "support is away"}; }
};

MUSUBI_TEST_BOTH_ENGINES(LinksRoundTest);

TEST_P(LinksRoundTest, AKilledVerificationGoesOnWhereItStopped) {
  Import(Households(7, true));
  answers_["P0000000001"] = "birth-date-differs,,,";
  answers_["P0000000007"] = "number-unknown,,,";
  VerifyUntilKilledIn(3);                            // four of seven are answered
  EXPECT_EQ(People()[0], "P0000000001 unverified");  // nothing is applied in part
  const LinkReport report = Must(links_->Verify(*vault_, Support(), nullptr));
  EXPECT_EQ(asked_, 3U);
  EXPECT_EQ(report.asked, 7U);
  EXPECT_EQ(report.resumed, 4U);
  EXPECT_EQ(report.outcomes.at("agree"), 5U);
  EXPECT_EQ(People()[0], "P0000000001 doubtful birth-date-differs");
  EXPECT_EQ(People()[6], "P0000000007 refused not-found");
  EXPECT_EQ(Count("link_round") + Count("link_round_row"), 0);
  // The next run is a new one.
  asked_ = 0;
  EXPECT_EQ(Must(links_->Verify(*vault_, Support(), nullptr)).resumed, 0U);
  EXPECT_EQ(asked_, 7U);
}

TEST_P(LinksRoundTest, ARunKilledAgainAndAgainAsksNobodyTwice) {
  Import(Households(6, true));
  VerifyUntilKilledIn(2);
  VerifyUntilKilledIn(2);
  Must(links_->Verify(*vault_, Support(), nullptr));
  EXPECT_EQ(asked_, 2U);
}

TEST_P(LinksRoundTest, AQueryGoesOnToAndItsNumbersAreKeptSealed) {
  Import(Households(3, false));
  answers_["P0000000001"] = "agree," + DigitsOf(1) + ",,,";
  const auto away = Support([](int call) { return call == 2 ? Result<void>(Away()) : Ok(); });
  EXPECT_EQ(links_->QueryResidents(*vault_, away, nullptr).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(People()[0], "P0000000001 not-collected no-number");
  answers_.clear();  // whoever was answered is not asked again
  const LinkReport report = Must(links_->QueryResidents(*vault_, Support(), nullptr));
  EXPECT_EQ(report.resumed, 2U);
  EXPECT_EQ(report.registered, 1U);
  Must(List());
  EXPECT_EQ(list_["P0000000001"][1], DigitsOf(1));
}

TEST_P(LinksRoundTest, WhoWasCorrectedMeanwhileIsAskedAgain) {
  Import(Households(4, true));
  const auto away = Support([](int call) { return call == 2 ? Result<void>(Away()) : Ok(); });
  EXPECT_FALSE(links_->Verify(*vault_, away, nullptr).ok());
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(77)));
  asked_ = 0;
  const LinkReport report = Must(links_->Verify(*vault_, Support(), nullptr));
  EXPECT_EQ(report.resumed, 1U);
  EXPECT_EQ(asked_, 3U);
  EXPECT_EQ(report.stale, 0U);
}

TEST_P(LinksRoundTest, AStoppedRunOfTheDayBeforeYesterdayIsForgotten) {
  Import(Households(4, true));
  const auto away = Support([](int call) { return call == 2 ? Result<void>(Away()) : Ok(); });
  EXPECT_FALSE(links_->Verify(*vault_, away, nullptr).ok());
  clock_.Advance(std::chrono::hours(25));
  EXPECT_EQ(Must(links_->Verify(*vault_, Support(), nullptr)).resumed, 0U);
  EXPECT_EQ(Count("link_round_row"), 0);
}

TEST_P(LinksRoundTest, ProgressCountsUpToEverybodyAndBeginsWhereTheRunWasStopped) {
  Import(Households(5, true));
  const auto away = Support([](int call) { return call == 2 ? Result<void>(Away()) : Ok(); });
  EXPECT_FALSE(links_->Verify(*vault_, away, nullptr).ok());
  std::vector<std::uint64_t> seen;
  Must(links_->Verify(*vault_, Support(), [&seen](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 5U);
    seen.push_back(done);
  }));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{4, 5}));
}

}  // namespace
}  // namespace musubi::insurer
