#include "audit/record_book.h"

#include <array>
#include <utility>

#include "audit/record_row.h"
#include "base/check.h"
#include "crypto/cipher.h"
#include "ledger/note.h"
#include "ops/log.h"

namespace musubi::audit {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE audit_record (
  idx BIGINT PRIMARY KEY NOT NULL,
  kind BIGINT NOT NULL,
  role BIGINT NOT NULL,
  inquiry {BLOB},
  code {BLOB},
  text TEXT,
  salt {BLOB},
  own_salt {BLOB},
  label {BLOB},
  ended_at BIGINT NOT NULL
) {STRICT};
CREATE UNIQUE INDEX audit_record_inquiry ON audit_record (inquiry, role);
CREATE INDEX audit_record_code ON audit_record (code, idx);
CREATE INDEX audit_record_ended ON audit_record (ended_at);
)sql";

constexpr std::array<store::Migration, 1> kMigrations = {{{1, kFirst}}};

constexpr std::uint64_t kCatchUpGroup = 1000;

Code16 NewSalt() {
  Code16 salt{};
  crypto::FillRandom(salt);
  return salt;
}

std::int64_t Ms(const std::optional<Instant>& at) {
  return at ? at->time_since_epoch().count() : 0;
}

}  // namespace

struct RecordBook::Writing::NewRow {
  RowKind kind = RowKind::kProvision;
  std::int64_t role = 0;
  store::Parameter inquiry;
  store::Parameter code;
  std::string text;
  store::Parameter salt;
  store::Parameter own_salt;
  store::Parameter label;
  std::int64_t ended_at = 0;
};

Result<void> RecordBook::Writing::Insert(const NewRow& row, const LogEntry& entry) {
  MUSUBI_TRY(
      const std::int64_t added,
      connection().Execute(
          "INSERT INTO audit_record (idx, kind, role, inquiry, code, text, salt, own_salt, label, "
          "ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          {static_cast<std::int64_t>(next_index()),
           static_cast<std::int64_t>(row.kind),
           row.role,
           row.inquiry,
           row.code,
           std::string_view(row.text),
           row.salt,
           row.own_salt,
           row.label,
           row.ended_at}
      )
  );
  static_cast<void>(added);
  entries_.push_back(EncodeEntry(entry));
  return Ok();
}

Result<void> RecordBook::Writing::Add(const ProvisionRecord& record) {
  MUSUBI_CHECK(exchange::IsFinal(record.facts.outcome));
  NewRow row;
  row.role = static_cast<std::int64_t>(record.role);
  row.inquiry = BytesView(record.facts.id);
  row.code = BytesView(record.code);
  row.text = FactsText(record.facts);
  row.salt = BytesView(record.salt);
  const Code16 own_salt = NewSalt();
  row.own_salt = BytesView(own_salt);
  row.label = BytesView(record.label);
  row.ended_at =
      Ms(record.facts.provided_at ? record.facts.provided_at : record.facts.requested_at);
  ProvisionEntry entry;
  entry.role = record.role;
  entry.inquiry = record.facts.id;
  entry.facts = FactsCommitment(record.salt, row.text);
  entry.person = PersonCommitment(own_salt, record.code);
  entry.label = record.label;
  return Insert(row, entry);
}

Result<void> RecordBook::Writing::Add(const AccessRecord& record) {
  NewRow row;
  row.kind = RowKind::kAccess;
  row.text = AccessText(record);
  const Code16 own_salt = NewSalt();
  row.own_salt = BytesView(own_salt);
  row.ended_at = Ms(record.at);
  return Insert(row, AccessEntry{AccessCommitment(own_salt, row.text)});
}

Result<void> RecordBook::Writing::Add(const LabelsEntry& labels) {
  NewRow row;
  row.kind = RowKind::kLabels;
  row.text = LabelsText(labels);
  return Insert(row, labels);
}

