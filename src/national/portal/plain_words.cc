#include "national/portal/plain_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "rules/permission.h"

namespace musubi::national::portal {

namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOutcomes = {{
    {"answered", "回答あり"},
    {"nothing-held", "該当する情報なし"},
    {"not-disclosed", "不開示"},
    {"not-permitted", "照会できない (法令に定めがない)"},
    {"assessment-missing", "照会できない (評価書が公表されていない)"},
    {"stopped", "提供停止中"},
    {"provider-unclear", "照会先が決まらない"},
    {"timed-out", "時間切れ"},
    {"invalid", "照会の内容に誤り"},
}};

std::string_view TextAt(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

using CodeNames = std::map<std::pair<rules::CodeKind, std::string_view>, std::string_view>;

// By code and by each of its aliases; views into the built-in rules.
CodeNames NamesOfCodes() {
  CodeNames names;
  for (const rules::Code& each : rules::Permissions::BuiltIn().Codes()) {
    names.try_emplace({each.kind, each.code}, each.japanese);
    for (const std::string& alias : each.aliases) {
      names.try_emplace({each.kind, alias}, each.japanese);
    }
  }
  return names;
}

std::string_view NameOf(rules::CodeKind kind, std::string_view code) {
  static const CodeNames names = NamesOfCodes();
  const auto found = names.find({kind, code});
  if (found != names.end()) {
    return found->second;
  }
  return code == "self-information" ? "自己情報の閲覧" : code;
}

// "2026年11月22日 18時03分", Japan.
std::string DayAndTime(std::string_view utc) {
  const auto at = ParseInstant(utc);
  if (!at.ok()) {
    return "日時不明";
  }
  const std::string text = FormatJapanTime(*at);
  const std::string_view view = text;
  return fmt::format(
      "{}年{}月{}日 {}時{}分",
      view.substr(0, 4),
      view.substr(5, 2),
      view.substr(8, 2),
      view.substr(11, 2),
      view.substr(14, 2)
  );
}

// The name, or the id where the directory has no name any more.
std::string Institution(const json::object& record, std::string_view role) {
  const std::string_view name = TextAt(record, std::string(role) + "_name");
  return std::string(name.empty() ? TextAt(record, role) : name);
}

}  // namespace

std::string_view OutcomeInJapanese(std::string_view outcome) {
  const auto* const found =
      std::ranges::find(kOutcomes, outcome, [](const auto& entry) { return entry.first; });
  return found == kOutcomes.end() ? outcome : found->second;
}

void AddPlainWords(json::object& record) {
  // Copies: adding to the record moves what views into it see.
  const std::string procedure(NameOf(rules::CodeKind::kProcedure, TextAt(record, "procedure")));
  const std::string information(NameOf(rules::CodeKind::kInformation, TextAt(record, "information"))
  );
  const std::string outcome(OutcomeInJapanese(TextAt(record, "outcome")));
  const std::string basis(TextAt(record, "basis"));
  constexpr std::size_t kAdded = 4;
  record.reserve(record.size() + kAdded);
  record["words"] = fmt::format(
      "{}、{}が「{}」のために、{}へ「{}」を照会しました。結果: {}。根拠: {}",
      DayAndTime(TextAt(record, "requested_at")),
      Institution(record, "inquirer"),
      procedure,
      TextAt(record, "provider").empty() ? "照会先未定" : Institution(record, "provider"),
      information,
      outcome,
      basis.empty() ? "なし" : basis
  );
  record["procedure_name"] = procedure;
  record["information_name"] = information;
  record["outcome_name"] = outcome;
}

}  // namespace musubi::national::portal
