#include "hub/notice_outbox.h"

#include <algorithm>
#include <charconv>

#include "crypto/cipher.h"

namespace musubi::hub {

namespace {

Code16 Code16Of(BytesView blob) {
  Code16 code{};
  std::copy_n(blob.begin(), std::min(blob.size(), code.size()), code.begin());
  return code;
}

}  // namespace

Result<void> NoticeOutbox::Add(
    BatchId batch, std::int64_t line, std::uint32_t insurer, const exchange::NoticeRow& row
) {
  std::int64_t number = 0;
  const std::string_view digits = row.insured ? row.insured->number() : std::string_view();
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) {
    return Error{ErrorCode::kInvalid, "not an insured number"};
  }
  exchange::NoticeId id{};
  crypto::FillRandom(id);
  MUSUBI_CHECK_OK(connection_.Execute(
      "INSERT INTO notice_outbox (batch, line, id, insurer, number, title, body, valid_until) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {batch,
       line,
       BytesView(id),
       std::int64_t{insurer},
       number,
       row.text.title,
       row.text.body,
       std::int64_t{row.text.valid_until.packed()}}
  ));
  return Ok();
}

Result<std::vector<WaitingNotice>> NoticeOutbox::Next(std::size_t count_max) {
  std::vector<WaitingNotice> notices;
  MUSUBI_CHECK_OK(connection_.Query(
      "SELECT o.batch, o.line, o.id, p.code, o.insurer, o.title, o.body, o.valid_until FROM "
      "notice_outbox o JOIN insured_person p ON p.insurer = o.insurer AND p.number = o.number "
      "WHERE NOT EXISTS (SELECT 1 FROM link_stop s WHERE s.insurer = o.insurer AND s.number = "
      "o.number) ORDER BY o.batch, o.line LIMIT $1",
      {static_cast<std::int64_t>(count_max)},
      [&notices](const store::Row& row) {
        WaitingNotice notice;
        notice.batch = row.Int(0);
        notice.line = row.Int(1);
        notice.id = Code16Of(row.Blob(2));
        notice.code = Code16Of(row.Blob(3));
        notice.insurer = static_cast<std::uint32_t>(row.Int(4));
        notice.title = row.Text(5);
        notice.body = row.Text(6);
        notice.valid_until = Date::FromPacked(static_cast<std::uint32_t>(row.Int(7)));
        notices.push_back(std::move(notice));
        return Ok();
      }
  ));
  return notices;
}

Result<void> NoticeOutbox::Remove(const std::vector<WaitingNotice>& delivered) {
  for (const WaitingNotice& notice : delivered) {
    MUSUBI_CHECK_OK(connection_.Execute(
        "DELETE FROM notice_outbox WHERE batch = $1 AND line = $2", {notice.batch, notice.line}
    ));
  }
  return Ok();
}

// Looks first: a deletion, even of nothing, would wait for the store's one writer.
Result<std::uint64_t> NoticeOutbox::EraseExpired(Date today) {
  MUSUBI_TRY(
      const auto expired,
      connection_.QueryInt(
          "SELECT COUNT(*) FROM notice_outbox WHERE valid_until < $1",
          {std::int64_t{today.packed()}}
      )
  );
  if (expired.value_or(0) == 0) {
    return std::uint64_t{0};
  }
  MUSUBI_TRY(
      const std::int64_t erased,
      connection_.Execute(
          "DELETE FROM notice_outbox WHERE valid_until < $1", {std::int64_t{today.packed()}}
      )
  );
  return static_cast<std::uint64_t>(erased);
}

Result<void> NoticeOutbox::FlushErased() {
  if (connection_.engine() != store::Engine::kSqlite) {
    return Ok();
  }
  return connection_.Query(
      "PRAGMA wal_checkpoint(TRUNCATE)",
      std::initializer_list<store::Parameter>{},
      [](const store::Row& row) -> Result<void> {
        if (row.Int(0) != 0) {
          return Error{ErrorCode::kConflict, "somebody holds the store's log; it is emptied later"};
        }
        return Ok();
      }
  );
}

Result<std::int64_t> NoticeOutbox::Count() {
  MUSUBI_TRY(const auto count, connection_.QueryInt("SELECT COUNT(*) FROM notice_outbox"));
  return count.value_or(0);
}

}  // namespace musubi::hub
