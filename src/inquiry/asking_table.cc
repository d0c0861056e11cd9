#include "inquiry/asking_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crypto/digest.h"

namespace musubi::inquiry {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE asking_inquiry (
  id {BLOB} PRIMARY KEY NOT NULL,
  owner TEXT NOT NULL,
  person TEXT NOT NULL,
  question TEXT NOT NULL,
  recipient {BLOB} NOT NULL,
  asked_at BIGINT NOT NULL,
  is_final BIGINT NOT NULL,
  result TEXT NOT NULL,
  answer {BLOB},
  corrected_at BIGINT NOT NULL
) {STRICT};
CREATE TABLE asking_recipient (
  digest {BLOB} PRIMARY KEY NOT NULL,
  certificate {BLOB} NOT NULL
) {STRICT};
CREATE INDEX asking_inquiry_owner ON asking_inquiry (owner, asked_at);
CREATE INDEX asking_inquiry_open ON asking_inquiry (asked_at) WHERE is_final = 0;
CREATE TABLE asking_use (
  month TEXT NOT NULL,
  owner TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  inquiries BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  PRIMARY KEY (month, owner, procedure_code)
) {STRICT};
)sql";

// An answer weighs three times the rest: beside it, a row that grows when it is answered would move
// to another page, and its neighbours with it.
constexpr std::string_view kAnswersApart = R"sql(
CREATE TABLE asking_answer (
  id {BLOB} PRIMARY KEY NOT NULL,
  asked_at BIGINT NOT NULL,
  answer {BLOB} NOT NULL
) {STRICT};
INSERT INTO asking_answer (id, asked_at, answer)
  SELECT id, asked_at, answer FROM asking_inquiry WHERE answer IS NOT NULL ORDER BY id;
ALTER TABLE asking_inquiry DROP COLUMN answer;
CREATE INDEX asking_answer_asked ON asking_answer (asked_at);
)sql";

constexpr std::array<store::Migration, 2> kMigrations = {{{1, kFirst}, {2, kAnswersApart}}};

// For a list: neither answer nor certificate, which weigh the most.
constexpr const char* kSelectLight =
    "SELECT owner, person, question, i.asked_at, result, corrected_at FROM asking_inquiry i";

constexpr const char* kSelectWhole =
    "SELECT owner, person, question, i.asked_at, result, corrected_at, certificate, answer "
    "FROM asking_inquiry i JOIN asking_recipient ON digest = recipient "
    "LEFT JOIN asking_answer a ON a.id = i.id";

Instant At(std::int64_t ms) {
  return Instant(std::chrono::milliseconds(ms));
}

template <typename Line>
std::string LineOf(const Line& line) {
  SecretVector<char> text;
  AppendLine(line, text);
  return {text.data(), text.size()};
}

// The answer has a table of its own, so that it can be forgotten.
std::string LineWithoutAnswer(exchange::InquiryResult result) {
  result.answer.clear();
  return LineOf(result);
}

Result<AskingRow> ReadLightRow(const store::Row& row) {
  AskingRow read;
  read.inquiry.owner = row.Text(0);
  read.inquiry.person = row.Text(1);
  MUSUBI_TRY(auto questions, exchange::ReadInquiryQuestions(row.Text(2)));
  MUSUBI_TRY(auto results, exchange::ReadInquiryResults(row.Text(4)));
  if (questions.size() != 1 || results.size() != 1) {
    return Error{ErrorCode::kCorrupt, "an inquiry of the store is not as it was written"};
  }
  read.question = std::move(questions.front());
  read.inquiry.id = read.question.id;
  read.inquiry.subject = read.question.subject;
  read.inquiry.asked_at = At(row.Int(3));
  read.inquiry.result = std::move(results.front());
  if (row.Int(5) != 0) {
    read.inquiry.corrected_at = At(row.Int(5));
  }
  return read;
}

Result<AskingRow> ReadWholeRow(const store::Row& row) {
  MUSUBI_TRY(AskingRow read, ReadLightRow(row));
  read.question.recipient = AsText(row.Blob(6));
  read.inquiry.result.answer = row.IsNull(7) ? std::string() : std::string(AsText(row.Blob(7)));
  return read;
}

}  // namespace

std::span<const store::Migration> AskingMigrations() {
  return kMigrations;
}

Result<bool> InsertInquiry(store::Connection& connection, const AskingRow& row) {
  // The certificate weighs more than the rest of a question, and is the same for all of a caller's.
  exchange::InquiryQuestion light = row.question;
  light.recipient.clear();
  const std::string question = LineOf(light);
  const crypto::Digest recipient = crypto::Sha256Of(AsBytes(row.question.recipient));
  MUSUBI_TRY(
      [[maybe_unused]] const std::int64_t kept,
      connection.Execute(
          "INSERT INTO asking_recipient (digest, certificate) VALUES ($1, $2) "
          "ON CONFLICT (digest) DO NOTHING",
          {BytesView(recipient), AsBytes(row.question.recipient)}
      )
  );
  const std::string result = LineWithoutAnswer(row.inquiry.result);
  MUSUBI_TRY(
      const std::int64_t added,
      connection.Execute(
          "INSERT INTO asking_inquiry (id, owner, person, question, recipient, asked_at, is_final, "
          "result, corrected_at) VALUES ($1, $2, $3, $4, $8, $5, $6, $7, 0) "
          "ON CONFLICT (id) DO NOTHING",
          {BytesView(row.inquiry.id),
           std::string_view(row.inquiry.owner),
           std::string_view(row.inquiry.person),
           std::string_view(question),
           row.inquiry.asked_at.time_since_epoch().count(),
           std::int64_t{exchange::IsFinal(row.inquiry.result.outcome) ? 1 : 0},
           std::string_view(result),
           BytesView(recipient)}
      )
  );
  return added == 1;
}

