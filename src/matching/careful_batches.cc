#include "matching/careful_batches.h"

#include <condition_variable>
#include <deque>
#include <memory>

#include "base/secret.h"
#include "matching/parallel.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kBatchRows = 8192;

// Rows copied out of the one reader's buffer.
class CopiedBatch {
 public:
  void Add(const text::ResidentRow& row) {
    text::ResidentRow& copy = rows_.emplace_back(row);
    for (std::string_view* text :
         {&copy.resident_record_code,
          &copy.individual_number,
          &copy.name,
          &copy.kana,
          &copy.address,
          &copy.superseded_number,
          &copy.former_surname,
          &copy.former_surname_kana}) {
      *text = Keep(*text);
    }
  }

  [[nodiscard]] std::span<const text::ResidentRow> rows() const { return rows_; }

  std::size_t number = 0;

 private:
  std::string_view Keep(std::string_view text) {
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < text.size()) {
      blocks_.emplace_back().reserve(std::max<std::size_t>(text.size(), std::size_t{1} << 20U));
    }
    SecretVector<char>& block = blocks_.back();
    const std::size_t at = block.size();
    block.insert(block.end(), text.begin(), text.end());
    return {block.data() + at, text.size()};
  }

  std::vector<text::ResidentRow> rows_;
  std::vector<SecretVector<char>> blocks_;
};

// Few batches wait at a time: memory stays bounded however fast the reader is.
class BatchQueue {
 public:
  void Put(std::unique_ptr<CopiedBatch> batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return batches_.size() < kWaitingMax || is_ended_; });
    batches_.push_back(std::move(batch));
    changed_.notify_all();
  }

  std::unique_ptr<CopiedBatch> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !batches_.empty() || is_ended_; });
    if (batches_.empty()) {
      return nullptr;
    }
    auto batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.notify_all();
    return batch;
  }

  void End() {
    const std::scoped_lock lock(mutex_);
    is_ended_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr std::size_t kWaitingMax = 8;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<CopiedBatch>> batches_;
  bool is_ended_ = false;
};

// One reader, several workers.
class CarefulReading {
 public:
  CarefulReading(
      unsigned threads, const OnBatch& on_batch, const SkipBatch& skip, ProgressCounter& counter
  )
      : on_batch_(on_batch), skip_(skip), counter_(counter) {
    for (unsigned i = 0; i < std::max(1U, threads); ++i) {
      workers_.emplace_back([this] { Work(); });
    }
  }

  ~CarefulReading() { End(); }

  CarefulReading(const CarefulReading&) = delete;
  CarefulReading& operator=(const CarefulReading&) = delete;

  Result<void> Add(const text::ResidentRow& row) {
    MUSUBI_CHECK_OK(failure_.is_set() ? failure_.Take() : Ok());
    batch_->Add(row);
    if (batch_->rows().size() == kBatchRows) {
      HandOver();
    }
    return Ok();
  }

  Result<void> Finish() {
    HandOver();
    End();
    return failure_.Take();
  }

 private:
  void HandOver() {
    batch_->number = next_number_++;
    if (!skip_ || !skip_(batch_->number)) {
      queue_.Put(std::move(batch_));
    }
    batch_ = std::make_unique<CopiedBatch>();
  }

  void End() {
    queue_.End();
    workers_.clear();
  }

  void Work() {
    while (const auto batch = queue_.Take()) {
      const Result<void> result =
          failure_.is_set() ? Ok() : on_batch_({batch->number, batch->rows()});
      if (!result.ok()) {
        failure_.Set(result.error());
      }
      counter_.Add(batch->rows().size());
    }
  }

  const OnBatch& on_batch_;
  const SkipBatch& skip_;
  ProgressCounter& counter_;
  FirstError failure_;
  BatchQueue queue_;
  std::unique_ptr<CopiedBatch> batch_ = std::make_unique<CopiedBatch>();
  std::size_t next_number_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace

Result<std::uint64_t> ReadCarefully(
    const std::filesystem::path& path,
    unsigned threads,
    const OnBatch& on_batch,
    const SkipBatch& skip,
    ProgressCounter& counter
) {
  CarefulReading reading(threads, on_batch, skip, counter);
  MUSUBI_TRY(
      const std::uint64_t count,
      text::ReadResidents(path, [&](const text::ResidentRow& row) { return reading.Add(row); })
  );
  MUSUBI_CHECK_OK(reading.Finish());
  return count;
}

}  // namespace musubi::matching
