#include "rules_commands.h"

#include <optional>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "base/date.h"
#include "output.h"
#include "rules/permission.h"

namespace musubi::apps {

namespace {

// The facts of a folder, or those built in.
class Rules {
 public:
  static Result<Rules> Open(const std::string& folder) {
    Rules rules;
    if (!folder.empty()) {
      MUSUBI_TRY(rules.loaded_, rules::Permissions::Load(folder));
    }
    return rules;
  }

  [[nodiscard]] const rules::Permissions& operator*() const {
    return loaded_.has_value() ? *loaded_ : rules::Permissions::BuiltIn();
  }

  [[nodiscard]] const rules::Permissions* operator->() const { return &**this; }

 private:
  std::optional<rules::Permissions> loaded_;
};

Result<Date> DayOf(const std::string& as_of) {
  if (as_of.empty()) {
    return Date::Of(JapanDay(SystemClock().Now()));
  }
  Date day;
  if (!Date::TryParse(as_of, day)) {
    return Error{ErrorCode::kUsage, "not a day", "--as-of", "YYYY-MM-DD"};
  }
  return day;
}

boost::json::object JsonOf(
    const rules::PermitQuestion& question, const rules::PermitAnswer& answer
) {
  return {
      {"allowed", answer.allowed},
      {"reason", answer.reason()},
      {"citation", answer.citation},
      {"detail", answer.detail},
      {"rule_set", answer.basis.rule_set},
      {"row", answer.basis.row},
      {"item", answer.basis.item},
      {"inquirer", question.inquirer},
      {"provider", question.provider},
      {"procedure", question.procedure},
      {"information", question.information},
      {"as_of", question.as_of.Text()}
  };
}

void PrintAnswer(const rules::PermitAnswer& answer) {
  const std::string citation = answer.citation.empty() ? "" : ": " + answer.citation;
  PrintLine(
      answer.allowed ? "allowed" + citation : "refused: " + std::string(answer.reason()) + citation
  );
  if (!answer.detail.empty()) {
    PrintLine("  " + answer.detail);
  }
}

boost::json::object JsonOf(const rules::Fact& fact) {
  return {
      {"rule_set", fact.basis.rule_set},
      {"row", fact.basis.row},
      {"item", fact.basis.item},
      {"inquirer", fact.inquirer},
      {"procedure", fact.procedure},
      {"provider", fact.provider},
      {"information", fact.information},
      {"valid_from", fact.valid_from.Text()},
      {"valid_to", fact.valid_to.Text()},
      {"citation", fact.citation},
      {"detail", fact.detail}
  };
}

std::string LineOf(const rules::Fact& fact) {
  return fmt::format(
      "{}..{}\t{}\t{}\t{}\t{}\t{}",
      fact.valid_from.Text(),
      fact.valid_to.Text(),
      fact.inquirer,
      fact.procedure,
      fact.provider,
      fact.information,
      fact.citation
  );
}

boost::json::array JsonOf(const std::vector<std::string>& words) {
  return boost::json::array(words.begin(), words.end());
}

boost::json::object JsonOf(const rules::Code& code) {
  return {
      {"kind", rules::CodeKindWord(code.kind)},
      {"code", code.code},
      {"japanese", code.japanese},
      {"english", code.english},
      {"aliases", JsonOf(code.aliases)},
      {"part_of", JsonOf(code.part_of)}
  };
}

std::string LineOf(const rules::Code& code) {
  return fmt::format(
      "{}\t{}\t{}\t{}\t{}",
      rules::CodeKindWord(code.kind),
      code.code,
      code.japanese,
      code.english,
      fmt::join(code.aliases, " ")
  );
}

Result<int> Permit(const RulesPermitOptions& options) {
  MUSUBI_TRY(const Rules permissions, Rules::Open(options.rules));
  MUSUBI_TRY(const Date as_of, DayOf(options.as_of));
  const rules::PermitQuestion question{
      options.inquirer, options.provider, options.procedure, options.information, as_of
  };
  const rules::PermitAnswer answer = permissions->Permit(question);
  if (options.json) {
    PrintJson(JsonOf(question, answer));
  } else {
    PrintAnswer(answer);
  }
  if (answer.refusal == rules::Refusal::kUnknownCode && !options.json) {
    PrintLine("  musubi rules codes");
  }
  return answer.allowed ? kExitDone : kExitRefused;
}

Result<void> List(const RulesListOptions& options) {
  MUSUBI_TRY(const Rules permissions, Rules::Open(options.rules));
  Date as_of;
  if (!options.all_days) {
    MUSUBI_TRY(as_of, DayOf(options.as_of));
  }
  if (!options.inquirer.empty() &&
      permissions->FindCode(rules::CodeKind::kInstitution, options.inquirer) == nullptr) {
    return Error{ErrorCode::kUsage, "no such institution", "--inquirer", "musubi rules codes"};
  }
  boost::json::array facts;
  for (const rules::Fact* fact : permissions->Facts(options.inquirer, as_of)) {
    if (options.json) {
      facts.push_back(JsonOf(*fact));
    } else {
      PrintLine(LineOf(*fact));
    }
  }
  if (options.json) {
    PrintJson(boost::json::object{{"as_of", as_of.Text()}, {"facts", std::move(facts)}});
  }
  return Ok();
}

Result<void> Codes(const RulesCodesOptions& options) {
  MUSUBI_TRY(const Rules permissions, Rules::Open(options.rules));
  boost::json::array codes;
  for (const rules::Code& code : permissions->Codes()) {
    if (!options.kind.empty() && rules::CodeKindWord(code.kind) != options.kind) {
      continue;
    }
    if (options.json) {
      codes.push_back(JsonOf(code));
    } else {
      PrintLine(LineOf(code));
    }
  }
  if (options.json) {
    PrintJson(boost::json::object{{"codes", std::move(codes)}});
  }
  return Ok();
}

}  // namespace

int RulesPermit(const RulesPermitOptions& options) {
  const auto code = Permit(options);
  return code.ok() ? *code : Fail(code.error());
}

int RulesList(const RulesListOptions& options) {
  return Finish(List(options));
}

int RulesCodes(const RulesCodesOptions& options) {
  return Finish(Codes(options));
}

}  // namespace musubi::apps
