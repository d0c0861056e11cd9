// The book of batches: which package is where, and what each state lets the terminal do.
//
// What always holds
//   1. One package (insurer, kind, hash of the insurer's file) is one batch, however often it
//   comes.
//   2. Sealing keys live in this object's memory only. Recover(), run once at start, turns every
//      batch that needed one into file-needed and removes its spool: the bytes cannot be opened.
//   3. ready is written in the transaction that writes the registry, after the numbers are gone.
//   4. A spool file holds only bytes sealed to the batch key.
//
// Thread-safe. Store errors come back as they are; a batch of another association is kNotFound.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/notice.h"
#include "exchange/outcome.h"
#include "exchange/record_copy.h"
#include "store/database.h"

namespace musubi::hub {

using BatchId = std::int64_t;

[[nodiscard]] std::string BatchName(BatchId id);  // "B-00000001"
[[nodiscard]] std::optional<BatchId> BatchIdOf(std::string_view name);

enum class BatchState { kOpen, kWorking, kReady, kAcknowledged, kRefused, kFileNeeded };

[[nodiscard]] std::string_view BatchStateName(BatchState state);

enum class Stage { kQueued, kChecking, kAcquiring, kRegistering, kWriting };

[[nodiscard]] std::string_view StageName(Stage stage);

// Limits on what one association can make the hub hold.
inline constexpr std::uint64_t kSpoolSizeMax = std::uint64_t{2} << 30U;
inline constexpr std::int64_t kOpenBatchesMax = 64;

// Milliseconds per stage, and of the hub's own work while acquiring.
struct StageTimes {
  std::int64_t checking_ms = 0;
  std::int64_t acquiring_ms = 0;
  std::int64_t reading_ms = 0;  // inside acquiring: opening the file again, waits not counted
  std::int64_t registering_ms = 0;
  std::int64_t writing_ms = 0;
};

// What a batch is about: the kind of its package.
inline constexpr std::string_view kListBatch = "NL";
inline constexpr std::string_view kCopiesBatch = exchange::kCopiesKind;
inline constexpr std::string_view kNoticesBatch = exchange::kNoticesKind;

// Whose rows end in an exchange::CopyOutcome.
[[nodiscard]] constexpr bool HasCopyOutcomes(std::string_view kind) {
  return kind == kCopiesBatch || kind == kNoticesBatch;
}

struct Batch {
  BatchId id = 0;
  std::string insurer;
  std::string kind;
  std::string package;
  BatchState state = BatchState::kOpen;
  std::uint64_t row_count = 0;
  exchange::OutcomeCounts outcomes = {};    // of a number list
  exchange::CopyOutcomeCounts copies = {};  // of record copies and notices
  std::uint64_t pairs_size = 0;
  std::string problem;
  std::string place;
  std::string advice;
  StageTimes times;
  // What only memory knows.
  Stage stage = Stage::kQueued;
  std::uint64_t rows_done = 0;
  std::uint64_t offset = 0;         // sealed bytes received
  std::string sealing_certificate;  // PEM, while open
};

// Progress of the batch being worked on; written by the worker, read by status requests.
struct LiveBatch {
  std::atomic<Stage> stage = Stage::kQueued;
  std::atomic<std::uint64_t> row_count = 0;
  std::atomic<std::uint64_t> rows_done = 0;
  std::mutex mutex;  // spool file and the fields below
  std::uint64_t offset = 0;
  bool is_complete = false;                 // no more content: the worker reads it
  std::optional<crypto::Identity> sealing;  // owner of the one-time key: gone when reset
};

class BatchBook {
 public:
  // kConflict: another hub runs over this folder.
  [[nodiscard]] static Result<std::unique_ptr<BatchBook>> Open(
      store::Database& database, std::filesystem::path folder, const Clock& clock
  );
  ~BatchBook();

