// A calendar day as four bytes: birth dates, qualification dates. Written YYYY-MM-DD at every
// border. Value 0 is "no date". Ordered by time.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace musubi {

class Date {
 public:
  constexpr Date() = default;

  // YYYY-MM-DD, an existing day from 1000-01-01 to 9999-12-31.
  [[nodiscard]] static Result<Date> Parse(std::string_view text);
  // The same without building an Error: for millions of rows. False: not a date.
  [[nodiscard]] static bool TryParse(std::string_view text, Date& out);
  [[nodiscard]] static Date Of(std::chrono::year_month_day day);

  [[nodiscard]] constexpr bool is_set() const { return packed_ != 0; }

  [[nodiscard]] int year() const { return static_cast<int>(packed_ / 10000); }

  [[nodiscard]] unsigned month() const { return packed_ / 100 % 100; }

  [[nodiscard]] unsigned day() const { return packed_ % 100; }

  // 19790312: how a date is stored.
  [[nodiscard]] constexpr std::uint32_t packed() const { return packed_; }

  [[nodiscard]] static constexpr Date FromPacked(std::uint32_t packed) {
    Date date;
    date.packed_ = packed;
    return date;
  }

  // "1979-03-12", or "" when not set. WriteTo writes exactly 10 characters.
  [[nodiscard]] std::string Text() const;
  void WriteTo(char* out) const;

  friend constexpr auto operator<=>(const Date&, const Date&) = default;

 private:
  std::uint32_t packed_ = 0;
};

}  // namespace musubi
