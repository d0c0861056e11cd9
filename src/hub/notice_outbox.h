// Notices お知らせ waiting to go to the portal: taken with their package, gone when the portal has
// them or their last day is over.
//
// What always holds
//   1. A notice is added in the transaction that makes its package ready, under an id drawn once:
//      however often it is delivered, it is the same notice.
//   2. The person's code is looked up when a notice goes, not when it comes; nothing goes out for a
//      stopped link 提供停止. A stop that is lifted in time lets its notices go.
//   3. What was removed is gone from an SQLite file at once (secure_delete), and from its log after
//      FlushErased.
//
// Works on the caller's connection, in the caller's transaction if one is open; as thread-safe as
// it is. Errors are the store's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "exchange/notice.h"
#include "hub/batch_book.h"
#include "store/database.h"

namespace musubi::hub {

struct WaitingNotice {
  BatchId batch = 0;
  std::int64_t line = 0;  // of the package
  exchange::NoticeId id{};
  Code16 code{};  // as the hub knows the person
  std::uint32_t insurer = 0;
  std::string title;
  std::string body;
  Date valid_until;
};

class NoticeOutbox {
 public:
  explicit NoticeOutbox(store::Connection& connection) : connection_(connection) {}

  // kInvalid: the row's insured number is not one of a hub.
  [[nodiscard]] Result<void> Add(
      BatchId batch, std::int64_t line, std::uint32_t insurer, const exchange::NoticeRow& row
  );
  // The oldest ones that may go, at most `count_max`.
  [[nodiscard]] Result<std::vector<WaitingNotice>> Next(std::size_t count_max);
  [[nodiscard]] Result<void> Remove(const std::vector<WaitingNotice>& delivered);
  // Those whose last day is before `today`; returns how many.
  [[nodiscard]] Result<std::uint64_t> EraseExpired(Date today);
  // Outside of a transaction. kConflict: somebody reads or writes; to be called again later.
  [[nodiscard]] Result<void> FlushErased();
  [[nodiscard]] Result<std::int64_t> Count();

 private:
  store::Connection& connection_;
};

}  // namespace musubi::hub
