#include "national/institution/answer_faults.h"

#include <gtest/gtest.h>

#include "base/io.h"
#include "national/network/folder_for_test.h"

namespace musubi::national::institution {
namespace {

class AnswerFaultsTest : public testing::Test {
 protected:
  void Put(std::string_view toml) { ASSERT_TRUE(WriteFile(path_, toml).ok()); }

  static Code16 Id(int number) {
    Code16 id{};
    id[0] = static_cast<std::uint8_t>(number);
    id[1] = static_cast<std::uint8_t>(number >> 8);
    return id;
  }

  int CountWrong() {
    int wrong = 0;
    for (int i = 0; i < 400; ++i) {
      wrong += faults_.IsWrong(Id(i)) ? 1 : 0;
    }
    return wrong;
  }

  network::FolderForTest folder_;
  std::filesystem::path path_ = folder_.path() / "answer-faults.toml";
  AnswerFaults faults_{path_};
};

TEST_F(AnswerFaultsTest, WithoutAFileNothingIsWrong) {
  EXPECT_FALSE(faults_.IsSilent());
  EXPECT_EQ(CountWrong(), 0);
}

TEST_F(AnswerFaultsTest, AShareOfAnswersIsWrongAndTheSameOneAgain) {
  Put("wrong_records = 0.5\n");
  const int wrong = CountWrong();
  EXPECT_GT(wrong, 140);
  EXPECT_LT(wrong, 260);
  EXPECT_EQ(CountWrong(), wrong);
  Put("wrong_records = 1.0\n");
  EXPECT_EQ(CountWrong(), 400);
}

TEST_F(AnswerFaultsTest, ABrokenFileChangesNothingAndNoFileEndsIt) {
  Put("silent = true\n");
  EXPECT_TRUE(faults_.IsSilent());
  Put("silent = true\nwrong_records = 7.0\n");
  EXPECT_TRUE(faults_.IsSilent());
  EXPECT_EQ(CountWrong(), 0);
  std::filesystem::remove(path_);
  EXPECT_FALSE(faults_.IsSilent());
}

TEST_F(AnswerFaultsTest, OnlyOrdersMeetSilence) {
  Put("silent = true\n");
  const http::FaultPlan plan =
      faults_.Around({[](const http::Request&) { return http::Fault::kBusy; }});
  http::Request request;
  request.path = "/v1/desk/waiting";
  EXPECT_EQ(plan.decide(request), http::Fault::kBusy);
  request.path = "/v1/provisions";
  EXPECT_EQ(plan.decide(request), http::Fault::kDropBefore);
}

}  // namespace
}  // namespace musubi::national::institution