Result<void> RecordBook::Writing::Commit() {
  MUSUBI_CHECK_OK(transaction_.Commit());
  book_->next_ += entries_.size();
  if (!entries_.empty()) {
    book_->follower_->Give(std::exchange(entries_, {}));
  }
  return Ok();
}

Result<std::unique_ptr<RecordBook>> RecordBook::Open(
    store::Database& database, const std::filesystem::path& folder, std::string_view origin
) {
  MUSUBI_CHECK_OK(database.Migrate("audit", kMigrations));
  std::unique_ptr<RecordBook> book(new RecordBook());
  MUSUBI_TRY(book->connection_, database.Connect());
  MUSUBI_TRY(
      auto key, ledger::SigningKey::OpenOrCreate(folder / "log", origin, ledger::KeyKind::kLog)
  );
  MUSUBI_TRY(book->log_, ledger::Log::Open(folder / "log", {.key = std::move(key)}));
  MUSUBI_TRY(book->next_, CountRows(*book->connection_));
  if (book->log_->size() > book->next_) {
    return Error{
        ErrorCode::kCorrupt,
        "the log has more entries than the store has records",
        (folder / "log").string(),
        "the store is older than the log: restore the newest copy of the store"
    };
  }
  MUSUBI_CHECK_OK(book->CatchUp());
  book->follower_ = std::make_unique<LogFollower>(*book->log_);
  return book;
}

Result<RecordBook::Writing> RecordBook::Begin() {
  std::unique_lock lock(mutex_);
  if (follower_->has_failed()) {
    MUSUBI_CHECK_OK(CatchUp());
    follower_->NoteCaughtUp();
  }
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  return Writing(*this, std::move(lock), std::move(transaction));
}

// Entries of committed rows which the log does not have yet: a crash or a full disk came between.
Result<void> RecordBook::CatchUp() {
  while (log_->size() < next_) {
    std::vector<Bytes> entries;
    MUSUBI_CHECK_OK(connection_->Query(
        kSelectRow + std::string(" WHERE idx >= $1 ORDER BY idx LIMIT $2"),
        {static_cast<std::int64_t>(log_->size()), static_cast<std::int64_t>(kCatchUpGroup)},
        [&entries](const store::Row& row) -> Result<void> {
          MUSUBI_TRY(const LogEntry entry, EntryOfRow(row));
          entries.push_back(EncodeEntry(entry));
          return Ok();
        }
    ));
    if (entries.empty()) {
      return Error{ErrorCode::kCorrupt, "a record is missing from the store"};
    }
    const std::vector<BytesView> views(entries.begin(), entries.end());
    MUSUBI_TRY(const ledger::Position position, log_->Append(views));
    ops::LogInfo("audit.log.caught_up", {{"entries", entries.size()}, {"size", position.size}});
  }
  return Ok();
}

Result<std::vector<StoredRecord>> RecordBook::RecordsOf(
    store::Connection& connection, const Code16& code, std::uint64_t first_index
) {
  std::vector<StoredRecord> records;
  MUSUBI_CHECK_OK(connection.Query(
      kSelectRow + std::string(" WHERE code = $1 AND idx >= $2 ORDER BY idx"),
      {BytesView(code), static_cast<std::int64_t>(first_index)},
      [&records](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(StoredRecord record, RecordOfRow(row));
        records.push_back(std::move(record));
        return Ok();
      }
  ));
  return records;
}

Result<std::uint64_t> RecordBook::EraseUntil(Instant until) {
  MUSUBI_TRY(auto writing, Begin());
  MUSUBI_TRY(
      const std::int64_t erased,
      writing.connection().Execute(
          "UPDATE audit_record SET code = NULL, text = NULL, salt = NULL, own_salt = NULL "
          "WHERE ended_at < $1 AND kind <> $2 AND text IS NOT NULL",
          {until.time_since_epoch().count(), static_cast<std::int64_t>(RowKind::kLabels)}
      )
  );
  MUSUBI_CHECK_OK(writing.Commit());
  return static_cast<std::uint64_t>(erased);
}

}  // namespace musubi::audit
