// One batch, from the sealed file to the sealed pairs.
//
// Three passes over the sealed spool, each opened anew with the batch key, so that no number list
// is ever held whole:
//   1. check     the package is whole, signed by its sender, addressed to us, not repeated. Nothing
//                is acted upon before this pass has ended well.
//   2. acquire   rows go to the national systems in chunks; linkage codes come back.
//   3. write     in one write transaction: codes are looked up and planned; then, side by side, the
//                registry is written and the pairing file is sealed to the association. The numbers
//                are forgotten (key destroyed, spool removed) BEFORE the transaction commits, and
//                the commit makes registry and pairs visible together.
// A crash anywhere before the commit leaves no trace but a batch that asks for its file again; a
// crash after it leaves a ready batch.
//
// Errors of the package refuse the batch (kInvalid, kRefused, kConflict, kExhausted); anything
// else asks for the file again. Memory: 29 bytes a row.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "exchange/content.h"
#include "hub/acquisition.h"
#include "hub/batch_book.h"
#include "store/database.h"

namespace musubi::hub {

struct BatchWorkOptions {
  AcquisitionOptions acquisition;
  std::size_t chunk_rows = 20000;
  std::uint64_t rows_max = 10'000'000;
  std::string mode = "test";
  // For tests that show what the clearing is for; false leaves key and spool in place.
  bool clear_numbers = true;
};

class BatchWork {
 public:
  BatchWork(
      BatchBook& book,
      store::Connection& connection,
      const crypto::Identity& node,
      std::shared_ptr<const crypto::Trust> trust,
      const Clock& clock,
      BatchWorkOptions options
  );
  // Takes a working batch to its end: ready, refused or file-needed. Fails only when the store
  // does. `stop` true: leaves the batch as a crash would.
  [[nodiscard]] Result<void> Run(BatchId id, const std::function<bool()>& stop);

 private:
  struct Job;

  [[nodiscard]] Result<void> Check(Job& job);
  [[nodiscard]] Result<void> Acquire(Job& job, const std::function<bool()>& stop);
  [[nodiscard]] Result<void> Register(Job& job);
  [[nodiscard]] Result<void> WritePairs(Job& job, const Registry& registry);
  [[nodiscard]] Result<void> CheckHeader(Job& job, const exchange::PackageHeader& header);

  BatchBook& book_;
  store::Connection& connection_;
  const crypto::Identity& node_;
  std::shared_ptr<const crypto::Trust> trust_;
  const Clock& clock_;
  BatchWorkOptions options_;
};

}  // namespace musubi::hub
