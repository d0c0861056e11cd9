// One package of notices お知らせ, from the sealed file to the sealed result and the outbox.
//
// One pass over the sealed spool, inside one write transaction. The commit comes after the last
// check of the package (signature, hash, count): a package that is refused, or a crash, leaves
// nothing behind, and the same package again finds its batch ready and changes nothing.
//
// A row is refused by itself, with an outcome of record copies (exchange/record_copy.h): bad-format
// (with the field; valid_until: its last day is over), unknown-insured, stopped. Errors of the
// package refuse the batch; anything else asks for its file again. Memory: 16 bytes a row.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/number_list.h"
#include "hub/batch_book.h"
#include "store/database.h"

namespace musubi::hub {

struct NoticeWorkOptions {
  std::string mode = "test";
  std::uint64_t rows_max = 1'000'000;
};

class NoticeWork {
 public:
  NoticeWork(
      BatchBook& book,
      store::Connection& connection,
      const crypto::Identity& node,
      std::shared_ptr<const crypto::Trust> trust,
      const Clock& clock,
      NoticeWorkOptions options
  );
  // Takes a working batch of kind NT to its end: ready, refused or file-needed. Fails only when the
  // store does. `stop` true: leaves the batch as a crash would.
  [[nodiscard]] Result<void> Run(BatchId id, const std::function<bool()>& stop);

 private:
  struct Job;

  [[nodiscard]] Result<void> Apply(Job& job);
  [[nodiscard]] Result<void> TakeRow(
      Job& job, std::uint64_t line, std::span<const std::string_view> fields
  );
  [[nodiscard]] Result<void> WriteResult(Job& job, const exchange::PackageCheck& check);

  BatchBook& book_;
  store::Connection& connection_;
  const crypto::Identity& node_;
  std::shared_ptr<const crypto::Trust> trust_;  // the service is the other owner
  const Clock& clock_;
  NoticeWorkOptions options_;
};

}  // namespace musubi::hub
