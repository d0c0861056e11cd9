// Changes of applied packages of record copies 副本 become corrections to whoever was given what
// was changed.
//
// What always holds
//   1. How far it has come is a mark in the office's store: the ordinal of a package
//   (copy_table.h).
//      It moves after the corrections are kept; a crash in between repeats them, and repeating
//      changes nothing.
//   2. Changes up to the mark are removed from the registry once the mark is durable, in short
//      transactions of their own; a crash in between leaves them for the next look.
//
// Has a thread of its own, which looks when it is woken and every few seconds. Wake may be called
// from every thread; CorrectOnce and ForgetCorrected are the thread's, public for tests.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "audit/record_book.h"
#include "base/result.h"
#include "store/database.h"

namespace musubi::hub {

class CorrectionWatch {
 public:
  // As ProvidingDesk::Correct: keeps the corrections, returns how many inquiries they reach.
  using Correct = std::function<Result<std::uint64_t>(std::span<const std::string> given)>;

  struct Parts {  // what they point to outlives the watch
    store::Database* registry = nullptr;
    store::Database* office = nullptr;  // with the office's tables; the book's
    audit::RecordBook* book = nullptr;
    Correct correct = {};
  };

  explicit CorrectionWatch(Parts parts) : parts_(std::move(parts)) {}

  ~CorrectionWatch();
  void Start();
  void Stop();
  // A package was applied: there may be something to correct.
  void Wake();
  // Corrects what was changed since the mark and moves the mark. Errors: the stores' and those of
  // `correct`; the mark stays.
  [[nodiscard]] Result<void> CorrectOnce();
  // Removes the changes up to the mark, until `stop`. Errors: the registry's (kConflict while an
  // acquisition writes); the rest is removed next time.
  [[nodiscard]] Result<void> ForgetCorrected(const std::stop_token& stop = {});

 private:
  [[nodiscard]] Result<std::int64_t> Mark();
  [[nodiscard]] Result<void> MoveMark(std::int64_t ordinal);
  void Work(const std::stop_token& stop);

  Parts parts_;
  std::mutex mutex_;  // guards is_woken_
  std::condition_variable_any woken_;
  bool is_woken_ = false;
  std::jthread worker_;
};

}  // namespace musubi::hub
