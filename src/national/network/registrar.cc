#include "national/network/registrar.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/check.h"
#include "crypto/cipher.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kHexSize = 2 * kNumberSize;
constexpr std::size_t kRequestKeySizeMax = 200;
constexpr int kConflictTries = 8;
// How long a block that has run out is still told apart from one that never was.
constexpr std::chrono::hours kMemory{24};
// The body that holds the codes for all four schemes is one institution (domain.md 2.2).
constexpr std::uint32_t kKeyVersion = 1;

// A lost race is run again from the start, on fresh data.
template <typename Work>
auto RetryOnConflict(const Work& work) {
  auto result = work();
  for (int i = 1; i < kConflictTries && !result.ok() && result.error().code == ErrorCode::kConflict;
       ++i) {
    result = work();
  }
  return result;
}

Result<void> CheckRequestKey(std::string_view key) {
  if (key.empty() || key.size() > kRequestKeySizeMax) {
    return Error{ErrorCode::kInvalid, "missing or too long", "header idempotency-key"};
  }
  return Ok();
}

std::string BlockText(std::uint64_t id) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(id >> (56 - 8 * i));
  }
  return ToHex(bytes);
}

std::optional<std::uint64_t> BlockIdOf(std::string_view text) {
  std::array<std::uint8_t, 8> bytes{};
  if (!ReadHex(text, bytes)) {
    return std::nullopt;
  }
  std::uint64_t id = 0;
  for (const std::uint8_t byte : bytes) {
    id = id << 8 | byte;
  }
  return id;
}

std::uint64_t RandomBlockId() {
  std::array<std::uint8_t, 8> bytes{};
  crypto::FillRandom(bytes);
  std::uint64_t id = 0;
  for (const std::uint8_t byte : bytes) {
    id = id << 8 | byte;
  }
  return id >> 1;  // fits a BIGINT
}

void AppendLine(BytesView first, BytesView second, SecretVector<char>& out) {
  const std::size_t start = out.size();
  const std::size_t comma_size = second.empty() ? 0 : 1;
  out.resize(start + 2 * first.size() + comma_size + 2 * second.size() + 2);
  char* at = out.data() + start;
  WriteHex(first, at);
  at += 2 * first.size();
  if (!second.empty()) {
    *at++ = ',';
    WriteHex(second, at);
    at += 2 * second.size();
  }
  *at++ = '\r';
  *at = '\n';
}

}  // namespace

// A link request as far as it can be worked out before the store is asked.
struct Registrar::Prepared {
  std::map<std::uint64_t, std::vector<std::uint32_t>> blocks;  // rows of each block, in order
  std::vector<std::uint32_t> indices;                          // place in the block, per row
  SecretBytes codes;                                           // sixteen bytes per row
};

Registrar::Registrar(
    BytesView master_key,
    std::unique_ptr<store::Connection> connection,
    const Clock& clock,
    std::chrono::minutes validity
)
    : codes_(master_key),
      numbers_(master_key),
      requests_(DerivePurposeKey(master_key, "requests")),
      connection_(std::move(connection)),
      table_(*connection_),
      clock_(&clock),
      validity_(validity) {}

Result<IssuedNumbers> Registrar::Issue(const Caller& hub, std::int64_t number_count) {
  MUSUBI_CHECK_OK(CheckRequestKey(hub.key));
  if (number_count < 1 || number_count > kBlockCountMax) {
    return Error{ErrorCode::kInvalid, "not between 1 and 100000", "count"};
  }
  return RetryOnConflict([&] { return IssueOnce(hub, static_cast<std::uint32_t>(number_count)); });
}

