#include "hub/batch_book.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "hub/batch_record.h"
#include "hub/spool_file.h"
#include "ops/log.h"

namespace musubi::hub {

namespace {

constexpr std::string_view kColumns =
    "id, insurer, kind, package, state, row_count, outcomes, pairs_size, problem, place, advice, "
    "stage_ms";

Error NoSuchBatch() {
  return Error{ErrorCode::kNotFound, "there is no such batch"};
}

}  // namespace

BatchBook::BatchBook(store::Database& database, std::filesystem::path folder, const Clock& clock)
    : database_(database), folder_(std::move(folder)), clock_(clock) {}

BatchBook::~BatchBook() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

Result<void> BatchBook::LockFolder() {
  lock_ = ::open((folder_ / "hub.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kConflict, "another hub runs over this folder", folder_.string()};
  }
  return Ok();
}

template <typename Work>
auto BatchBook::WithConnection(std::unique_ptr<store::Connection>& connection, const Work& work)
    -> decltype(work(*connection)) {
  auto result = work(*connection);
  if (result.ok() || result.error().code != ErrorCode::kUnavailable) {
    return result;
  }
  auto again = database_.Connect();
  if (!again.ok()) {
    return result;
  }
  connection = std::move(again).value();
  return work(*connection);
}

Result<std::unique_ptr<BatchBook>> BatchBook::Open(
    store::Database& database, std::filesystem::path folder, const Clock& clock
) {
  MUSUBI_CHECK_OK(MakeFolder(folder / "spool"));
  MUSUBI_CHECK_OK(MakeFolder(folder / "pairs"));
  std::unique_ptr<BatchBook> book(new BatchBook(database, std::move(folder), clock));
  MUSUBI_CHECK_OK(book->LockFolder());
  MUSUBI_TRY(book->connection_, database.Connect());
  MUSUBI_TRY(book->reader_, database.Connect());
  MUSUBI_CHECK_OK(book->Recover());
  return book;
}

Result<void> BatchBook::Recover() {
  MUSUBI_TRY(
      const std::int64_t lost,
      connection_->Execute(
          "UPDATE batch SET state = 'file-needed', problem = $1, advice = $2 "
          "WHERE state IN ('open', 'working')",
          {std::string_view("the hub restarted and the batch key is lost with it"),
           std::string_view("send the same file again")}
      )
  );
  if (lost > 0) {
    ops::LogWarning("hub.batch.keys_lost", {{"batches", lost}});
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "spool", ignored)) {
    std::filesystem::remove(entry.path(), ignored);
  }
  // A pairing file whose batch did not become ready was never visible: remove it.
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "pairs", ignored)) {
    const auto id = BatchIdOf(entry.path().stem().string());
    bool keep = false;
    if (id.has_value() && entry.path().extension() == ".p7m") {
      MUSUBI_TRY(
          const auto ready,
          connection_->QueryInt(
              "SELECT 1 FROM batch WHERE id = $1 AND state IN ('ready', 'acknowledged')", {*id}
          )
      );
      keep = ready.has_value();
    }
    if (!keep) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
  return Ok();
}

std::filesystem::path BatchBook::SpoolPath(BatchId id) const {
  return folder_ / "spool" / (BatchName(id) + ".sealed");
}

std::filesystem::path BatchBook::PairsPath(BatchId id) const {
  return folder_ / "pairs" / (BatchName(id) + ".p7m");
}

