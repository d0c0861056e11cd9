// Reads a residents' register (text/residents.h) in batches on several threads.
//
// A plain file without quotes is cut at line ends and read in parallel; a compressed or quoted one
// is read by one thread while the others work. Batches are numbered from 0 and are the same at
// every reading of the same file. A row that cannot be read refuses the file.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <span>

#include "base/result.h"
#include "matching/register_file.h"
#include "text/residents.h"

namespace musubi::matching {

// Good until the callback returns.
struct ResidentBatch {
  std::size_t number = 0;
  std::span<const text::ResidentRow> rows;
};

// Called from several threads at once, each batch once.
using OnBatch = std::function<Result<void>(const ResidentBatch&)>;

// Nothing handed out so far counts: the file turned out not to be plain (a quote can be anywhere)
// and is read from its beginning in other batches, unless an error is returned. Called once at
// most, from one thread.
using OnRestart = std::function<Result<void>()>;

// Rows read so far, now and then, from any thread, one at a time.
using OnProgress = std::function<void(std::uint64_t)>;

// Batches that are not wanted: neither read, where the file allows it, nor handed out or counted.
using SkipBatch = std::function<bool(std::size_t batch)>;

// The places (0-based, rising) of the rows wanted of a batch; none: the batch is passed over.
using PlacesOf = std::function<std::span<const std::uint32_t>(std::size_t batch)>;

class ProgressCounter {
 public:
  explicit ProgressCounter(const OnProgress& on_progress) : on_progress_(on_progress) {}

  void Add(std::uint64_t count);

  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  const OnProgress& on_progress_;
  std::mutex mutex_;
  std::uint64_t count_ = 0;
};

class ResidentBatches {
 public:
  ResidentBatches(std::filesystem::path path, unsigned threads)
      : path_(std::move(path)), threads_(threads), file_(path_), is_plain_(file_.is_plain()) {}

  // The number of rows.
  [[nodiscard]] Result<std::uint64_t> Read(
      const OnBatch& on_batch,
      const OnRestart& on_restart,
      const OnProgress& on_progress,
      const SkipBatch& skip = {}
  );

  // Reads the whole file once, before Read. Quotes are then no reason to restart any more.
  void LookForQuotes();

  // A further reading after Read: only the chosen rows, in batches of the same numbers. Much
  // faster, because nothing else is looked at.
  [[nodiscard]] Result<void> ReadChosen(const PlacesOf& places_of, const OnBatch& on_batch);

 private:
  using TakeText =
      std::function<bool(std::size_t, std::string_view, std::vector<text::ResidentRow>&)>;

  Result<void> ReadPlain(
      const TakeText& take_text,
      const OnBatch& on_batch,
      const SkipBatch& skip,
      ProgressCounter& counter,
      bool& is_unusual
  ) const;
  Result<void> ReadChosenCarefully(const PlacesOf& places_of, const OnBatch& on_batch) const;

  std::filesystem::path path_;
  unsigned threads_;
  RegisterFile file_;
  bool is_plain_;
};

}  // namespace musubi::matching
