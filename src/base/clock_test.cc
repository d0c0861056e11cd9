#include "base/clock.h"

#include <chrono>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi {
namespace {

using namespace std::chrono_literals;

constexpr Instant kInstant =
    Instant(std::chrono::sys_days(2026y / 11 / 22)) + 9h + 3min + 4s + 123ms;

TEST(Clock, JapanIsNineHoursAhead) {
  EXPECT_EQ(FormatJapanTime(kInstant), "2026-11-22T18:03:04+09:00");
  EXPECT_EQ(FormatUtc(kInstant), "2026-11-22T09:03:04.123Z");
}

TEST(Clock, DayInJapanBeginsAtFifteenUtc) {
  const Instant midnight = Instant(std::chrono::sys_days(2026y / 11 / 22)) + 15h;
  EXPECT_EQ(JapanDay(midnight - 1ms), 2026y / 11 / 22);
  EXPECT_EQ(JapanDay(midnight), 2026y / 11 / 23);
}

TEST(Clock, AllSpellingsOfAnInstantAreRead) {
  for (const char* text :
       {"2026-11-22T09:03:04.123Z",
        "2026-11-22T18:03:04.123+09:00",
        "2026-11-22T18:03:04.123456+09:00",
        "2026-11-21T23:33:04.123-09:30"}) {
    const auto instant = ParseInstant(text);
    ASSERT_TRUE(instant.ok()) << text;
    EXPECT_EQ(*instant, kInstant) << text;
  }
  EXPECT_EQ(*ParseInstant("2026-11-22T09:03:04.1Z"), kInstant - 23ms);
  EXPECT_EQ(*ParseInstant("2026-11-22T09:03:04Z"), kInstant - 123ms);
}

TEST(Clock, OtherTextIsRefused) {
  for (const char* text :
       {"",
        "2026-11-22",
        "2026-11-22T09:03:04",
        "2026-11-22 09:03:04Z",
        "2026-11-31T09:03:04Z",
        "2026-02-29T09:03:04Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:04Z",
        "2026-11-22T09:03:60Z",
        "2026-11-22T09:03:04.Z",
        "2026-11-22T09:03:04.1234567890Z",
        "2026-11-22T09:03:04+9:00",
        "2026-11-22T09:03:04+0900",
        "2026-11-22T09:03:04+15:00",
        "2026-11-22T09:03:04Zx",
        "+026-11-22T09:03:04Z"}) {
    const auto instant = ParseInstant(text);
    ASSERT_FALSE(instant.ok()) << text;
    EXPECT_EQ(instant.error().code, ErrorCode::kInvalid);
  }
}

TEST(Clock, ManualClockMovesOnlyWhenMoved) {
  ManualClock clock(kInstant);
  EXPECT_EQ(clock.Now(), kInstant);
  EXPECT_EQ(clock.Now(), kInstant);
  clock.Advance(1h);
  EXPECT_EQ(clock.Now(), kInstant + 1h);
}

TEST(Clock, SystemClockDoesNotStandInThePast) {
  EXPECT_GT(SystemClock().Now(), Instant(0ms));
}

RC_GTEST_PROP(ClockProperty, InstantsSurviveTheRoundTrip, ()) {
  const auto count = *rc::gen::inRange<std::int64_t>(-10'000'000'000'000, 100'000'000'000'000);
  const Instant instant{std::chrono::milliseconds(count)};
  RC_ASSERT(*ParseInstant(FormatUtc(instant)) == instant);
  RC_ASSERT(
      *ParseInstant(FormatJapanTime(instant)) == std::chrono::floor<std::chrono::seconds>(instant)
  );
}

}  // namespace
}  // namespace musubi
