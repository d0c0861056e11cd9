// On both engines: what packages of record copies leave behind and what is answered from it.
#include "hub/copies_for_test.h"
#include "hub/copy_freshness.h"

namespace musubi::hub {
namespace {

using Words = std::vector<std::string>;

class CopyTableTest : public CopyStoreTest {};

MUSUBI_TEST_BOTH_ENGINES(CopyTableTest);

TEST_P(CopyTableTest, WhatWasPutIsHeldWithItsRevision) {
  EXPECT_EQ(Apply({Funeral(3, "F1", "50000")}, 1), Words{"applied"});
  EXPECT_EQ(Held(3), Words{"F1=50000@1"});
  EXPECT_EQ(Held(4), Words{});
  const std::string_view kinds[] = {"funeral-allowance"};
  const auto copies = test::Must(
      CopiesOf(*connection_, CodeOfPerson(3), kinds, Day("2026-05-01"), Day("2026-05-01"))
  );
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].insurer, kFirstInsurer);
  EXPECT_EQ(copies[0].number, 3U);
  EXPECT_EQ(copies[0].layout_version, 1);
  EXPECT_EQ(copies[0].items, (Words{"2026-03-30", "50000", "2026-04-10"}));
  const std::string_view others[] = {"sickness-allowance", "high-cost-care"};
  EXPECT_TRUE(test::Must(CopiesOf(*connection_, CodeOfPerson(3), others, Date(), Date())).empty());
}

TEST_P(CopyTableTest, TheNewestRevisionHoldsInWhateverOrderPackagesCome) {
  Apply({Funeral(3, "F1", "50000")}, 5);
  Apply({Funeral(3, "F1", "40000")}, 4);
  EXPECT_EQ(Held(3), Words{"F1=50000@5"});
  Apply({Funeral(3, "F1", "60000")}, 6);
  EXPECT_EQ(Held(3), Words{"F1=60000@6"});
  CopyQuestion before;
  before.revision_max = 4;
  const auto then = test::Must(CopiesOf(*connection_, CodeOfPerson(3), before));
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then[0].items[1], "40000");
}

TEST_P(CopyTableTest, DeletedIsNotHeldAndNothingIsOverwritten) {
  Apply({Funeral(3, "F1", "50000")}, 1);
  EXPECT_EQ(Apply({DeleteFuneral(3, "F1")}, 2), Words{"applied"});
  EXPECT_EQ(Held(3), Words{});
  EXPECT_EQ(test::Must(connection_->QueryInt("SELECT COUNT(*) FROM record_copy")).value_or(0), 2);
  Apply({Funeral(3, "F1", "70000")}, 3);
  EXPECT_EQ(Held(3), Words{"F1=70000@3"});
}

TEST_P(CopyTableTest, DaysAreInclusiveOnBothEnds) {
  Apply(
      {Funeral(3, "F1", "1", "2026-04-01", "2026-04-30"), Funeral(3, "F2", "2", "2026-05-01")}, 1
  );
  EXPECT_EQ(Held(3, "2026-03-01", "2026-03-31"), Words{});
  EXPECT_EQ(Held(3, "2026-03-01", "2026-04-01"), Words{"F1=1@1"});
  EXPECT_EQ(Held(3, "2026-04-30", "2026-04-30"), Words{"F1=1@1"});
  EXPECT_EQ(Held(3, "2026-04-30", "2026-05-01"), (Words{"F1=1@1", "F2=2@1"}));
  EXPECT_EQ(Held(3, "2026-05-01", "2026-05-01"), Words{"F2=2@1"});
  EXPECT_EQ(Held(3, "2030-01-01", ""), Words{"F2=2@1"});
}

TEST_P(CopyTableTest, ABadRowIsTheOnlyOneRefused) {
  CopyLine other_branch = Funeral(1, "A", "1");
  other_branch[1] = "02";
  CopyLine bad_amount = Funeral(2, "A", "many");
  CopyLine no_layout = Funeral(3, "A", "1");
  no_layout[4] = "9";
  CopyLine no_kind = Funeral(4, "A", "1");
  no_kind[2] = "tea-money";
  CopyLine number_inside = {
      "5",
      "01",
      "high-cost-care",
      "A",
      "1",
      "2026-04-01",
      "",
      "put",
      "2026-03",
      "x",
      "1",
      "1",
      "2026-04-01",
      "!not-applicable",
      "!not-applicable",
      "see 123456789018"
  };
  CopyLine empty_item = Funeral(6, "A", "");
  EXPECT_EQ(
      Apply(
          {other_branch,
           bad_amount,
           no_layout,
           no_kind,
           number_inside,
           empty_item,
           Funeral(kPeople + 1, "A", "1"),
           Funeral(7, "a b", "1"),
           Funeral(9, "A", "1"),
           Funeral(8, "A", "1"),
           Funeral(10, "A", "10")},
          1
      ),
      (Words{
          "unknown-insured",
          "bad-item:paid_amount",
          "layout-not-accepted:layout_version",
          "layout-not-accepted:kind",
          "bad-item:remarks",
          "bad-item:paid_amount",
          "unknown-insured",
          "bad-format:key",
          "applied",
          "out-of-order",
          "applied"
      })
  );
  EXPECT_EQ(Held(9), Words{"A=1@1"});
  EXPECT_EQ(Held(10), Words{"A=10@1"});
  EXPECT_EQ(Held(8), Words{});
}

