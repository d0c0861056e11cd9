#include "national/jlis/attribute_queries.h"

#include <vector>

#include <gtest/gtest.h>

#include "national/jlis/residents_for_test.h"

namespace musubi::national::jlis {

namespace {

std::string Resident(
    unsigned person,
    const std::string& name,
    const std::string& kana,
    const std::string& birth_date,
    const std::string& sex,
    const std::string& status = "",
    const std::string& superseded = ""
) {
  return "0000000000" + std::to_string(person) + "," + NumberOf(person) + "," + name + "," + kana +
         "," + birth_date + "," + sex + ",東京都千代田区霞が関1-2-3," + status + "," + superseded +
         ",,\r\n";
}

using Fields = std::vector<std::string>;

class AttributeQueriesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto numbers = ResidentIndex::Load(file_.path());
    ASSERT_TRUE(numbers.ok()) << numbers.error().Text();
    auto index = AttributeIndex::Load(file_.path(), *numbers, 1);
    ASSERT_TRUE(index.ok()) << index.error().Text();
    index_.emplace(std::move(index).value());
  }

  static std::vector<Fields> Parse(const Result<http::Body>& body) {
    std::vector<Fields> lines;
    EXPECT_TRUE(body.ok()) << body.error().Text();
    if (body.ok()) {
      const auto count =
          exchange::EachLine({body->data(), body->size()}, [&lines](std::uint64_t, auto fields) {
            lines.emplace_back(fields.begin(), fields.end());
            return Ok();
          });
      EXPECT_TRUE(count.ok());
    }
    return lines;
  }

  Fields Query(const std::string& attributes) {
    const auto lines = Parse(index_->AnswerQueries("P1," + attributes + "\r\n"));
    return lines.size() == 1 ? lines[0] : Fields(6);
  }

  Fields Verify(unsigned person, const std::string& attributes) {
    const auto lines =
        Parse(index_->AnswerVerifications("P1," + NumberOf(person) + "," + attributes + "\r\n"));
    return lines.size() == 1 ? lines[0] : Fields(5);
  }

  static std::string Person(
      const std::string& name = "髙橋 花子",
      const std::string& kana = "タカハシ ハナコ",
      const std::string& birth_date = "1979-03-12",
      const std::string& sex = "2",
      const std::string& address = "東京都千代田区霞が関１丁目２番３号"
  ) {
    return name + "," + kana + "," + birth_date + "," + sex + "," + address;
  }

  ResidentFile file_{
      Resident(1, "髙橋 花子", "タカハシ ハナコ", "1979-03-12", "2") +
      Resident(2, "佐藤 一", "サトウ ハジメ", "1980-01-01", "1", "deceased") +
      Resident(3, "鈴木 二郎", "スズキ ジロウ", "1980-01-02", "1", "restricted") +
      Resident(4, "田中 三郎", "タナカ サブロウ", "1980-01-03", "1", "", NumberOf(9))
  };
  std::optional<AttributeIndex> index_;
};

TEST_F(AttributeQueriesTest, WhoAgreesInEverythingIsToldWithTheNumber) {
  const Fields answer = Query(Person());
  EXPECT_EQ(answer[0], "P1");
  EXPECT_EQ(answer[1], "agree");
  EXPECT_EQ(answer[2], NumberOf(1));
  EXPECT_EQ(answer[4], "");
}

TEST_F(AttributeQueriesTest, AnotherSpellingIsToldWithItsRuleAndWithoutTheNumber) {
  const Fields answer = Query(Person("高橋花子"));
  EXPECT_EQ(answer[1], "notation");
  EXPECT_EQ(answer[2], "");
  EXPECT_EQ(answer[4], "kanji-variant");
  EXPECT_EQ(answer[5], "高/髙");
  EXPECT_NE(answer[3].find("name:notation"), std::string::npos) << answer[3];
}

TEST_F(AttributeQueriesTest, WhoDiffersInOneThingIsALeadWithoutANumber) {
  const Fields moved =
      Query(Person("髙橋 花子", "タカハシ ハナコ", "1979-03-12", "2", "大阪府堺市堺区南瓦町3-1"));
  EXPECT_EQ(moved[1], "partial");
  EXPECT_EQ(moved[2], "");
  EXPECT_NE(moved[3].find("address:differs"), std::string::npos) << moved[3];
  EXPECT_EQ(Query(Person("", "", "1979-03-12"))[1], "invalid");
}

