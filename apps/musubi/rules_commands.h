// `musubi rules`: who may ask whom for what, on which day, under which row of the law.
#pragma once

#include <string>

namespace musubi::apps {

// Of every command here. Empty: the facts built in.
struct RulesFolder {
  std::string rules;
};

struct RulesPermitOptions : RulesFolder {
  std::string inquirer;
  std::string provider;
  std::string procedure;
  std::string information;
  std::string as_of;  // YYYY-MM-DD; empty: today in Japan
  bool json = false;
};

struct RulesListOptions : RulesFolder {
  std::string inquirer;  // empty: all
  std::string as_of;     // empty: today in Japan
  bool all_days = false;
  bool json = false;
};

struct RulesCodesOptions : RulesFolder {
  std::string kind;  // institution, procedure, information; empty: all
  bool json = false;
};

// Prints "allowed: CITATION" or "refused: REASON: CITATION" and what the row says. Exit code 0
// allowed, 1 refused.
[[nodiscard]] int RulesPermit(const RulesPermitOptions& options);

// One fact a line: days, inquirer, procedure, provider, information, citation; tabs between.
[[nodiscard]] int RulesList(const RulesListOptions& options);

// One code a line: kind, code, Japanese, English, aliases; tabs between.
[[nodiscard]] int RulesCodes(const RulesCodesOptions& options);

}  // namespace musubi::apps
