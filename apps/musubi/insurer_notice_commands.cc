#include "apps/musubi/insurer_notice_commands.h"

#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "apps/musubi/insurer_link_output.h"
#include "apps/musubi/output.h"
#include "base/io.h"
#include "insurer/association.h"
#include "insurer/notices.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using insurer::Association;

std::string OperatorName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr ? "uid-" + std::to_string(::geteuid()) : std::string(user->pw_name);
}

json::object NoticesJson(const insurer::NoticesReport& report, const std::string& out) {
  json::array problems;
  for (const insurer::RowProblem& problem : report.problems) {
    problems.push_back(
        {{"line", problem.line}, {"field", problem.field}, {"problem", problem.problem}}
    );
  }
  return {
      {"file", report.taken > 0 ? out : std::string()},
      {"sequence", report.sequence},
      {"rows", report.rows},
      {"taken", report.taken},
      {"problems", std::move(problems)}
  };
}

void PrintNotices(
    const insurer::NoticesReport& report, const std::string& name, const std::string& out
) {
  for (const insurer::RowProblem& problem : report.problems) {
    PrintLine(fmt::format("{}:{}: {}: {}", name, problem.line, problem.field, problem.problem));
  }
  if (report.taken == 0) {
    PrintLine(fmt::format("{} rows, none of them right: no package was written", report.rows));
    return;
  }
  PrintLine(fmt::format(
      "{}: notices {} with {} of {} rows",
      out,
      report.sequence,
      FormatCount(report.taken),
      FormatCount(report.rows)
  ));
}

Result<int> Notices(const InsurerNoticesOptions& options) {
  const std::string user = OperatorName();
  MUSUBI_TRY(const auto association, Association::Open(options.config, SystemClock(), user));
  MUSUBI_TRY(const crypto::Identity identity, association->LoadIdentity());
  MUSUBI_TRY(const crypto::Certificate terminal, association->LoadTerminalCertificate());
  MUSUBI_TRY(const auto source, FileSource::Open(options.in));
  const std::string name = std::filesystem::path(options.in).filename().string();
  MUSUBI_CHECK_OK(association->uses().NoteRows("notices", CountRowsOf(options.in)));
  MUSUBI_TRY(
      const auto report,
      insurer::MakeNotices(
          association->database(),
          SystemClock(),
          {*source, name, options.out, identity, terminal, association->mode(), user}
      )
  );
  if (options.json) {
    PrintJson(NoticesJson(report, options.out));
  } else {
    PrintNotices(report, name, options.out);
  }
  return report.problems.empty() && report.taken > 0 ? kExitDone : kExitRefused;
}

Result<int> NoticeResult(const InsurerNoticeResultOptions& options) {
  MUSUBI_TRY(
      const auto association, Association::Open(options.config, SystemClock(), OperatorName())
  );
  MUSUBI_TRY(const crypto::Identity identity, association->LoadIdentity());
  MUSUBI_TRY(const auto trust, association->LoadTrust());
  MUSUBI_TRY(
      const auto report,
      insurer::ReadNoticeResult(
          SystemClock(), {options.file, identity, *trust, association->mode()}
      )
  );
  if (options.json) {
    json::array refusals;
    for (const insurer::NoticeRefusal& refusal : report.refusals) {
      refusals.push_back(
          {{"notice", refusal.notice}, {"outcome", refusal.outcome}, {"field", refusal.field}}
      );
    }
    json::object refused;
    for (const auto& [outcome, count] : report.refused) {
      refused[outcome] = count;
    }
    PrintJson(json::object{
        {"sequence", report.sequence},
        {"rows", report.rows},
        {"taken", report.taken},
        {"refused", std::move(refused)},
        {"refusals", std::move(refusals)}
    });
  } else {
    PrintLine(fmt::format(
        "notices {}: {} sent, {} taken",
        report.sequence,
        FormatCount(report.rows),
        FormatCount(report.taken)
    ));
    for (const insurer::NoticeRefusal& refusal : report.refusals) {
      PrintLine(fmt::format("  notice {}: {} {}", refusal.notice, refusal.outcome, refusal.field));
    }
  }
  return report.refused.empty() ? kExitDone : kExitRefused;
}

}  // namespace

int InsurerNotices(const InsurerNoticesOptions& options) {
  return ExitCodeOfCommand(Notices(options));
}

int InsurerNoticeResult(const InsurerNoticeResultOptions& options) {
  return ExitCodeOfCommand(NoticeResult(options));
}

}  // namespace musubi::apps
