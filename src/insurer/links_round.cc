#include "insurer/links_round.h"

#include <array>
#include <chrono>

#include "insurer/person_table.h"

namespace musubi::insurer {

namespace {

using store::ColumnType;

constexpr std::chrono::hours kStoppedRoundMax{24};
constexpr std::chrono::days kUnansweredPackageMax{60};

// outcome "": asked, not answered yet.
constexpr std::string_view kFirst = R"sql(
INSERT INTO settings (name, value) VALUES ('link_round', 0);

CREATE TABLE link_round (
  round BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  way TEXT NOT NULL,
  begun TEXT NOT NULL,
  applied TEXT NOT NULL
);

CREATE TABLE link_round_row (
  round BIGINT NOT NULL,
  reference TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  outcome TEXT NOT NULL,
  attributes TEXT NOT NULL,
  rules TEXT NOT NULL,
  characters TEXT NOT NULL,
  number_sealed {BLOB},
  PRIMARY KEY (round, reference)
) {WITHOUT_ROWID};
)sql";

constexpr std::array<store::Migration, 1> kMigrations = {{{1, kFirst}}};

CheckSource SourceOf(std::string_view kind) {
  return kind == RunKindOf(CheckSource::kVerification) ? CheckSource::kVerification
                                                       : CheckSource::kQuery;
}

Result<void> InsertRound(
    store::Connection& connection,
    std::int64_t round,
    std::string_view kind,
    std::string_view way,
    Instant now
) {
  const std::string begun = FormatUtc(now);
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO link_round (round, kind, way, begun, applied) VALUES ($1, $2, $3, $4, '')",
      {round, kind, way, std::string_view(begun)}
  ));
  return Ok();
}

Result<std::unique_ptr<store::BulkInsert>> InsertRows(store::Connection& connection) {
  const std::array<store::Column, 8> columns = {{
      {"round", ColumnType::kInt},
      {"reference", ColumnType::kText},
      {"fingerprint", ColumnType::kText},
      {"outcome", ColumnType::kText},
      {"attributes", ColumnType::kText},
      {"rules", ColumnType::kText},
      {"characters", ColumnType::kText},
      {"number_sealed", ColumnType::kBlob},
  }};
  return connection.MakeBulkInsert("link_round_row", columns);
}

Result<void> PutRow(
    store::BulkInsert& insert,
    std::int64_t round,
    const Subject& person,
    const LinkAnswer& answer,
    const vault::Vault* vault
) {
  insert.Int(round);
  insert.Text(person.known.reference);
  insert.Text(person.fingerprint);
  const Finding& finding = answer.finding;
  for (const std::string& text :
       {finding.outcome, finding.attributes, finding.rules, finding.characters}) {
    insert.Text(text);
  }
  if (answer.number.is_set() && vault != nullptr) {
    MUSUBI_TRY(const Bytes sealed, vault->Encrypt(answer.number, person.known.reference));
    insert.Blob(sealed);
  } else {
    insert.Null();
  }
  return insert.EndRow();
}

// Rows first: nothing points at a round that is not there.
Result<void> DropOldRounds(
    store::Connection& connection,
    std::string_view kind,
    std::string_view way,
    std::string_view before
) {
  MUSUBI_CHECK_OK(connection.Execute(
      "DELETE FROM link_round_row WHERE round IN (SELECT round FROM link_round "
      "WHERE kind = $1 AND way = $2 AND begun < $3)",
      {kind, way, before}
  ));
  MUSUBI_CHECK_OK(connection.Execute(
      "DELETE FROM link_round WHERE kind = $1 AND way = $2 AND begun < $3 AND applied = ''",
      {kind, way, before}
  ));
  return Ok();
}

}  // namespace

Result<void> MigrateLinkRounds(store::Database& database) {
  return database.Migrate("insurer-link-rounds", kMigrations);
}

