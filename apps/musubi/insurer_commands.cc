#include "apps/musubi/insurer_commands.h"

#include <cstdio>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include "apps/musubi/insurer_link_output.h"
#include "apps/musubi/insurer_reports.h"
#include "apps/musubi/output.h"
#include "base/io.h"
#include "insurer/association.h"
#include "insurer/number_input.h"
#include "insurer/people_csv.h"
#include "insurer/register.h"
#include "ops/progress.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using insurer::Association;

// For the history: the account of the operating system.
std::string OperatorName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr ? "uid-" + std::to_string(::geteuid()) : user->pw_name;
}

Result<std::unique_ptr<Association>> OpenAssociation(const std::string& config) {
  return Association::Open(config, SystemClock(), OperatorName());
}

insurer::OnProgress ShowOn(ops::Progress& progress) {
  return [&progress](std::uint64_t done) { progress.Set(done); };
}

int ExitCode(const Result<int>& result) {
  return result.ok() ? *result : Fail(result.error());
}

Result<int> ImportRoster(const InsurerImportRosterOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  std::optional<text::RosterMapping> mapping;
  if (!options.mapping.empty()) {
    MUSUBI_TRY(mapping, text::RosterMapping::Load(options.mapping));
  }
  MUSUBI_TRY(const auto source, FileSource::Open(options.roster));
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  const std::string name = std::filesystem::path(options.roster).filename().string();
  MUSUBI_CHECK_OK(association->uses().NoteRows("import-roster", CountRowsOf(options.roster)));
  ops::Progress progress("import-roster", 0);
  MUSUBI_TRY(
      const insurer::RosterReport report,
      association->people().ImportRoster(
          *vault,
          {*source,
           name,
           mapping,
           options.add ? insurer::RosterScope::kAdd : insurer::RosterScope::kWhole,
           ShowOn(progress)}
      )
  );
  if (options.json) {
    PrintJson(ReportJson(report));
  } else {
    PrintReport(report, name);
  }
  return report.problems.empty() ? kExitDone : kExitRefused;
}

Result<int> NumberList(const InsurerNumberListOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  MUSUBI_TRY(const crypto::Identity identity, association->LoadIdentity());
  MUSUBI_TRY(const crypto::Certificate terminal, association->LoadTerminalCertificate());
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  MUSUBI_TRY(
      const std::uint64_t people,
      CountPeople(*association, {insurer::LinkState::kUnverified, insurer::LinkState::kListed})
  );
  MUSUBI_CHECK_OK(association->uses().NotePeople("number-list", people));
  ops::Progress progress("number-list", 0);
  MUSUBI_TRY(
      const insurer::NumberListReport report,
      association->people().MakeNumberList(
          *vault, {options.out, identity, terminal, association->mode(), ShowOn(progress)}
      )
  );
  if (options.json) {
    PrintJson(ReportJson(report, options.out));
  } else {
    PrintReport(report, options.out);
  }
  return kExitDone;
}

Result<int> ImportPairs(const InsurerImportPairsOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  MUSUBI_TRY(const crypto::Identity identity, association->LoadIdentity());
  MUSUBI_TRY(const auto trust, association->LoadTrust());
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  MUSUBI_TRY(const std::uint64_t people, CountPeople(*association, {insurer::LinkState::kListed}));
  MUSUBI_CHECK_OK(association->uses().NotePeople("import-pairs", people));
  ops::Progress progress("import-pairs", 0);
  MUSUBI_TRY(
      const insurer::PairsReport report,
      association->people().ImportPairs(
          *vault, {options.file, identity, *trust, association->mode(), ShowOn(progress)}
      )
  );
  if (options.json) {
    PrintJson(ReportJson(report));
  } else {
    PrintReport(report, options.file);
  }
  return report.problems.empty() ? kExitDone : kExitRefused;
}

json::object PersonJson(const insurer::PersonLine& person) {
  return {
      {"row", person.row == 0 ? json::value(nullptr) : json::value(person.row)},
      {"reference", person.reference},
      {"symbol", person.symbol},
      {"number", person.member_number},
      {"insured_number", person.insured_number},
      {"branch", person.branch},
      {"state", insurer::LinkStateName(person.state)},
      {"reason", insurer::ReasonName(person.reason)},
  };
}

void Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// Written as they come: 400,000 people do not need to be one value in memory.
Result<void> WritePeople(
    const insurer::Register& people,
    std::optional<insurer::LinkState> state,
    const InsurerPeopleOptions& options
) {
  Write(options.csv ? insurer::PeopleCsvHeading() : "{\"people\":[");
  bool is_first = true;
  MUSUBI_CHECK_OK(people.EachPerson(state, [&](const insurer::PersonLine& person) {
    if (options.csv) {
      Write(insurer::PeopleCsvLine(person));
    } else {
      Write(is_first ? "" : ",");
      Write(json::serialize(PersonJson(person)));
    }
    is_first = false;
    return Ok();
  }));
  Write(options.csv ? "" : "]}\n");
  if (std::fflush(stdout) != 0) {
    return Error{ErrorCode::kInternal, "cannot write to standard output"};
  }
  return Ok();
}

Result<void> PrintCounts(const insurer::Register& people, std::optional<insurer::LinkState> state) {
  MUSUBI_TRY(const auto counts, people.CountStates());
  std::uint64_t total = 0;
  PrintLine(fmt::format("{:<14} {:<20} {:>12}", "state", "reason", "people"));
  for (const insurer::StateCount& count : counts) {
    if (state && count.state != *state) {
      continue;
    }
    total += count.count;
    PrintLine(fmt::format(
        "{:<14} {:<20} {:>12}",
        insurer::LinkStateName(count.state),
        insurer::ReasonName(count.reason),
        FormatCount(count.count)
    ));
  }
  PrintLine(fmt::format("{:<14} {:<20} {:>12}", "all", "", FormatCount(total)));
  return Ok();
}

