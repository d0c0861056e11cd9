// Which column of a roster holds which field: by the headings people give them, or by a mapping.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/roster.h"

namespace musubi::text {

enum class RosterField : std::uint8_t {
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
  kNumber,
};

inline constexpr std::size_t kRosterFieldCount = 11;

// "birth_date": as in RosterRow, in mapping files and in reports.
[[nodiscard]] std::string_view RosterFieldName(RosterField field);
[[nodiscard]] std::optional<RosterField> RosterFieldOfName(std::string_view name);

class RosterColumns {
 public:
  // `headings`: UTF-8. Refused (kInvalid without place; no heading of an unknown column is quoted,
  // it may be data): two equal headings, two columns for one field, a heading of the mapping that
  // is not there, no column for the name or the birth date.
  [[nodiscard]] static Result<RosterColumns> Find(
      const std::vector<std::string>& headings, const std::optional<RosterMapping>& mapping
  );

  [[nodiscard]] std::size_t column_count() const { return fields_.size(); }

  // What column `index` holds, if anything we know.
  [[nodiscard]] std::optional<RosterField> FieldOf(std::size_t index) const {
    return fields_[index];
  }

  [[nodiscard]] bool Has(RosterField field) const;
  [[nodiscard]] std::vector<std::string> Ignored(const std::vector<std::string>& headings) const;

 private:
  std::vector<std::optional<RosterField>> fields_;  // by column
};

// A mapping file's text. `name` is for messages.
[[nodiscard]] Result<RosterMapping> ParseRosterMapping(
    std::string_view toml, std::string_view name
);

}  // namespace musubi::text
