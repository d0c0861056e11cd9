// 情報連携の可否: who may ask whom for what, for which work, on which day (番号法19条8号).
//
// Until 2024-05-26 the answer stood in 番号法別表第二 and its ministerial order
// (平成26年内閣府・総務省令 第7号), from 2024-05-27 in 令和6年デジタル庁・総務省令第9号 and its
// changes. Both are carried in rules/permission/ as dated facts (docs/formats/permission.md), built
// into the program; another folder can be loaded instead.
//
// What always holds
//   1. A question is allowed only by a fact that names all four of its parts and stands on its day.
//      Nothing is allowed before 2017-04-01.
//   2. Every answer cites: the fact that allows, or the nearest row that does not.
//   3. A kind of institution counts as another only where the data says so (an association is a
//      医療保険者 when it provides, and never when it asks), and a piece of information is covered
//      by the wider one it is part of, never the other way round.
//
// What it does not decide: whether a person is insured, an assessment (番号法28条) is published or
// an answer may be disclosed. The scope is the rows in which a 国民健康保険組合 asks or a
// 医療保険者 provides, and those beside them that an association is refused under.
//
// Immutable after loading, safe to share between threads; a question costs a few hash look-ups.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace musubi::rules {

// Codes as in rules/permission/codes.csv; a procedure may also be named by its alias.
struct PermitQuestion {
  std::string inquirer;     // kind of institution: "association", "municipality", ...
  std::string provider;     // "medical-insurer", "municipality", ...
  std::string procedure;    // "nhi-benefits", "nhi-high-cost-care", ...
  std::string information;  // "medical-benefits", "local-tax", ...
  Date as_of;
};

// In the order in which a question can fail: the later the reason, the nearer the question was.
enum class Refusal {
  kNone,                 // allowed
  kUnknownCode,          // a part of the question is not a code of its kind
  kNoSuchRow,            // no row of any version is about this procedure and these institutions
  kNotInForce,           // a row allows it, but on other days
  kInquirerNotNamed,     // the row is for other inquirers
  kProviderNotNamed,     // the row names other providers
  kInformationNotNamed,  // the row names other information of this provider
};

// "unknown-code", "no-such-row", "not-in-force", "inquirer-not-named", "provider-not-named",
// "information-not-named"; "" for kNone.
[[nodiscard]] std::string_view RefusalWord(Refusal refusal);

// Where in the law: all empty when there is no row to point to.
struct Basis {
  std::string rule_set;  // "number-act-table2" or "provision-order-2024"
  std::string row;       // 項: "42", "20の2"
  std::string item;      // 条 and 号 of the order: "25条2号イ"; empty: the table itself
};

struct PermitAnswer {
  bool allowed = false;
  Refusal refusal = Refusal::kNone;
  Basis basis;
  std::string citation;  // Japanese, for records and screens: "番号法別表第二42の項"
  std::string detail;    // in our own words (Japanese): which part is named, or what was missing

  // "inquirer-not-named" and so on; "" when allowed.
  [[nodiscard]] std::string_view reason() const { return RefusalWord(refusal); }
};

// 保存期間 of the records of one provision (番号法23条, 施行令29条・30条).
struct Retention {
  std::string code;      // "provision-records"
  int years = 0;         // from the day of the provision
  std::string citation;  // "番号法施行令30条"
};

enum class CodeKind { kInstitution, kProcedure, kInformation };

// "institution", "procedure", "information".
[[nodiscard]] std::string_view CodeKindWord(CodeKind kind);

struct Code {
  CodeKind kind = CodeKind::kInstitution;
  std::string code;
  std::string japanese;
  std::string english;
  std::vector<std::string> aliases;
  std::vector<std::string> part_of;  // information: the wider codes which cover it
};

// One line of facts.csv.
struct Fact {
  Basis basis;
  std::string inquirer;
  std::string procedure;
  std::string provider;
  std::string information;
  Date valid_from;
  Date valid_to;  // not set: still in force in the newest version read
  std::string citation;
  std::string detail;
};

struct PermissionTables;  // permission_tables.h

class Permissions {
 public:
  // The four files as text, for tests and for the built-in copy. `name` prefixes their names in
  // messages.
  struct Texts {
    std::string_view codes;      // codes.csv
    std::string_view kinds;      // kinds.csv: which institution counts as which
    std::string_view facts;      // facts.csv
    std::string_view retention;  // record-retention.csv
  };

  // kInvalid with file, line and field: not UTF-8 of this layout, an unknown code, days that do not
  // exist or run backwards or begin before 2017-04-01, the same fact twice on one day, codes that
  // contain each other in a circle.
  [[nodiscard]] static Result<Permissions> Parse(const Texts& texts, std::string_view name = {});
  // A folder with the four files; as Parse, or kNotFound.
  [[nodiscard]] static Result<Permissions> Load(const std::filesystem::path& folder);
  // The facts the program was built with.
  [[nodiscard]] static const Permissions& BuiltIn();

  Permissions(Permissions&&) noexcept;
  Permissions& operator=(Permissions&&) noexcept;
  ~Permissions();

  [[nodiscard]] PermitAnswer Permit(const PermitQuestion& question) const;

  // kNotFound before the first day of the table.
  [[nodiscard]] Result<Retention> RetentionOn(Date as_of) const;

  // Facts in the order of the file; `inquirer` empty: of all. `as_of` not set: of all days. An
  // inquirer's facts include those of the kinds it counts as.
  [[nodiscard]] std::vector<const Fact*> Facts(std::string_view inquirer, Date as_of) const;
  [[nodiscard]] const std::vector<Code>& Codes() const;
  // By code or alias; null: there is none.
  [[nodiscard]] const Code* FindCode(CodeKind kind, std::string_view code) const;

 private:
  explicit Permissions(std::unique_ptr<const PermissionTables> tables);

  std::unique_ptr<const PermissionTables> tables_;
};

}  // namespace musubi::rules
