// One package of record copies 副本, from the sealed file to the sealed result.
//
// One pass over the sealed spool, inside one write transaction: one thread opens and judges the
// rows, the other compares and writes them. Nothing is seen by anybody before the commit, and the
// commit comes after the last check of the package (signature, hash, count), so a package that is
// refused, or a crash, leaves nothing behind. The result is sealed to the association before the
// commit and is the same bytes for the same package ever after.
//
// Errors of the package refuse the batch; anything else asks for its file again. Memory: 8 bytes a
// row and some chunks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "hub/batch_book.h"
#include "hub/copy_chunk.h"
#include "rules/record_layout.h"
#include "store/database.h"

namespace musubi::hub {

struct CopyWorkOptions {
  std::string mode = "test";
  std::uint64_t rows_max = 10'000'000;
  const rules::RecordLayouts* layouts = nullptr;  // null: those built in
};

class CopyWork {
 public:
  CopyWork(
      BatchBook& book,
      store::Connection& connection,
      const crypto::Identity& node,
      std::shared_ptr<const crypto::Trust> trust,
      const Clock& clock,
      CopyWorkOptions options
  );
  // Takes a working batch of kind RC to its end: ready, refused or file-needed. Fails only when the
  // store does. `stop` true: leaves the batch as a crash would.
  [[nodiscard]] Result<void> Run(BatchId id, const std::function<bool()>& stop);

 private:
  struct Job;

  [[nodiscard]] Result<void> Apply(Job& job);
  [[nodiscard]] Result<void> Read(Job& job, CopyArranger& arranger);
  [[nodiscard]] Result<void> CheckHeader(Job& job, const exchange::PackageHeader& header);
  [[nodiscard]] Result<void> WriteResult(Job& job, const CopyArranger& arranger);

  BatchBook& book_;
  store::Connection& connection_;
  const crypto::Identity& node_;
  std::shared_ptr<const crypto::Trust> trust_;
  const Clock& clock_;
  CopyWorkOptions options_;
};

}  // namespace musubi::hub