TEST_F(AttributeQueriesTest, EveryOutcomeOfVerificationIsTold) {
  EXPECT_EQ(Verify(1, Person())[1], "agree");
  const Fields notation = Verify(1, Person("高橋　花子"));
  EXPECT_EQ(notation[1], "notation");
  EXPECT_EQ(notation[4], "高/髙");
  EXPECT_EQ(Verify(1, Person("佐藤 花子"))[1], "name-differs");
  EXPECT_EQ(Verify(1, Person("髙橋 花子", "サトウ ハナコ"))[1], "kana-differs");
  EXPECT_EQ(
      Verify(1, Person("髙橋 花子", "タカハシ ハナコ", "1979-03-13"))[1], "birth-date-differs"
  );
  EXPECT_EQ(Verify(1, Person("髙橋 花子", "タカハシ ハナコ", "1979-03-12", "1"))[1], "sex-differs");
  EXPECT_EQ(
      Verify(
          1, Person("髙橋 花子", "タカハシ ハナコ", "1979-03-12", "2", "大阪府堺市堺区南瓦町3-1")
      )[1],
      "address-differs"
  );
  EXPECT_EQ(Verify(8, Person())[1], "number-unknown");
  EXPECT_EQ(Verify(2, Person("佐藤 一", "サトウ ハジメ", "1980-01-01", "1"))[1], "gone");
  EXPECT_EQ(Verify(9, Person("田中 三郎", "タナカ サブロウ", "1980-01-03", "1"))[1], "superseded");
}

TEST_F(AttributeQueriesTest, TheGravestDifferenceDecides) {
  EXPECT_EQ(
      Verify(
          1, Person("佐藤 花子", "サトウ ハナコ", "1979-03-12", "1", "大阪府堺市堺区南瓦町3-1")
      )[1],
      "sex-differs"
  );
}

TEST_F(AttributeQueriesTest, StatusIsToldOnlyToWhoKnowsTheBirthDateAndNothingElseOfTheProtected) {
  EXPECT_EQ(Verify(3, Person())[1], "birth-date-differs");
  EXPECT_EQ(Verify(9, Person())[1], "birth-date-differs");
  const Fields restricted = Verify(3, Person("鈴木 二郎", "ちがう", "1980-01-02", "1"));
  EXPECT_EQ(restricted, (Fields{"P1", "restricted", "", "", ""}));
}

TEST_F(AttributeQueriesTest, OfTheProtectedALeadDoesNotSayWhatDiffers) {
  const Fields lead =
      Query(Person("鈴木 二郎", "スズキ ジロウ", "1980-01-02", "1", "大阪府堺市堺区南瓦町3-1"));
  EXPECT_EQ(lead, (Fields{"P1", "restricted", "", "", "", ""}));
}

TEST_F(AttributeQueriesTest, AnAddressIsToldToWhoKnowsNumberAndBirthDateOfResidentsWhoAreHere) {
  const auto look_up = [this](unsigned person, const std::string& birth_date) {
    const auto lines =
        Parse(index_->AnswerAddresses("P1," + NumberOf(person) + "," + birth_date + "\r\n"));
    return lines.size() == 1 ? lines[0] : Fields(3);
  };
  EXPECT_EQ(look_up(1, "1979-03-12"), (Fields{"P1", "found", "東京都千代田区霞が関1-2-3"}));
  EXPECT_EQ(look_up(1, "1979-03-13"), (Fields{"P1", "birth-date-differs", ""}));
  EXPECT_EQ(look_up(2, "1980-01-01"), (Fields{"P1", "gone", ""}));
  EXPECT_EQ(look_up(3, "1980-01-02"), (Fields{"P1", "restricted", ""}));
  EXPECT_EQ(look_up(3, "1980-01-03"), (Fields{"P1", "birth-date-differs", ""}));
  EXPECT_EQ(look_up(9, "1980-01-03"), (Fields{"P1", "superseded", ""}));
  EXPECT_EQ(look_up(8, "1980-01-03"), (Fields{"P1", "number-unknown", ""}));
  EXPECT_EQ(look_up(1, "1979-3-12"), (Fields{"P1", "invalid", ""}));
}

TEST_F(AttributeQueriesTest, AnUnreadableLineIsInvalidAndTheOthersAreAnswered) {
  const auto lines = Parse(index_->AnswerQueries("P1,x\r\n\"P2\"," + Person() + "\r\n"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0][1], "invalid");
  EXPECT_EQ(lines[1][1], "agree");
}

}  // namespace

}  // namespace musubi::national::jlis
