#include "national/portal/notice_box.h"

#include <algorithm>
#include <array>

#include "crypto/digest.h"

namespace musubi::national::portal {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE notice (
  id {BLOB} PRIMARY KEY NOT NULL,
  code {BLOB} NOT NULL,
  association TEXT NOT NULL,
  content {BLOB} NOT NULL,
  association_name TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  valid_until BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  UNIQUE (code, association, content)
) {STRICT};
CREATE INDEX notice_valid_until ON notice (valid_until);
)sql";

constexpr std::array<store::Migration, 1> kMigrations = {{{1, kFirst}}};

// Lengths between the texts, so that no two notices look the same by moving words over.
crypto::Digest ContentOf(const KeptNotice& notice) {
  crypto::Sha256 digest;
  for (const std::string& text : {notice.title, notice.body, notice.valid_until.Text()}) {
    digest.Update(AsBytes(std::to_string(text.size()) + ":"));
    digest.Update(AsBytes(text));
  }
  return digest.Finish();
}

Code16 Code16Of(BytesView blob) {
  Code16 code{};
  std::copy_n(blob.begin(), std::min(blob.size(), code.size()), code.begin());
  return code;
}

std::int64_t Milliseconds(Instant instant) {
  return instant.time_since_epoch().count();
}

}  // namespace

std::span<const store::Migration> NoticeMigrations() {
  return kMigrations;
}

Result<bool> NoticeBox::Add(const KeptNotice& notice) {
  const crypto::Digest content = ContentOf(notice);
  MUSUBI_TRY(
      const std::int64_t added,
      connection_.Execute(
          "INSERT INTO notice (id, code, association, content, association_name, title, body, "
          "valid_until, received_at, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) "
          "ON CONFLICT DO NOTHING",
          {BytesView(notice.id),
           BytesView(notice.code),
           std::string_view(notice.association),
           BytesView(content),
           std::string_view(notice.association_name),
           std::string_view(notice.title),
           std::string_view(notice.body),
           std::int64_t{notice.valid_until.packed()},
           Milliseconds(notice.received_at)}
      )
  );
  return added > 0;
}

Result<std::vector<KeptNotice>> NoticeBox::Read(const Code16& code, Instant now) {
  const std::int64_t today = Date::Of(JapanDay(now)).packed();
  std::vector<KeptNotice> notices;
  MUSUBI_CHECK_OK(connection_.Query(
      "SELECT id, association, association_name, title, body, valid_until, received_at, read_at "
      "FROM notice WHERE code = $1 AND valid_until >= $2 ORDER BY received_at DESC, id",
      {BytesView(code), today},
      [&](const store::Row& row) {
        KeptNotice notice;
        notice.id = Code16Of(row.Blob(0));
        notice.code = code;
        notice.association = row.Text(1);
        notice.association_name = row.Text(2);
        notice.title = row.Text(3);
        notice.body = row.Text(4);
        notice.valid_until = Date::FromPacked(static_cast<std::uint32_t>(row.Int(5)));
        notice.received_at = Instant(std::chrono::milliseconds(row.Int(6)));
        notice.is_new = row.Int(7) == 0;
        notice.read_at = notice.is_new ? now : Instant(std::chrono::milliseconds(row.Int(7)));
        notices.push_back(std::move(notice));
        return Ok();
      }
  ));
  MUSUBI_CHECK_OK(connection_.Execute(
      "UPDATE notice SET read_at = $3 WHERE code = $1 AND valid_until >= $2 AND read_at = 0",
      {BytesView(code), today, Milliseconds(now)}
  ));
  return notices;
}

Result<std::uint64_t> NoticeBox::EraseExpired(Date today) {
  MUSUBI_TRY(
      const std::int64_t erased,
      connection_.Execute(
          "DELETE FROM notice WHERE valid_until < $1", {std::int64_t{today.packed()}}
      )
  );
  return static_cast<std::uint64_t>(erased);
}

}  // namespace musubi::national::portal
