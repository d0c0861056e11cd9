// Links against both engines, with a support that answers from a table.
#include "insurer/links.h"

#include <algorithm>

#include "insurer/register_for_test.h"

namespace musubi::insurer {
namespace {

class LinksTest : public RegisterTest {
 protected:
  void SetUp() override {
    RegisterTest::SetUp();
    links_ = Must(Links::Open(*database_, clock_, "clerk", Must(ReviewRules::LoadOrDefault({}))));
  }

  // Answers: by reference, the fields behind it.
  AskSupport Support() {
    return [this](std::string_view path, http::Body lines) -> Result<http::Body> {
      ++calls_;
      http::Body out;
      const std::string_view usual = path == kQueryPath ? "none,,,," : "agree,,,";
      MUSUBI_TRY(
          const auto count,
          exchange::EachLine(
              {lines.data(), lines.size()},
              [&](std::uint64_t, auto fields) {
                const std::string reference(fields[0]);
                const auto found = answers_.find(reference);
                std::string line = reference + "," +
                                   (found == answers_.end() ? std::string(usual) : found->second);
                if (on_verification_ && path == kVerificationPath) {
                  line = reference + "," + on_verification_(reference, std::string(fields[1]));
                }
                line += "\r\n";
                out.insert(out.end(), line.begin(), line.end());
                return Ok();
              }
          )
      );
      asked_ += count;
      return out;
    };
  }

  LinkReport Verify() { return Must(links_->Verify(*vault_, Support(), nullptr)); }

  LinkReport Query() { return Must(links_->QueryResidents(*vault_, Support(), nullptr)); }

  static std::vector<Row> Households(unsigned count) {
    std::vector<Row> rows;
    for (unsigned person = 0; person < count; ++person) {
      rows.push_back({
          .household = std::to_string(1000000 + person),
          .name = "山田　太郎" + std::to_string(person),
          .number = DigitsOf(person),
      });
    }
    return rows;
  }

  static constexpr const char* kVariant =
      "notation,name:notation kana:agree birth-date:agree sex:agree address:agree,"
      "kanji-variant,高/髙";

