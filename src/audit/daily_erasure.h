// 保存期間 (番号法23条, 施行令30条): once a day the records whose period is over are erased from
// the book; their places in the log stay. The period is data
// (rules/permission/record-retention.csv).
#pragma once

#include <functional>
#include <thread>

#include "audit/record_book.h"
#include "base/clock.h"

namespace musubi::audit {

// Looks at once, then every day, until destroyed. `book` and `clock` outlive it.
class DailyErasure {
 public:
  // `also`: what else of the party runs out, in the same round.
  DailyErasure(RecordBook& book, const Clock& clock, std::function<void(Instant now)> also = {});

 private:
  std::jthread thread_;  // asked to stop and joined by its destructor
};

}  // namespace musubi::audit