std::shared_ptr<LiveBatch> BatchBook::Live(BatchId id) {
  const std::scoped_lock lock(live_mutex_);
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

void BatchBook::AddLive(Batch& batch) {
  const std::shared_ptr<LiveBatch> live = Live(batch.id);
  if (live == nullptr) {
    return;
  }
  const std::scoped_lock lock(live->mutex);
  batch.offset = live->offset;
  if (batch.state == BatchState::kOpen && live->sealing.has_value()) {
    batch.sealing_certificate = live->sealing->certificate.Pem();
  }
  if (batch.state == BatchState::kWorking) {
    batch.stage = live->stage;
    batch.row_count = live->row_count;
    batch.rows_done = live->rows_done;
  }
}

Result<Batch> BatchBook::LoadWhere(
    store::Connection& connection,
    std::string_view condition,
    std::initializer_list<store::Parameter> parameters
) {
  std::optional<Batch> batch;
  MUSUBI_CHECK_OK(connection.Query(
      fmt::format("SELECT {} FROM batch WHERE {}", kColumns, condition),
      parameters,
      [&batch](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(batch, BatchOfRow(row));
        return Ok();
      }
  ));
  if (!batch.has_value()) {
    return NoSuchBatch();
  }
  return *std::move(batch);
}

Result<Batch> BatchBook::Load(BatchId id) {
  Result<Batch> batch = [&] {
    const std::scoped_lock lock(reader_mutex_);
    return WithConnection(reader_, [&](store::Connection& connection) {
      return LoadWhere(connection, "id = $1", {id});
    });
  }();
  if (batch.ok()) {
    AddLive(*batch);
  }
  return batch;
}

Result<Batch> BatchBook::Get(std::string_view insurer, BatchId id) {
  MUSUBI_TRY(Batch batch, Load(id));
  if (batch.insurer != insurer) {
    return NoSuchBatch();  // the same words as for one that does not exist
  }
  const bool needs_key = batch.state == BatchState::kOpen || batch.state == BatchState::kWorking;
  if (needs_key && Live(id) == nullptr) {
    // The key went and the state could not be written then, or is being written now.
    MUSUBI_TRY(batch, Load(id));
    if (batch.state == BatchState::kOpen || batch.state == BatchState::kWorking) {
      MUSUBI_CHECK_OK(AskForFile(id, "the batch key is lost"));
      return Load(id);
    }
  }
  return batch;
}

Result<void> BatchBook::GiveSealingKey(const Batch& batch, const crypto::Identity& node) {
  MUSUBI_TRY(
      crypto::Identity sealing,
      crypto::MakeSealingIdentity(node, fmt::format("batch-{:08}", batch.id), clock_.Now())
  );
  auto live = std::make_shared<LiveBatch>();
  live->sealing = std::move(sealing);
  std::error_code ignored;
  std::filesystem::remove(SpoolPath(batch.id), ignored);
  const std::scoped_lock lock(live_mutex_);
  live_[batch.id] = std::move(live);
  return Ok();
}

Result<Batch> BatchBook::OpenBatch(
    std::string_view insurer,
    std::string_view kind,
    std::string_view package,
    const crypto::Identity& node
) {
  const std::scoped_lock lock(store_mutex_);
  const std::string_view condition = "insurer = $1 AND kind = $2 AND package = $3";
  Result<Batch> found = WithConnection(connection_, [&](store::Connection& connection) {
    return LoadWhere(connection, condition, {insurer, kind, package});
  });
  if (found.ok() && found->state == BatchState::kOpen && Live(found->id) == nullptr) {
    found->state = BatchState::kFileNeeded;  // opened, but its key was never given
  }
  if (!found.ok() && found.error().code != ErrorCode::kNotFound) {
    return found;
  }
  if (found.ok() && found->state != BatchState::kFileNeeded) {
    AddLive(*found);
    return found;
  }
  MUSUBI_TRY(
      const auto open_count,
      connection_->QueryInt(
          "SELECT COUNT(*) FROM batch WHERE insurer = $1 AND state = 'open'", {insurer}
      )
  );
  if (open_count.value_or(0) >= kOpenBatchesMax) {
    return Error{ErrorCode::kExhausted, "too many batches of this association wait for their file"};
  }
  const std::int64_t now = clock_.Now().time_since_epoch().count();
  MUSUBI_TRY(
      store::Transaction transaction, store::Transaction::Begin(*connection_, store::Access::kWrite)
  );
  if (found.ok()) {
    MUSUBI_TRY(
        const std::int64_t changed,
        connection_->Execute(
            "UPDATE batch SET state = 'open', problem = '', place = '', advice = '', "
            "changed_at = $2 WHERE id = $1",
            {found->id, now}
        )
    );
    static_cast<void>(changed);
  } else {
    MUSUBI_TRY(const auto newest, connection_->QueryInt("SELECT COALESCE(MAX(id), 0) FROM batch"));
    MUSUBI_TRY(
        const std::int64_t added,
        connection_->Execute(
            "INSERT INTO batch (id, insurer, kind, package, state, row_count, outcomes, "
            "pairs_size, problem, place, advice, stage_ms, created_at, changed_at) "
            "VALUES ($1, $2, $3, $4, 'open', 0, '', 0, '', '', '', '', $5, $5)",
            {newest.value_or(0) + 1, insurer, kind, package, now}
        )
    );
    static_cast<void>(added);
  }
  MUSUBI_CHECK_OK(transaction.Commit());
  MUSUBI_TRY(Batch batch, LoadWhere(*connection_, condition, {insurer, kind, package}));
  MUSUBI_CHECK_OK(GiveSealingKey(batch, node));
  AddLive(batch);
  ops::LogInfo("hub.batch.opened", {{"batch", BatchName(batch.id)}, {"insurer", insurer}});
  return batch;
}

Result<std::uint64_t> BatchBook::Append(
    std::string_view insurer, BatchId id, std::uint64_t offset, BytesView bytes, std::uint64_t* end
) {
  MUSUBI_TRY(const Batch batch, Get(insurer, id));
  const std::shared_ptr<LiveBatch> live = Live(id);
  if (batch.state != BatchState::kOpen || live == nullptr) {
    return Error{
        ErrorCode::kPrecondition,
        fmt::format("the batch is {} and takes no content", BatchStateName(batch.state))
    };
  }
  const std::scoped_lock lock(live->mutex);
  *end = live->offset;
  if (live->is_complete) {
    return Error{ErrorCode::kPrecondition, "the batch takes no more content"};
  }
  if (offset + bytes.size() > kSpoolSizeMax) {
    return Error{ErrorCode::kExhausted, "the package is too large", {}, "divide the list"};
  }
  if (offset != live->offset) {
    return Error{ErrorCode::kConflict, "the content goes on at another offset"};
  }
  MUSUBI_CHECK_OK(AppendToSpoolFile(SpoolPath(id), offset, bytes));
  live->offset += bytes.size();
  *end = live->offset;
  return live->offset;
}

// False: it was closed before. The live batch's lock is never held while the store's is asked for.
Result<bool> BatchBook::Close(
    BatchId id, LiveBatch& live, std::uint64_t size, std::string_view sha256_hex
) {
  const std::scoped_lock lock(live.mutex);
  if (live.is_complete) {
    return false;
  }
  bool is_whole = live.offset == size;
  if (is_whole && size > 0) {
    MUSUBI_TRY(const std::string digest, HashSpoolFile(SpoolPath(id)));
    is_whole = digest == sha256_hex;
  }
  if (!is_whole) {
    live.offset = 0;
    std::error_code ignored;
    std::filesystem::remove(SpoolPath(id), ignored);
    return Error{
        ErrorCode::kPrecondition,
        "what came is not what was sent: size or hash differ",
        {},
        "send the content again from the start"
    };
  }
  live.is_complete = true;
  return true;
}

Result<Batch> BatchBook::Complete(
    std::string_view insurer,
    BatchId id,
    std::uint64_t size,
    std::string_view sha256_hex,
    bool* became_working
) {
  *became_working = false;
  MUSUBI_TRY(Batch batch, Get(insurer, id));
  const std::shared_ptr<LiveBatch> live = Live(id);
  if (batch.state != BatchState::kOpen || live == nullptr) {
    return batch;
  }
  const Result<bool> closed = Close(id, *live, size, sha256_hex);
  if (!closed.ok()) {
    return closed.error();
  }
  if (!*closed) {
    return Load(id);  // another call did it
  }
  const Result<void> moved = SetState(id, BatchState::kWorking, {}, {}, {});
  if (!moved.ok()) {
    const std::scoped_lock lock(live->mutex);
    live->is_complete = false;
    return moved.error();
  }
  *became_working = true;
  return Load(id);
}

Result<Batch> BatchBook::Acknowledge(std::string_view insurer, BatchId id) {
  MUSUBI_TRY(const Batch batch, Get(insurer, id));
  if (batch.state == BatchState::kAcknowledged) {
    return batch;
  }
  if (batch.state != BatchState::kReady) {
    return Error{
        ErrorCode::kPrecondition,
        fmt::format("the batch is {}, there is nothing to acknowledge", BatchStateName(batch.state))
    };
  }
  MUSUBI_CHECK_OK(SetState(id, BatchState::kAcknowledged, {}, {}, {}));
  return Load(id);
}

Result<void> BatchBook::SetState(
    BatchId id,
    BatchState state,
    std::string_view problem,
    std::string_view place,
    std::string_view advice
) {
  const std::scoped_lock lock(store_mutex_);
  const std::int64_t now = clock_.Now().time_since_epoch().count();
  // What is ready stays ready: a commit whose answer was lost may have been one all the same.
  const std::string_view condition =
      state == BatchState::kAcknowledged ? "" : " AND state NOT IN ('ready', 'acknowledged')";
  const Result<std::int64_t> changed =
      WithConnection(connection_, [&](store::Connection& connection) {
        return connection.Execute(
            fmt::format(
                "UPDATE batch SET state = $2, problem = $3, place = $4, advice = $5, "
                "changed_at = $6 WHERE id = $1{}",
                condition
            ),
            {id, BatchStateName(state), problem, place, advice, now}
        );
      });
  return changed.ok() ? Ok() : Result<void>(changed.error());
}

Result<void> BatchBook::Refuse(BatchId id, const Error& why) {
  DestroyKey(id);
  ops::LogWarning(
      "hub.batch.refused", {{"batch", BatchName(id)}, {"code", ErrorCodeName(why.code)}}
  );
  const Result<void> set = SetState(id, BatchState::kRefused, why.message, why.place, why.advice);
  Forget(id);
  return set;
}

Result<void> BatchBook::AskForFile(BatchId id, std::string_view why) {
  DestroyKey(id);
  ops::LogWarning("hub.batch.file_needed", {{"batch", BatchName(id)}});
  const Result<void> set =
      SetState(id, BatchState::kFileNeeded, why, {}, "send the same file again");
  Forget(id);
  return set;
}

void BatchBook::DestroyKey(BatchId id) {
  if (const std::shared_ptr<LiveBatch> live = Live(id)) {
    const std::scoped_lock lock(live->mutex);
    live->sealing.reset();
  }
  std::error_code ignored;
  std::filesystem::remove(SpoolPath(id), ignored);
}

void BatchBook::Forget(BatchId id) {
  const std::scoped_lock lock(live_mutex_);
  live_.erase(id);
}

Result<void> BatchBook::MarkReady(
    store::Connection& connection, const Batch& batch, std::string_view mode, std::uint64_t sequence
) {
  const std::string outcomes =
      HasCopyOutcomes(batch.kind) ? OutcomesText(batch.copies) : OutcomesText(batch.outcomes);
  const std::string times = TimesText(batch.times);
  const std::int64_t now = clock_.Now().time_since_epoch().count();
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "UPDATE batch SET state = 'ready', row_count = $2, outcomes = $3, pairs_size = $4, "
          "stage_ms = $5, changed_at = $6 WHERE id = $1",
          {batch.id,
           static_cast<std::int64_t>(batch.row_count),
           std::string_view(outcomes),
           static_cast<std::int64_t>(batch.pairs_size),
           std::string_view(times),
           now}
      )
  );
  if (changed != 1) {
    return NoSuchBatch();
  }
  MUSUBI_TRY(
      const std::int64_t added,
      connection.Execute(
          "INSERT INTO sequence_used (insurer, kind, mode, sequence, batch) "
          "VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (insurer, kind, mode, sequence) DO NOTHING",
          {std::string_view(batch.insurer),
           std::string_view(batch.kind),
           mode,
           static_cast<std::int64_t>(sequence),
           batch.id}
      )
  );
  static_cast<void>(added);
  return Ok();
}

Result<std::optional<BatchId>> BatchBook::SequenceUsedBy(
    std::string_view insurer,
    std::string_view kind,
    std::string_view mode,
    std::uint64_t sequence,
    BatchId batch
) {
  const std::scoped_lock lock(reader_mutex_);
  return WithConnection(reader_, [&](store::Connection& connection) {
    return connection.QueryInt(
        "SELECT batch FROM sequence_used WHERE insurer = $1 AND kind = $2 AND mode = $3 "
        "AND sequence = $4 AND batch <> $5",
        {insurer, kind, mode, static_cast<std::int64_t>(sequence), batch}
    );
  });
}

}  // namespace musubi::hub
