// The facts of rules/permission/ as look-up tables. Internal to this folder.
//
// Codes become small numbers, one row of numbers for institutions, procedures and information each,
// in the order of codes.csv. Immutable after ReadTables.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "rules/permission.h"

namespace musubi::rules {

using Id = std::uint16_t;

enum class Role { kInquirer, kProvider };

// A number per code of one kind; aliases share the number.
class CodeIds {
 public:
  // False: the code is there already.
  [[nodiscard]] bool Add(const std::string& code, Id id) { return ids_.emplace(code, id).second; }

  [[nodiscard]] std::optional<Id> Find(std::string_view code) const {
    const auto found = ids_.find(code);
    return found == ids_.end() ? std::nullopt : std::optional<Id>(found->second);
  }

 private:
  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::unordered_map<std::string, Id, Hash, std::equal_to<>> ids_;
};

// For each number: itself, then every number it counts as, the nearest first.
using Wider = std::vector<std::vector<Id>>;

struct FactIds {
  Id inquirer;
  Id procedure;
  Id provider;
  Id information;
};

struct DatedRetention {
  Retention retention;
  Date valid_from;
  Date valid_to;
};

struct PermissionTables {
  std::vector<Code> codes;
  std::array<CodeIds, 3> ids;                         // by CodeKind
  std::array<std::vector<std::uint32_t>, 3> code_of;  // index in codes, by CodeKind and number
  std::array<Wider, 2> institutions;                  // by Role
  Wider information;
  std::vector<Fact> facts;
  std::vector<FactIds> fact_ids;  // beside facts
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_question;
  std::vector<std::vector<std::uint32_t>> by_procedure;
  std::vector<DatedRetention> retentions;

  [[nodiscard]] const CodeIds& IdsOf(CodeKind kind) const {
    return ids[static_cast<std::size_t>(kind)];
  }

  [[nodiscard]] std::size_t CountOf(CodeKind kind) const {
    return code_of[static_cast<std::size_t>(kind)].size();
  }

  [[nodiscard]] const std::string& NameOf(CodeKind kind, Id id) const {
    return codes[code_of[static_cast<std::size_t>(kind)][id]].japanese;
  }

  [[nodiscard]] const std::vector<Id>& WiderThan(Role role, Id institution) const {
    return institutions[static_cast<std::size_t>(role)][institution];
  }
};

// As Permissions::Parse.
[[nodiscard]] Result<PermissionTables> ReadTables(
    const Permissions::Texts& texts, std::string_view name
);

[[nodiscard]] constexpr std::uint64_t KeyOf(const FactIds& ids) {
  return std::uint64_t{ids.inquirer} << 48U | std::uint64_t{ids.procedure} << 32U |
         std::uint64_t{ids.provider} << 16U | ids.information;
}

[[nodiscard]] inline bool IsOn(Date from, Date to, Date day) {
  return from <= day && (!to.is_set() || day <= to);
}

}  // namespace musubi::rules
