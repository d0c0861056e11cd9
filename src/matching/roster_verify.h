// 紐付け確認 (verification): does a known number belong to the person whose row holds it?
//
// Gravest first: the number itself (invalid, unknown, superseded), the birth date, then whether the
// resident is gone or restricted (told only when the birth date is right), then sex, name, kana,
// address. Residents are streamed; memory holds the roster's rows and its numbers, which are wiped.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "matching/comparison.h"
#include "matching/resident_batches.h"
#include "matching/roster_people.h"

namespace musubi::matching {

enum class VerifyOutcome : std::uint8_t {
  kInvalid,  // not a number with a right check digit, or no name or birth date
  kNumberUnknown,
  kSuperseded,
  kBirthDateDiffers,
  kGone,
  kRestricted,
  kSexDiffers,
  kNameDiffers,
  kKanaDiffers,
  kAddressDiffers,
  kNotation,
  kAgree,
};

inline constexpr std::size_t kVerifyOutcomeCount = 12;

[[nodiscard]] std::string_view VerifyOutcomeName(VerifyOutcome outcome);

struct Verification {
  VerifyOutcome outcome = VerifyOutcome::kNumberUnknown;
  text::Rules rules = 0;  // lenient ones that were needed, for kNotation
};

// One person, already asked of `comparer`, against the resident who has the number.
[[nodiscard]] Verification Verify(
    Comparer& comparer, const ResidentView& resident, bool is_superseded
);

// `numbers`: packed, one per person, 0 for one that is not a number.
[[nodiscard]] Result<std::vector<Verification>> VerifyRoster(
    const RosterPeople& people,
    const SecretVector<std::uint64_t>& numbers,
    const std::filesystem::path& residents,
    const text::Normaliser& normaliser,
    unsigned threads,
    const OnProgress& on_progress
);

}  // namespace musubi::matching
