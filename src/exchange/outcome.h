// Outcomes of acquisition (機関別符号取得の結果): one word per row, the same on the wire, in files,
// in the insurer's register and in reports. docs/formats/outcomes.md says what a clerk does next.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace musubi::exchange {

enum class Outcome : std::uint8_t {
  kIssued,  // new code
  kKnown,   // the person already has a code: moved from another association; normal
  kBadFormat,
  kBadCheckDigit,
  kNotFound,
  kBirthDateDiffers,  // the strongest sign of somebody else's number
  kSuperseded,        // the number was changed
  kResidentGone,      // deceased, left the country
  kRestricted,        // support measure; no detail to ordinary staff
  kDuplicateInList,
  kExpired,  // the processing number ran out before the work was done
  kBusy,     // the national side could not be reached in time
  kStopped,  // the association has stopped this link; it is answered again once the stop is lifted
};

inline constexpr std::size_t kOutcomeCount = 13;

[[nodiscard]] std::string_view OutcomeName(Outcome outcome);  // "issued", "birth-date-differs"
[[nodiscard]] std::optional<Outcome> OutcomeOf(std::string_view name);

[[nodiscard]] constexpr bool IsDone(Outcome outcome) {
  return outcome == Outcome::kIssued || outcome == Outcome::kKnown;
}

// May the same row succeed later without a correction?
[[nodiscard]] constexpr bool IsTechnical(Outcome outcome) {
  return outcome == Outcome::kExpired || outcome == Outcome::kBusy;
}

using OutcomeCounts = std::array<std::uint64_t, kOutcomeCount>;

}  // namespace musubi::exchange
