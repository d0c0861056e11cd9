#include "inquiry/providing_table.h"

#include <algorithm>
#include <array>

namespace musubi::inquiry {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE providing_order (
  id {BLOB} PRIMARY KEY NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL,
  is_waiting BIGINT NOT NULL,
  answer {BLOB},
  content {BLOB},
  replied_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX providing_order_kept ON providing_order (replied_at) WHERE answer IS NOT NULL;
CREATE INDEX providing_order_waiting ON providing_order (replied_at) WHERE is_waiting = 1;
CREATE TABLE providing_given (
  word TEXT NOT NULL,
  id {BLOB} NOT NULL,
  PRIMARY KEY (word, id)
) {WITHOUT_ROWID};
CREATE TABLE providing_correction (
  id {BLOB} PRIMARY KEY NOT NULL,
  corrected_at BIGINT NOT NULL
) {STRICT};
)sql";

constexpr std::array<store::Migration, 1> kMigrations = {{{1, kFirst}}};

constexpr const char* kSelect = "SELECT question, reply, answer, content FROM providing_order";

template <typename Line>
std::string LineOf(const Line& line) {
  SecretVector<char> text;
  AppendLine(line, text);
  return {text.data(), text.size()};
}

std::string LineWithoutAnswer(exchange::InquiryReply reply) {
  reply.answer.clear();
  return LineOf(reply);
}

Result<ProvidingRow> ReadRow(const store::Row& row) {
  MUSUBI_TRY(auto orders, exchange::ReadInquiryOrders(row.Text(0)));
  MUSUBI_TRY(auto replies, exchange::ReadInquiryReplies(row.Text(1)));
  if (orders.size() != 1 || replies.size() != 1) {
    return Error{ErrorCode::kCorrupt, "an order of the store is not as it was written"};
  }
  ProvidingRow read;
  read.order = std::move(orders.front());
  read.reply = std::move(replies.front());
  if (!row.IsNull(2)) {
    read.reply.answer = AsText(row.Blob(2));
  }
  if (!row.IsNull(3)) {
    const std::string_view content = AsText(row.Blob(3));
    read.content.assign(content.begin(), content.end());
  }
  return read;
}

store::Parameter BlobOrNull(std::string_view bytes) {
  return bytes.empty() ? store::Parameter() : store::Parameter(AsBytes(bytes));
}

}  // namespace

std::span<const store::Migration> ProvidingMigrations() {
  return kMigrations;
}

Result<bool> InsertOrder(store::Connection& connection, const ProvidingRow& row, Instant now) {
  exchange::InquiryOrder order = row.order;
  if (exchange::IsFinal(row.reply.outcome)) {
    order.recipient.clear();  // sealed already: it is not needed any more, and weighs most
  }
  const std::string question = LineOf(order);
  const std::string reply = LineWithoutAnswer(row.reply);
  MUSUBI_TRY(
      const std::int64_t added,
      connection.Execute(
          "INSERT INTO providing_order (id, question, reply, is_waiting, answer, content, "
          "replied_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
          {BytesView(row.order.id),
           std::string_view(question),
           std::string_view(reply),
           std::int64_t{exchange::IsFinal(row.reply.outcome) ? 0 : 1},
           BlobOrNull(row.reply.answer),
           BlobOrNull({row.content.data(), row.content.size()}),
           now.time_since_epoch().count()}
      )
  );
  if (added != 1) {
    return false;
  }
  for (const std::string& word : row.given) {
    MUSUBI_TRY(
        const std::int64_t noted,
        connection.Execute(
            "INSERT INTO providing_given (word, id) VALUES ($1, $2) "
            "ON CONFLICT (word, id) DO NOTHING",
            {std::string_view(word), BytesView(row.order.id)}
        )
    );
    static_cast<void>(noted);
  }
  return true;
}

Result<bool> EndWaiting(
    store::Connection& connection, const exchange::InquiryReply& reply, Instant now
) {
  const std::string line = LineWithoutAnswer(reply);
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE providing_order SET reply = $2, answer = $3, content = NULL, is_waiting = 0, "
          "replied_at = $4 WHERE id = $1 AND is_waiting = 1",
          {BytesView(reply.id),
           std::string_view(line),
           BlobOrNull(reply.answer),
           now.time_since_epoch().count()}
      )
  );
  return changed == 1;
}

Result<std::optional<ProvidingRow>> LoadOrder(
    store::Connection& connection, const exchange::InquiryId& id
) {
  std::optional<ProvidingRow> found;
  MUSUBI_CHECK_OK(connection.Query(
      kSelect + std::string(" WHERE id = $1"),
      {BytesView(id)},
      [&found](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(found, ReadRow(row));
        return Ok();
      }
  ));
  return found;
}

Result<std::vector<Waiting>> LoadWaiting(store::Connection& connection) {
  std::vector<Waiting> waiting;
  MUSUBI_CHECK_OK(connection.Query(
      kSelect + std::string(" WHERE is_waiting = 1 ORDER BY replied_at"),
      {},
      [&waiting](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(ProvidingRow read, ReadRow(row));
        waiting.push_back(
            {read.order.id,
             std::move(read.order.subject),
             read.order.code,
             read.order.requested_at,
             read.order.expires_at}
        );
        return Ok();
      }
  ));
  return waiting;
}

Result<void> ForgetReplies(store::Connection& connection, Instant replied_before) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE providing_order SET answer = NULL WHERE replied_at < $1 AND answer IS NOT NULL",
          {replied_before.time_since_epoch().count()}
      )
  );
  static_cast<void>(changed);
  return Ok();
}

Result<std::uint64_t> InsertCorrections(
    store::Connection& connection, std::span<const std::string> given, Instant now
) {
  std::uint64_t count = 0;
  for (const std::string& word : given) {
    MUSUBI_TRY(
        const std::int64_t added,
        connection.Execute(
            "INSERT INTO providing_correction (id, corrected_at) "
            "SELECT id, $2 FROM providing_given WHERE word = $1 "
            "ON CONFLICT (id) DO UPDATE SET corrected_at = excluded.corrected_at",
            {std::string_view(word), now.time_since_epoch().count()}
        )
    );
    count += static_cast<std::uint64_t>(added);
  }
  return count;
}

Result<std::vector<Correction>> LoadCorrections(store::Connection& connection, std::size_t count) {
  std::vector<Correction> corrections;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT id, corrected_at FROM providing_correction ORDER BY corrected_at, id LIMIT $1",
      {static_cast<std::int64_t>(count)},
      [&corrections](const store::Row& row) -> Result<void> {
        Correction& correction = corrections.emplace_back();
        const BytesView id = row.Blob(0);
        if (id.size() != correction.id.size()) {
          return Error{ErrorCode::kCorrupt, "a correction of the store is not as it was written"};
        }
        std::ranges::copy(id, correction.id.begin());
        correction.at = Instant(std::chrono::milliseconds(row.Int(1)));
        return Ok();
      }
  ));
  return corrections;
}

Result<void> RemoveCorrections(store::Connection& connection, std::span<const Correction> taken) {
  for (const Correction& correction : taken) {
    MUSUBI_TRY(
        const std::int64_t removed,
        connection.Execute(
            "DELETE FROM providing_correction WHERE id = $1 AND corrected_at = $2",
            {BytesView(correction.id), correction.at.time_since_epoch().count()}
        )
    );
    static_cast<void>(removed);
  }
  return Ok();
}

}  // namespace musubi::inquiry
