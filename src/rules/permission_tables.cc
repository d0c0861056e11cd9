#include "rules/permission_tables.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

#include "rules/rule_table.h"

namespace musubi::rules {

namespace {

constexpr std::size_t kCodesMax = 4096;
constexpr int kYearsMax = 100;

// What the codes of each kind point at, before it is followed to the end.
using Direct = std::vector<std::vector<Id>>;

std::string FileName(std::string_view folder, std::string_view file) {
  return folder.empty() ? std::string(file) : std::string(folder) + "/" + std::string(file);
}

Result<CodeKind> KindOf(const RuleTable& table, std::size_t column) {
  for (const CodeKind kind :
       {CodeKind::kInstitution, CodeKind::kProcedure, CodeKind::kInformation}) {
    if (table.Field(column) == CodeKindWord(kind)) {
      return kind;
    }
  }
  return table.Refuse("is none of institution, procedure, information", column);
}

Result<Id> IdOf(
    const PermissionTables& tables, CodeKind kind, const RuleTable& table, std::size_t column
) {
  const auto id = tables.IdsOf(kind).Find(table.Field(column));
  if (!id.has_value()) {
    return table.Refuse(
        "is no code of a" + std::string(kind == CodeKind::kProcedure ? " " : "n ") +
            std::string(CodeKindWord(kind)),
        column
    );
  }
  return *id;
}

Result<Code> ReadCode(const RuleTable& table) {
  Code code;
  MUSUBI_TRY(code.kind, KindOf(table, 0));
  MUSUBI_TRY(code.code, table.Code(1));
  MUSUBI_TRY(code.japanese, table.Required(2));
  MUSUBI_TRY(code.english, table.Required(3));
  MUSUBI_TRY(code.aliases, table.Codes(4));
  MUSUBI_TRY(code.part_of, table.Codes(5));
  if (!code.part_of.empty() && code.kind != CodeKind::kInformation) {
    return table.Refuse("stands with information only", 5);
  }
  return code;
}

Result<void> AddCode(PermissionTables& tables, const RuleTable& table, Code code) {
  const auto kind = static_cast<std::size_t>(code.kind);
  auto& numbered = tables.code_of[kind];
  if (numbered.size() >= kCodesMax) {
    return table.Refuse("is one code too many", 1);
  }
  const Id id = static_cast<Id>(numbered.size());
  if (!tables.ids[kind].Add(code.code, id)) {
    return table.Refuse("stands in the file already", 1);
  }
  for (const std::string& alias : code.aliases) {
    if (!tables.ids[kind].Add(alias, id)) {
      return table.Refuse("holds a code that stands in the file already", 4);
    }
  }
  numbered.push_back(static_cast<std::uint32_t>(tables.codes.size()));
  tables.codes.push_back(std::move(code));
  return Ok();
}

// Follows `direct` to its end, breadth first: itself, then what it counts as, the nearest first.
// False: somebody counts as itself.
bool Follow(const Direct& direct, Wider& wider) {
  wider.resize(direct.size());
  for (std::size_t start = 0; start < direct.size(); ++start) {
    std::vector<Id>& reached = wider[start];
    reached.push_back(static_cast<Id>(start));
    for (std::size_t at = 0; at < reached.size(); ++at) {
      for (const Id next : direct[reached[at]]) {
        if (next == start) {
          return false;
        }
        if (std::ranges::find(reached, next) == reached.end()) {
          reached.push_back(next);
        }
      }
    }
  }
  return true;
}

Result<void> ReadCodes(PermissionTables& tables, std::string_view text, std::string_view folder) {
  const std::string name = FileName(folder, "codes.csv");
  MUSUBI_TRY(
      auto table,
      RuleTable::Open(text, name, {"kind", "code", "japanese", "english", "aliases", "part_of"})
  );
  for (;;) {
    MUSUBI_TRY(const bool is_there, table.Next());
    if (!is_there) {
      return Ok();
    }
    MUSUBI_TRY(Code code, ReadCode(table));
    MUSUBI_CHECK_OK(AddCode(tables, table, std::move(code)));
  }
}

Result<void> LinkInformation(PermissionTables& tables, std::string_view folder) {
  const std::string place = FileName(folder, "codes.csv") + ": part_of";
  const CodeIds& ids = tables.IdsOf(CodeKind::kInformation);
  Direct direct;
  for (const Code& code : tables.codes) {
    if (code.kind != CodeKind::kInformation) {
      continue;
    }
    direct.emplace_back();
    for (const std::string& wider : code.part_of) {
      const auto id = ids.Find(wider);
      if (!id.has_value()) {
        return Error{ErrorCode::kInvalid, "no such information: " + wider, place};
      }
      direct.back().push_back(*id);
    }
  }
  if (!Follow(direct, tables.information)) {
    return Error{ErrorCode::kInvalid, "information that is part of itself", place};
  }
  return Ok();
}

// Which of the two roles a line of kinds.csv is about.
Result<std::array<bool, 2>> RolesOf(const RuleTable& table) {
  const std::string_view word = table.Field(0);
  if (word != "inquirer" && word != "provider" && word != "both") {
    return table.Refuse("is none of inquirer, provider, both", 0);
  }
  return std::array<bool, 2>{word != "provider", word != "inquirer"};
}

Result<void> ReadKinds(PermissionTables& tables, std::string_view text, std::string_view folder) {
  const std::string name = FileName(folder, "kinds.csv");
  MUSUBI_TRY(auto table, RuleTable::Open(text, name, {"role", "member", "counts_as", "citation"}));
  const std::size_t count = tables.CountOf(CodeKind::kInstitution);
  std::array<Direct, 2> direct = {Direct(count), Direct(count)};
  for (;;) {
    MUSUBI_TRY(const bool is_there, table.Next());
    if (!is_there) {
      break;
    }
    MUSUBI_TRY(const auto roles, RolesOf(table));
    MUSUBI_TRY(const Id member, IdOf(tables, CodeKind::kInstitution, table, 1));
    MUSUBI_TRY(const Id wider, IdOf(tables, CodeKind::kInstitution, table, 2));
    MUSUBI_TRY([[maybe_unused]] const std::string citation, table.Required(3));
    for (std::size_t role = 0; role < roles.size(); ++role) {
      if (roles[role]) {
        direct[role][member].push_back(wider);
      }
    }
  }
  for (std::size_t role = 0; role < direct.size(); ++role) {
    if (!Follow(direct[role], tables.institutions[role])) {
      return Error{
          ErrorCode::kInvalid, "an institution that counts as itself", name + ": counts_as"
      };
    }
  }
  return Ok();
}

constexpr std::size_t kInquirerColumn = 3;
constexpr std::size_t kProcedureColumn = 4;
constexpr std::size_t kProviderColumn = 5;
constexpr std::size_t kInformationColumn = 6;
constexpr std::size_t kFromColumn = 7;
constexpr std::size_t kCitationColumn = 9;
constexpr std::size_t kDetailColumn = 10;

Result<Fact> ReadFact(const RuleTable& table) {
  Fact fact;
  MUSUBI_TRY(fact.basis.rule_set, table.Code(0));
  MUSUBI_TRY(fact.basis.row, table.Required(1));
  fact.basis.item = table.Field(2);
  MUSUBI_TRY(fact.inquirer, table.Code(kInquirerColumn));
  MUSUBI_TRY(fact.procedure, table.Code(kProcedureColumn));
  MUSUBI_TRY(fact.provider, table.Code(kProviderColumn));
  MUSUBI_TRY(fact.information, table.Code(kInformationColumn));
  MUSUBI_TRY(const auto days, table.DaysOf(kFromColumn));
  fact.valid_from = days.from;
  fact.valid_to = days.to;
  MUSUBI_TRY(fact.citation, table.Required(kCitationColumn));
  fact.detail = table.Field(kDetailColumn);
  return fact;
}

Result<FactIds> ReadIds(const PermissionTables& tables, const RuleTable& table) {
  FactIds ids{};
  MUSUBI_TRY(ids.inquirer, IdOf(tables, CodeKind::kInstitution, table, kInquirerColumn));
  MUSUBI_TRY(ids.procedure, IdOf(tables, CodeKind::kProcedure, table, kProcedureColumn));
  MUSUBI_TRY(ids.provider, IdOf(tables, CodeKind::kInstitution, table, kProviderColumn));
  MUSUBI_TRY(ids.information, IdOf(tables, CodeKind::kInformation, table, kInformationColumn));
  return ids;
}

// Does the row say the same already, on a day of this fact? Two rows may.
bool IsTwice(const PermissionTables& tables, const Fact& fact, const FactIds& ids) {
  const auto found = tables.by_question.find(KeyOf(ids));
  return found != tables.by_question.end() &&
         std::ranges::any_of(found->second, [&](std::uint32_t index) {
           const Fact& other = tables.facts[index];
           return other.basis.rule_set == fact.basis.rule_set &&
                  other.basis.row == fact.basis.row &&
                  (IsOn(other.valid_from, other.valid_to, fact.valid_from) ||
                   IsOn(fact.valid_from, fact.valid_to, other.valid_from));
         });
}

Result<void> ReadFacts(PermissionTables& tables, std::string_view text, std::string_view folder) {
  MUSUBI_TRY(
      auto table,
      RuleTable::Open(
          text,
          FileName(folder, "facts.csv"),
          {"rule_set",
           "row",
           "item",
           "inquirer",
           "procedure",
           "provider",
           "information",
           "valid_from",
           "valid_to",
           "citation",
           "detail"}
      )
  );
  tables.by_procedure.resize(tables.CountOf(CodeKind::kProcedure));
  for (;;) {
    MUSUBI_TRY(const bool is_there, table.Next());
    if (!is_there) {
      return Ok();
    }
    MUSUBI_TRY(Fact fact, ReadFact(table));
    MUSUBI_TRY(const FactIds ids, ReadIds(tables, table));
    if (IsTwice(tables, fact, ids)) {
      return table.Refuse("the row says the same on that day already", kFromColumn);
    }
    const auto index = static_cast<std::uint32_t>(tables.facts.size());
    tables.by_question[KeyOf(ids)].push_back(index);
    tables.by_procedure[ids.procedure].push_back(index);
    tables.facts.push_back(std::move(fact));
    tables.fact_ids.push_back(ids);
  }
}

Result<int> ReadYears(const RuleTable& table, std::size_t column) {
  const std::string_view text = table.Field(column);
  int years = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, years);
  if (read.ec != std::errc() || read.ptr != end || years < 1 || years > kYearsMax) {
    return table.Refuse("is not a number of years (1 to 100)", column);
  }
  return years;
}

bool IsTwice(const PermissionTables& tables, const DatedRetention& next) {
  return std::ranges::any_of(tables.retentions, [&](const DatedRetention& other) {
    return other.retention.code == next.retention.code &&
           (IsOn(other.valid_from, other.valid_to, next.valid_from) ||
            IsOn(next.valid_from, next.valid_to, other.valid_from));
  });
}

Result<void> ReadRetentions(
    PermissionTables& tables, std::string_view text, std::string_view folder
) {
  MUSUBI_TRY(
      auto table,
      RuleTable::Open(
          text,
          FileName(folder, "record-retention.csv"),
          {"code", "years", "valid_from", "valid_to", "citation"}
      )
  );
  for (;;) {
    MUSUBI_TRY(const bool is_there, table.Next());
    if (!is_there) {
      return Ok();
    }
    DatedRetention next;
    MUSUBI_TRY(next.retention.code, table.Code(0));
    MUSUBI_TRY(next.retention.years, ReadYears(table, 1));
    MUSUBI_TRY(const auto days, table.DaysOf(2));
    next.valid_from = days.from;
    next.valid_to = days.to;
    MUSUBI_TRY(next.retention.citation, table.Required(4));
    if (IsTwice(tables, next)) {
      return table.Refuse("two periods for one day", 2);
    }
    tables.retentions.push_back(std::move(next));
  }
}

}  // namespace

Result<PermissionTables> ReadTables(const Permissions::Texts& texts, std::string_view name) {
  PermissionTables tables;
  MUSUBI_CHECK_OK(ReadCodes(tables, texts.codes, name));
  MUSUBI_CHECK_OK(LinkInformation(tables, name));
  MUSUBI_CHECK_OK(ReadKinds(tables, texts.kinds, name));
  MUSUBI_CHECK_OK(ReadFacts(tables, texts.facts, name));
  MUSUBI_CHECK_OK(ReadRetentions(tables, texts.retention, name));
  return tables;
}

}  // namespace musubi::rules
