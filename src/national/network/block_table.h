// Blocks of processing numbers and the link requests that used them, as they stand in the store.
//
// Per number nothing is kept but one bit (used) and, until the hub has fetched it, the code. A
// request's outcomes are kept under a keyed hash of its key and body, so that the same request gets
// the same answer and nothing of its content is stored.
//
// Used inside a transaction of the caller, one thread at a time. Save compares the version read
// with the one stored, so a lost race is kConflict on either engine, whatever its isolation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "store/database.h"

namespace musubi::national::network {

enum class BlockState : std::uint8_t { kOpen = 0, kAcknowledged = 1, kErased = 2 };

struct Block {
  std::uint64_t id = 0;  // below 2^63
  std::string hub;
  std::uint32_t number_count = 0;
  Instant expires_at;  // no links from then on
  Instant erase_at;    // codes nobody fetched are erased then
  BlockState state = BlockState::kOpen;
  std::int64_t version = 0;
  Bytes used;         // one bit per number; empty: none
  SecretBytes codes;  // sixteen bytes per number, zeros where not linked; empty: none

  [[nodiscard]] bool IsUsed(std::uint32_t index) const;
  // First use makes room for the whole block.
  void Use(std::uint32_t index, BytesView code);
};

struct NewBlock {
  std::uint64_t id = 0;
  std::string_view hub;
  std::string_view key;  // the request's Idempotency-Key
  std::uint32_t number_count = 0;
  Instant issued_at;
  Instant expires_at;
  Instant erase_at;
};

struct SweepCounts {
  std::int64_t erased_blocks = 0;     // ran out with codes nobody fetched, or never used
  std::int64_t forgotten_blocks = 0;  // rows removed
  std::int64_t forgotten_requests = 0;
};

class BlockTable {
 public:
  [[nodiscard]] static Result<void> Migrate(store::Database& database);

  explicit BlockTable(store::Connection& connection) : connection_(&connection) {}

  [[nodiscard]] Result<void> Insert(const NewBlock& block);
  [[nodiscard]] Result<std::optional<Block>> Find(std::uint64_t id);
  // Without its codes and bits.
  [[nodiscard]] Result<std::optional<Block>> FindByKey(std::string_view hub, std::string_view key);
  // Writes state, bits and codes. kConflict: somebody else wrote it since it was read.
  [[nodiscard]] Result<void> Save(const Block& block);

  // The outcomes of a request answered before.
  [[nodiscard]] Result<std::optional<Bytes>> FindOutcomes(BytesView request);
  [[nodiscard]] Result<void> InsertOutcomes(
      BytesView request, BytesView outcomes, Instant forget_at
  );

  // Erases what has run out; forgets it altogether `memory` later.
  [[nodiscard]] Result<SweepCounts> Sweep(Instant now, std::chrono::milliseconds memory);
  // Erased bytes also leave the engine's own log. Outside any transaction.
  [[nodiscard]] Result<void> FlushErased();

  // Which master key this store belongs to; empty: not yet known.
  [[nodiscard]] Result<Bytes> KeyFingerprint();
  [[nodiscard]] Result<void> InsertKeyFingerprint(BytesView fingerprint);

 private:
  store::Connection* connection_;
};

}  // namespace musubi::national::network
