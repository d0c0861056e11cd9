#include "apps/musubi/insurer_reports.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/output.h"

namespace musubi::apps {

namespace json = boost::json;

namespace {

// {"no-number": 3}: only what there is.
json::object ReasonsJson(const insurer::ReasonCounts& counts) {
  json::object object;
  for (std::size_t reason = 0; reason < counts.size(); ++reason) {
    if (counts[reason] != 0) {
      const std::string_view name = insurer::ReasonName(static_cast<insurer::Reason>(reason));
      object[name.empty() ? "waiting" : name] = counts[reason];
    }
  }
  return object;
}

void PrintReasons(std::string_view label, const insurer::ReasonCounts& counts) {
  for (std::size_t reason = 0; reason < counts.size(); ++reason) {
    if (counts[reason] != 0) {
      const std::string_view name = insurer::ReasonName(static_cast<insurer::Reason>(reason));
      PrintLine(fmt::format("  {} {}: {}", label, name, FormatCount(counts[reason])));
    }
  }
}

}  // namespace

json::object ReportJson(const insurer::RosterReport& report) {
  json::array problems;
  for (const insurer::RowProblem& problem : report.problems) {
    problems.push_back(
        {{"line", problem.line}, {"field", problem.field}, {"problem", problem.problem}}
    );
  }
  return {
      {"rows", report.rows},
      {"new", report.added},
      {"changed", report.changed},
      {"unchanged", report.unchanged},
      {"gone", report.gone},
      {"returned", report.returned},
      {"problems", std::move(problems)},
      {"numbers",
       {{"present", report.numbers_present},
        {"missing", report.numbers_missing},
        {"bad_format", report.numbers_bad_format},
        {"bad_check_digit", report.numbers_bad_check_digit}}},
      {"encoding", report.encoding},
      {"ignored_columns", json::value_from(report.ignored_columns)},
  };
}

void PrintReport(const insurer::RosterReport& report, const std::string& file) {
  PrintLine(fmt::format(
      "{} rows: {} new, {} changed, {} unchanged, {} returned, {} gone",
      FormatCount(report.rows),
      FormatCount(report.added),
      FormatCount(report.changed),
      FormatCount(report.unchanged),
      FormatCount(report.returned),
      FormatCount(report.gone)
  ));
  PrintLine(fmt::format(
      "numbers: {} present, {} missing, {} not twelve digits, {} with a wrong check digit",
      FormatCount(report.numbers_present),
      FormatCount(report.numbers_missing),
      FormatCount(report.numbers_bad_format),
      FormatCount(report.numbers_bad_check_digit)
  ));
  if (!report.ignored_columns.empty()) {
    PrintLine(fmt::format("columns not used: {}", fmt::join(report.ignored_columns, ", ")));
  }
  for (const insurer::RowProblem& problem : report.problems) {
    PrintLine(fmt::format("{}:{}: {}: {}", file, problem.line, problem.field, problem.problem));
  }
}

void PrintReport(const insurer::NumberListReport& report, const std::string& file) {
  PrintLine(fmt::format(
      "{}: number list {} with {} rows", file, report.sequence, FormatCount(report.rows)
  ));
  PrintReasons("held", report.held);
  if (report.shared_numbers != 0) {
    PrintLine(fmt::format(
        "  {} numbers stand at two people with different birth dates: the resident network decides",
        FormatCount(report.shared_numbers)
    ));
  }
  if (report.possible_same_person != 0) {
    PrintLine(fmt::format(
        "  {} people may stand in the register twice, with different numbers",
        FormatCount(report.possible_same_person)
    ));
  }
  if (report.qualified_on_missing != 0) {
    PrintLine(fmt::format(
        "  {} people have no date of qualification: sent with the day of their registration",
        FormatCount(report.qualified_on_missing)
    ));
  }
}

boost::json::object ReportJson(const insurer::NumberListReport& report, const std::string& file) {
  return {
      {"file", file},
      {"sequence", report.sequence},
      {"rows", report.rows},
      {"held", ReasonsJson(report.held)},
      {"shared_numbers", report.shared_numbers},
      {"possible_same_person", report.possible_same_person},
      {"qualified_on_missing", report.qualified_on_missing},
  };
}

json::object ReportJson(const insurer::PairsReport& report) {
  json::array problems;
  for (const insurer::PairProblem& problem : report.problems) {
    problems.push_back({{"row", problem.row}, {"problem", problem.problem}});
  }
  return {
      {"rows", report.rows},
      {"issued", report.issued},
      {"known", report.known},
      {"refused", ReasonsJson(report.refused)},
      {"stale", report.stale},
      {"already_imported", report.already_imported},
      {"problems", std::move(problems)},
  };
}

void PrintReport(const insurer::PairsReport& report, const std::string& file) {
  if (report.already_imported) {
    PrintLine(fmt::format("{}: already imported; nothing was changed", file));
    return;
  }
  PrintLine(fmt::format(
      "{} rows: {} issued, {} known, {} stale",
      FormatCount(report.rows),
      FormatCount(report.issued),
      FormatCount(report.known),
      FormatCount(report.stale)
  ));
  PrintReasons("refused", report.refused);
  for (const insurer::PairProblem& problem : report.problems) {
    PrintLine(fmt::format("{}: row {}: {}", file, problem.row, problem.problem));
  }
}

}  // namespace musubi::apps