Result<IssuedNumbers> Registrar::IssueOnce(const Caller& hub, std::uint32_t number_count) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(std::optional<Block> block, table_.FindByKey(hub.id, hub.key));
  if (block && block->number_count != number_count) {
    return Error{
        ErrorCode::kInvalid, "the key was used with another count", "header idempotency-key"
    };
  }
  if (!block) {
    const Instant now = clock_->Now();
    const NewBlock made{
        RandomBlockId(), hub.id, hub.key, number_count, now, now + validity_, now + 2 * validity_
    };
    MUSUBI_CHECK_OK(table_.Insert(made));
    block.emplace();
    block->id = made.id;
    block->expires_at = made.expires_at;
  }
  MUSUBI_CHECK_OK(transaction.Commit());
  IssuedNumbers issued{BlockText(block->id), block->expires_at, {}};
  SecretBytes numbers(number_count * kNumberSize);
  numbers_.Make(block->id, numbers);
  issued.lines.reserve(number_count * (kHexSize + 2));
  for (std::size_t i = 0; i < number_count; ++i) {
    AppendLine(BytesView(numbers).subspan(i * kNumberSize, kNumberSize), {}, issued.lines);
  }
  return issued;
}

Result<SecretVector<char>> Registrar::Link(const Caller& jlis, std::string_view body) {
  MUSUBI_CHECK_OK(CheckRequestKey(jlis.key));
  MUSUBI_TRY(LinkRows rows, ReadLinkRows(body));
  // Which request this is: caller, key and body under a key of ours, so that what is stored tells
  // nothing about the body.
  SecretVector<char> text;
  text.reserve(jlis.id.size() + jlis.key.size() + body.size() + 2);
  for (const std::string_view part :
       {jlis.id, std::string_view("\n"), jlis.key, std::string_view("\n"), body}) {
    text.insert(text.end(), part.begin(), part.end());
  }
  const crypto::Digest request = requests_.Of(AsBytes({text.data(), text.size()}));
  const Prepared prepared = Prepare(rows);
  MUSUBI_TRY(const Bytes outcomes, RetryOnConflict([&] { return LinkOnce(request, prepared); }));
  MUSUBI_CHECK(outcomes.size() == rows.count());
  return WriteLinkAnswer(body, outcomes);
}

Registrar::Prepared Registrar::Prepare(const LinkRows& rows) {
  Prepared prepared;
  SecretBytes opened = CopyToSecret(rows.numbers);
  numbers_.Open(opened);
  prepared.indices.resize(rows.count());
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const NumberPlace place = ProcessingNumbers::PlaceAt(opened, row);
    if (place.is_ours) {
      prepared.blocks[place.block].push_back(static_cast<std::uint32_t>(row));
      prepared.indices[row] = place.index;
    }
  }
  prepared.codes.resize(rows.numbers.size());
  codes_.Derive({"hub", kKeyVersion}, rows.record_codes, prepared.codes);
  return prepared;
}

Result<Bytes> Registrar::LinkOnce(BytesView request, const Prepared& prepared) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(std::optional<Bytes> earlier, table_.FindOutcomes(request));
  if (earlier) {
    return *std::move(earlier);
  }
  Bytes outcomes(prepared.indices.size(), static_cast<std::uint8_t>(LinkOutcome::kUnknown));
  for (const auto& [block_id, rows] : prepared.blocks) {
    MUSUBI_CHECK_OK(LinkBlock(rows, block_id, prepared, outcomes));
  }
  MUSUBI_CHECK_OK(table_.InsertOutcomes(request, outcomes, clock_->Now() + 2 * validity_));
  MUSUBI_CHECK_OK(transaction.Commit());
  return outcomes;
}

Result<void> Registrar::LinkBlock(
    const std::vector<std::uint32_t>& rows,
    std::uint64_t block_id,
    const Prepared& prepared,
    Bytes& outcomes
) {
  MUSUBI_TRY(std::optional<Block> block, table_.Find(block_id));
  const bool is_live =
      block && block->state == BlockState::kOpen && clock_->Now() < block->expires_at;
  bool is_changed = false;
  for (const std::uint32_t row : rows) {
    const std::uint32_t index = prepared.indices[row];
    LinkOutcome outcome = LinkOutcome::kExpired;  // ours, but no longer (or never again) valid
    if (block && index < block->number_count && block->IsUsed(index)) {
      outcome = LinkOutcome::kReused;
    } else if (is_live && index < block->number_count) {
      block->Use(index, BytesView(prepared.codes).subspan(std::size_t{row} * 16, 16));
      is_changed = true;
      outcome = LinkOutcome::kLinked;
    }
    outcomes[row] = static_cast<std::uint8_t>(outcome);
  }
  return is_changed ? table_.Save(*block) : Ok();
}

