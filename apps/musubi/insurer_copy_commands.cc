#include "apps/musubi/insurer_copy_commands.h"

#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "apps/musubi/insurer_link_output.h"
#include "apps/musubi/output.h"
#include "base/io.h"
#include "insurer/association.h"
#include "insurer/record_copies.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using insurer::Association;
using insurer::Records;

// An association whose register is open, and its records.
struct Opened {
  std::unique_ptr<Association> association;
  std::unique_ptr<Records> records;
};

Result<Opened> Open(const std::string& config) {
  const passwd* user = ::getpwuid(::geteuid());
  const std::string name =
      user == nullptr ? "uid-" + std::to_string(::geteuid()) : std::string(user->pw_name);
  Opened opened;
  MUSUBI_TRY(opened.association, Association::Open(config, SystemClock(), name));
  MUSUBI_TRY(opened.records, Records::Open(opened.association->database(), SystemClock(), name));
  return opened;
}

template <typename Counts>
json::object CountsJson(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) {
    object[name] = count;
  }
  return object;
}

Result<int> ImportRecords(const InsurerImportRecordsOptions& options) {
  MUSUBI_TRY(const Opened opened, Open(options.config));
  MUSUBI_TRY(const auto source, FileSource::Open(options.file));
  const std::string name = std::filesystem::path(options.file).filename().string();
  MUSUBI_CHECK_OK(opened.association->uses().NoteRows("import-records", CountRowsOf(options.file)));
  MUSUBI_TRY(const auto report, opened.records->Import(*source, name, options.whole));
  if (options.json) {
    json::array problems;
    for (const insurer::RowProblem& problem : report.problems) {
      problems.push_back(
          {{"line", problem.line}, {"field", problem.field}, {"problem", problem.problem}}
      );
    }
    PrintJson(json::object{
        {"rows", report.rows},
        {"taken", report.taken},
        {"removed", report.removed},
        {"kinds", CountsJson(report.by_kind)},
        {"problems", std::move(problems)}
    });
  } else {
    PrintLine(fmt::format(
        "{}: {} rows, {} taken, {} removed",
        name,
        FormatCount(report.rows),
        FormatCount(report.taken),
        FormatCount(report.removed)
    ));
    for (const insurer::RowProblem& problem : report.problems) {
      PrintLine(fmt::format("{}:{}: {}: {}", name, problem.line, problem.field, problem.problem));
    }
  }
  return report.problems.empty() ? kExitDone : kExitRefused;
}

Result<int> RecordCopies(const InsurerRecordCopiesOptions& options) {
  if (options.initial == options.differences) {
    return Error{ErrorCode::kUsage, "say either --initial or --differences"};
  }
  Date as_of;
  if (!options.as_of.empty() && !Date::TryParse(options.as_of, as_of)) {
    return Error{ErrorCode::kUsage, "--as-of takes a day YYYY-MM-DD"};
  }
  MUSUBI_TRY(const Opened opened, Open(options.config));
  MUSUBI_TRY(const crypto::Identity identity, opened.association->LoadIdentity());
  MUSUBI_TRY(const crypto::Certificate terminal, opened.association->LoadTerminalCertificate());
  MUSUBI_TRY(
      const std::uint64_t people, CountPeople(*opened.association, {insurer::LinkState::kTied})
  );
  MUSUBI_CHECK_OK(opened.association->uses().NotePeople("record-copies", people));
  const insurer::CopyScope scope =
      options.initial ? insurer::CopyScope::kInitial : insurer::CopyScope::kDifferences;
  MUSUBI_TRY(
      const auto report,
      opened.records->MakeCopies(
          {scope, options.out, identity, terminal, opened.association->mode(), as_of}
      )
  );
  if (options.json) {
    PrintJson(json::object{
        {"file", options.out},
        {"sequence", report.sequence},
        {"rows", report.rows},
        {"puts", report.puts},
        {"deletes", report.deletes},
        {"people", report.people},
        {"held", report.held},
        {"outdated", report.outdated},
        {"kinds", CountsJson(report.by_kind)}
    });
    return kExitDone;
  }
  PrintLine(fmt::format(
      "{}: record copies {} with {} rows of {} people ({} put, {} deleted)",
      options.out,
      report.sequence,
      FormatCount(report.rows),
      FormatCount(report.people),
      FormatCount(report.puts),
      FormatCount(report.deletes)
  ));
  if (report.held > 0) {
    PrintLine(fmt::format(
        "  {} people have an insured number but a doubtful link: nothing is sent for them",
        FormatCount(report.held)
    ));
  }
  if (report.outdated > 0) {
    PrintLine(fmt::format(
        "  {} records are in a layout that is no longer taken: import them in the new one",
        FormatCount(report.outdated)
    ));
  }
  return kExitDone;
}

json::object ProblemJson(const insurer::CopyResultProblem& problem) {
  return {
      {"line", problem.line},
      {"kind", problem.kind},
      {"key", problem.key},
      {"outcome", problem.outcome},
      {"field", problem.field}
  };
}

Result<int> ImportCopyResult(const InsurerImportCopyResultOptions& options) {
  MUSUBI_TRY(const Opened opened, Open(options.config));
  MUSUBI_TRY(const crypto::Identity identity, opened.association->LoadIdentity());
  MUSUBI_TRY(const auto trust, opened.association->LoadTrust());
  MUSUBI_CHECK_OK(opened.association->uses().NoteRows("import-copy-result", std::nullopt));
  MUSUBI_TRY(
      const auto report,
      opened.records->ImportResult({options.file, identity, *trust, opened.association->mode()})
  );
  if (options.json) {
    json::array problems;
    for (const auto& problem : report.problems) {
      problems.push_back(ProblemJson(problem));
    }
    PrintJson(json::object{
        {"sequence", report.sequence},
        {"already_imported", report.already_imported},
        {"rows", report.rows},
        {"applied", report.applied},
        {"refused", CountsJson(report.refused)},
        {"problems", std::move(problems)}
    });
  } else {
    PrintLine(fmt::format(
        "record copies {}: {} rows, {} applied{}",
        report.sequence,
        FormatCount(report.rows),
        FormatCount(report.applied),
        report.already_imported ? " (imported before, nothing changed)" : ""
    ));
    for (const auto& [outcome, count] : report.refused) {
      PrintLine(fmt::format("  {} {}", FormatCount(count), outcome));
    }
    for (const auto& problem : report.problems) {
      PrintLine(fmt::format(
          "  row {}: {} {}: {} {}",
          problem.line,
          problem.kind,
          problem.key,
          problem.outcome,
          problem.field
      ));
    }
  }
  return report.refused.empty() ? kExitDone : kExitRefused;
}

int ExitCode(const Result<int>& result) {
  return result.ok() ? *result : Fail(result.error());
}

}  // namespace

int InsurerImportRecords(const InsurerImportRecordsOptions& options) {
  return ExitCode(ImportRecords(options));
}

int InsurerRecordCopies(const InsurerRecordCopiesOptions& options) {
  return ExitCode(RecordCopies(options));
}

int InsurerImportCopyResult(const InsurerImportCopyResultOptions& options) {
  return ExitCode(ImportCopyResult(options));
}

}  // namespace musubi::apps
