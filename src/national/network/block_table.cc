#include "national/network/block_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace musubi::national::network {

namespace {

constexpr std::array kMigrations{store::Migration{
    1,
    R"(
CREATE TABLE network_block (
  id BIGINT NOT NULL PRIMARY KEY,
  hub TEXT NOT NULL,
  request_key TEXT NOT NULL,
  number_count BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  erase_at BIGINT NOT NULL,
  state BIGINT NOT NULL,
  version BIGINT NOT NULL,
  used {BLOB},
  codes {BLOB}
);
CREATE UNIQUE INDEX network_block_request ON network_block (hub, request_key);
CREATE INDEX network_block_erase ON network_block (erase_at);
CREATE TABLE network_link_request (
  request {BLOB} NOT NULL PRIMARY KEY,
  outcomes {BLOB} NOT NULL,
  forget_at BIGINT NOT NULL
);
CREATE INDEX network_link_request_forget ON network_link_request (forget_at);
CREATE TABLE network_master_key (
  fingerprint {BLOB} NOT NULL PRIMARY KEY
);
)"
}};

std::int64_t Millis(Instant instant) {
  return instant.time_since_epoch().count();
}

Instant InstantOf(std::int64_t millis) {
  return Instant(std::chrono::milliseconds(millis));
}

std::int64_t Signed(std::uint64_t id) {
  return static_cast<std::int64_t>(id);
}

// Columns in the order of kHeadColumns.
Block ReadHead(const store::Row& row) {
  Block block;
  block.id = static_cast<std::uint64_t>(row.Int(0));
  block.hub = row.Text(1);
  block.number_count = static_cast<std::uint32_t>(row.Int(2));
  block.expires_at = InstantOf(row.Int(3));
  block.erase_at = InstantOf(row.Int(4));
  block.state = static_cast<BlockState>(row.Int(5));
  block.version = row.Int(6);
  return block;
}

store::Parameter OrNull(BytesView bytes) {
  return bytes.empty() ? store::Parameter() : store::Parameter(bytes);
}

}  // namespace

bool Block::IsUsed(std::uint32_t index) const {
  return !used.empty() && (used[index / 8] >> (index % 8) & 1) != 0;
}

void Block::Use(std::uint32_t index, BytesView code) {
  MUSUBI_CHECK(index < number_count);
  MUSUBI_CHECK(code.size() == 16);
  used.resize((number_count + 7) / 8);
  codes.resize(std::size_t{number_count} * 16);
  used[index / 8] = static_cast<std::uint8_t>(used[index / 8] | 1U << (index % 8));
  std::ranges::copy(code, codes.begin() + std::ptrdiff_t{index} * 16);
}

Result<void> BlockTable::Migrate(store::Database& database) {
  return database.Migrate("network", kMigrations);
}

Result<void> BlockTable::Insert(const NewBlock& block) {
  MUSUBI_CHECK_OK(connection_->Execute(
      "INSERT INTO network_block (id, hub, request_key, number_count, issued_at, expires_at,"
      " erase_at, state, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
      {Signed(block.id),
       block.hub,
       block.key,
       std::int64_t{block.number_count},
       Millis(block.issued_at),
       Millis(block.expires_at),
       Millis(block.erase_at)}
  ));
  return Ok();
}

Result<std::optional<Block>> BlockTable::Find(std::uint64_t id) {
  std::optional<Block> found;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT id, hub, number_count, expires_at, erase_at, state, version, used, codes"
      " FROM network_block WHERE id = $1",
      {Signed(id)},
      [&found](const store::Row& row) -> Result<void> {
        found = ReadHead(row);
        if (!row.IsNull(7)) {
          found->used.assign(row.Blob(7).begin(), row.Blob(7).end());
        }
        if (!row.IsNull(8)) {
          found->codes = CopyToSecret(row.Blob(8));
        }
        return Ok();
      }
  ));
  return found;
}

Result<std::optional<Block>> BlockTable::FindByKey(std::string_view hub, std::string_view key) {
  std::optional<Block> found;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT id, hub, number_count, expires_at, erase_at, state, version"
      " FROM network_block WHERE hub = $1 AND request_key = $2",
      {hub, key},
      [&found](const store::Row& row) -> Result<void> {
        found = ReadHead(row);
        return Ok();
      }
  ));
  return found;
}

Result<void> BlockTable::Save(const Block& block) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection_->Execute(
          "UPDATE network_block SET state = $1, version = version + 1, used = $2, codes = $3"
          " WHERE id = $4 AND version = $5",
          {static_cast<std::int64_t>(block.state),
           OrNull(block.used),
           OrNull(block.codes),
           Signed(block.id),
           block.version}
      )
  );
  if (changed != 1) {
    return Error{ErrorCode::kConflict, "the block was changed meanwhile"};
  }
  return Ok();
}

Result<std::optional<Bytes>> BlockTable::FindOutcomes(BytesView request) {
  std::optional<Bytes> found;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT outcomes FROM network_link_request WHERE request = $1",
      {request},
      [&found](const store::Row& row) -> Result<void> {
        found = Bytes(row.Blob(0).begin(), row.Blob(0).end());
        return Ok();
      }
  ));
  return found;
}

Result<void> BlockTable::InsertOutcomes(BytesView request, BytesView outcomes, Instant forget_at) {
  MUSUBI_CHECK_OK(connection_->Execute(
      "INSERT INTO network_link_request (request, outcomes, forget_at) VALUES ($1, $2, $3)",
      {request, outcomes, Millis(forget_at)}
  ));
  return Ok();
}

Result<SweepCounts> BlockTable::Sweep(Instant now, std::chrono::milliseconds memory) {
  SweepCounts counts;
  MUSUBI_TRY(
      counts.erased_blocks,
      connection_->Execute(
          "UPDATE network_block SET state = 2, version = version + 1, used = NULL, codes = NULL"
          " WHERE erase_at <= $1 AND state = 0",
          {Millis(now)}
      )
  );
  MUSUBI_TRY(
      counts.forgotten_blocks,
      connection_->Execute("DELETE FROM network_block WHERE erase_at <= $1", {Millis(now - memory)})
  );
  MUSUBI_TRY(
      counts.forgotten_requests,
      connection_->Execute("DELETE FROM network_link_request WHERE forget_at <= $1", {Millis(now)})
  );
  return counts;
}

Result<void> BlockTable::FlushErased() {
  if (connection_->engine() != store::Engine::kSqlite) {
    return Ok();
  }
  // secure_delete clears the pages; the write-ahead log still holds their earlier state until it
  // is emptied.
  return connection_->Query(
      "PRAGMA wal_checkpoint(TRUNCATE)",
      std::initializer_list<store::Parameter>{},
      [](const store::Row& row) -> Result<void> {
        if (row.Int(0) != 0) {
          return Error{ErrorCode::kConflict, "a reader holds the store's log; it is emptied later"};
        }
        return Ok();
      }
  );
}

Result<Bytes> BlockTable::KeyFingerprint() {
  Bytes fingerprint;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT fingerprint FROM network_master_key",
      std::initializer_list<store::Parameter>{},
      [&fingerprint](const store::Row& row) -> Result<void> {
        fingerprint.assign(row.Blob(0).begin(), row.Blob(0).end());
        return Ok();
      }
  ));
  return fingerprint;
}

Result<void> BlockTable::InsertKeyFingerprint(BytesView fingerprint) {
  MUSUBI_CHECK_OK(connection_->Execute(
      "INSERT INTO network_master_key (fingerprint) VALUES ($1)", {fingerprint}
  ));
  return Ok();
}

}  // namespace musubi::national::network
