#include "national/jlis/resident_register.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "base/io.h"
#include "national/jlis/residents_for_test.h"
#include "ops/log.h"

namespace musubi::national::jlis {

namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 5ms;

std::string ResidentNumber(unsigned person) {
  return ResidentLine("0000000000" + std::to_string(person), NumberOf(person), "1979-03-12");
}

class ResidentRegisterTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(ops::SetLogFile(log()).ok());
    register_ = ResidentRegister::Open(file_.path(), ResidentRegister::Attributes::kYes, kLookEvery)
                    .value();
  }

  void TearDown() override {
    register_.reset();
    ASSERT_TRUE(ops::SetLogFile("/dev/null").ok());
  }

  [[nodiscard]] std::filesystem::path log() const { return file_.path().parent_path() / "log"; }

  // As the documentation says: beside the file, then renamed.
  void Put(const std::string& lines) {
    ASSERT_TRUE(WriteFile(file_.path(), std::string(kHeading) + lines).ok());
  }

  [[nodiscard]] std::string Verify(unsigned person) const {
    const auto residents = register_->Now();
    const auto answer = residents->attributes->AnswerVerifications(
        "P1," + NumberOf(person) + ",架空 花子,カクウ ハナコ,1979-03-12,2,架空県見本市1-2-3\r\n"
    );
    return answer.ok() ? std::string(answer->data(), answer->size()) : answer.error().Text();
  }

  template <typename Condition>
  static bool Becomes(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(1ms);
    }
    return condition();
  }

  [[nodiscard]] bool LogSays(const std::string& words) const {
    const auto text = ReadFile(log());
    return text.ok() && text->find(words) != std::string::npos;
  }

  ResidentFile file_{ResidentNumber(1)};
  std::unique_ptr<ResidentRegister> register_;
};

TEST_F(ResidentRegisterTest, NoQueryFailsWhileTheRegisterIsExchangedAndLaterOnesSeeTheNewResident) {
  std::atomic<bool> is_over = false;
  std::atomic<unsigned> asked = 0;
  std::atomic<unsigned> failed = 0;
  std::vector<std::jthread> askers;
  for (int i = 0; i < 2; ++i) {
    askers.emplace_back([&] {
      while (!is_over) {
        ++asked;
        failed += Verify(1) == "P1,agree,,,\r\n" ? 0U : 1U;
      }
    });
  }
  EXPECT_EQ(Verify(2), "P1,number-unknown,,,\r\n");
  std::string lines = ResidentNumber(1);
  for (unsigned person = 2; person <= 6; ++person) {
    lines += ResidentNumber(person);
    Put(lines);
    EXPECT_TRUE(Becomes([&] { return Verify(person) == "P1,agree,,,\r\n"; })) << person;
  }
  is_over = true;
  askers.clear();
  EXPECT_GT(asked, 10U);
  EXPECT_EQ(failed, 0U);
}

TEST_F(ResidentRegisterTest, AnAnswerOnItsWayKeepsTheRegisterItBeganWith) {
  const auto old = register_->Now();
  Put(ResidentNumber(2));
  ASSERT_TRUE(Becomes([&] { return register_->Now() != old; }));
  const Question question{
      number::IndividualNumber::Parse(NumberOf(1)).value().RevealPacked(),
      Date::Parse("1979-03-12").value()
  };
  Resident resident;
  old->numbers.Find({&question, 1}, {&resident, 1});
  EXPECT_EQ(resident.finding, Finding::kFound);
  register_->Now()->numbers.Find({&question, 1}, {&resident, 1});
  EXPECT_EQ(resident.finding, Finding::kNotFound);
}

TEST_F(ResidentRegisterTest, ABrokenFileKeepsTheOldRegisterAndTheLogSaysWhere) {
  Put(ResidentNumber(1) + ResidentLine("00000000002", NumberOf(2), "1979-02-30"));
  EXPECT_TRUE(Becomes([&] { return LogSays("jlis.residents.refused"); }));
  EXPECT_TRUE(LogSays("residents.csv:3: birth_date"));
  EXPECT_FALSE(LogSays(NumberOf(2)));
  EXPECT_EQ(Verify(1), "P1,agree,,,\r\n");
  Put(ResidentNumber(1) + ResidentNumber(2));
  EXPECT_TRUE(Becomes([&] { return Verify(2) == "P1,agree,,,\r\n"; }));
}

TEST_F(ResidentRegisterTest, AFileTakenAwayChangesNothing) {
  std::filesystem::remove(file_.path());
  EXPECT_TRUE(Becomes([&] { return LogSays("jlis.residents.refused"); }));
  EXPECT_EQ(Verify(1), "P1,agree,,,\r\n");
}

TEST(ResidentRegisterStart, ABrokenFileIsRefusedAtTheStart) {
  const ResidentFile file("x\r\n");
  EXPECT_FALSE(ResidentRegister::Open(file.path(), ResidentRegister::Attributes::kNo).ok());
}

}  // namespace

}  // namespace musubi::national::jlis