TEST_P(CopyTableTest, ARecordTwiceInAPackageIsNotTakenAtAll) {
  EXPECT_EQ(
      Apply(
          {Funeral(1, "B", "1"),
           Funeral(1, "A", "2"),
           Funeral(1, "B", "3"),
           Funeral(1, "B", "4", "2026-05-01")},
          1
      ),
      (Words{"duplicate-in-package", "applied", "duplicate-in-package", "applied"})
  );
  EXPECT_EQ(Held(1), (Words{"A=2@1", "B=4@1"}));
}

TEST_P(CopyTableTest, BothVersionsAreTakenWhileTheyOverlapAndNotBefore) {
  const CopyLine first = {
      "1",
      "01",
      "eligibility",
      "1",
      "1",
      "2026-04-01",
      "",
      "put",
      "建",
      "1",
      "head",
      "2026-04-01",
      "!not-applicable"
  };
  CopyLine second = first;
  second[0] = "2";
  second[4] = "2";
  second.push_back("!not-yet-known");
  EXPECT_EQ(
      Apply({first, second}, 1, kFirstInsurer, Day("2026-06-30")),
      (Words{"applied", "layout-not-accepted:layout_version"})
  );
  EXPECT_EQ(
      Apply({first, second}, 2, kFirstInsurer, Day("2026-07-01")), (Words{"applied", "applied"})
  );
  EXPECT_EQ(
      Apply({first, second}, 3, kFirstInsurer, Day("2027-01-01")),
      (Words{"layout-not-accepted:layout_version", "applied"})
  );
  second.pop_back();
  EXPECT_EQ(Apply({second}, 4), Words{"bad-item:count_of_items"});
}

TEST_P(CopyTableTest, AStoppedLinkTakesNoRecordAndGivesNone) {
  Apply({Funeral(3, "F1", "50000")}, 1);
  const auto insured = number::InsuredNumber::Issue(3, 1);
  test::Must(StopLink(*connection_, kFirstInsurer, insured, "suspected", Instant{}));
  EXPECT_EQ(Held(3), Words{});
  EXPECT_EQ(
      Apply({DeleteFuneral(3, "F1"), Funeral(3, "F2", "1")}, 2), (Words{"applied", "stopped"})
  );
  EXPECT_TRUE(test::Must(EnrolmentsOf(*connection_, CodeOfPerson(3)))[0].is_stopped);
  test::Must(ResumeLink(*connection_, kFirstInsurer, insured));
  EXPECT_EQ(Held(3), Words{});
}

TEST_P(CopyTableTest, APersonOfTwoAssociationsHasTheCopiesOfBoth) {
  Apply({Funeral(3, "F1", "1")}, 1, kFirstInsurer);
  Apply({Funeral(3, "F1", "2")}, 1, kSecondInsurer);
  EXPECT_EQ(Held(3), (Words{"F1=1@1", "F1=2@1"}));
  CopyQuestion question;
  question.insurer = kSecondInsurer;
  const auto copies = test::Must(CopiesOf(*connection_, CodeOfPerson(3), question));
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].items[1], "2");
}

TEST_P(CopyTableTest, ACorrectionIsToldWithWhatItReplaces) {
  Apply({Funeral(3, "F1", "50000"), Funeral(4, "F1", "1"), Funeral(5, "F1", "1")}, 1);
  EXPECT_TRUE(Changes(0).empty());
  // Same again, corrected, deleted, new.
  Apply(
      {Funeral(3, "F1", "50000"),
       Funeral(4, "F1", "2"),
       DeleteFuneral(5, "F1"),
       Funeral(6, "F1", "1")},
      2
  );
  const auto changes = Changes(0);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].number, 4U);
  EXPECT_EQ(changes[0].code, CodeOfPerson(4));
  EXPECT_EQ(changes[0].previous_revision, 1U);
  EXPECT_EQ(changes[0].revision, 2U);
  EXPECT_EQ(changes[0].ordinal, 2);
  EXPECT_FALSE(changes[0].is_deleted);
  EXPECT_EQ(changes[1].number, 5U);
  EXPECT_TRUE(changes[1].is_deleted);
  EXPECT_TRUE(Changes(2).empty());
}

