// Links: questions and answers by package.
#include <algorithm>

#include "exchange/number_list.h"
#include "exchange/resident_query_package.h"
#include "insurer/link_guards.h"
#include "insurer/links.h"
#include "insurer/links_round.h"

namespace musubi::insurer {

namespace {

exchange::QueryKind KindOf(CheckSource source) {
  return source == CheckSource::kQuery ? exchange::QueryKind::kResidents
                                       : exchange::QueryKind::kVerification;
}

SubjectsOf AskedOf(CheckSource source) {
  return source == CheckSource::kQuery ? SubjectsOf::kWithoutNumber : SubjectsOf::kWithNumber;
}

// `owner` says whose number a verification is about, and only that there is one when reading.
LinkQuestion QuestionAbout(const Subject& person, CheckSource source) {
  return {&person, source == CheckSource::kQuery ? nullptr : &person};
}

Result<void> WriteQuestions(
    CheckSource source,
    const vault::Vault& vault,
    const std::vector<Subject>& people,
    exchange::QueryPackageWriter& writer
) {
  SecretVector<char> record;
  for (const Subject& person : people) {
    record.clear();
    MUSUBI_CHECK_OK(AppendQuestion(QuestionAbout(person, source), vault, record));
    MUSUBI_CHECK_OK(writer.Write({record.data(), record.size()}));
  }
  return Ok();
}

Error OtherAnswer() {
  return Error{
      ErrorCode::kNotFound,
      "the answer belongs to no question of this register",
      {},
      "ask again with --package"
  };
}

// The answers of a package beside the rows that were asked, in the same order.
class AnswerReader {
 public:
  AnswerReader(store::Connection& connection, CheckSource source, const vault::Vault& vault)
      : connection_(&connection), source_(source), vault_(&vault) {}

  Result<void> TakeHeader(const exchange::PackageHeader& header) {
    const auto number = static_cast<std::int64_t>(header.sequence);
    MUSUBI_TRY(const auto round, FindPackageRound(*connection_, number));
    if (!round || round->kind != RunKindOf(source_)) {
      return OtherAnswer();
    }
    round_ = *round;
    if (round_.applied.empty()) {
      MUSUBI_TRY(rows_, LoadAskedRows(*connection_, number, *vault_));
    }
    next_ = rows_.begin();
    return Ok();
  }

  Result<void> TakeRow(std::span<const std::string_view> fields) {
    if (!round_.applied.empty()) {
      return Ok();
    }
    if (next_ == rows_.end()) {
      return OtherAnswer();
    }
    Subject person;
    person.known.reference = next_->first;
    MUSUBI_TRY(next_->second.answer, ReadAnswer(QuestionAbout(person, source_), fields));
    ++next_;
    return Ok();
  }

  [[nodiscard]] Result<void> CheckEnd() const {
    return next_ == rows_.end() ? Ok() : Result<void>(OtherAnswer());
  }

  [[nodiscard]] const LinkRound& round() const { return round_; }

  [[nodiscard]] AskedRows& rows() { return rows_; }

 private:
  store::Connection* connection_;
  CheckSource source_;
  const vault::Vault* vault_;
  LinkRound round_;
  AskedRows rows_;
  AskedRows::iterator next_;
};

// Those who are as they were asked; the others are counted as stale.
void PutTogether(
    std::vector<Subject> people, AskedRows& rows, AskedLinks& asked, LinkReport& report
) {
  for (auto& [reference, row] : rows) {
    const auto* const found = FindSubject(people, reference);
    if (found == nullptr || found->fingerprint != row.fingerprint) {
      ++report.stale;
      continue;
    }
    asked.subjects.push_back(*found);
    asked.answers.push_back(std::move(*row.answer));
  }
}

}  // namespace

Result<WrittenPackage> Links::WritePackage(
    CheckSource source, const vault::Vault& vault, const PackageRequest& request
) {
  // The number by itself, before the file exists: a sequence stands in one file only.
  MUSUBI_TRY(auto counting, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t round, TakeRoundNumber(*connection_));
  MUSUBI_CHECK_OK(counting.Commit());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const auto people, LoadSubjects(*connection_, AskedOf(source)));
  if (people.empty()) {
    return Error{ErrorCode::kPrecondition, "there is nobody to ask about: no file was written"};
  }
  exchange::PackageHeader header;
  header.kind = QuestionKindName(KindOf(source));
  header.mode = request.mode;
  header.sender = request.self.certificate.id();
  header.recipient = request.jlis.id();
  header.created = clock_->Now();
  header.sequence = static_cast<std::uint64_t>(round);
  MUSUBI_TRY(
      const auto writer,
      exchange::QueryPackageWriter::Create(request.file, header, {request.self, request.jlis})
  );
  MUSUBI_CHECK_OK(WriteQuestions(source, vault, people, *writer));
  MUSUBI_CHECK_OK(InsertPackageRound(*connection_, round, RunKindOf(source), people, header.created)
  );
  // The file is in its place before the register knows of it: killed in between, its answer is
  // refused and the question is written again.
  MUSUBI_CHECK_OK(writer->Commit());
  MUSUBI_CHECK_OK(transaction.Commit());
  return WrittenPackage{header.sequence, people.size()};
}

Result<LinkReport> Links::ReadAnswerPackage(
    CheckSource source, const vault::Vault& vault, const AnswerRequest& request
) {
  exchange::Expected expected;
  expected.kind = AnswerKindName(KindOf(source));
  expected.mode = request.mode;
  expected.sender = "jlis";
  expected.recipient = request.self.certificate.id();
  AnswerReader reader(*connection_, source, vault);
  MUSUBI_TRY(
      const auto check,
      exchange::ReadPackage(
          request.file,
          request.self,
          request.trust,
          clock_->Now(),
          expected,
          [&reader](const exchange::PackageHeader& header) { return reader.TakeHeader(header); },
          [&reader](auto, auto, auto fields) { return reader.TakeRow(fields); }
      )
  );
  LinkReport report;
  report.asked = check.record_count;
  report.already_applied = !reader.round().applied.empty();
  if (report.already_applied) {
    return report;
  }
  MUSUBI_CHECK_OK(reader.CheckEnd());
  AskedLinks asked{vault, source, {}, {}};
  MUSUBI_TRY(auto people, LoadSubjects(*connection_, AskedOf(source)));
  PutTogether(std::move(people), reader.rows(), asked, report);
  report.implausible = ImplausibleBirthDates(asked.subjects, Date::Of(JapanDay(clock_->Now())));
  MUSUBI_CHECK_OK(Apply(asked, reader.round().round, report));
  return report;
}

}  // namespace musubi::insurer
