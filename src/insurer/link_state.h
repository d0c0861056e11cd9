// The state of the tie between a person of the register and a linkage code (紐付けの状態), and the
// reason that stands beside it.
//
// A reason is a closed word: nothing, "no-number", "gone-from-roster", the outcome word of
// exchange/outcome.h for which a row was refused, here or by the hub, or what the check of the link
// (link_check.h) found or a reviewer decided.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/outcome.h"

namespace musubi::insurer {

enum class LinkState : std::uint8_t {
  kNotCollected,  // no number
  kUnverified,    // has a number that was not sent yet
  kListed,        // in a number list, result awaited
  kTied,          // has an insured number
  kRefused,       // came back, or failed a check before listing
  kDoubtful,      // birth date or sex differs, or stopped by hand, until a person has looked
  kReleased,      // gone from the roster
};

inline constexpr std::size_t kLinkStateCount = 7;

[[nodiscard]] std::string_view LinkStateName(LinkState state);
[[nodiscard]] std::optional<LinkState> LinkStateOf(std::string_view name);

enum class Reason : std::uint8_t {
  kNone,
  kNoNumber,
  kGoneFromRoster,
  kBadFormat,
  kBadCheckDigit,
  kNotFound,
  kBirthDateDiffers,
  kSuperseded,
  kResidentGone,
  kRestricted,
  kDuplicateInList,
  kExpired,
  kBusy,
  kSexDiffers,
  kInReview,  // waits in the review queue: not listed meanwhile
  kRejected,  // a reviewer said: not this person
  kStopped,   // by hand
};

inline constexpr std::size_t kReasonCount = 17;

[[nodiscard]] std::string_view ReasonName(Reason reason);  // "" for kNone
[[nodiscard]] std::optional<Reason> ReasonOf(std::string_view name);
// kNone for an outcome that is done.
[[nodiscard]] Reason ReasonOfOutcome(exchange::Outcome outcome);

// May the same number succeed later without a correction?
[[nodiscard]] constexpr bool IsTechnical(Reason reason) {
  return reason == Reason::kExpired || reason == Reason::kBusy;
}

// What the number column of a roster row held.
enum class NumberFact : std::uint8_t { kBlank, kBadFormat, kBadCheckDigit, kGood };

[[nodiscard]] std::string_view NumberFactName(NumberFact fact);
[[nodiscard]] std::optional<NumberFact> NumberFactOf(std::string_view name);

}  // namespace musubi::insurer
