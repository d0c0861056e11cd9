// Puts the rows of one package of record copies 副本 into the store, and finds out which records
// held before they change. Works inside the caller's write transaction; one thread.
//
// What an applied package leaves behind: a revision of each of its records, a line in copy_package,
// the time in copy_freshness, and in copy_change the records that no longer are what they were.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "hub/batch_book.h"
#include "hub/copy_chunk.h"
#include "store/database.h"

namespace musubi::hub {

struct CopyPackageId {
  std::uint32_t insurer = 0;
  std::uint64_t revision = 0;  // sequence of the package
  BatchId batch = 0;
};

// Reads what the hub must know of an association before its package is read.
[[nodiscard]] Result<CopyContext> ReadCopyContext(
    store::Connection& connection,
    std::uint32_t insurer,
    const rules::RecordLayouts& layouts,
    Date today
);

class CopyWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CopyWriter>> Create(
      store::Connection& connection,
      const CopyPackageId& package,
      const rules::RecordLayouts& layouts
  );
  // Chunks in order of insured number, no person in two of them.
  [[nodiscard]] Result<void> Write(const CopyChunk& chunk);
  // `results`: of every row of the package.
  [[nodiscard]] Result<void> Finish(const std::vector<CopyRowResult>& results, std::int64_t now_ms);

 private:
  // The newest revision of a record before this package.
  struct Before {
    std::uint64_t revision = 0;  // 0: none
    bool was_held = false;
    bool is_same = false;
  };

  CopyWriter(
      store::Connection& connection,
      const CopyPackageId& package,
      const rules::RecordLayouts& layouts
  )
      : connection_(connection), package_(package), layouts_(layouts) {}

  [[nodiscard]] Result<void> NoteChanges(const CopyChunk& chunk);
  [[nodiscard]] Result<void> ReadRange(const CopyChunk& chunk, std::vector<Before>& before);
  [[nodiscard]] Result<void> ReadOneByOne(const CopyChunk& chunk, std::vector<Before>& before);
  [[nodiscard]] Result<void> ReadAsSet(const CopyChunk& chunk, std::vector<Before>& before);
  void Compare(const CopyChunk& chunk, const store::Row& row, std::vector<Before>& before) const;

  [[nodiscard]] std::string_view KindOf(const CopyEntry& entry) const {
    return layouts_.kinds()[entry.kind].code;
  }

  store::Connection& connection_;
  CopyPackageId package_;
  const rules::RecordLayouts& layouts_;
  std::int64_t ordinal_ = 0;
  bool is_first_ = false;  // the association has no copies yet: nothing can change
  std::vector<bool> has_kind_;
  std::unique_ptr<store::BulkInsert> insert_;
};

}  // namespace musubi::hub
