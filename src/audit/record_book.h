// The book of records of one party: rows in its store, commitments in its log, which follows.
//
// What always holds
//   1. Rows are numbered from 0 without gaps, in the order in which they were committed; the row's
//      number is its index in the log. So the log can always be brought up to the store: Open
//      appends what a crash left out.
//   2. After Commit has returned, the rows are durable. An answer is given out only after that
//      ("durable before it counts"). The log's signed checkpoint covers them some 20 ms later at
//      most, when the disk is well; when the log cannot follow, Begin fails and nothing more is
//      written (docs/decisions/0008).
//   3. One inquiry has one record per role: a second one is kConflict, and the transaction is lost.
//   4. After Erase a row has neither code, text nor salts; its place in the log stays.
//
// Begin takes the book's lock until the Writing is gone: one writer at a time, many readers; a thread
// of the book's own appends to the log. The records of the period (番号法施行令30条: seven years,
// rules/) are erased by EraseUntil.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "audit/log_follower.h"
#include "audit/provision_record.h"
#include "base/clock.h"
#include "base/result.h"
#include "ledger/log.h"
#include "store/database.h"

namespace musubi::audit {

struct StoredRecord {
  std::uint64_t index = 0;  // in the log
  Role role = Role::kInquirer;
  exchange::InquiryFacts facts;
  Code16 code{};
  Code16 salt{};
  Code16 own_salt{};
  Code16 label{};
};

class RecordBook {
 public:
  // A transaction of the party's store in which records are added. Without Commit nothing happened.
  class Writing {
   public:
    Writing(Writing&&) noexcept = default;

    [[nodiscard]] store::Connection& connection() { return *book_->connection_; }

    [[nodiscard]] Result<void> Add(const ProvisionRecord& record);
    [[nodiscard]] Result<void> Add(const AccessRecord& record);
    [[nodiscard]] Result<void> Add(const LabelsEntry& labels);

    // The index the next record gets.
    [[nodiscard]] std::uint64_t next_index() const { return book_->next_ + entries_.size(); }

    [[nodiscard]] Result<void> Commit();

   private:
    friend class RecordBook;

    Writing(RecordBook& book, std::unique_lock<std::mutex> lock, store::Transaction transaction)
        : book_(&book), lock_(std::move(lock)), transaction_(std::move(transaction)) {}
    struct NewRow;
    [[nodiscard]] Result<void> Insert(const NewRow& row, const LogEntry& entry);

    RecordBook* book_;
    std::unique_lock<std::mutex> lock_;
    store::Transaction transaction_;
    std::vector<Bytes> entries_;
  };

  // `database` outlives the book and has the schema "audit" after this call. The log lies in
  // `folder`/log, its key in `folder`/log.key (made when missing, 0600), the key others check it by
  // in `folder`/log.vkey; `origin` is the log's name ("musubi/hub").
  [[nodiscard]] static Result<std::unique_ptr<RecordBook>> Open(
      store::Database& database, const std::filesystem::path& folder, std::string_view origin
  );

  [[nodiscard]] Result<Writing> Begin();

  // With everything that was committed before the call, unless the log has failed.
  [[nodiscard]] ledger::Log& log() const {
    follower_->Await();
    return *log_;
  }

  // Of one person as this party knows them, oldest first; through `connection`, any thread's.
  [[nodiscard]] static Result<std::vector<StoredRecord>> RecordsOf(
      store::Connection& connection, const Code16& code, std::uint64_t first_index = 0
  );
  // Rows of provisions and refusals that ended before `until`: returns how many were erased.
  [[nodiscard]] Result<std::uint64_t> EraseUntil(Instant until);

 private:
  RecordBook() = default;
  [[nodiscard]] Result<void> CatchUp();

  std::mutex mutex_;  // guards what follows
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<ledger::Log> log_;
  std::uint64_t next_ = 0;
  std::unique_ptr<LogFollower> follower_;  // of log_; has locks of its own
};

// Every row of a store against the entries of its log: says which row (index, inquiry id) does not
// fit its commitment, is missing, or too many. Nothing: all fit.
struct RowFinding {
  std::uint64_t index = 0;
  std::string inquiry;  // hex, blank for other rows
  std::string reason;
};

// `outcome`, if wanted, gets the outcome of a provision that fits and is not erased.
[[nodiscard]] Result<std::optional<RowFinding>> CheckRow(
    store::Connection& connection,
    std::uint64_t index,
    BytesView entry,
    std::optional<exchange::InquiryOutcome>* outcome = nullptr
);
[[nodiscard]] Result<std::uint64_t> CountRows(store::Connection& connection);

}  // namespace musubi::audit
