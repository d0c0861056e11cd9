// From changed copies to corrections, on either engine: what is corrected once, what a failure and
// a crash leave, and that the registry keeps no change which was dealt with.
#include "hub/correction_watch.h"

#include <chrono>
#include <thread>

#include "hub/copies_for_test.h"
#include "hub/inquiry_office.h"

namespace musubi::hub {
namespace {

using test::Must;

class CorrectionWatchTest : public CopyStoreTest {
 protected:
  void SetUp() override {
    CopyStoreTest::SetUp();
    office_ = IsSqlite()
                  ? Must(store::Database::Open("sqlite:" + (folder() / "exchange.db").string()))
                  : OpenDatabase();
    Must(office_->Migrate("office", OfficeMigrations()));
    book_ = Must(audit::RecordBook::Open(*office_, folder(), "musubi/hub"));
    watch_ = std::make_unique<CorrectionWatch>(CorrectionWatch::Parts{
        database_.get(),
        office_.get(),
        book_.get(),
        [this](std::span<const std::string> given) { return Correct(given); }
    });
    Apply({Funeral(3, "F1", "1"), Funeral(4, "F1", "1"), Funeral(5, "F1", "1")}, 1);
  }

  Result<std::uint64_t> Correct(std::span<const std::string> given) {
    if (is_failing_) {
      return Error{ErrorCode::kUnavailable, "away"};
    }
    rounds_.push_back(given.size());
    return given.size();
  }

  void SetMark(std::int64_t ordinal) {
    Must(Must(office_->Connect())
             ->Execute(
                 "INSERT INTO office_mark (name, value) VALUES ('copy-ordinal', $1)", {ordinal}
             ));
  }

  std::unique_ptr<store::Database> office_;
  std::unique_ptr<audit::RecordBook> book_;
  bool is_failing_ = false;
  std::vector<std::size_t> rounds_;  // how many words Correct was given each time
  std::unique_ptr<CorrectionWatch> watch_;
};

MUSUBI_TEST_BOTH_ENGINES(CorrectionWatchTest);

TEST_P(CorrectionWatchTest, WhatWasCorrectedIsForgottenAndWhatCameMeanwhileIsNot) {
  Apply({Funeral(3, "F1", "2"), DeleteFuneral(4, "F1")}, 2);
  Must(watch_->CorrectOnce());
  EXPECT_EQ(rounds_, std::vector<std::size_t>{2});
  Apply({Funeral(5, "F1", "2")}, 3);
  Must(watch_->ForgetCorrected());
  const auto left = Changes(0);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].number, 5U);
  Must(watch_->CorrectOnce());
  EXPECT_EQ(rounds_, (std::vector<std::size_t>{2, 1}));
  Must(watch_->ForgetCorrected());
  EXPECT_TRUE(Changes(0).empty());
}

TEST_P(CorrectionWatchTest, WhatCouldNotBeCorrectedStays) {
  Apply({Funeral(3, "F1", "2")}, 2);
  is_failing_ = true;
  EXPECT_EQ(watch_->CorrectOnce().error().code, ErrorCode::kUnavailable);
  Must(watch_->ForgetCorrected());
  EXPECT_EQ(Changes(0).size(), 1U);
  is_failing_ = false;
  Must(watch_->CorrectOnce());
  EXPECT_EQ(rounds_, std::vector<std::size_t>{1});
}

TEST_P(CorrectionWatchTest, ACrashBeforeForgettingIsMadeGood) {
  Apply({Funeral(3, "F1", "2")}, 2);
  SetMark(2);  // the crash came after it
  Must(watch_->CorrectOnce());
  EXPECT_TRUE(rounds_.empty());
  Must(watch_->ForgetCorrected());
  EXPECT_TRUE(Changes(0).empty());
}

TEST_P(CorrectionWatchTest, ItsThreadDoesBothWhenItIsWoken) {
  watch_->Start();
  Apply({Funeral(3, "F1", "2")}, 2);
  watch_->Wake();
  for (int i = 0; i < 300 && !Changes(0).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  watch_->Stop();
  EXPECT_EQ(rounds_, std::vector<std::size_t>{1});
  EXPECT_TRUE(Changes(0).empty());
}

}  // namespace
}  // namespace musubi::hub