Result<std::int64_t> OpenLineRound(
    store::Connection& connection, std::string_view kind, Instant now
) {
  MUSUBI_CHECK_OK(DropOldRounds(connection, kind, "line", FormatUtc(now - kStoppedRoundMax)));
  MUSUBI_TRY(
      const auto stopped,
      connection.QueryInt(
          "SELECT MAX(round) FROM link_round WHERE way = 'line' AND kind = $1", {kind}
      )
  );
  if (stopped && *stopped != 0) {
    return *stopped;
  }
  MUSUBI_TRY(const std::int64_t round, TakeRoundNumber(connection));
  MUSUBI_CHECK_OK(InsertRound(connection, round, kind, "line", now));
  return round;
}

Result<std::int64_t> TakeRoundNumber(store::Connection& connection) {
  return AdvanceCounter(connection, "link_round", 1);
}

Result<void> InsertPackageRound(
    store::Connection& connection,
    std::int64_t round,
    std::string_view kind,
    std::span<const Subject> asked,
    Instant now
) {
  MUSUBI_CHECK_OK(DropOldRounds(connection, kind, "package", FormatUtc(now - kUnansweredPackageMax))
  );
  MUSUBI_CHECK_OK(InsertRound(connection, round, kind, "package", now));
  MUSUBI_TRY(const auto insert, InsertRows(connection));
  for (const Subject& person : asked) {
    MUSUBI_CHECK_OK(PutRow(*insert, round, person, LinkAnswer{}, nullptr));
  }
  return insert->Finish();
}

Result<std::optional<LinkRound>> FindPackageRound(
    store::Connection& connection, std::int64_t round
) {
  std::optional<LinkRound> found;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT kind, applied FROM link_round WHERE round = $1 AND way = 'package'",
      {round},
      [&](const store::Row& row) {
        found = LinkRound{round, std::string(row.Text(0)), std::string(row.Text(1))};
        return Ok();
      }
  ));
  return found;
}

Result<AskedRows> LoadAskedRows(
    store::Connection& connection, std::int64_t round, const vault::Vault& vault
) {
  AskedRows rows;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT r.reference, r.fingerprint, r.outcome, r.attributes, r.rules, r.characters, "
      "r.number_sealed, l.kind FROM link_round_row r JOIN link_round l ON l.round = r.round "
      "WHERE r.round = $1 ORDER BY r.reference",
      {round},
      [&](const store::Row& row) -> Result<void> {
        const auto text = [&row](std::size_t column) { return std::string(row.Text(column)); };
        AskedRow asked{text(1), std::nullopt};
        if (!row.Text(2).empty()) {
          asked.answer.emplace();
          asked.answer->finding = {SourceOf(row.Text(7)), text(2), text(3), text(4), text(5)};
          if (!row.IsNull(6)) {
            MUSUBI_TRY(asked.answer->number, vault.Decrypt(row.Blob(6), row.Text(0)));
          }
        }
        rows.emplace_hint(rows.end(), text(0), std::move(asked));
        return Ok();
      }
  ));
  return rows;
}

Result<void> KeepAnswers(
    store::Connection& connection,
    std::int64_t round,
    std::span<const LinkQuestion> questions,
    std::span<const LinkAnswer> answers,
    const vault::Vault& vault
) {
  // Of people changed since they were asked in this round.
  for (const LinkQuestion& question : questions) {
    if (question.was_asked_before) {
      MUSUBI_CHECK_OK(connection.Execute(
          "DELETE FROM link_round_row WHERE round = $1 AND reference = $2",
          {round, std::string_view(question.person->known.reference)}
      ));
    }
  }
  MUSUBI_TRY(const auto insert, InsertRows(connection));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    MUSUBI_CHECK_OK(PutRow(*insert, round, *questions[i].person, answers[i], &vault));
  }
  return insert->Finish();
}

Result<void> CloseRound(store::Connection& connection, std::int64_t round, std::string_view at) {
  MUSUBI_CHECK_OK(connection.Execute("DELETE FROM link_round_row WHERE round = $1", {round}));
  MUSUBI_CHECK_OK(
      connection.Execute("DELETE FROM link_round WHERE round = $1 AND way = 'line'", {round})
  );
  MUSUBI_CHECK_OK(
      connection.Execute("UPDATE link_round SET applied = $1 WHERE round = $2", {at, round})
  );
  return Ok();
}

}  // namespace musubi::insurer