Result<bool> FinishInquiry(
    store::Connection& connection, Instant asked_at, const exchange::InquiryResult& result
) {
  const std::string line = LineWithoutAnswer(result);
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE asking_inquiry SET is_final = 1, result = $2 WHERE id = $1 AND is_final = 0",
          {BytesView(result.id), std::string_view(line)}
      )
  );
  if (changed == 1 && !result.answer.empty()) {
    MUSUBI_CHECK_OK(connection.Execute(
        "INSERT INTO asking_answer (id, asked_at, answer) VALUES ($1, $2, $3)",
        {BytesView(result.id), asked_at.time_since_epoch().count(), AsBytes(result.answer)}
    ));
  }
  return changed == 1;
}

Result<AskingRow> LoadInquiry(store::Connection& connection, const exchange::InquiryId& id) {
  Result<AskingRow> found = Error{ErrorCode::kNotFound, "there is no such inquiry"};
  MUSUBI_CHECK_OK(connection.Query(
      kSelectWhole + std::string(" WHERE i.id = $1"),
      {BytesView(id)},
      [&found](const store::Row& row) -> Result<void> {
        found = ReadWholeRow(row);
        return Ok();
      }
  ));
  return found;
}

Result<std::vector<AskingRow>> LoadOpenInquiries(store::Connection& connection) {
  std::vector<AskingRow> rows;
  MUSUBI_CHECK_OK(connection.Query(
      kSelectWhole + std::string(" WHERE is_final = 0 ORDER BY i.asked_at"),
      {},
      [&rows](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(AskingRow read, ReadWholeRow(row));
        rows.push_back(std::move(read));
        return Ok();
      }
  ));
  return rows;
}

Result<std::vector<Inquiry>> ListInquiries(
    store::Connection& connection, std::string_view owner, std::size_t count
) {
  std::vector<Inquiry> inquiries;
  MUSUBI_CHECK_OK(connection.Query(
      kSelectLight + std::string(" WHERE owner = $1 ORDER BY i.asked_at DESC LIMIT $2"),
      {owner, static_cast<std::int64_t>(count)},
      [&inquiries](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(AskingRow read, ReadLightRow(row));
        inquiries.push_back(std::move(read.inquiry));
        return Ok();
      }
  ));
  return inquiries;
}

Result<void> MarkCorrected(
    store::Connection& connection, const exchange::InquiryId& id, Instant at
) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE asking_inquiry SET corrected_at = $2 WHERE id = $1 AND corrected_at < $2",
          {BytesView(id), at.time_since_epoch().count()}
      )
  );
  static_cast<void>(changed);
  return Ok();
}

Result<void> ForgetAnswers(store::Connection& connection, Instant asked_before) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "DELETE FROM asking_answer WHERE asked_at < $1", {asked_before.time_since_epoch().count()}
      )
  );
  static_cast<void>(changed);
  return Ok();
}

void CountUse(const Inquiry& inquiry, const exchange::InquiryResult& result, UseCounts& counts) {
  const std::chrono::year_month_day day = JapanDay(inquiry.asked_at);
  std::string month =
      fmt::format("{:04}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()));
  UseCount& count = counts[{std::move(month), inquiry.owner, inquiry.subject.procedure}];
  ++count.inquiries;
  count.answered += result.outcome == exchange::InquiryOutcome::kAnswered ? 1 : 0;
}

Result<void> AddUse(store::Connection& connection, const UseCounts& counts) {
  for (const auto& [key, count] : counts) {
    const auto& [month, owner, procedure] = key;
    MUSUBI_TRY(
        const std::int64_t changed,
        connection.Execute(
            "INSERT INTO asking_use (month, owner, procedure_code, inquiries, answered) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (month, owner, procedure_code) DO UPDATE SET "
            "inquiries = asking_use.inquiries + excluded.inquiries, "
            "answered = asking_use.answered + excluded.answered",
            {std::string_view(month),
             std::string_view(owner),
             std::string_view(procedure),
             count.inquiries,
             count.answered}
        )
    );
    static_cast<void>(changed);
  }
  return Ok();
}

Result<std::vector<AskingDesk::Use>> LoadUse(
    store::Connection& connection, std::string_view month
) {
  std::vector<AskingDesk::Use> uses;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT owner, procedure_code, month, inquiries, answered FROM asking_use "
      "WHERE month = $1 ORDER BY owner, procedure_code",
      {month},
      [&uses](const store::Row& row) -> Result<void> {
        uses.push_back(
            {std::string(row.Text(0)),
             std::string(row.Text(1)),
             std::string(row.Text(2)),
             row.Int(3),
             row.Int(4)}
        );
        return Ok();
      }
  ));
  return uses;
}

}  // namespace musubi::inquiry
