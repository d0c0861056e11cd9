#include <gtest/gtest.h>

#include "matching/people_for_test.h"

namespace musubi::matching {

namespace {

using text::Rule;
using text::RuleBit;

constexpr std::uint64_t kCode = 10000000001;
constexpr std::uint64_t kOtherCode = 10000000002;

SomeResident Twin() {
  SomeResident twin;
  twin.code = "10000000002";
  twin.number = "222222222225";
  return twin;
}

void ExpectLead(const Decision& decision, AttributeSet differs) {
  EXPECT_EQ(decision.outcome, MatchOutcome::kPartial);
  EXPECT_EQ(AttributeNames(decision.differs), AttributeNames(differs));
  EXPECT_EQ(decision.resident, 0U);
  EXPECT_EQ(decision.candidate_count, 1U);
}

TEST(Match, SameWritingAgrees) {
  const Decision decision = MatchOne({{}}, {});
  EXPECT_EQ(decision.outcome, MatchOutcome::kAgree);
  EXPECT_EQ(decision.resident, kCode);
  EXPECT_EQ(decision.rules, 0U);
  EXPECT_EQ(decision.candidate_count, 1U);
}

TEST(Match, OtherNotationAgrees) {
  const Decision decision = MatchOne(
      {{}},
      {.name = "渡辺 一郎",
       .kana = "ﾜﾀﾅﾍﾞｲﾁﾛｳ",
       .address = "東京都立川市曙町２－３－４ 曙ハイツ１０１号室"}
  );
  EXPECT_EQ(decision.outcome, MatchOutcome::kAgree);
  EXPECT_EQ(decision.resident, kCode);
}

TEST(Match, RegisterWithoutKanaNeedsFourAttributes) {
  EXPECT_EQ(MatchOne({{.kana = ""}}, {}).outcome, MatchOutcome::kAgree);
  EXPECT_EQ(MatchOne({{.kana = ""}}, {.kana = ""}).outcome, MatchOutcome::kAgree);
}

TEST(Match, RosterWithoutKanaIsOnlyALeadWhereTheRegisterHasIt) {
  ExpectLead(MatchOne({{}}, {.kana = ""}), BitOf(Attribute::kKana));
}

TEST(Match, KanjiVariantIsNotationAndNamesTheRule) {
  const Decision decision = MatchOne({{}}, {.name = "渡邊　一郎"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
  EXPECT_EQ(decision.resident, kCode);
  EXPECT_EQ(text::RuleNames(decision.rules), "kanji-variant");
}

TEST(Match, LostCharacterIsNotationAndNamesTheRule) {
  const Decision decision = MatchOne({{}}, {.name = "渡●　一郎"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
  EXPECT_EQ(text::RuleNames(decision.rules), "lost-gaiji");
}

TEST(Match, LostCharacterInTheRegisterIsFoundToo) {
  EXPECT_EQ(MatchOne({{.name = "渡●　一郎"}}, {}).outcome, MatchOutcome::kNotation);
  EXPECT_EQ(MatchOne({{.name = "渡●　一郎", .kana = ""}}, {}).outcome, MatchOutcome::kNotation);
}

TEST(Match, LostCharacterAgreesWithNothingNotEvenWithItself) {
  const Decision decision = MatchOne({{.name = "渡●　一郎"}}, {.name = "渡●　一郎"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
}

TEST(Match, LostCharacterIsFoundInARegisterWithoutKana) {
  EXPECT_EQ(
      MatchOne({{.kana = ""}}, {.name = "渡●　一郎", .kana = ""}).outcome, MatchOutcome::kNotation
  );
}

TEST(Match, ALostCharacterWithAnotherReadingIsNotAccepted) {
  for (const char* lost : {"●", "■", "〓", "?"}) {
    const SomePerson person{.name = lost + std::string("辺　一郎"), .kana = "タナベ　イチロウ"};
    const Decision decision = MatchOne({{}}, person);
    EXPECT_NE(decision.outcome, MatchOutcome::kAgree);
    EXPECT_NE(decision.outcome, MatchOutcome::kNotation);
    EXPECT_EQ(decision.resident, 0U);
  }
}

// With all of the name to be seen these are the notation of one reading; with a character lost they
// are another family.
TEST(Match, ALostCharacterMakesTheReadingExact) {
  const SomeResident ono{.name = "小野　一郎", .kana = "オノ　イチロウ"};
  const SomeResident oda{.name = "小田　一郎", .kana = "オダ　イチロウ"};
  const auto outcome = [](const SomeResident& resident, const char* name, const char* kana) {
    return MatchOne({resident}, {.name = name, .kana = kana}).outcome;
  };
  EXPECT_EQ(outcome(ono, "小野　一郎", "オオノ　イチロウ"), MatchOutcome::kNotation);
  EXPECT_EQ(outcome(ono, "●野　一郎", "オオノ　イチロウ"), MatchOutcome::kPartial);
  EXPECT_EQ(outcome(oda, "●田　一郎", "オオタ　イチロウ"), MatchOutcome::kPartial);
  EXPECT_EQ(outcome(ono, "●野　一郎", "ｵﾉ ｲﾁﾛｳ"), MatchOutcome::kNotation);
  const SomeResident sho{.name = "小野　翔", .kana = "オノ　ショウ"};
  EXPECT_EQ(outcome(sho, "小野　●", "オノ　シヨウ"), MatchOutcome::kNotation);
}

TEST(Match, ALostCharacterIsReadWithTheSurnameItFits) {
  const SomeResident married{.former = "佐藤", .former_kana = "サトウ"};
  const auto outcome = [&married](const char* kana) {
    return MatchOne({married}, {.name = "●藤　一郎", .kana = kana}).outcome;
  };
  EXPECT_EQ(outcome("サトウ　イチロウ"), MatchOutcome::kNotation);
  EXPECT_EQ(outcome("ワタナベ　イチロウ"), MatchOutcome::kPartial);
}

TEST(Match, SmallKanaIsNotationAndNamesTheRule) {
  const Decision decision = MatchOne({{.kana = "ワタナベ　ショウ"}}, {.kana = "ワタナベ　シヨウ"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
  EXPECT_EQ(text::RuleNames(decision.rules), "small-kana");
}

TEST(Match, MissingBuildingIsNotationAndNamesTheRule) {
  const Decision decision = MatchOne({{}}, {.address = "東京都立川市曙町2-3-4"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
  EXPECT_EQ(text::RuleNames(decision.rules), "building");
}

TEST(Match, FormerSurnameIsNotationAndNamesTheRule) {
  const SomeResident resident{.former = "佐藤", .former_kana = "サトウ"};
  const SomePerson person{.name = "佐藤　一郎", .kana = "サトウ　イチロウ"};
  const Decision decision = MatchOne({resident}, person);
  EXPECT_EQ(decision.outcome, MatchOutcome::kNotation);
  EXPECT_EQ(decision.resident, kCode);
  EXPECT_EQ(text::RuleNames(decision.rules), "former-surname");
}

TEST(Match, RuleOutsideTheRuleSetMakesItsAttributeDiffer) {
  const auto decisions = MatchAll({{}}, {{.name = "渡邊　一郎"}, {}}, 1, 0);
  ExpectLead(decisions.at(0), BitOf(Attribute::kName));
  EXPECT_EQ(decisions.at(1).outcome, MatchOutcome::kAgree);
}

TEST(Match, MovedPersonIsALead) {
  ExpectLead(MatchOne({{}}, {.address = "大阪府堺市堺区南瓦町3-1"}), BitOf(Attribute::kAddress));
  ExpectLead(
      MatchOne({{}}, {.name = "渡邊 一郎", .address = "大阪府堺市堺区南瓦町3-1"}),
      BitOf(Attribute::kAddress)
  );
}

TEST(Match, MisdatedPersonIsALead) {
  ExpectLead(MatchOne({{}}, {.birth = "1943-11-30"}), BitOf(Attribute::kBirthDate));
  ExpectLead(
      MatchOne({{}}, {.name = "渡●一郎", .birth = "1943-11-30", .address = "立川市曙町2-3-4"}),
      BitOf(Attribute::kBirthDate)
  );
  ExpectLead(MatchOne({{.kana = ""}}, {.birth = "1943-11-30"}), BitOf(Attribute::kBirthDate));
}

TEST(Match, MissexedPersonIsALeadAndUnknownSexDiffers) {
  ExpectLead(MatchOne({{}}, {.sex = text::Sex::kFemale}), BitOf(Attribute::kSex));
  ExpectLead(MatchOne({{}}, {.sex = text::Sex::kUnknown}), BitOf(Attribute::kSex));
}

TEST(Match, OtherNameAtTheSameAddressIsALeadByKana) {
  ExpectLead(MatchOne({{}}, {.name = "山本　次郎"}), BitOf(Attribute::kName));
}

TEST(Match, MovedAndMisdatedIsALeadOnlyWhenTheDatesAreNear) {
  const std::string elsewhere = "大阪府堺市堺区南瓦町3-1";
  ExpectLead(
      MatchOne({{}}, {.birth = "1980-05-04", .address = elsewhere}),
      BitOf(Attribute::kBirthDate) | BitOf(Attribute::kAddress)
  );
  EXPECT_EQ(
      MatchOne({{}}, {.birth = "1951-12-24", .address = elsewhere}).outcome, MatchOutcome::kNone
  );
}

TEST(Match, StrangerIsNobody) {
  const SomePerson stranger{
      .name = "山本　花子", .kana = "ヤマモト　ハナコ", .sex = text::Sex::kFemale
  };
  const Decision decision = MatchOne({{}}, stranger);
  EXPECT_EQ(decision.outcome, MatchOutcome::kNone);
  EXPECT_EQ(decision.candidate_count, 0U);
}

TEST(Match, TwoWhoFitAreNeverPicked) {
  const Decision decision = MatchOne({{}, Twin()}, {});
  EXPECT_EQ(decision.outcome, MatchOutcome::kMultiple);
  EXPECT_EQ(decision.resident, 0U);
  EXPECT_EQ(decision.candidate_count, 2U);
}

TEST(Match, BetterWritingDoesNotPickOneOfTwoWhoFit) {
  SomeResident twin = Twin();
  twin.name = "渡邊　一郎";
  EXPECT_EQ(MatchOne({{}, twin}, {}).outcome, MatchOutcome::kMultiple);
}

TEST(Match, TwinsWithOtherNamesAreToldApart) {
  SomeResident twin = Twin();
  twin.name = "渡辺　二郎";
  twin.kana = "ワタナベ　ジロウ";
  EXPECT_EQ(MatchOne({{}, twin}, {}).resident, kCode);
  EXPECT_EQ(
      MatchOne({{}, twin}, {.name = "渡辺　二郎", .kana = "ワタナベ　ジロウ"}).resident, kOtherCode
  );
}

TEST(Match, NameOfOneTwinWithKanaOfTheOtherIsOnlyALead) {
  SomeResident twin = Twin();
  twin.name = "渡辺　二郎";
  twin.kana = "ワタナベ　ジロウ";
  const Decision decision = MatchOne({{}, twin}, {.kana = "ワタナベ　ジロウ"});
  EXPECT_EQ(decision.outcome, MatchOutcome::kPartial);
  EXPECT_EQ(decision.candidate_count, 2U);
  EXPECT_EQ(decision.resident, 0U);
}

TEST(Match, RestrictedResidentIsNotTold) {
  const Decision decision = MatchOne({{.status = "restricted"}}, {});
  EXPECT_EQ(decision.outcome, MatchOutcome::kRestricted);
  EXPECT_EQ(decision.resident, 0U);
  EXPECT_EQ(decision.rules, 0U);
  EXPECT_EQ(decision.differs, 0U);
}

TEST(Match, RestrictedResidentHasNoEvidence) {
  const auto index = IndexOf({{.status = "restricted"}});
  const SomePerson person{.name = "渡邊　一郎"};
  EXPECT_TRUE(index->Match(person.Ask(), Explain::kYes).evidence.empty());
  const SomePerson moved{.address = "大阪府堺市堺区南瓦町3-1"};
  EXPECT_TRUE(index->Match(moved.Ask(), Explain::kYes).evidence.empty());
}

TEST(Match, OfARestrictedResidentItIsNotToldWhatDiffers) {
  const SomePerson moved{.address = "大阪府堺市堺区南瓦町3-1"};
  const Decision decision = MatchOne({{.status = "restricted"}}, moved);
  EXPECT_EQ(decision.outcome, MatchOutcome::kRestricted);
  EXPECT_EQ(decision.differs, 0U);
  EXPECT_EQ(decision.resident, 0U);
  // Somebody else who comes as near is told of instead, whatever the order.
  SomeResident other{.code = "20000000002", .number = "222222222225"};
  const SomeResident restricted{.status = "restricted"};
  for (const auto& residents :
       {std::vector<SomeResident>{restricted, other}, {other, restricted}}) {
    const Decision both = MatchOne(residents, moved);
    EXPECT_EQ(both.outcome, MatchOutcome::kPartial);
    EXPECT_EQ(both.differs, BitOf(Attribute::kAddress));
  }
}

TEST(Match, WhoHasDiedOrLeftIsGone) {
  EXPECT_EQ(MatchOne({{.status = "deceased"}}, {}).outcome, MatchOutcome::kGone);
  EXPECT_EQ(MatchOne({{.status = "moved_abroad"}}, {}).outcome, MatchOutcome::kGone);
}

TEST(Match, ALivingOneWhoFitsAsWellAsTheDeadIsMultiple) {
  EXPECT_EQ(MatchOne({{.status = "deceased"}, Twin()}, {}).outcome, MatchOutcome::kMultiple);
}

TEST(Match, NoNameOrNoBirthDateIsInvalid) {
  EXPECT_EQ(MatchOne({{}}, {.name = ""}).outcome, MatchOutcome::kInvalid);
  EXPECT_EQ(MatchOne({{}}, {.name = "　 "}).outcome, MatchOutcome::kInvalid);
  EXPECT_EQ(MatchOne({{}}, {.birth = ""}).outcome, MatchOutcome::kInvalid);
}

TEST(Match, EvidenceSaysWhatWasAskedAndFound) {
  const auto index = IndexOf({{}});
  const SomePerson person{.name = "渡邊　一郎", .birth = "1980-04-06"};
  const Decision decision = index->Match(person.Ask(), Explain::kYes);
  ASSERT_EQ(decision.evidence.size(), kAttributeCount);
  const AttributeEvidence& name = decision.evidence[0];
  EXPECT_FALSE(name.is_equal_lossless);
  EXPECT_TRUE(name.is_equal_lenient);
  EXPECT_EQ(name.rules, RuleBit(Rule::kKanjiVariant));
  EXPECT_EQ(name.asked, "渡邊一郎");
  const AttributeEvidence& birth = decision.evidence[2];
  EXPECT_FALSE(birth.is_equal_lenient);
  EXPECT_EQ(birth.asked, "1980-04-06");
  EXPECT_EQ(birth.found, "1980-04-05");
}

TEST(Compare, SaysWhatMatchWouldSayOfTheOnlyCandidate) {
  const std::string name = "渡辺　一郎";
  const SomePerson person;
  ResidentView resident;
  resident.resident_record_code = kCode;
  resident.attributes = person.Ask();
  const auto compare = [&](const SomePerson& asked) {
    return Compare(asked.Ask(), resident, *SharedNormaliser(), Explain::kNo);
  };
  EXPECT_EQ(compare(person).outcome, MatchOutcome::kAgree);
  EXPECT_EQ(compare({.name = "渡邊　一郎"}).outcome, MatchOutcome::kNotation);
  const Decision differs = compare({.birth = "1981-04-05", .sex = text::Sex::kFemale});
  EXPECT_EQ(differs.outcome, MatchOutcome::kPartial);
  EXPECT_EQ(AttributeNames(differs.differs), "birth-date sex");
  EXPECT_EQ(compare({.name = ""}).outcome, MatchOutcome::kInvalid);
}

TEST(ResidentIndex, FindsByPresentAndByOldNumber) {
  const auto index = IndexOf({{.superseded = "333333333332"}, Twin()});
  ResidentView view;
  bool is_superseded = true;
  ASSERT_TRUE(index->FindByNumber(222222222225, view, is_superseded));
  EXPECT_EQ(view.resident_record_code, kOtherCode);
  EXPECT_FALSE(is_superseded);
  ASSERT_TRUE(index->FindByNumber(333333333332, view, is_superseded));
  EXPECT_EQ(view.resident_record_code, kCode);
  EXPECT_TRUE(is_superseded);
  EXPECT_EQ(view.attributes.name, "渡辺　一郎");
  EXPECT_FALSE(index->FindByNumber(444444444442, view, is_superseded));
  EXPECT_EQ(index->size(), 2U);
}

TEST(NearDates, AreASlipApart) {
  const auto near = [](std::string_view a, std::string_view b) {
    Date first;
    Date second;
    return Date::TryParse(a, first) && Date::TryParse(b, second) && AreNearDates(first, second);
  };
  EXPECT_TRUE(near("1980-04-05", "1980-05-04"));
  EXPECT_TRUE(near("1980-01-12", "1980-12-01"));
  EXPECT_TRUE(near("1980-04-05", "1955-04-05"));
  EXPECT_TRUE(near("1979-12-31", "1980-01-01"));
  EXPECT_FALSE(near("1980-04-05", "1981-07-06"));
}

}  // namespace

}  // namespace musubi::matching
