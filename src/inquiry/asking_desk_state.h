// What an AskingDesk holds, and its two halves. Only asking_desk.cc, asking_committer.cc and
// asking_sender.cc include this.
//
// An inquiry's way: Ask puts it into `incoming`; the committer keeps it and moves it to `sendable`;
// a sender takes it from there, and what the network says of it goes back to `sendable` while it is
// under way, or to `results`; from there the committer keeps it, and it leaves `live`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "inquiry/asking_desk.h"
#include "inquiry/asking_table.h"

namespace musubi::inquiry {

// An inquiry that is not final: known to handlers, senders and the committer.
struct Live {
  AskingRow row;  // the result is guarded by the desk's mutex, the rest stays once it is shared
  std::optional<AskingRow> earlier = {};  // what was kept under this id before; the committer's
  bool is_kept = false;
  bool is_awaited = false;  // somebody waits for no more than that it is kept
  std::optional<Error> failure = {};
  std::chrono::steady_clock::time_point not_before = {};
  std::condition_variable moved = {};  // kept, or final; of its waiters only
};

using LivePtr = std::shared_ptr<Live>;  // handlers wait on it while the desk lets go of it

// A final result on its way into the store.
struct Ended {
  LivePtr live;
  exchange::InquiryResult result;
};

// What the row is asked again under: all but the salt, which was drawn at the first time.
[[nodiscard]] bool IsSameQuestion(const AskingRow& one, const AskingRow& other);

struct AskingDesk::State {
  State(
      store::Database& database_in,
      audit::RecordBook& book_in,
      http::PeerLine& network_in,
      const Clock& clock_in,
      AskingOptions options_in
  )
      : database(database_in),
        book(book_in),
        network(network_in),
        clock(clock_in),
        options(options_in) {}

  void Start();
  [[nodiscard]] Result<Inquiry> Wait(const LivePtr& live, std::chrono::milliseconds patience);

  // --- keeping: one thread (asking_committer.cc)
  void CommitUntilStopped();
  void AwaitWork(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] Result<void> CommitOnce(
      const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
  );
  [[nodiscard]] Result<bool> Keep(
      audit::RecordBook::Writing& writing, const LivePtr& live, UseCounts& counts
  );
  [[nodiscard]] std::vector<LivePtr> Finish(
      const std::vector<LivePtr>& coming, const std::vector<Ended>& ended
  );
  void Sweep();

  // --- sending: `options.threads` threads (asking_sender.cc)
  void SendUntilStopped();
  [[nodiscard]] std::vector<LivePtr> TakeBlock();
  void SendBlock(const std::vector<LivePtr>& block);
  void TakeResults(
      const std::vector<LivePtr>& block, std::vector<exchange::InquiryResult> answered
  );
  void PutBack(const std::vector<LivePtr>& block, std::chrono::milliseconds after);

  store::Database& database;
  audit::RecordBook& book;
  http::PeerLine& network;
  const Clock& clock;
  AskingOptions options;

  // The committer's alone.
  std::chrono::steady_clock::time_point next_sweep = std::chrono::steady_clock::now();

  std::mutex mutex;  // guards what follows, but the threads
  std::condition_variable changed;
  std::map<exchange::InquiryId, LivePtr> live;
  std::vector<LivePtr> incoming;  // not yet kept
  std::vector<Ended> results;     // final, not yet kept
  std::deque<LivePtr> sendable;   // kept, in the order of asking
  unsigned idle_senders = 0;
  bool is_stopping = false;

  std::vector<std::jthread> threads;
};

}  // namespace musubi::inquiry
