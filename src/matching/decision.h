// What matching says about one person, with its evidence. Attributes in, decision out; no score.
//
// Only kAgree may register a number by itself. Three attributes are a lead without a number,
// whatever a configuration says: Decision::resident is set for kAgree and kNotation only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "text/normal_form.h"
#include "text/roster.h"

namespace musubi::matching {

// Borrowed texts, as written. Kana may be blank where the registry has none.
struct Attributes {
  std::string_view name;
  std::string_view kana;
  Date birth_date;
  text::Sex sex = text::Sex::kUnknown;
  std::string_view address;
};

enum class Attribute : std::uint8_t { kName, kKana, kBirthDate, kSex, kAddress };

inline constexpr std::size_t kAttributeCount = 5;

using AttributeSet = std::uint8_t;  // bit per Attribute

[[nodiscard]] constexpr AttributeSet BitOf(Attribute attribute) {
  return static_cast<AttributeSet>(1U << static_cast<unsigned>(attribute));
}

[[nodiscard]] std::string_view AttributeName(Attribute attribute);  // "birth-date"
[[nodiscard]] std::string AttributeNames(AttributeSet set);         // "name address"

enum class MatchOutcome : std::uint8_t {
  kAgree,     // all attributes equal after lossless rules, one resident
  kNotation,  // equal only with named lenient rules, one resident
  kPartial,   // one or more residents come near; `differs` says in what (of the nearest)
  kMultiple,  // two or more residents fit equally
  kNone,
  kRestricted,  // support measure: no detail, not even whether all attributes fit
  kGone,        // the one who fits has died or left the country
  kInvalid,     // name or birth date missing or unreadable
};

[[nodiscard]] std::string_view MatchOutcomeName(MatchOutcome outcome);

// How one attribute compares; the normal forms only when they differ.
struct AttributeEvidence {
  Attribute attribute = Attribute::kName;
  bool is_equal_lossless = false;
  bool is_equal_lenient = false;
  text::Rules rules = 0;
  std::string asked;
  std::string found;
};

struct Decision {
  MatchOutcome outcome = MatchOutcome::kNone;
  std::uint64_t resident = 0;  // resident record code as a number; 0: none told
  text::Rules rules = 0;       // lenient rules that were needed
  AttributeSet differs = 0;    // kPartial
  std::uint32_t candidate_count = 0;
  std::vector<AttributeEvidence> evidence;  // only when asked for
};

}  // namespace musubi::matching
