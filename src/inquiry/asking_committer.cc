// The desk's committer: one thread that keeps what was asked and what was answered, many at a time,
// and tells those who wait.
#include <algorithm>
#include <utility>

#include "inquiry/asking_desk_state.h"
#include "ops/log.h"

namespace musubi::inquiry {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStoreAgain{200};
constexpr milliseconds kGatherTime{4};  // what is asked while all senders are busy can wait so long
constexpr milliseconds kSweepEvery{60000};

audit::ProvisionRecord RecordOf(const AskingRow& row, const exchange::InquiryResult& result) {
  audit::ProvisionRecord record;
  record.role = audit::Role::kInquirer;
  record.code = row.question.code;
  record.salt = row.question.salt;
  record.facts.id = row.inquiry.id;
  record.facts.subject = row.question.subject;
  record.facts.subject.provider = result.provider;
  record.facts.subject.is_hidden |= result.is_hidden;
  record.facts.basis = result.basis;
  record.facts.requested_at = result.requested_at;
  record.facts.provided_at = result.provided_at;
  record.facts.outcome = result.outcome;
  record.facts.items = result.items;
  return record;
}

}  // namespace

// A commit costs the same for one inquiry as for many. A free sender is not kept waiting, nor is a
// result; but while all are on their way, new inquiries gather.
void AskingDesk::State::AwaitWork(std::unique_lock<std::mutex>& lock) {
  changed.wait_for(lock, kSweepEvery, [this] {
    return is_stopping || !incoming.empty() || !results.empty();
  });
  changed.wait_for(lock, kGatherTime, [this] {
    return is_stopping || !results.empty() || idle_senders > 0;
  });
}

void AskingDesk::State::CommitUntilStopped() {
  std::unique_lock lock(mutex);
  while (!is_stopping) {
    AwaitWork(lock);
    if (is_stopping) {
      return;
    }
    const std::vector<LivePtr> coming = std::exchange(incoming, {});
    const std::vector<Ended> ended = std::exchange(results, {});
    lock.unlock();
    for (Result<void> done = CommitOnce(coming, ended); !done.ok();
         done = CommitOnce(coming, ended)) {
      ops::LogError("inquiry.asking.store_failed", {{"code", ErrorCodeName(done.error().code)}});
      std::this_thread::sleep_for(kStoreAgain);
      const std::scoped_lock stopping(mutex);
      if (is_stopping) {
        return;
      }
    }
    Sweep();
    lock.lock();
    const std::vector<LivePtr> told = Finish(coming, ended);
    // Without the lock: whoever wakes up wants it first of all.
    lock.unlock();
    changed.notify_all();
    for (const LivePtr& one : told) {
      one->moved.notify_all();
    }
    lock.lock();
  }
}

// True: it was kept now, or was kept before by the same question.
Result<bool> AskingDesk::State::Keep(
    audit::RecordBook::Writing& writing, const LivePtr& one, UseCounts& counts
) {
  MUSUBI_TRY(const bool is_new, InsertInquiry(writing.connection(), one->row));
  if (!is_new) {
    MUSUBI_TRY(AskingRow kept, LoadInquiry(writing.connection(), one->row.inquiry.id));
    if (!IsSameQuestion(kept, one->row)) {
      one->failure = Error{ErrorCode::kConflict, "another inquiry has this id"};
      return false;
    }
    one->earlier = std::move(kept);
    return true;
  }
  const exchange::InquiryResult& result = one->row.inquiry.result;
  if (exchange::IsFinal(result.outcome)) {
    MUSUBI_CHECK_OK(writing.Add(RecordOf(one->row, result)));
    CountUse(one->row.inquiry, result, counts);
  }
  return true;
}

Result<void> AskingDesk::State::CommitOnce(
    const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
) {
  if (coming.empty() && ended.empty()) {
    return Ok();
  }
  MUSUBI_TRY(auto writing, book.Begin());
  UseCounts counts;
  for (const LivePtr& one : coming) {
    MUSUBI_TRY(const bool is_kept, Keep(writing, one, counts));
    static_cast<void>(is_kept);
  }
  for (const auto& [one, result] : ended) {
    MUSUBI_TRY(
        const bool is_first, FinishInquiry(writing.connection(), one->row.inquiry.asked_at, result)
    );
    if (is_first) {
      MUSUBI_CHECK_OK(writing.Add(RecordOf(one->row, result)));
      CountUse(one->row.inquiry, result, counts);
    }
  }
  MUSUBI_CHECK_OK(AddUse(writing.connection(), counts));
  return writing.Commit();
}

// With the lock held: what is durable now stands where waiters look. Returns those with waiters for
// whom that changes something.
std::vector<LivePtr> AskingDesk::State::Finish(
    const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
) {
  std::vector<LivePtr> told;
  for (const LivePtr& one : coming) {
    one->is_kept = true;
    if (one->earlier) {
      one->row = *std::exchange(one->earlier, std::nullopt);
    }
    const bool is_over = one->failure || exchange::IsFinal(one->row.inquiry.result.outcome);
    if (is_over) {
      live.erase(one->row.inquiry.id);
    } else {
      sendable.push_back(one);
    }
    if (is_over || one->is_awaited) {
      told.push_back(one);
    }
  }
  for (const auto& [one, result] : ended) {
    one->row.inquiry.result = result;
    live.erase(result.id);
    told.push_back(one);
  }
  return told;
}

void AskingDesk::State::Sweep() {
  if (steady_clock::now() < next_sweep) {
    return;
  }
  next_sweep = steady_clock::now() + kSweepEvery;
  const Result<void> swept = [this]() -> Result<void> {
    MUSUBI_TRY(auto writing, book.Begin());
    MUSUBI_CHECK_OK(ForgetAnswers(writing.connection(), clock.Now() - options.answers_kept));
    return writing.Commit();
  }();
  if (!swept.ok()) {
    ops::LogWarning("inquiry.asking.sweep_failed", {{"code", ErrorCodeName(swept.error().code)}});
  }
}

}  // namespace musubi::inquiry
