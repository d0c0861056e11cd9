#include "base/date.h"

namespace musubi {

namespace {

bool IsLeap(unsigned year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool IsDay(unsigned year, unsigned month, unsigned day) {
  constexpr unsigned kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1000 || month < 1 || month > 12 || day < 1) {
    return false;
  }
  return day <= kLengths[month - 1] + (month == 2 && IsLeap(year) ? 1 : 0);
}

}  // namespace

bool Date::TryParse(std::string_view text, Date& out) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return false;
  }
  unsigned digits[8];
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      continue;
    }
    const unsigned value = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    if (value > 9) {
      return false;
    }
    digits[count++] = value;
  }
  const unsigned year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  const unsigned month = digits[4] * 10 + digits[5];
  const unsigned day = digits[6] * 10 + digits[7];
  if (!IsDay(year, month, day)) {
    return false;
  }
  out.packed_ = year * 10000 + month * 100 + day;
  return true;
}

Result<Date> Date::Parse(std::string_view text) {
  Date date;
  if (!TryParse(text, date)) {
    return Error{ErrorCode::kInvalid, "not a date of the form YYYY-MM-DD"};
  }
  return date;
}

Date Date::Of(std::chrono::year_month_day day) {
  return FromPacked(
      static_cast<std::uint32_t>(static_cast<int>(day.year())) * 10000 +
      static_cast<unsigned>(day.month()) * 100 + static_cast<unsigned>(day.day())
  );
}

void Date::WriteTo(char* out) const {
  std::uint32_t left = packed_;
  for (int i = 9; i >= 0; --i) {
    if (i == 4 || i == 7) {
      out[i] = '-';
    } else {
      out[i] = static_cast<char>('0' + left % 10);
      left /= 10;
    }
  }
}

std::string Date::Text() const {
  if (!is_set()) {
    return {};
  }
  std::string text(10, '\0');
  WriteTo(text.data());
  return text;
}

}  // namespace musubi