  // Finds the batch of this package or opens a new one; a file-needed batch is opened again.
  [[nodiscard]] Result<Batch> OpenBatch(
      std::string_view insurer,
      std::string_view kind,
      std::string_view package,
      const crypto::Identity& node
  );
  [[nodiscard]] Result<Batch> Get(std::string_view insurer, BatchId id);
  // Appends at `offset`. kConflict when it is not where the file ends (`*end` says where).
  [[nodiscard]] Result<std::uint64_t> Append(
      std::string_view insurer,
      BatchId id,
      std::uint64_t offset,
      BytesView bytes,
      std::uint64_t* end
  );
  // All bytes are here: checks size and hash and moves the batch to working. kPrecondition: they
  // differ; what came is dropped. Done before: answers with the batch as it is. `*became_working`
  // is true for the one call that moved it.
  [[nodiscard]] Result<Batch> Complete(
      std::string_view insurer,
      BatchId id,
      std::uint64_t size,
      std::string_view sha256_hex,
      bool* became_working
  );
  [[nodiscard]] Result<Batch> Acknowledge(std::string_view insurer, BatchId id);

  // For the worker.
  [[nodiscard]] Result<Batch> Load(BatchId id);
  [[nodiscard]] std::shared_ptr<LiveBatch> Live(BatchId id);
  [[nodiscard]] std::filesystem::path SpoolPath(BatchId id) const;
  [[nodiscard]] std::filesystem::path PairsPath(BatchId id) const;
  [[nodiscard]] Result<void> Refuse(BatchId id, const Error& why);
  // Gives the batch up as if the hub had restarted: the file must come again.
  [[nodiscard]] Result<void> AskForFile(BatchId id, std::string_view why);
  // Destroys the batch key and removes the spool. After it nothing opens the upload again.
  void DestroyKey(BatchId id);
  // Memory's part of the batch is no longer needed: its state in the store says all.
  void Forget(BatchId id);
  // Marks ready, in the caller's transaction.
  [[nodiscard]] Result<void> MarkReady(
      store::Connection& connection,
      const Batch& batch,
      std::string_view mode,
      std::uint64_t sequence
  );
  // The batch that used this sequence before, if it is another one.
  [[nodiscard]] Result<std::optional<BatchId>> SequenceUsedBy(
      std::string_view insurer,
      std::string_view kind,
      std::string_view mode,
      std::uint64_t sequence,
      BatchId batch
  );

 private:
  BatchBook(store::Database& database, std::filesystem::path folder, const Clock& clock);
  BatchBook(const BatchBook&) = delete;
  BatchBook& operator=(const BatchBook&) = delete;

  [[nodiscard]] Result<void> LockFolder();
  [[nodiscard]] Result<bool> Close(
      BatchId id, LiveBatch& live, std::uint64_t size, std::string_view sha256_hex
  );
  // Runs `work` on a connection; opens it anew and runs once more when the store had gone away.
  template <typename Work>
  [[nodiscard]] auto WithConnection(
      std::unique_ptr<store::Connection>& connection, const Work& work
  ) -> decltype(work(*connection));

  [[nodiscard]] Result<void> Recover();
  [[nodiscard]] Result<Batch> LoadWhere(
      store::Connection& connection,
      std::string_view condition,
      std::initializer_list<store::Parameter> parameters
  );
  [[nodiscard]] Result<void> SetState(
      BatchId id,
      BatchState state,
      std::string_view problem,
      std::string_view place,
      std::string_view advice
  );
  [[nodiscard]] Result<void> GiveSealingKey(const Batch& batch, const crypto::Identity& node);
  void AddLive(Batch& batch);

  store::Database& database_;
  std::filesystem::path folder_;
  const Clock& clock_;
  int lock_ = -1;  // held as long as we live: two hubs over one folder would undo each other
  std::mutex store_mutex_;  // guards connection_, which writes
  std::unique_ptr<store::Connection> connection_;
  std::mutex reader_mutex_;  // guards reader_: a status never waits for a writer
  std::unique_ptr<store::Connection> reader_;
  std::mutex live_mutex_;                               // guards live_
  std::map<BatchId, std::shared_ptr<LiveBatch>> live_;  // second owner: requests and the worker
};

}  // namespace musubi::hub
