#include "matching/resident_batches.h"

#include "base/secret.h"
#include "matching/careful_batches.h"
#include "matching/parallel.h"
#include "matching/register_line.h"

namespace musubi::matching {

namespace {

Error Changed() {
  return Error{ErrorCode::kCorrupt, "the register changed while it was read"};
}

}  // namespace

void ProgressCounter::Add(std::uint64_t count) {
  const std::scoped_lock lock(mutex_);
  count_ += count;
  if (on_progress_) {
    on_progress_(count_);
  }
}

// `is_unusual`: something that the careful reader must look at; reading has then stopped.
Result<void> ResidentBatches::ReadPlain(
    const TakeText& take_text,
    const OnBatch& on_batch,
    const SkipBatch& skip,
    ProgressCounter& counter,
    bool& is_unusual
) const {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> unusual{false};
  FirstError failure;
  RunOnThreads(threads_, [&] {
    std::vector<char> buffer;
    std::vector<text::ResidentRow> rows;
    for (std::size_t chunk = next++; chunk < file_.ChunkCount(); chunk = next++) {
      if (skip && skip(chunk)) {
        continue;
      }
      std::string_view text;
      if (!file_.ReadChunk(chunk, buffer, text) || !take_text(chunk, text, rows)) {
        unusual = true;
      }
      if (unusual || failure.is_set()) {
        break;
      }
      const Result<void> result = on_batch({chunk, rows});
      if (!result.ok()) {
        failure.Set(result.error());
      }
      counter.Add(rows.size());
    }
    WipeMemory(buffer.data(), buffer.size());
  });
  is_unusual = unusual;
  if (unusual) {
    return Ok();
  }
  return failure.Take();
}

void ResidentBatches::LookForQuotes() {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> has_quote{!is_plain_};
  RunOnThreads(threads_, [&] {
    std::vector<char> buffer;
    for (std::size_t chunk = next++; chunk < file_.ChunkCount() && !has_quote; chunk = next++) {
      std::string_view text;
      if (file_.ReadChunk(chunk, buffer, text) && text.find('"') != std::string_view::npos) {
        has_quote = true;
      }
    }
    WipeMemory(buffer.data(), buffer.size());
  });
  is_plain_ = !has_quote;
}

Result<std::uint64_t> ResidentBatches::Read(
    const OnBatch& on_batch,
    const OnRestart& on_restart,
    const OnProgress& on_progress,
    const SkipBatch& skip
) {
  if (is_plain_) {
    const auto take_all =
        [](std::size_t chunk, std::string_view text, std::vector<text::ResidentRow>& rows) {
          return TakeRows(text, chunk == 0, rows);
        };
    ProgressCounter counter(on_progress);
    bool is_unusual = false;
    MUSUBI_CHECK_OK(ReadPlain(take_all, on_batch, skip, counter, is_unusual));
    if (!is_unusual) {
      return counter.count();
    }
    is_plain_ = false;
    MUSUBI_CHECK_OK(on_restart());
  }
  ProgressCounter counter(on_progress);
  return ReadCarefully(path_, threads_, on_batch, skip, counter);
}

Result<void> ResidentBatches::ReadChosenCarefully(
    const PlacesOf& places_of, const OnBatch& on_batch
) const {
  const auto choose = [&](const ResidentBatch& batch) -> Result<void> {
    std::vector<text::ResidentRow> rows;
    for (const std::uint32_t place : places_of(batch.number)) {
      if (place >= batch.rows.size()) {
        return Changed();
      }
      rows.push_back(batch.rows[place]);
    }
    return on_batch({batch.number, rows});
  };
  const SkipBatch skip = [&](std::size_t batch) { return places_of(batch).empty(); };
  const OnProgress nobody;
  ProgressCounter counter(nobody);
  MUSUBI_TRY(
      [[maybe_unused]] const std::uint64_t count,
      ReadCarefully(path_, threads_, choose, skip, counter)
  );
  return Ok();
}

Result<void> ResidentBatches::ReadChosen(const PlacesOf& places_of, const OnBatch& on_batch) {
  if (!is_plain_) {
    return ReadChosenCarefully(places_of, on_batch);
  }
  const auto take_chosen =
      [&](std::size_t chunk, std::string_view text, std::vector<text::ResidentRow>& rows) {
        return TakeChosenRows(text, chunk == 0, places_of(chunk), rows);
      };
  const SkipBatch skip = [&](std::size_t batch) { return places_of(batch).empty(); };
  const OnProgress nobody;
  ProgressCounter counter(nobody);
  bool is_unusual = false;
  MUSUBI_CHECK_OK(ReadPlain(take_chosen, on_batch, skip, counter, is_unusual));
  return is_unusual ? Result<void>(Changed()) : Ok();
}

}  // namespace musubi::matching
