// リンクの検証 (the check of a link): does the number registered belong to this person? Beside the
// acquisition state of link_state.h, not in place of it.
//
//   (no line)  never checked, or what was asked could not be read
//   verified   all five attributes agree with the resident of this number
//   waiting    in the review queue: spelling, name, kana or address differ
//   doubtful   stopped: birth date or sex differ, number unknown, superseded, resident gone, or
//              rejected by a reviewer
//   cleared    differs, and people decided with a reason that it is this person all the same
//   lead       a person without a number whom the query did not find for certain
//   stopped    by hand, until lifted by hand; no check lifts it
//
// The rules here are pure. A decision holds for what it was made for: the fingerprint of number and
// attributes and the finding must be the same, else the next check starts anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/resident_query.h"
#include "insurer/link_rules.h"
#include "insurer/person.h"

namespace musubi::insurer {

enum class CheckStatus : std::uint8_t {
  kUnchecked,
  kVerified,
  kWaiting,
  kDoubtful,
  kCleared,
  kLead,
  kStopped,
};

[[nodiscard]] std::string_view CheckStatusName(CheckStatus status);
[[nodiscard]] std::optional<CheckStatus> CheckStatusOf(std::string_view name);

// What was asked: a verification of a number, or a query for somebody without one.
enum class CheckSource : std::uint8_t { kVerification, kQuery };

[[nodiscard]] std::string_view CheckSourceName(CheckSource source);
[[nodiscard]] std::optional<CheckSource> CheckSourceOf(std::string_view name);

// What the run of such questions is called: "verify-links", "query-residents".
[[nodiscard]] std::string_view RunKindOf(CheckSource source);

struct Finding {
  CheckSource source = CheckSource::kVerification;
  std::string outcome;  // a word of exchange/resident_query.h
  std::string attributes;
  std::string rules;
  std::string characters;

  friend bool operator==(const Finding&, const Finding&) = default;
};

struct LinkCheck {
  std::string reference;
  CheckStatus status = CheckStatus::kUnchecked;
  Finding finding = {};
  std::string fingerprint = {};  // of number and attributes as they were asked
  std::string reason = {};       // of a decision, or what a guard noticed
  std::string checked_at = {};
};

[[nodiscard]] CheckStatus StatusOfFinding(const Finding& finding);

// The status a new finding leads to; `before` may be null.
[[nodiscard]] LinkCheck DecideCheck(const LinkCheck* before, LinkCheck now);

// Where the acquisition state goes when the status goes from `before` to `check.status`.
[[nodiscard]] LinkValue LinkAfterCheck(
    const Known& person, CheckStatus before, const LinkCheck& check
);

}  // namespace musubi::insurer
