#include "apps/musubi/match_commands.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"
#include "base/io.h"
#include "matching/match_files.h"
#include "ops/config.h"
#include "ops/progress.h"

namespace musubi::apps {

namespace {

unsigned ThreadsOf(unsigned asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

std::optional<text::Rule> LenientRuleOf(std::string_view name) {
  for (unsigned i = 0; i < static_cast<unsigned>(text::Rule::kCount); ++i) {
    const auto rule = static_cast<text::Rule>(i);
    if ((text::RuleBit(rule) & matching::kLenientRules) != 0 && text::RuleName(rule) == name) {
      return rule;
    }
  }
  return std::nullopt;
}

// "standard": every lenient rule. "FILE.toml:NAME": the list `notation` of [sets.NAME].
Result<text::Rules> RuleSetOf(const std::string& name) {
  if (name.empty() || name == "standard") {
    return matching::kLenientRules;
  }
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos) {
    return Error{ErrorCode::kUsage, "no such rule set", name, "standard, or FILE.toml:NAME"};
  }
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(name.substr(0, colon)));
  const std::string key = "sets." + name.substr(colon + 1) + ".notation";
  if (!config.Has(key)) {
    return Error{ErrorCode::kInvalid, "the rule set is not in the file", name};
  }
  MUSUBI_TRY(const auto names, config.Strings(key));
  text::Rules rules = 0;
  for (const std::string& rule_name : names) {
    const auto rule = LenientRuleOf(rule_name);
    if (!rule.has_value()) {
      return Error{ErrorCode::kInvalid, "not a lenient rule: " + rule_name, name};
    }
    rules |= text::RuleBit(*rule);
  }
  return rules;
}

boost::json::object JsonOf(const matching::FileReport& report) {
  boost::json::object outcomes;
  for (const auto& [name, count] : report.outcomes) {
    outcomes[name] = count;
  }
  return {{"rows", report.rows}, {"outcomes", outcomes}, {"seconds", report.seconds}};
}

int Report(const Result<matching::FileReport>& report, bool as_json) {
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (as_json) {
    PrintJson(JsonOf(*report));
    return kExitDone;
  }
  for (const auto& [name, count] : report->outcomes) {
    if (count != 0) {
      PrintLine(fmt::format("  {:<20} {:>12}", name, FormatCount(count)));
    }
  }
  PrintLine(fmt::format("{} rows in {:.1f} s", FormatCount(report->rows), report->seconds));
  return kExitDone;
}

std::optional<std::filesystem::path> Optional(const std::string& path) {
  return path.empty() ? std::nullopt : std::optional<std::filesystem::path>(path);
}

// The result must not take the place of what it is made from.
Result<void> CheckOut(const matching::MatchFiles& files) {
  for (const std::filesystem::path& input :
       {files.residents,
        files.roster,
        files.mapping.value_or(std::filesystem::path()),
        files.tables.kanji_variants,
        files.tables.gazetteer}) {
    std::error_code ignored;
    if (std::filesystem::equivalent(files.out, input, ignored)) {
      return Error{ErrorCode::kUsage, "the result would replace an input", files.out.string()};
    }
  }
  return Ok();
}

// What both commands have; kUsage: a result in the place of an input.
template <typename Options>
Result<matching::MatchFiles> FilesOf(const Options& options) {
  matching::MatchFiles files;
  files.residents = options.residents;
  files.roster = options.roster;
  files.mapping = Optional(options.mapping);
  files.out = options.out;
  files.tables = {options.tables.kanji_variants, options.tables.gazetteer};
  files.threads = ThreadsOf(options.threads);
  MUSUBI_CHECK_OK(CheckOut(files));
  return files;
}

}  // namespace

int Match(const MatchOptions& options) {
  Result<matching::MatchFiles> files = FilesOf(options);
  if (!files.ok()) {
    return Fail(files.error());
  }
  const Result<text::Rules> rules = RuleSetOf(options.rules);
  if (!rules.ok()) {
    return Fail(rules.error());
  }
  ops::Progress progress("residents read", 0);
  files->allowed = *rules;
  files->explain = options.explain ? matching::Explain::kYes : matching::Explain::kNo;
  files->on_progress = [&progress](std::uint64_t done) { progress.Set(done); };
  return Report(matching::MatchRosterFile(*files), options.json);
}

int Verify(const VerifyOptions& options) {
  Result<matching::MatchFiles> files = FilesOf(options);
  if (!files.ok()) {
    return Fail(files.error());
  }
  ops::Progress progress("residents read", 0);
  files->on_progress = [&progress](std::uint64_t done) { progress.Set(done); };
  return Report(matching::VerifyRosterFile(*files), options.json);
}

}  // namespace musubi::apps