  std::map<std::string, std::string> answers_;
  std::function<std::string(const std::string&, const std::string&)> on_verification_;
  std::uint64_t asked_ = 0;
  int calls_ = 0;
  std::unique_ptr<Links> links_;
};

MUSUBI_TEST_BOTH_ENGINES(LinksTest);

TEST_P(LinksTest, AQueryThatAgreesRegistersTheNumberAndALeadDoesNot) {
  Import({Row{}, Child()});
  answers_["P0000000001"] = "agree," + DigitsOf(1) + ",,,";
  answers_["P0000000002"] = "partial,,address:differs,,";
  const LinkReport report = Query();
  EXPECT_EQ(report.asked, 2U);
  EXPECT_EQ(report.registered, 1U);
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified", "P0000000002 not-collected no-number"}));
  Must(List());
  EXPECT_EQ(list_["P0000000001"][1], DigitsOf(1));
  EXPECT_EQ(Must(register_->History("P0000000001"))[1].kind, "query-residents");
  // Asked again, nobody but the lead is asked.
  EXPECT_EQ(Query().asked, 1U);
}

TEST_P(LinksTest, ANumberThatSomebodyElseHasIsNotRegisteredAgain) {
  Import({Row{.number = DigitsOf(1)}, Child()});
  answers_["P0000000002"] = "agree," + DigitsOf(1) + ",,,";
  const LinkReport report = Query();
  EXPECT_EQ(report.registered, 0U);
  EXPECT_EQ(report.taken, Lines{"P0000000002"});
  EXPECT_EQ(People()[1], "P0000000002 not-collected no-number");
}

TEST_P(LinksTest, OneNumberFoundForTwoPeopleIsRegisteredForNobody) {
  Import({Row{}, Child()});
  answers_["P0000000001"] = "agree," + DigitsOf(1) + ",,,";
  answers_["P0000000002"] = "agree," + DigitsOf(1) + ",,,";
  EXPECT_EQ(Query().registered, 0U);
}

TEST_P(LinksTest, ANumberWithALeadRefusesTheWholeAnswer) {
  Import({Row{}});
  answers_["P0000000001"] = "partial," + DigitsOf(1) + ",,,";
  EXPECT_FALSE(links_->QueryResidents(*vault_, Support(), nullptr).ok());
  EXPECT_EQ(People(), Lines{"P0000000001 not-collected no-number"});
}

TEST_P(LinksTest, AnswersAboutOtherPeopleAreRefusedAndChangeNothing) {
  Import(Households(2));
  const auto swapped = [](std::string_view, http::Body) -> Result<http::Body> {
    return http::MakeBody("P0000000002,agree,,,\r\nP0000000001,sex-differs,,,\r\n");
  };
  EXPECT_FALSE(links_->Verify(*vault_, swapped, nullptr).ok());
  EXPECT_EQ(People(), (Lines{"P0000000001 unverified", "P0000000002 unverified"}));
  EXPECT_TRUE(Must(links_->Statistics()).empty());
}

TEST_P(LinksTest, StoppedLinksAreNotListedAndSpellingWaits) {
  Import(Households(4));
  answers_["P0000000002"] = "birth-date-differs,,,";
  answers_["P0000000003"] = kVariant;
  answers_["P0000000004"] = "number-unknown,,,";
  const LinkReport report = Verify();
  EXPECT_EQ(report.outcomes.at("agree"), 1U);
  EXPECT_EQ(
      People(),
      (Lines{
          "P0000000001 unverified",
          "P0000000002 doubtful birth-date-differs",
          "P0000000003 unverified in-review",
          "P0000000004 refused not-found"
      })
  );
  Must(List());
  EXPECT_EQ(list_.size(), 1U);
  EXPECT_TRUE(list_.contains("P0000000001"));
  EXPECT_EQ(Must(links_->Statistics()).size(), 4U);
}

TEST_P(LinksTest, ACheckThatFindsTheSameAgainLeavesNoHistory) {
  Import(Households(3));
  answers_["P0000000002"] = kVariant;
  Verify();
  const std::size_t size = HistorySize();
  Verify();
  EXPECT_EQ(HistorySize(), size);
}

TEST_P(LinksTest, AClassIsClearedByTwoPeopleNotByOne) {
  Import(Households(3));
  answers_["P0000000001"] = answers_["P0000000002"] = kVariant;
  Verify();
  auto queue = Must(links_->ReviewQueue());
  ASSERT_EQ(queue.size(), 1U);
  const std::string name = queue[0].review_class.name;
  EXPECT_EQ(links_->Approve({name, "tanaka", ""}).error().code, ErrorCode::kPrecondition);
  EXPECT_EQ(links_->Confirm({name, "tanaka", ""}).error().code, ErrorCode::kUsage);
  EXPECT_FALSE(Must(links_->Confirm({name, "tanaka", "same family registers"})).is_applied);
  EXPECT_EQ(links_->Approve({name, "tanaka", ""}).error().code, ErrorCode::kRefused);
  const ReviewResult result = Must(links_->Approve({name, "suzuki", ""}));
  EXPECT_TRUE(result.is_applied);
  EXPECT_EQ(result.people, 2U);
  EXPECT_TRUE(Must(links_->ReviewQueue()).empty());
  EXPECT_EQ(People()[0], "P0000000001 unverified");
  const auto history = Must(register_->History("P0000000001"));
  EXPECT_NE(history.back().what.find("by suzuki, proposed by tanaka"), std::string::npos);
  // Next month the very same is no question any more.
  EXPECT_EQ(Verify().statuses.at("cleared"), 2U);
  EXPECT_TRUE(Must(links_->ReviewQueue()).empty());
}

TEST_P(LinksTest, AProposalDoesNotReachPeopleWhoCameLater) {
  Import(Households(3));
  answers_["P0000000001"] = answers_["P0000000002"] = kVariant;
  Verify();
  const std::string name = Must(links_->ReviewQueue())[0].review_class.name;
  Must(links_->Confirm({name, "tanaka", "looked at"}));
  answers_["P0000000003"] = kVariant;
  Verify();
  EXPECT_EQ(links_->Approve({name, "suzuki", ""}).error().code, ErrorCode::kPrecondition);
}

TEST_P(LinksTest, WhoDiffersOnlyInApprovedWaysIsClearedWithThem) {
  Import(Households(6));
  const std::string attributes =
      "name:agree kana:agree birth-date:agree sex:agree address:notation";
  answers_["P0000000001"] = answers_["P0000000002"] = kVariant;
  answers_["P0000000003"] = answers_["P0000000004"] = "notation," + attributes + ",building,";
  answers_["P0000000005"] = "notation,name:notation,kanji-variant building,高/髙";
  answers_["P0000000006"] = "notation,name:notation,kanji-variant voicing,高/髙";
  Verify();
  std::uint64_t combined = 0;
  for (int round = 0; round < 2; ++round) {
    const std::string name = Must(links_->ReviewQueue())[0].review_class.name;
    Must(links_->Confirm({name, "tanaka", "looked at"}));
    combined += Must(links_->Approve({name, "suzuki", ""})).combined;
  }
  EXPECT_EQ(combined, 1U);
  const auto queue = Must(links_->ReviewQueue());
  ASSERT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue[0].review_class.references, Lines{"P0000000006"});
}

TEST_P(LinksTest, ARejectedClassIsStoppedAndStaysSo) {
  Import(Households(2));
  answers_["P0000000001"] = "name-differs,name:differs,,";
  Verify();
  const std::string name = Must(links_->ReviewQueue())[0].review_class.name;
  Must(links_->Reject({name, "tanaka", "another person"}));
  EXPECT_EQ(People()[0], "P0000000001 doubtful rejected");
  Verify();
  EXPECT_EQ(People()[0], "P0000000001 doubtful rejected");
  EXPECT_TRUE(Must(links_->ReviewQueue()).empty());
}

TEST_P(LinksTest, WhoWasCorrectedSinceTheCheckIsNotClearedUnseen) {
  Import(Households(2));
  answers_["P0000000001"] = "name-differs,name:differs,,";
  Verify();
  const std::string name = Must(links_->ReviewQueue())[0].review_class.name;
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(77)));
  EXPECT_EQ(Must(links_->Confirm({name, "tanaka", "looked at"})).people, 0U);
}

