// Rows of a package of record copies 副本 on their way from the reader to the store.
//
// The reader of the package is one thread, the writer of the store another; between them at most
// kChunksWaiting chunks, so memory does not grow with the package but for the outcome of each row
// (8 bytes).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "exchange/record_copy.h"
#include "rules/record_layout.h"

namespace musubi::hub {

// A row that is to be written; its key and items lie in the chunk's text.
struct CopyEntry {
  std::uint32_t row = 0;  // of the package, from 0
  std::uint32_t number = 0;
  std::uint32_t valid_from = 0;  // Date::packed
  std::uint32_t valid_to = 0;
  std::uint32_t layout = 0;  // 0: delete
  std::uint32_t kind = 0;    // index in RecordLayouts::kinds()
  std::uint32_t at = 0;      // of the key in the text; the items follow it
  std::uint32_t key_size = 0;
  std::uint32_t items_size = 0;
};

struct CopyChunk {
  std::string text;
  std::vector<CopyEntry> entries;  // by number, kind, key, valid from; each record once

  [[nodiscard]] std::string_view KeyOf(const CopyEntry& entry) const {
    return std::string_view(text).substr(entry.at, entry.key_size);
  }

  [[nodiscard]] std::string_view ItemsOf(const CopyEntry& entry) const {
    return std::string_view(text).substr(entry.at + entry.key_size, entry.items_size);
  }
};

// Passes chunks from one thread to another.
class CopyChunkQueue {
 public:
  // Waits while enough are there. False: the other side has given up.
  bool Push(CopyChunk chunk);
  void EndOfChunks();
  // Nothing: the end.
  [[nodiscard]] std::optional<CopyChunk> Pop();
  // The writer takes no more.
  void GiveUp();

 private:
  static constexpr std::size_t kChunksWaiting = 4;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<CopyChunk> waiting_;
  bool is_ended_ = false;
  bool is_given_up_ = false;
};

// What the hub knows before the first row.
struct CopyContext {
  const rules::RecordLayouts* layouts = nullptr;
  std::uint32_t last_number = 0;       // insured numbers are issued from 1 without gaps
  std::vector<std::uint32_t> stopped;  // insured numbers of stopped links, ascending
  Date today;
};

struct CopyRowResult {
  std::uint32_t line = 0;
  exchange::CopyOutcome outcome = exchange::CopyOutcome::kApplied;
  std::uint8_t field = 0;  // index of CopyArranger::fields(); 0: none
};

// Says of each row whether it can be applied, and arranges those that can. One thread.
class CopyArranger {
 public:
  using OnChunk = std::function<Result<void>(CopyChunk)>;

  CopyArranger(CopyContext context, OnChunk on_chunk);
  [[nodiscard]] Result<void> Take(std::uint64_t line, std::span<const std::string_view> fields);
  [[nodiscard]] Result<void> Finish();

  [[nodiscard]] const std::vector<CopyRowResult>& results() const { return results_; }

  // Names of fields and items that were wrong; the first is "".
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }

 private:
  struct Judged {
    exchange::CopyOutcome outcome;
    std::string_view field;
    std::uint32_t kind = 0;
  };

  [[nodiscard]] Judged Judge(const exchange::RecordCopyRow& row) const;
  [[nodiscard]] Judged JudgeItems(const exchange::RecordCopyRow& row) const;
  [[nodiscard]] Result<void> EndPerson();
  [[nodiscard]] Result<void> HandOver();
  std::uint8_t FieldIndex(std::string_view name);

  CopyContext context_;
  OnChunk on_chunk_;
  CopyChunk chunk_;
  std::size_t person_begin_ = 0;  // of the entries of the person under way
  std::uint32_t number_ = 0;      // of that person
  std::vector<CopyRowResult> results_;
  std::vector<std::string> fields_{""};
};

}  // namespace musubi::hub
