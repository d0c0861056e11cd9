#include "text/japanese_date.h"

#include <array>
#include <cstddef>
#include <span>

#include "text/utf8.h"
#include "text/width.h"

namespace musubi::text {

namespace {

// 西暦1979年12月31日 with a space between all characters is 25.
constexpr std::size_t kLengthMax = 32;

struct Era {
  char32_t letter;
  char32_t square;  // ㍾
  std::array<char32_t, 2> kanji;
  unsigned first_year;
  std::uint32_t first_day;
  std::uint32_t last_day;
};

constexpr std::uint32_t kSolarCalendarFrom = 18730101;
constexpr std::array<Era, 5> kEras = {{
    {U'M', U'㍾', {U'明', U'治'}, 1868, 18680125, 19120729},
    {U'T', U'㍽', {U'大', U'正'}, 1912, 19120730, 19261224},
    {U'S', U'㍼', {U'昭', U'和'}, 1926, 19261225, 19890107},
    {U'H', U'㍻', {U'平', U'成'}, 1989, 19890108, 20190430},
    {U'R', U'㋿', {U'令', U'和'}, 2019, 20190501, 99991231},
}};

// Narrow code points of the text without its spaces.
class Letters {
 public:
  // False: too long, or not UTF-8.
  bool Fill(std::string_view text) {
    while (!text.empty()) {
      const char32_t letter = NarrowCodePoint(TakeCodePoint(text));
      if (letter == U' ') {
        continue;
      }
      if (letter == kNotACodePoint || size_ == kLengthMax) {
        return false;
      }
      letters_[size_++] = letter;
    }
    return true;
  }

  [[nodiscard]] bool is_empty() const { return at_ == size_; }

  // The next one, or 0 at the end.
  [[nodiscard]] char32_t Peek() const { return is_empty() ? 0 : letters_[at_]; }

  bool Take(char32_t letter) {
    if (is_empty() || letters_[at_] != letter) {
      return false;
    }
    ++at_;
    return true;
  }

  // As many digits as follow, at most `count_max`; returns how many.
  std::size_t TakeNumber(std::size_t count_max, unsigned& value) {
    std::size_t count = 0;
    value = 0;
    while (count < count_max && Peek() >= U'0' && Peek() <= U'9') {
      value = value * 10 + static_cast<unsigned>(Peek() - U'0');
      ++at_;
      ++count;
    }
    return count;
  }

 private:
  std::array<char32_t, kLengthMax> letters_{};
  std::size_t size_ = 0;
  std::size_t at_ = 0;
};

bool TakeEraName(Letters& letters, const Era& era) {
  if (letters.Take(era.letter) || letters.Take(era.letter - U'A' + U'a') ||
      letters.Take(era.square)) {
    return true;
  }
  if (!letters.Take(era.kanji[0])) {
    return false;
  }
  letters.Take(era.kanji[1]);  // 昭54 is as good as 昭和54
  return true;
}

const Era* TakeEra(Letters& letters) {
  for (const Era& era : kEras) {
    if (TakeEraName(letters, era)) {
      return &era;
    }
  }
  return nullptr;
}

// The sign after year or month; the same one must come both times.
char32_t TakeSign(Letters& letters) {
  for (const char32_t sign : {U'.', U'/', U'年'}) {
    if (letters.Take(sign)) {
      return sign;
    }
  }
  if (IsHyphen(letters.Peek())) {
    letters.Take(letters.Peek());
    return U'-';
  }
  return 0;
}

// ".3.12" or "年3月12日": month and day behind a year that has been taken.
bool TakeMonthAndDay(Letters& letters, unsigned& month, unsigned& day) {
  const char32_t sign = TakeSign(letters);
  if (sign == 0 || letters.TakeNumber(2, month) == 0) {
    return false;
  }
  const bool is_kanji = sign == U'年';
  if (is_kanji ? !letters.Take(U'月') : TakeSign(letters) != sign) {
    return false;
  }
  if (letters.TakeNumber(2, day) == 0 || (is_kanji && !letters.Take(U'日'))) {
    return false;
  }
  return letters.is_empty();
}

// An existing day, or not set.
Date MakeDate(unsigned year, unsigned month, unsigned day) {
  const std::chrono::year_month_day ymd{
      std::chrono::year(static_cast<int>(year)), std::chrono::month(month), std::chrono::day(day)
  };
  constexpr unsigned kYearMin = 1000;
  constexpr unsigned kYearMax = 9999;
  return ymd.ok() && year >= kYearMin && year <= kYearMax ? Date::Of(ymd) : Date();
}

DateFault ReadWestern(Letters& letters, Date& out) {
  letters.Take(U'西') && letters.Take(U'暦');
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (letters.TakeNumber(4, year) != 4) {
    return DateFault::kNotADate;
  }
  unsigned compact = 0;
  const std::size_t compact_count = letters.TakeNumber(4, compact);
  if (compact_count == 4 && letters.is_empty()) {
    month = compact / 100;
    day = compact % 100;
  } else if (compact_count != 0 || !TakeMonthAndDay(letters, month, day)) {
    return DateFault::kNotADate;
  }
  const Date date = MakeDate(year, month, day);
  if (!date.is_set()) {
    return DateFault::kNotADate;
  }
  out = date;
  return DateFault::kNone;
}

DateFault ReadEra(Letters& letters, const Era& era, Date& out) {
  unsigned year = 1;
  unsigned month = 0;
  unsigned day = 0;
  const std::size_t year_count = letters.Take(U'元') ? 1 : letters.TakeNumber(2, year);
  if (year_count == 0 || year == 0) {
    return DateFault::kNotADate;
  }
  unsigned compact = 0;
  const std::size_t compact_count = year_count == 2 ? letters.TakeNumber(4, compact) : 0;
  if (compact_count == 4 && letters.is_empty()) {
    month = compact / 100;
    day = compact % 100;
  } else if (compact_count != 0 || !TakeMonthAndDay(letters, month, day)) {
    return DateFault::kNotADate;
  }
  const Date date = MakeDate(era.first_year + year - 1, month, day);
  if (!date.is_set()) {
    return DateFault::kNotADate;
  }
  if (date.packed() < era.first_day || date.packed() > era.last_day) {
    return DateFault::kOutsideEra;
  }
  if (date.packed() < kSolarCalendarFrom) {
    return DateFault::kLunarCalendar;
  }
  out = date;
  return DateFault::kNone;
}

}  // namespace

DateFault ReadJapaneseDate(std::string_view text, Date& out) {
  Letters letters;
  if (!letters.Fill(text)) {
    return DateFault::kNotADate;
  }
  if (letters.is_empty()) {
    return DateFault::kBlank;
  }
  const Era* era = TakeEra(letters);
  return era == nullptr ? ReadWestern(letters, out) : ReadEra(letters, *era, out);
}

std::string_view DateFaultText(DateFault fault) {
  switch (fault) {
    case DateFault::kNotADate:
      return "not a date";
    case DateFault::kOutsideEra:
      return "the date is outside its era";
    case DateFault::kLunarCalendar:
      return "an era date before 1873 is of the lunar calendar";
    case DateFault::kNone:
    case DateFault::kBlank:
      break;
  }
  return {};
}

}  // namespace musubi::text
