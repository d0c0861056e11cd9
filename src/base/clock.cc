#include "base/clock.h"

namespace musubi {

namespace {

using namespace std::chrono_literals;
constexpr auto kJapanOffset = 9h;

class MachineClock : public Clock {
 public:
  [[nodiscard]] Instant Now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
    );
  }
};

struct CivilTime {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

CivilTime Civil(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {day, std::chrono::hh_mm_ss<std::chrono::milliseconds>(instant - day)};
}

// Writes the lowest `count` decimal digits.
char* PutDigits(char* out, std::size_t count, std::int64_t value) {
  for (std::size_t i = count; i-- > 0; value /= 10) {
    out[i] = static_cast<char>('0' + value % 10);
  }
  return out + count;
}

// By hand: every record and message has several times, and a general formatter takes ten times as
// long. Years 0000 to 9999, which is all that ISO 8601 spells without agreement.
std::string DayAndTime(const CivilTime& civil) {
  std::string text = "0000-00-00T00:00:00";
  char* out = PutDigits(text.data(), 4, static_cast<int>(civil.day.year()));
  out = PutDigits(out + 1, 2, static_cast<unsigned>(civil.day.month()));
  out = PutDigits(out + 1, 2, static_cast<unsigned>(civil.day.day()));
  out = PutDigits(out + 1, 2, civil.time.hours().count());
  out = PutDigits(out + 1, 2, civil.time.minutes().count());
  PutDigits(out + 1, 2, civil.time.seconds().count());
  return text;
}

// Reads exactly `count` digits at the front of `text` and takes them off; -1 if they are not there.
int TakeDigits(std::string_view& text, std::size_t count) {
  if (text.size() < count) {
    return -1;
  }
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

Error Refused() {
  return {ErrorCode::kInvalid, "not an ISO 8601 time with an offset"};
}

bool TakeCharacter(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

std::string FormatJapanTime(Instant instant) {
  return DayAndTime(Civil(instant + kJapanOffset)) + "+09:00";
}

std::string FormatUtc(Instant instant) {
  const CivilTime civil = Civil(instant);
  std::string text = DayAndTime(civil) + ".000Z";
  PutDigits(text.data() + text.size() - 4, 3, civil.time.subseconds().count());
  return text;
}

Result<Instant> ParseInstant(std::string_view text) {
  const int year = TakeDigits(text, 4);
  if (year < 0 || !TakeCharacter(text, '-')) {
    return Refused();
  }
  const int month = TakeDigits(text, 2);
  if (month < 0 || !TakeCharacter(text, '-')) {
    return Refused();
  }
  const int day = TakeDigits(text, 2);
  if (day < 0 || !TakeCharacter(text, 'T')) {
    return Refused();
  }
  const int hour = TakeDigits(text, 2);
  if (hour < 0 || hour > 23 || !TakeCharacter(text, ':')) {
    return Refused();
  }
  const int minute = TakeDigits(text, 2);
  if (minute < 0 || minute > 59 || !TakeCharacter(text, ':')) {
    return Refused();
  }
  const int second = TakeDigits(text, 2);
  if (second < 0 || second > 59) {
    return Refused();
  }
  int millisecond = 0;
  if (TakeCharacter(text, '.')) {
    int scale = 100;
    std::size_t digit_count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      millisecond += (text.front() - '0') * scale;
      scale /= 10;
      text.remove_prefix(1);
      ++digit_count;
    }
    if (digit_count == 0 || digit_count > 9) {
      return Refused();
    }
  }
  int offset_minutes = 0;
  if (!TakeCharacter(text, 'Z')) {
    const bool is_east = TakeCharacter(text, '+');
    if (!is_east && !TakeCharacter(text, '-')) {
      return Refused();
    }
    const int offset_hour = TakeDigits(text, 2);
    if (offset_hour < 0 || offset_hour > 14 || !TakeCharacter(text, ':')) {
      return Refused();
    }
    const int offset_minute = TakeDigits(text, 2);
    if (offset_minute < 0 || offset_minute > 59) {
      return Refused();
    }
    offset_minutes = (offset_hour * 60 + offset_minute) * (is_east ? 1 : -1);
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))
  };
  if (!text.empty() || !date.ok()) {
    return Refused();
  }
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second) +
         std::chrono::milliseconds(millisecond);
}

std::chrono::year_month_day JapanDay(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant + kJapanOffset);
}

}  // namespace musubi
