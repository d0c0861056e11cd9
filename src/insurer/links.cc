#include "insurer/links.h"

#include "base/date.h"
#include "insurer/link_guards.h"
#include "insurer/links_round.h"

namespace musubi::insurer {

namespace {

Result<void> InsertStatistics(
    store::Connection& connection, std::int64_t run, const LinkReport& report
) {
  for (const auto& [outcome, people] : report.outcomes) {
    MUSUBI_CHECK_OK(connection.Execute(
        "INSERT INTO link_statistic (run, outcome, people) VALUES ($1, $2, $3)",
        {run, std::string_view(outcome), static_cast<std::int64_t>(people)}
    ));
  }
  return Ok();
}

}  // namespace

Links::Links(
    std::unique_ptr<store::Connection> connection,
    const Clock& clock,
    std::string operator_name,
    ReviewRules rules
)
    : connection_(std::move(connection)),
      clock_(&clock),
      operator_name_(std::move(operator_name)),
      rules_(std::move(rules)) {}

Result<std::unique_ptr<Links>> Links::Open(
    store::Database& database, const Clock& clock, std::string operator_name, ReviewRules rules
) {
  MUSUBI_CHECK_OK(MigrateLinkRounds(database));
  MUSUBI_TRY(auto connection, database.Connect());
  return std::unique_ptr<Links>(
      new Links(std::move(connection), clock, std::move(operator_name), std::move(rules))
  );
}

Result<LinkReport> Links::QueryResidents(
    const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
) {
  return Check(CheckSource::kQuery, vault, ask, on_progress);
}

Result<LinkReport> Links::Verify(
    const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
) {
  return Check(CheckSource::kVerification, vault, ask, on_progress);
}

Result<LinkReport> Links::Check(
    CheckSource source,
    const vault::Vault& vault,
    const AskSupport& ask,
    const OnProgress& on_progress
) {
  const bool is_query = source == CheckSource::kQuery;
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(
      const std::int64_t round, OpenLineRound(*connection_, RunKindOf(source), clock_->Now())
  );
  AskedLinks asked{vault, source, {}, {}};
  MUSUBI_TRY(
      asked.subjects,
      LoadSubjects(*connection_, is_query ? SubjectsOf::kWithoutNumber : SubjectsOf::kWithNumber)
  );
  MUSUBI_CHECK_OK(transaction.Commit());
  LinkReport report;
  report.asked = asked.subjects.size();
  MUSUBI_TRY(report.resumed, AnswerAll(asked, round, ask, on_progress));
  const Date today = Date::Of(JapanDay(clock_->Now()));
  report.implausible = ImplausibleBirthDates(asked.subjects, today);
  if (!is_query) {
    const auto swap_questions = SwapQuestions(asked.subjects, asked.answers);
    MUSUBI_TRY(const auto told, AskAbout(swap_questions, vault, ask, {}));
    report.swaps = SwapsOf(swap_questions, told);
  }
  MUSUBI_CHECK_OK(Apply(asked, round, report));
  return report;
}

Result<std::uint64_t> Links::AnswerAll(
    AskedLinks& asked, std::int64_t round, const AskSupport& ask, const OnProgress& on_progress
) {
  MUSUBI_TRY(AskedRows kept, LoadAskedRows(*connection_, round, asked.vault));
  asked.answers.resize(asked.subjects.size());
  std::vector<LinkQuestion> questions;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < asked.subjects.size(); ++i) {
    const Subject& subject = asked.subjects[i];
    const auto found = kept.find(subject.known.reference);
    const bool was_asked = found != kept.end();
    if (was_asked && found->second.fingerprint == subject.fingerprint && found->second.answer) {
      asked.answers[i] = std::move(*found->second.answer);
      continue;
    }
    const bool is_query = asked.source == CheckSource::kQuery;
    questions.push_back({&subject, is_query ? nullptr : &subject, was_asked});
    places.push_back(i);
  }
  const std::uint64_t resumed = asked.subjects.size() - questions.size();
  std::uint64_t done = resumed;
  AskOptions options;
  options.questions_per_call = questions_per_call_;
  options.on_call = [&](auto call, auto answers) -> Result<void> {
    const Result<void> is_kept = Keep(round, call, answers, asked.vault);
    // Somebody runs the same beside us and kept these: ours are in memory all the same.
    if (!is_kept.ok() && is_kept.error().code != ErrorCode::kConflict) {
      return is_kept;
    }
    done += call.size();
    if (on_progress) {
      on_progress(done, asked.subjects.size());
    }
    return Ok();
  };
  MUSUBI_TRY(auto answers, AskAbout(questions, asked.vault, ask, options));
  for (std::size_t i = 0; i < places.size(); ++i) {
    asked.answers[places[i]] = std::move(answers[i]);
  }
  return resumed;
}

Result<void> Links::Keep(
    std::int64_t round,
    std::span<const LinkQuestion> questions,
    std::span<const LinkAnswer> answers,
    const vault::Vault& vault
) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_CHECK_OK(KeepAnswers(*connection_, round, questions, answers, vault));
  return transaction.Commit();
}

Result<void> Links::Apply(const AskedLinks& asked, std::int64_t round, LinkReport& report) {
  const std::string at = FormatUtc(clock_->Now());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const auto everybody, LoadSubjects(*connection_, SubjectsOf::kEverybody));
  MUSUBI_TRY(LinkChecks checks, LoadLinkChecks(*connection_));
  std::erase_if(checks, [&everybody](const auto& check) {
    return FindSubject(everybody, check.first) == nullptr;
  });
  LinkApplication application(asked, everybody, checks, at);
  MUSUBI_CHECK_OK(application.Run(report));
  MUSUBI_CHECK_OK(ChangePeople(*connection_, application.changes));
  MUSUBI_CHECK_OK(AppendHistory(*connection_, application.history, run));
  MUSUBI_CHECK_OK(ReplaceLinkChecks(*connection_, checks));
  MUSUBI_CHECK_OK(InsertStatistics(*connection_, run, report));
  const Run record{RunKindOf(asked.source), at, operator_name_, report.asked};
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(CloseRound(*connection_, round, at));
  return transaction.Commit();
}

Result<std::vector<LinkStatistic>> Links::Statistics() const {
  std::vector<LinkStatistic> lines;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT s.run, r.at, r.kind, s.outcome, s.people FROM link_statistic s "
      "JOIN import_run r ON r.run = s.run ORDER BY s.run, s.outcome",
      {},
      [&lines](const store::Row& row) {
        lines.push_back(
            {row.Int(0),
             std::string(row.Text(1)),
             std::string(row.Text(2)),
             std::string(row.Text(3)),
             static_cast<std::uint64_t>(row.Int(4))}
        );
        return Ok();
      }
  ));
  return lines;
}

}  // namespace musubi::insurer