Result<int> People(const InsurerPeopleOptions& options) {
  std::optional<insurer::LinkState> state;
  if (!options.state.empty()) {
    state = insurer::LinkStateOf(options.state);
    if (!state) {
      return Error{
          ErrorCode::kUsage,
          "there is no such state",
          "--state",
          "not-collected, unverified, listed, tied, refused, doubtful or released"
      };
    }
  }
  if (options.json && options.csv) {
    return Error{ErrorCode::kUsage, "--json and --csv exclude each other"};
  }
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  if (!options.json && !options.csv) {  // counts are nobody's
    MUSUBI_CHECK_OK(PrintCounts(association->people(), state));
    return kExitDone;
  }
  MUSUBI_TRY(
      const std::uint64_t shown,
      state ? CountPeople(*association, {*state}) : CountPeople(*association)
  );
  MUSUBI_CHECK_OK(association->uses().NotePeople("people", shown));
  MUSUBI_CHECK_OK(WritePeople(association->people(), state, options));
  return kExitDone;
}

// While it lives, a terminal does not show what is typed.
class HiddenTyping {
 public:
  HiddenTyping() {
    if (::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
      termios hidden = before_;
      hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      is_hidden_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
      std::fputs("Individual Number (not shown): ", stderr);
    }
  }

  ~HiddenTyping() {
    if (is_hidden_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
      std::fputs("\n", stderr);
    }
  }

  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

 private:
  termios before_ = {};
  bool is_hidden_ = false;
};

Result<SecretVector<char>> ReadNumberLine(const std::string& file) {
  if (!file.empty() && file != "-") {
    MUSUBI_TRY(const auto source, FileSource::Open(file));
    return insurer::ReadTypedLine(*source);
  }
  const HiddenTyping hidden;
  MUSUBI_TRY(const auto source, FileSource::Open("/dev/stdin"));
  return insurer::ReadTypedLine(*source);
}

Result<int> SetNumber(const InsurerSetNumberOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  MUSUBI_TRY(const SecretVector<char> typed, ReadNumberLine(options.file));
  MUSUBI_TRY(const number::IndividualNumber number, insurer::ReadTypedNumber(typed));
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  MUSUBI_CHECK_OK(association->uses().NotePerson("set-number", options.reference));
  MUSUBI_CHECK_OK(association->people().SetNumber(*vault, options.reference, number));
  PrintLine("the number is kept; the person is unverified until the next number list");
  return kExitDone;
}

Result<int> History(const InsurerHistoryOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  MUSUBI_CHECK_OK(association->uses().NotePerson("history", options.reference));
  MUSUBI_TRY(const auto lines, association->people().History(options.reference));
  json::array entries;
  for (const insurer::HistoryLine& line : lines) {
    if (!options.json) {
      PrintLine(fmt::format(
          "{}  {:<11} {:<12} {} -> {} {}  {} {}",
          line.at,
          line.kind,
          line.operator_name,
          line.from_state.empty() ? "-" : line.from_state,
          line.to_state,
          line.reason.empty() ? "" : "(" + line.reason + ")",
          line.what,
          line.insured_number_before.empty() ? "" : "was " + line.insured_number_before
      ));
      continue;
    }
    entries.push_back({
        {"at", line.at},
        {"operator", line.operator_name},
        {"kind", line.kind},
        {"what", line.what},
        {"from_state", line.from_state},
        {"to_state", line.to_state},
        {"reason", line.reason},
        {"insured_number_before", line.insured_number_before},
    });
  }
  if (options.json) {
    PrintJson({{"reference", options.reference}, {"history", std::move(entries)}});
  }
  return kExitDone;
}

// Looking at who looked is a use as well.
Result<int> Uses(const InsurerUsesOptions& options) {
  MUSUBI_TRY(const auto association, OpenAssociation(options.config));
  if (options.reference.empty()) {
    MUSUBI_CHECK_OK(association->uses().NoteRows("uses", std::nullopt));
  } else {
    MUSUBI_CHECK_OK(association->uses().NotePerson("uses", options.reference));
  }
  json::array uses;
  MUSUBI_CHECK_OK(association->uses().Each([&](const audit::ReadAccess& use) {
    if (!options.reference.empty() && use.subject != options.reference) {
      return Ok();
    }
    if (options.json) {
      uses.push_back(
          {{"index", use.index},
           {"at", use.at},
           {"who", use.who},
           {"action", use.action},
           {"subject", use.subject}}
      );
    } else {
      PrintLine(fmt::format("{}  {}  {}  {}", use.at, use.who, use.action, use.subject));
    }
    return Ok();
  }));
  if (options.json) {
    PrintJson({{"uses", std::move(uses)}});
  }
  return kExitDone;
}

}  // namespace

int InsurerImportRoster(const InsurerImportRosterOptions& options) {
  return ExitCode(ImportRoster(options));
}

int InsurerNumberList(const InsurerNumberListOptions& options) {
  return ExitCode(NumberList(options));
}

int InsurerImportPairs(const InsurerImportPairsOptions& options) {
  return ExitCode(ImportPairs(options));
}

int InsurerPeople(const InsurerPeopleOptions& options) {
  return ExitCode(People(options));
}

int InsurerSetNumber(const InsurerSetNumberOptions& options) {
  return ExitCode(SetNumber(options));
}

int InsurerUses(const InsurerUsesOptions& options) {
  return ExitCode(Uses(options));
}

int InsurerHistory(const InsurerHistoryOptions& options) {
  return ExitCode(History(options));
}

}  // namespace musubi::apps
