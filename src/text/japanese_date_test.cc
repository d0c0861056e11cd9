#include "text/japanese_date.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::text {
namespace {

// The date in ISO spelling, or what is wrong.
std::string Read(std::string_view text) {
  Date date;
  const DateFault fault = ReadJapaneseDate(text, date);
  if (fault == DateFault::kBlank) {
    return "blank";
  }
  return fault == DateFault::kNone ? date.Text() : std::string(DateFaultText(fault));
}

constexpr const char* kNotADate = "not a date";
constexpr const char* kOutside = "the date is outside its era";
constexpr const char* kLunar = "an era date before 1873 is of the lunar calendar";

TEST(JapaneseDate, WesternSpellingsAreRead) {
  for (const char* text :
       {"1979-03-12",
        "1979/3/12",
        "1979.3.12",
        "19790312",
        "1979年3月12日",
        "西暦1979年03月12日",
        "１９７９／０３／１２",
        " 1979/ 3/12 ",
        "1979－03－12",
        "１９７９０３１２"}) {
    EXPECT_EQ(Read(text), "1979-03-12") << text;
  }
}

TEST(JapaneseDate, EraSpellingsAreRead) {
  for (const char* text :
       {"昭和54年3月12日",
        "昭和５４年０３月１２日",
        "昭和 54年 3月12日",
        "昭54.3.12",
        "S54.3.12",
        "s54/03/12",
        "Ｓ５４．３．１２",
        "S54-3-12",
        "S540312",
        "昭和540312",
        "㍼54.3.12"}) {
    EXPECT_EQ(Read(text), "1979-03-12") << text;
  }
  EXPECT_EQ(Read("H09/03/10"), "1997-03-10");
  EXPECT_EQ(Read("R1.5.1"), "2019-05-01");
  EXPECT_EQ(Read("㋿元年5月1日"), "2019-05-01");
  EXPECT_EQ(Read("M45.1.1"), "1912-01-01");
  EXPECT_EQ(Read("T1.12.31"), "1912-12-31");
}

TEST(JapaneseDate, FirstYearIsWrittenGannenToo) {
  EXPECT_EQ(Read("昭和元年12月25日"), "1926-12-25");
  EXPECT_EQ(Read("平成元年1月8日"), "1989-01-08");
  EXPECT_EQ(Read("令和元年5月1日"), "2019-05-01");
  EXPECT_EQ(Read("大正元年7月30日"), "1912-07-30");
}

TEST(JapaneseDate, EraEndsTheDayBeforeTheNextBegins) {
  EXPECT_EQ(Read("明治45年7月29日"), "1912-07-29");
  EXPECT_EQ(Read("明治45年7月30日"), kOutside);
  EXPECT_EQ(Read("大正元年7月29日"), kOutside);
  EXPECT_EQ(Read("大正15年12月24日"), "1926-12-24");
  EXPECT_EQ(Read("大正15年12月25日"), kOutside);
  EXPECT_EQ(Read("昭和元年12月24日"), kOutside);
  EXPECT_EQ(Read("昭和64年1月7日"), "1989-01-07");
  EXPECT_EQ(Read("昭和64年1月8日"), kOutside);
  EXPECT_EQ(Read("平成元年1月7日"), kOutside);
  EXPECT_EQ(Read("平成31年4月30日"), "2019-04-30");
  EXPECT_EQ(Read("平成31年5月1日"), kOutside);
  EXPECT_EQ(Read("令和元年4月30日"), kOutside);
}

TEST(JapaneseDate, LunarDatesOfMeijiAreNotGuessed) {
  EXPECT_EQ(Read("明治6年1月1日"), "1873-01-01");
  EXPECT_EQ(Read("明治5年12月2日"), kLunar);
  EXPECT_EQ(Read("明治元年1月25日"), kLunar);
  EXPECT_EQ(Read("明治元年1月24日"), kOutside);
  EXPECT_EQ(Read("1872-12-31"), "1872-12-31");
}

TEST(JapaneseDate, DaysThatDoNotExistAreRefused) {
  for (const char* text :
       {"1979-02-29",
        "19790230",
        "S54.2.29",
        "1979-13-01",
        "1979-00-10",
        "1979-01-00",
        "S0.1.1",
        "0000-01-01",
        "H1.0.1"}) {
    EXPECT_EQ(Read(text), kNotADate) << text;
  }
  EXPECT_EQ(Read("2000-02-29"), "2000-02-29");
}

TEST(JapaneseDate, OtherTextIsRefused) {
  for (const char* text :
       {"79/3/12",
        "790312",
        "1979-3/12",
        "1979年3月12",
        "1979年3/12日",
        "1979-03-12x",
        "197903121",
        "1979031",
        "S54",
        "S5403",
        "S5.0312",
        "昭和",
        "元年1月1日",
        "X54.3.12",
        "慶応3年1月1日",
        "S100.1.1",
        "不明",
        "西1979-03-12x",
        "1979-03-12 00:00",
        "\xff\xfe",
        "111111111111111111111111111111111111111111"}) {
    EXPECT_EQ(Read(text), kNotADate) << text;
  }
}

TEST(JapaneseDate, SpacesAloneAreBlank) {
  for (const char* text : {"", " ", "　", "　　 "}) {
    EXPECT_EQ(Read(text), "blank");
  }
}

TEST(JapaneseDate, RefusedTextLeavesTheDateAlone) {
  Date date = Date::FromPacked(19790312);
  EXPECT_EQ(ReadJapaneseDate("平成31年5月1日", date), DateFault::kOutsideEra);
  EXPECT_EQ(ReadJapaneseDate("", date), DateFault::kBlank);
  EXPECT_EQ(date.Text(), "1979-03-12");
}

RC_GTEST_PROP(JapaneseDateProperty, EraAndWesternSpellingNameTheSameDay, ()) {
  const auto day_number = *rc::gen::inRange(-15767, 25000);  // 1926-11-01 to 2038
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(day_number))};
  const Date date = Date::Of(day);
  const auto spell = [&](const char* era, int first_year) {
    return era + std::to_string(date.year() - first_year + 1) + "." + std::to_string(date.month()) +
           "." + std::to_string(date.day());
  };
  int count = 0;
  for (const auto& [era, first_year] :
       {std::pair{"T", 1912}, {"S", 1926}, {"H", 1989}, {"R", 2019}}) {
    if (date.year() >= first_year) {
      Date out;
      if (ReadJapaneseDate(spell(era, first_year), out) == DateFault::kNone) {
        RC_ASSERT(out == date);
        ++count;
      }
    }
  }
  RC_ASSERT(count == 1);  // every day belongs to exactly one era
}

}  // namespace
}  // namespace musubi::text
