#include "rules/permission.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/io.h"
#include "rules/permission_tables.h"
#include "rules/refusal.h"

extern "C" {
extern const char musubi_permission_codes_begin[];
extern const char musubi_permission_codes_end[];
extern const char musubi_permission_kinds_begin[];
extern const char musubi_permission_kinds_end[];
extern const char musubi_permission_facts_begin[];
extern const char musubi_permission_facts_end[];
extern const char musubi_permission_retention_begin[];
extern const char musubi_permission_retention_end[];
}

namespace musubi::rules {

namespace {

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

Permissions LoadBuiltIn() {
  const Permissions::Texts texts{
      Between(musubi_permission_codes_begin, musubi_permission_codes_end),
      Between(musubi_permission_kinds_begin, musubi_permission_kinds_end),
      Between(musubi_permission_facts_begin, musubi_permission_facts_end),
      Between(musubi_permission_retention_begin, musubi_permission_retention_end)
  };
  auto permissions = Permissions::Parse(texts, "rules/permission");
  MUSUBI_CHECK(permissions.ok());  // a test reads the same files
  return std::move(permissions).value();
}

// An item of an order names exactly its information; a row of the table names its parts too.
bool CoversParts(const Fact& fact) {
  return fact.basis.item.empty();
}

// The fact that allows the question, the nearest to its words first; null: none.
const Fact* FindAllowing(const PermissionTables& tables, const FactIds& asked, Date as_of) {
  for (const Id inquirer : tables.WiderThan(Role::kInquirer, asked.inquirer)) {
    for (const Id provider : tables.WiderThan(Role::kProvider, asked.provider)) {
      for (const Id information : tables.information[asked.information]) {
        const FactIds ids{inquirer, asked.procedure, provider, information};
        const auto found = tables.by_question.find(KeyOf(ids));
        if (found == tables.by_question.end()) {
          continue;
        }
        for (const std::uint32_t index : found->second) {
          const Fact& fact = tables.facts[index];
          const bool is_covered = information == asked.information || CoversParts(fact);
          if (is_covered && IsOn(fact.valid_from, fact.valid_to, as_of)) {
            return &fact;
          }
        }
      }
    }
  }
  return nullptr;
}

}  // namespace

std::string_view RefusalWord(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "";
    case Refusal::kUnknownCode:
      return "unknown-code";
    case Refusal::kNoSuchRow:
      return "no-such-row";
    case Refusal::kNotInForce:
      return "not-in-force";
    case Refusal::kInquirerNotNamed:
      return "inquirer-not-named";
    case Refusal::kProviderNotNamed:
      return "provider-not-named";
    case Refusal::kInformationNotNamed:
      return "information-not-named";
  }
  return "";
}

std::string_view CodeKindWord(CodeKind kind) {
  switch (kind) {
    case CodeKind::kInstitution:
      return "institution";
    case CodeKind::kProcedure:
      return "procedure";
    case CodeKind::kInformation:
      return "information";
  }
  return "";
}

Permissions::Permissions(std::unique_ptr<const PermissionTables> tables)
    : tables_(std::move(tables)) {}

Permissions::Permissions(Permissions&&) noexcept = default;
Permissions& Permissions::operator=(Permissions&&) noexcept = default;
Permissions::~Permissions() = default;

Result<Permissions> Permissions::Parse(const Texts& texts, std::string_view name) {
  MUSUBI_TRY(PermissionTables tables, ReadTables(texts, name));
  return Permissions(std::make_unique<const PermissionTables>(std::move(tables)));
}

Result<Permissions> Permissions::Load(const std::filesystem::path& folder) {
  MUSUBI_TRY(const std::string codes, ReadFile(folder / "codes.csv"));
  MUSUBI_TRY(const std::string kinds, ReadFile(folder / "kinds.csv"));
  MUSUBI_TRY(const std::string facts, ReadFile(folder / "facts.csv"));
  MUSUBI_TRY(const std::string retention, ReadFile(folder / "record-retention.csv"));
  return Parse({codes, kinds, facts, retention}, folder.string());
}

const Permissions& Permissions::BuiltIn() {
  static const Permissions permissions = LoadBuiltIn();
  return permissions;
}

PermitAnswer Permissions::Permit(const PermitQuestion& question) const {
  const auto inquirer = tables_->IdsOf(CodeKind::kInstitution).Find(question.inquirer);
  const auto provider = tables_->IdsOf(CodeKind::kInstitution).Find(question.provider);
  const auto procedure = tables_->IdsOf(CodeKind::kProcedure).Find(question.procedure);
  const auto information = tables_->IdsOf(CodeKind::kInformation).Find(question.information);
  if (!inquirer || !provider || !procedure || !information) {
    const std::string_view unknown = !inquirer    ? "照会者の符号"
                                     : !provider  ? "提供者の符号"
                                     : !procedure ? "事務の符号"
                                                  : "情報の符号";
    return RefuseUnknown(unknown);
  }
  const FactIds asked{*inquirer, *procedure, *provider, *information};
  const Fact* fact = FindAllowing(*tables_, asked, question.as_of);
  if (fact == nullptr) {
    return Refuse(*tables_, asked, question.as_of);
  }
  return {true, Refusal::kNone, fact->basis, fact->citation, fact->detail};
}

Result<Retention> Permissions::RetentionOn(Date as_of) const {
  for (const DatedRetention& dated : tables_->retentions) {
    if (dated.retention.code == "provision-records" &&
        IsOn(dated.valid_from, dated.valid_to, as_of)) {
      return dated.retention;
    }
  }
  return Error{ErrorCode::kNotFound, "no retention period is known for that day"};
}

std::vector<const Fact*> Permissions::Facts(std::string_view inquirer, Date as_of) const {
  std::vector<const Fact*> facts;
  const auto id = tables_->IdsOf(CodeKind::kInstitution).Find(inquirer);
  if (!inquirer.empty() && !id.has_value()) {
    return facts;
  }
  for (std::size_t i = 0; i < tables_->facts.size(); ++i) {
    const Fact& fact = tables_->facts[i];
    const bool is_on = !as_of.is_set() || IsOn(fact.valid_from, fact.valid_to, as_of);
    const bool is_asked = !id.has_value() || std::ranges::count(
                                                 tables_->WiderThan(Role::kInquirer, *id),
                                                 tables_->fact_ids[i].inquirer
                                             ) != 0;
    if (is_on && is_asked) {
      facts.push_back(&fact);
    }
  }
  return facts;
}

const std::vector<Code>& Permissions::Codes() const {
  return tables_->codes;
}

const Code* Permissions::FindCode(CodeKind kind, std::string_view code) const {
  const auto id = tables_->IdsOf(kind).Find(code);
  return id.has_value() ? &tables_->codes[tables_->code_of[static_cast<std::size_t>(kind)][*id]]
                        : nullptr;
}

}  // namespace musubi::rules
