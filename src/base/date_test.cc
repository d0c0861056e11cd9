#include "base/date.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi {
namespace {

TEST(Date, IsWrittenAsItIsRead) {
  const auto date = Date::Parse("1979-03-12");
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(date->year(), 1979);
  EXPECT_EQ(date->month(), 3U);
  EXPECT_EQ(date->day(), 12U);
  EXPECT_EQ(date->packed(), 19790312U);
  EXPECT_EQ(date->Text(), "1979-03-12");
}

TEST(Date, FirstAndLastDayAreDates) {
  EXPECT_TRUE(Date::Parse("1000-01-01").ok());
  EXPECT_TRUE(Date::Parse("9999-12-31").ok());
  EXPECT_FALSE(Date::Parse("0999-12-31").ok());
}

TEST(Date, LeapDaysFollowTheGregorianRule) {
  EXPECT_TRUE(Date::Parse("2024-02-29").ok());
  EXPECT_TRUE(Date::Parse("2000-02-29").ok());
  EXPECT_FALSE(Date::Parse("1900-02-29").ok());
  EXPECT_FALSE(Date::Parse("2023-02-29").ok());
}

TEST(Date, OtherTextIsRefused) {
  for (const char* text :
       {"",
        "1979-3-12",
        "1979/03/12",
        "19790312",
        "1979-03-1",
        "1979-03-123",
        "1979-13-01",
        "1979-00-01",
        "1979-01-00",
        "1979-04-31",
        "197a-03-12",
        "-979-03-12",
        "1979-03-12 "}) {
    Date date = Date::FromPacked(20000101);
    EXPECT_FALSE(Date::TryParse(text, date)) << text;
    EXPECT_EQ(date.packed(), 20000101U);
    EXPECT_EQ(Date::Parse(text).error().code, ErrorCode::kInvalid);
  }
}

TEST(Date, NoDateIsEmptyTextAndBeforeEveryDate) {
  EXPECT_FALSE(Date().is_set());
  EXPECT_EQ(Date().Text(), "");
  EXPECT_LT(Date(), *Date::Parse("1000-01-01"));
}

RC_GTEST_PROP(DateProperty, EveryDaySurvivesTheRoundTripInOrder, ()) {
  using std::chrono::days;
  using std::chrono::sys_days;
  const auto number = *rc::gen::inRange(-350'000, 2'900'000);  // 1011 to 9909
  const std::chrono::year_month_day day{sys_days(days(number))};
  const Date date = Date::Of(day);
  Date again;
  RC_ASSERT(Date::TryParse(date.Text(), again));
  RC_ASSERT(again == date);
  RC_ASSERT(Date::FromPacked(date.packed()) == date);
  RC_ASSERT(date < Date::Of(std::chrono::year_month_day{sys_days(days(number + 1))}));
}

}  // namespace
}  // namespace musubi
