// 紐付け確認 (verification): does a known number belong to the person whose row holds it?
//
// Gravest first: the number itself (invalid, unknown, superseded), the birth date, then whether the
// resident is gone or restricted (told only when the birth date is right), then sex, name, kana,
// address. Residents are streamed; memory holds the roster's rows and its numbers, which are wiped.
#pragma once

#include <filesystem>
#include <string_view>
#include <tuple>
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

// A resident found to have the number of a row.
struct VerifyHit {
  std::uint32_t row = 0;
  bool is_superseded = false;
  std::uint64_t resident = 0;
  Verification verification;

  // Should a number be one resident's and another's old one, the present holder counts.
  [[nodiscard]] bool IsBefore(const VerifyHit& other) const {
    return std::tuple(is_superseded, resident) < std::tuple(other.is_superseded, other.resident);
  }
};

class VerifyPart;  // roster_verify_part.h

// One person, already asked of `comparer`, against the resident who has the number.
[[nodiscard]] Verification Verify(
    Comparer& comparer, const ResidentView& resident, bool is_superseded
);

// `numbers`: packed, one per person, 0 for one that is not a number. `part`: what a stopped run had
// done is not done again, and what is done is kept there; null: neither.
[[nodiscard]] Result<std::vector<Verification>> VerifyRoster(
    const RosterPeople& people,
    const SecretVector<std::uint64_t>& numbers,
    const std::filesystem::path& residents,
    const text::Normaliser& normaliser,
    unsigned threads,
    const OnProgress& on_progress,
    VerifyPart* part = nullptr
);

}  // namespace musubi::matching