TEST_P(LinksTest, AStopWorksAtOnceOutlivesChecksAndIsLifted) {
  Import(Households(2));
  Verify();
  Must(links_->Stop({"P0000000001", "tanaka", "the person called"}));
  EXPECT_EQ(People()[0], "P0000000001 doubtful stopped");
  Verify();
  EXPECT_EQ(People()[0], "P0000000001 doubtful stopped");
  Must(List());
  EXPECT_FALSE(list_.contains("P0000000001"));
  EXPECT_EQ(
      links_->Stop({"P0000000001", "tanaka", "again"}).error().code, ErrorCode::kPrecondition
  );
  Must(links_->Lift({"P0000000001", "suzuki", "it was the other one"}));
  EXPECT_EQ(People()[0], "P0000000001 unverified");
  EXPECT_EQ(links_->Lift({"P9", "suzuki", "x"}).error().code, ErrorCode::kNotFound);
}

TEST_P(LinksTest, PairsOnTheirWayDoNotUndoAStop) {
  Import(Households(1));
  Must(List());
  Must(links_->Stop({"P0000000001", "tanaka", "doubts"}));
  EXPECT_EQ(ApplyPairs({{"P0000000001", 0, exchange::Outcome::kIssued, "00000001"}}, 1).stale, 1U);
  EXPECT_EQ(People()[0], "P0000000001 doubtful stopped");
}

TEST_P(LinksTest, ATiedPersonIsTiedAgainAfterTheStop) {
  Import(Households(1));
  Must(List());
  ApplyPairs({{"P0000000001", 0, exchange::Outcome::kIssued, "00000001"}}, 1);
  Must(links_->Stop({"P0000000001", "tanaka", "doubts"}));
  Must(links_->Lift({"P0000000001", "tanaka", "none left"}));
  EXPECT_EQ(People()[0], "P0000000001 tied 00000001-01");
}

TEST_P(LinksTest, NumbersSwappedInsideAHouseholdAreTold) {
  Import(
      {Row{.number = DigitsOf(2)},
       Child(DigitsOf(1)),
       Row{.household = "7", .name = "別　人", .number = DigitsOf(3)}}
  );
  on_verification_ = [](const std::string& reference, const std::string& number) -> std::string {
    const bool is_own = (reference == "P0000000001" && number == DigitsOf(1)) ||
                        (reference == "P0000000002" && number == DigitsOf(2));
    return is_own ? "agree,,," : "birth-date-differs,,,";
  };
  const LinkReport report = Verify();
  ASSERT_EQ(report.swaps.size(), 1U);
  EXPECT_EQ(report.swaps[0], std::pair(std::string("P0000000001"), std::string("P0000000002")));
  EXPECT_EQ(People()[0], "P0000000001 doubtful birth-date-differs");
}

TEST_P(LinksTest, BirthDatesThatCannotBeAreTold) {
  Import({
      Row{.birth_date = "19000101", .number = DigitsOf(1)},
      Row{.household = "2", .birth_date = "20261123", .number = DigitsOf(2)},
      Row{.household = "3", .number = DigitsOf(3)},
  });
  EXPECT_EQ(Verify().implausible, (Lines{"P0000000001", "P0000000002"}));
}

}  // namespace
}  // namespace musubi::insurer
