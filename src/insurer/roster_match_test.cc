#include "insurer/roster_match.h"

#include <gtest/gtest.h>

#include "insurer/people_for_test.h"

namespace musubi::insurer {
namespace {

std::vector<std::uint32_t> Match(
    const std::vector<PersonForTest>& rows, const std::vector<Known>& people
) {
  std::vector<Incoming> incoming;
  for (const PersonForTest& row : rows) {
    incoming.push_back(RowForTest(row));
  }
  return MatchRoster(incoming, people);
}

using Expected = std::vector<std::uint32_t>;

TEST(RosterMatch, TheSamePeopleInAnotherOrderAreFound) {
  const PersonForTest father;
  const PersonForTest child = {
      .name = "山田　一", .kana = "ヤマダ　ハジメ", .birth_date = "2010-01-01"
  };
  EXPECT_EQ(Match({child, father}, {KnownForTest(father), KnownForTest(child)}), (Expected{1, 0}));
}

TEST(RosterMatch, ANameSpeltInAnotherWidthIsTheSamePerson) {
  EXPECT_EQ(Match({{.name = "山田太郎", .address = "大阪府"}}, {KnownForTest({})}), (Expected{0}));
}

TEST(RosterMatch, AnotherHouseholdIsAnotherPerson) {
  EXPECT_EQ(Match({{.household = "101"}}, {KnownForTest({})}), (Expected{kNobody}));
}

TEST(RosterMatch, ANewSurnameIsFoundByKanaOrNumberOrBirthDate) {
  const PersonForTest before = {.number = 7};
  EXPECT_EQ(Match({{.name = "高橋太郎", .number = 7}}, {KnownForTest(before)}), (Expected{0}));
  EXPECT_EQ(Match({{.name = "髙山太郎"}}, {KnownForTest({})}), (Expected{0}));
  EXPECT_EQ(
      Match({{.name = "高橋太郎", .kana = "タカハシタロウ"}}, {KnownForTest({})}), (Expected{0})
  );
}

TEST(RosterMatch, TwinsAreNotTakenForEachOther) {
  const PersonForTest first = {.name = "山田　有芽", .kana = "ヤマダ　ユメ"};
  const PersonForTest second = {.name = "山田　芽有", .kana = "ヤマダ　メユ"};
  EXPECT_EQ(Match({second, first}, {KnownForTest(first), KnownForTest(second)}), (Expected{1, 0}));
  // Both renamed at once: birth date and sex fit both, so nobody is guessed.
  EXPECT_EQ(
      Match(
          {{.name = "甲", .kana = "コウ"}, {.name = "乙", .kana = "オツ"}},
          {KnownForTest(first), KnownForTest(second)}
      ),
      (Expected{kNobody, kNobody})
  );
}

TEST(RosterMatch, SwappedNumbersOfAFamilyDoNotSwapThePeople) {
  const PersonForTest father = {.number = 1};
  const PersonForTest mother = {
      .name = "山田　花子",
      .kana = "ヤマダ　ハナコ",
      .birth_date = "1981-05-05",
      .sex = "2",
      .number = 2
  };
  PersonForTest father_now = father;
  PersonForTest mother_now = mother;
  std::swap(father_now.number, mother_now.number);
  EXPECT_EQ(
      Match({mother_now, father_now}, {KnownForTest(father), KnownForTest(mother)}),
      (Expected{1, 0})
  );
}

TEST(RosterMatch, SomebodyOfTheLastRosterComesBeforeSomebodyReleased) {
  EXPECT_EQ(Match({{}}, {KnownForTest({}, LinkState::kReleased), KnownForTest({})}), (Expected{1}));
  EXPECT_EQ(Match({{}}, {KnownForTest({}, LinkState::kReleased)}), (Expected{0}));
}

TEST(RosterMatch, BlankNamesAndDatesAgreeWithNothing) {
  const PersonForTest blank = {.name = "", .kana = "", .birth_date = "", .sex = ""};
  const PersonForTest other = {
      .name = "", .kana = "", .birth_date = "", .sex = "", .address = "大阪府"
  };
  EXPECT_EQ(Match({other}, {KnownForTest(blank)}), (Expected{kNobody}));
}

TEST(RosterMatch, TheSameRowTwiceIsTwoPeopleForEver) {
  EXPECT_EQ(Match({{}, {}}, {KnownForTest({}), KnownForTest({})}), (Expected{0, 1}));
}

}  // namespace
}  // namespace musubi::insurer
