// 和暦 and 西暦 (era and western years): the spellings of a date found in rosters, any width,
// spaces allowed.
//
//   昭和54年3月12日  昭和元年12月25日  S54.3.12  H09/03/10  昭54-3-12  ㍼54.3.12  S540312
//   1979-03-12  1979/3/12  1979.3.12  1979年3月12日  西暦1979年3月12日  19790312
//
// A new era begins on its first day and the old one ends the day before, as the edicts say
// (大正元年7月30日, not 明治45年7月30日; 昭和元年12月25日; 平成元年1月8日; 令和元年5月1日). A date
// outside its era is refused and not moved into the next one. 明治 began on 1868-01-25, but era
// dates before 1873-01-01 are of the lunar calendar: they name another day than a western date
// would, so they are refused rather than guessed. Two-digit western years are refused.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/date.h"

namespace musubi::text {

enum class DateFault : std::uint8_t { kNone, kBlank, kNotADate, kOutsideEra, kLunarCalendar };

// `out` is set only when the answer is kNone.
[[nodiscard]] DateFault ReadJapaneseDate(std::string_view text, Date& out);

// "not a date", for a report; never the value. Empty for kNone and kBlank.
[[nodiscard]] std::string_view DateFaultText(DateFault fault);

}  // namespace musubi::text