Result<Block> Registrar::FindOwn(const Caller& hub, std::string_view block) {
  const auto id = BlockIdOf(block);
  std::optional<Block> found;
  if (id) {
    MUSUBI_TRY(found, table_.Find(*id));
  }
  if (!found || found->hub != hub.id) {
    return Error{ErrorCode::kNotFound, "there is no such block", "block"};
  }
  if (found->state == BlockState::kErased || clock_->Now() >= found->erase_at) {
    return Error{
        ErrorCode::kPrecondition,
        "the block ran out and its codes were erased",
        "block",
        "ask for new processing numbers"
    };
  }
  return *std::move(found);
}

Result<SecretVector<char>> Registrar::Codes(const Caller& hub, std::string_view block_text) {
  MUSUBI_TRY(const Block block, FindOwn(hub, block_text));
  if (block.state == BlockState::kAcknowledged) {
    return Error{
        ErrorCode::kPrecondition, "the codes were acknowledged and have been erased", "block"
    };
  }
  SecretVector<char> lines;
  if (block.codes.empty()) {
    return lines;
  }
  SecretBytes numbers(block.codes.size());
  numbers_.Make(block.id, numbers);
  lines.reserve(block.number_count * (2 * kHexSize + 3));
  for (std::uint32_t i = 0; i < block.number_count; ++i) {
    if (block.IsUsed(i)) {
      const std::size_t at = std::size_t{i} * kNumberSize;
      AppendLine(
          BytesView(numbers).subspan(at, kNumberSize),
          BytesView(block.codes).subspan(at, kNumberSize),
          lines
      );
    }
  }
  return lines;
}

Result<void> Registrar::Acknowledge(const Caller& hub, std::string_view block) {
  MUSUBI_CHECK_OK(RetryOnConflict([&] { return AcknowledgeOnce(hub, block); }));
  const auto flushed = table_.FlushErased();
  if (!flushed.ok() && flushed.error().code != ErrorCode::kConflict) {
    return flushed;
  }
  return Ok();
}

Result<void> Registrar::AcknowledgeOnce(const Caller& hub, std::string_view block_text) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(Block block, FindOwn(hub, block_text));
  if (block.state == BlockState::kAcknowledged) {
    return Ok();
  }
  block.state = BlockState::kAcknowledged;
  block.codes.clear();
  MUSUBI_CHECK_OK(table_.Save(block));
  return transaction.Commit();
}

Result<SweepCounts> Registrar::Sweep() {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const SweepCounts counts, table_.Sweep(clock_->Now(), kMemory));
  MUSUBI_CHECK_OK(transaction.Commit());
  if (counts.erased_blocks + counts.forgotten_blocks + counts.forgotten_requests > 0) {
    ops::LogInfo(
        "network.sweep.done",
        {{"erased_blocks", counts.erased_blocks},
         {"forgotten_blocks", counts.forgotten_blocks},
         {"forgotten_requests", counts.forgotten_requests}}
    );
  }
  // Also empties what a busy reader kept Acknowledge from emptying.
  const auto flushed = table_.FlushErased();
  if (!flushed.ok() && flushed.error().code != ErrorCode::kConflict) {
    return flushed.error();
  }
  return counts;
}

Result<void> Registrar::CheckStore() {
  MUSUBI_TRY(const Bytes fingerprint, table_.KeyFingerprint());
  if (fingerprint.empty()) {
    return Error{ErrorCode::kCorrupt, "the store does not name its master key"};
  }
  return Ok();
}

Result<void> CheckMasterKey(store::Connection& connection, BytesView master_key) {
  const SecretBytes fingerprint = DerivePurposeKey(master_key, "fingerprint");
  BlockTable table(connection);
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  MUSUBI_TRY(const Bytes stored, table.KeyFingerprint());
  if (stored.empty()) {
    MUSUBI_CHECK_OK(table.InsertKeyFingerprint(fingerprint));
    return transaction.Commit();
  }
  if (!EqualInConstantTime(stored, fingerprint)) {
    return Error{
        ErrorCode::kPrecondition,
        "the store was filled under another master key",
        "master.key",
        "restore the master key that belongs to this store"
    };
  }
  return Ok();
}

}  // namespace musubi::national::network
