// A person of the register (被保険者): the ten attributes as text, and what is compared of them.
//
// A register of 400,000 people is held in memory as Signatures, not as texts: 64-bit hashes of each
// attribute and of the keys by which a person is found again. A hash decides only who is who and
// which field changed; the number itself is compared by its whole blind index.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "insurer/link_state.h"
#include "number/individual_number.h"
#include "text/roster.h"
#include "vault/vault.h"

namespace musubi::insurer {

enum class Field : std::uint8_t {
  kSymbol,
  kMemberNumber,
  kRelationship,
  kName,
  kKana,
  kBirthDate,
  kSex,
  kAddress,
  kQualifiedOn,
  kLostOn,
};

inline constexpr std::size_t kFieldCount = 10;

// Column names of the store, and field names in reports.
inline constexpr std::array<std::string_view, kFieldCount> kFieldNames = {
    "symbol",
    "member_number",
    "relationship",
    "name",
    "kana",
    "birth_date",
    "sex",
    "address",
    "qualified_on",
    "lost_on"
};

using FieldMask = std::uint16_t;

[[nodiscard]] constexpr FieldMask MaskOf(Field field) {
  return static_cast<FieldMask>(1U << static_cast<unsigned>(field));
}

[[nodiscard]] std::string FieldList(FieldMask mask);  // "name address"

using FieldViews = std::array<std::string_view, kFieldCount>;

// The ten texts in one piece of memory.
class FieldTexts {
 public:
  FieldTexts() = default;
  explicit FieldTexts(const FieldViews& views);
  [[nodiscard]] FieldViews Views() const;

 private:
  std::string joined_;  // separated by NUL, which no roster holds
};

struct Signature {
  std::array<std::uint64_t, kFieldCount> fields = {};
  std::uint64_t household = 0;  // of the keys below, 0 is "blank: nothing to compare"
  std::uint64_t name = 0;
  std::uint64_t kana = 0;
  std::uint64_t birth_date = 0;
  std::uint64_t sex = 0;
  std::uint64_t roster_number = 0;  // what the number column of the roster held
  std::uint64_t number = 0;         // the number registered

  [[nodiscard]] static Signature Of(const FieldViews& views);
};

[[nodiscard]] std::uint64_t HashOf(std::string_view text);  // 0 only for ""
[[nodiscard]] std::uint64_t HashOf(NumberFact fact, const vault::BlindIndex& index);
[[nodiscard]] std::uint64_t HashOf(const vault::BlindIndex& index);

// The number column of the roster as it was last time, kept so that a correction made by a clerk is
// not undone by the next export of a system that was not corrected.
struct RosterNumber {
  NumberFact fact = NumberFact::kBlank;
  vault::BlindIndex index = {};  // with kGood only

  friend bool operator==(const RosterNumber&, const RosterNumber&) = default;
};

// A row of the roster.
struct Incoming {
  std::uint64_t row = 0;
  FieldTexts texts;
  FieldMask unreadable = 0;  // there is something, but it could not be read
  FieldMask blank = 0;
  Signature signature;
  RosterNumber roster_number;
  number::IndividualNumber number;
};

// A person of the register without texts.
struct Known {
  std::string reference;
  Signature signature;
  FieldMask blank = 0;
  LinkState state = LinkState::kNotCollected;
  Reason reason = Reason::kNone;
  bool has_number = false;
  bool has_insured_number = false;
  std::int64_t roster_row = 0;
  std::int64_t listed_in = 0;
  vault::BlindIndex number_index = {};
  RosterNumber roster_number;
};

}  // namespace musubi::insurer