TEST_P(CopyTableTest, ChangesAreForgottenOldestFirstAndAPersonsTogether) {
  Apply(
      {Funeral(3, "F1", "1"), Funeral(3, "F2", "1"), Funeral(4, "F1", "1"), Funeral(5, "F1", "1")},
      1
  );
  Apply(
      {Funeral(3, "F1", "2"), Funeral(3, "F2", "2"), Funeral(4, "F1", "2"), Funeral(5, "F1", "2")},
      2
  );
  Apply({Funeral(3, "F1", "3")}, 3);
  EXPECT_EQ(test::Must(ForgetChanges(*connection_, 2, 1)), 2U);
  const auto left = Changes(0);
  ASSERT_EQ(left.size(), 3U);
  EXPECT_EQ(left[0].number, 4U);
  EXPECT_EQ(test::Must(ForgetChanges(*connection_, 2, 10)), 2U);
  EXPECT_EQ(test::Must(ForgetChanges(*connection_, 2, 10)), 0U);
  ASSERT_EQ(Changes(0).size(), 1U);
  EXPECT_EQ(Changes(0)[0].ordinal, 3);
  EXPECT_EQ(Held(3), (Words{"F1=3@3", "F2=2@2"}));
}

TEST_P(CopyTableTest, ALatePackageIsNoCorrection) {
  Apply({Funeral(3, "F1", "2")}, 2);
  Apply({Funeral(3, "F1", "1")}, 1);
  EXPECT_TRUE(Changes(0).empty());
}

TEST_P(CopyTableTest, CorrectionsFarApartAreFoundToo) {
  Apply({Funeral(1, "F1", "1"), Funeral(kPeople, "F1", "1")}, 1);
  Apply({Funeral(1, "F1", "2"), Funeral(kPeople, "F1", "2")}, 2);
  EXPECT_EQ(Changes(0).size(), 2U);
  EXPECT_EQ(Held(kPeople), Words{"F1=2@2"});
}

TEST_P(CopyTableTest, AnInsuredNumberLeadsToItsCode) {
  const auto found =
      test::Must(CodeOf(*connection_, kFirstInsurer, number::InsuredNumber::Issue(7, 1)));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->code, CodeOfPerson(7));
  EXPECT_FALSE(test::Must(CodeOf(*connection_, kFirstInsurer, number::InsuredNumber::Issue(7, 2)))
                   .has_value());
  EXPECT_FALSE(
      test::Must(CodeOf(*connection_, kFirstInsurer, number::InsuredNumber::Issue(kPeople + 1, 1)))
          .has_value()
  );
}

TEST_P(CopyTableTest, WhatACrashLeftOutIsFilledIn) {
  test::Must(connection_->Execute("DELETE FROM insured_person WHERE number > 5"));
  test::Must(FillInsuredPeople(*connection_));
  const auto found =
      test::Must(CodeOf(*connection_, kSecondInsurer, number::InsuredNumber::Issue(6, 1)));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->code, CodeOfPerson(6));
}

TEST_P(CopyTableTest, SilenceIsToldByGroup) {
  constexpr std::int64_t kDayMs = 86'400'000;
  Apply({Funeral(3, "F1", "1")}, 1);
  const auto at = [this](std::int64_t days) {
    Words silent;
    const Instant now{std::chrono::milliseconds(now_ms_ + days * kDayMs + 1000)};
    for (const Freshness& one :
         test::Must(FreshnessOf(*connection_, rules::RecordLayouts::BuiltIn(), now))) {
      if (one.is_silent) {
        silent.push_back(std::to_string(one.insurer) + " " + one.group);
      }
    }
    return silent;
  };
  EXPECT_EQ(at(3), Words{});
  EXPECT_EQ(at(5), Words{"133033 eligibility"});
  EXPECT_EQ(at(41), (Words{"133033 eligibility", "133033 benefits"}));
  now_ms_ += 41 * kDayMs;
  Apply({}, 2);  // nothing has changed: a sign of life for eligibility only
  EXPECT_EQ(at(0), Words{"133033 benefits"});
  EXPECT_EQ(test::Must(LastCopyPackage(*connection_))->ordinal, 2);
}

// The plan of the point question: every table is reached through its key.
TEST_P(CopyTableTest, APointQuestionReadsNoTableWhole) {
  if (!IsSqlite()) {  // few rows: a server would read them all if it may
    test::Must(connection_->ExecuteScript("SET enable_seqscan = off"));
  }
  const std::string question =
      std::string(IsSqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") +
      "SELECT c.items FROM enrolment e JOIN record_copy c ON c.insurer = e.insurer AND c.number = "
      "e.number WHERE e.code = (SELECT code FROM insured_person WHERE insurer = 1 AND number = 2) "
      "AND c.revision <= 5 AND c.valid_from <= 20260101 AND c.kind IN ('a', 'b')";
  std::string plan;
  test::Must(connection_->Query(question, {}, [&](const store::Row& row) {
    plan += std::string(row.Text(IsSqlite() ? 3 : 0)) + "\n";
    return Ok();
  }));
  EXPECT_EQ(plan.find(IsSqlite() ? "SCAN" : "Seq Scan"), std::string::npos) << plan;
  EXPECT_FALSE(plan.empty());
}

}  // namespace
}  // namespace musubi::hub
