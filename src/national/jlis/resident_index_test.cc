#include "national/jlis/resident_index.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "national/jlis/residents_for_test.h"

namespace musubi::national::jlis {

namespace {

Question Ask(const std::string& number, const std::string& birth_date) {
  return {
      number::IndividualNumber::Parse(number).value().RevealPacked(),
      Date::Parse(birth_date).value()
  };
}

Resident FindOne(const ResidentIndex& index, const Question& question) {
  std::array<Resident, 1> answers;
  index.Find(std::array{question}, answers);
  return answers[0];
}

const std::string kEverybody =
    ResidentLine("00000000011", NumberOf(1), "1979-03-12") +
    ResidentLine("00000000022", NumberOf(2), "1980-01-01", "deceased") +
    ResidentLine("00000000033", NumberOf(3), "1980-01-01", "moved_abroad") +
    ResidentLine("00000000044", NumberOf(4), "1980-01-01", "restricted") +
    ResidentLine("99999999955", NumberOf(5), "9999-12-31", "", NumberOf(6));

class ResidentIndexTest : public testing::Test {
 protected:
  ResidentFile file_{kEverybody};
  ResidentIndex index_ = ResidentIndex::Load(file_.path()).value();
};

TEST_F(ResidentIndexTest, EveryoneIsCountedOnce) {
  EXPECT_EQ(index_.resident_count(), 5U);
}

TEST_F(ResidentIndexTest, NumberAndBirthDateFindTheRecordCode) {
  const Resident first = FindOne(index_, Ask(NumberOf(1), "1979-03-12"));
  EXPECT_EQ(first.finding, Finding::kFound);
  EXPECT_EQ(first.record_code, 11U);
  const Resident last = FindOne(index_, Ask(NumberOf(5), "9999-12-31"));
  EXPECT_EQ(last.finding, Finding::kFound);
  EXPECT_EQ(last.record_code, 99999999955U);
}

TEST_F(ResidentIndexTest, EveryOtherCaseHasItsFinding) {
  EXPECT_EQ(FindOne(index_, Ask(NumberOf(2), "1980-01-01")).finding, Finding::kResidentGone);
  EXPECT_EQ(FindOne(index_, Ask(NumberOf(3), "1980-01-01")).finding, Finding::kResidentGone);
  EXPECT_EQ(FindOne(index_, Ask(NumberOf(4), "1980-01-01")).finding, Finding::kRestricted);
  EXPECT_EQ(FindOne(index_, Ask(NumberOf(6), "9999-12-31")).finding, Finding::kSuperseded);
  EXPECT_EQ(FindOne(index_, Ask(NumberOf(7), "1980-01-01")).finding, Finding::kNotFound);
  EXPECT_EQ(FindOne(index_, Question{}).finding, Finding::kBadFormat);
}

TEST_F(ResidentIndexTest, StatusIsNotToldToThoseWhoDoNotKnowTheBirthDate) {
  for (const std::uint64_t person : {1U, 2U, 3U, 4U, 5U, 6U}) {
    const Resident answer = FindOne(index_, Ask(NumberOf(person), "1980-01-02"));
    EXPECT_EQ(answer.finding, Finding::kBirthDateDiffers) << person;
    EXPECT_EQ(answer.record_code, 0U);
  }
}

TEST(ResidentIndex, NobodyIsFoundInAnEmptyRegister) {
  const ResidentFile file("");
  const ResidentIndex index = ResidentIndex::Load(file.path()).value();
  EXPECT_EQ(FindOne(index, Ask(NumberOf(1), "1979-03-12")).finding, Finding::kNotFound);
}

Error LoadError(const std::string& lines) {
  const ResidentFile file(lines);
  const auto index = ResidentIndex::Load(file.path());
  return index.ok() ? Error{} : index.error();
}

TEST(ResidentIndex, ANumberThatStandsTwiceIsRefusedWithBothLines) {
  const Error error = LoadError(
      ResidentLine("00000000011", NumberOf(1), "1979-03-12") +
      ResidentLine("00000000022", NumberOf(2), "1979-03-12") +
      ResidentLine("00000000033", NumberOf(1), "1980-01-01")
  );
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_EQ(error.place, "residents.csv:4: individual_number");
  EXPECT_NE(error.message.find("line 2"), std::string::npos);
  EXPECT_EQ(error.Text().find(NumberOf(1)), std::string::npos);
}

TEST(ResidentIndex, ASupersededNumberOfSomebodyElseIsRefused) {
  const Error error = LoadError(
      ResidentLine("00000000011", NumberOf(1), "1979-03-12") +
      ResidentLine("00000000022", NumberOf(2), "1979-03-12", "", NumberOf(1))
  );
  EXPECT_EQ(error.place, "residents.csv:3: superseded_number");
}

TEST(ResidentIndex, AWrongCheckDigitIsRefusedWithItsLine) {
  std::string number = NumberOf(1);
  number.back() = number.back() == '9' ? '8' : static_cast<char>(number.back() + 1);
  const Error error = LoadError(ResidentLine("00000000011", number, "1979-03-12"));
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_EQ(error.place, "residents.csv:2: individual_number");
  EXPECT_EQ(error.Text().find(number), std::string::npos);
}

RC_GTEST_PROP(ResidentIndex, FindsWhatAMapFinds, ()) {
  const auto people = *rc::gen::container<std::map<std::uint64_t, std::uint64_t>>(
      rc::gen::inRange<std::uint64_t>(1, 2000), rc::gen::inRange<std::uint64_t>(0, 99999999999)
  );
  std::string lines;
  for (const auto& [person, code] : people) {
    std::string digits = std::to_string(code);
    lines +=
        ResidentLine(std::string(11 - digits.size(), '0') + digits, NumberOf(person), "1979-03-12");
  }
  const ResidentFile file(lines);
  const ResidentIndex index = ResidentIndex::Load(file.path()).value();
  SecretVector<Question> questions;
  for (std::uint64_t person = 1; person < 2000; ++person) {
    questions.push_back(Ask(NumberOf(person), "1979-03-12"));
  }
  SecretVector<Resident> answers(questions.size());
  index.Find(questions, answers);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto expected = people.find(i + 1);
    RC_ASSERT((answers[i].finding == Finding::kFound) == (expected != people.end()));
    if (expected != people.end()) {
      RC_ASSERT(answers[i].record_code == expected->second);
    }
  }
}

}  // namespace

}  // namespace musubi::national::jlis
