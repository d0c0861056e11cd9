// One row of an association's roster for a sample person, with the slips and spellings of daily
// work put in, and what was put in by name.
//
// Tags: num-missing, num-bad-check-digit, num-of-family, num-superseded, num-unknown, dob-error,
// resident-deceased, resident-moved_abroad, resident-restricted, name-former, name-variant,
// kana-small, addr-no-pref, addr-width, addr-hyphen, addr-notation, addr-no-building, moved-in,
// moved-out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "sample/person.h"

namespace musubi::sample {

struct RosterPlace {
  std::string_view symbol;   // 記号
  std::uint64_t number = 0;  // 番号, of the household
  bool is_head = true;       // 本人 or 家族
  Date qualified_on;
  Date lost_on;  // not set: still insured
};

struct RosterLine {
  std::string text;  // UTF-8, with CRLF
  std::vector<std::string_view> tags;
};

inline constexpr std::string_view kRosterHeading =
    "記号,番号,続柄,氏名,氏名カナ,生年月日,性別,住所,資格取得日,資格喪失日,個人番号\r\n";

struct RosterNoise {
  std::uint64_t seed = 0;
  double number_missing_rate = 0.02;
};

[[nodiscard]] RosterLine MakeRosterLine(
    const Person& person, std::uint64_t index, const RosterPlace& place, const RosterNoise& noise
);

// Would this person's row reach a code: number and birth date right, resident there?
[[nodiscard]] bool IsClean(const Person& person, std::uint64_t index, const RosterNoise& noise);

}  // namespace musubi::sample
