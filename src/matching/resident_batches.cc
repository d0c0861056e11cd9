#include "matching/resident_batches.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "text/utf8.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kChunkSize = std::size_t{2} << 20U;
constexpr std::size_t kBatchRows = 8192;
constexpr std::size_t kFieldCount = 11;
constexpr std::size_t kCodeSize = 11;
constexpr std::size_t kNumberSize = 12;

constexpr std::string_view kHeading =
    "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
    "superseded_number,former_surname,former_surname_kana";

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kDosEndOfFile = "\x1a";

// The first error of several threads, and the sign for the others to stop.
class FirstError {
 public:
  void Set(Error error) {
    const std::scoped_lock lock(mutex_);
    if (!error_.has_value()) {
      error_ = std::move(error);
    }
    is_set_ = true;
  }

  [[nodiscard]] bool is_set() const { return is_set_; }

  [[nodiscard]] Result<void> Take() {
    const std::scoped_lock lock(mutex_);
    return error_.has_value() ? Result<void>(*error_) : Ok();
  }

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
  std::atomic<bool> is_set_{false};
};

class Counter {
 public:
  explicit Counter(const OnProgress& on_progress) : on_progress_(on_progress) {}

  void Add(std::uint64_t count) {
    const std::scoped_lock lock(mutex_);
    count_ += count;
    if (on_progress_) {
      on_progress_(count_);
    }
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  const OnProgress& on_progress_;
  std::mutex mutex_;
  std::uint64_t count_ = 0;
};

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

  ~Descriptor() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  [[nodiscard]] std::uint64_t Size() const {
    struct stat status{};
    const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    return is_file ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

  // Fills as much of `into` as the file has from `offset` on.
  [[nodiscard]] std::size_t Read(std::span<char> into, std::uint64_t offset) const {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t count = ::pread(
          descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done)
      );
      if (count <= 0) {
        break;
      }
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  int descriptor_;
};

bool AreDigits(std::string_view text, std::size_t size) {
  bool are_digits = text.size() == size;
  for (const char c : text) {
    are_digits &= c >= '0' && c <= '9';
  }
  return are_digits;
}

bool SplitLine(std::string_view line, std::array<std::string_view, kFieldCount>& fields) {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i + 1 < kFieldCount; ++i) {
    const auto* comma = static_cast<const char*>(
        at == end ? nullptr : std::memchr(at, ',', static_cast<std::size_t>(end - at))
    );
    if (comma == nullptr) {
      return false;
    }
    fields[i] = {at, static_cast<std::size_t>(comma - at)};
    at = comma + 1;
  }
  fields.back() = {at, static_cast<std::size_t>(end - at)};
  return fields.back().find(',') == std::string_view::npos;
}

bool TakeStatus(std::string_view text, text::ResidentStatus& out) {
  using text::ResidentStatus;
  out = text.empty()             ? ResidentStatus::kPresent
        : text == "deceased"     ? ResidentStatus::kDeceased
        : text == "moved_abroad" ? ResidentStatus::kMovedAbroad
                                 : ResidentStatus::kRestricted;
  return text.empty() || out != ResidentStatus::kRestricted || text == "restricted";
}

// The plain case only; whatever is unusual is left to text/residents.h, which says what is wrong.
bool TakeRow(std::string_view line, text::ResidentRow& row) {
  std::array<std::string_view, kFieldCount> fields;
  if (!SplitLine(line, fields)) {
    return false;
  }
  row.resident_record_code = fields[0];
  row.individual_number = fields[1];
  row.name = fields[2];
  row.kana = fields[3];
  row.address = fields[6];
  row.superseded_number = fields[8];
  row.former_surname = fields[9];
  row.former_surname_kana = fields[10];
  const std::string_view sex = fields[5];
  row.sex = sex == "1" ? text::Sex::kMale : sex == "2" ? text::Sex::kFemale : text::Sex::kUnknown;
  return AreDigits(fields[0], kCodeSize) && AreDigits(fields[1], kNumberSize) &&
         Date::TryParse(fields[4], row.birth_date) &&
         (sex.empty() || row.sex != text::Sex::kUnknown) && TakeStatus(fields[7], row.status) &&
         (fields[8].empty() || AreDigits(fields[8], kNumberSize));
}

// False: something that the careful reader must look at.
bool TakeRows(std::string_view text, bool has_heading, std::vector<text::ResidentRow>& rows) {
  rows.clear();
  if (text.empty()) {
    return true;
  }
  if (has_heading && text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (std::memchr(text.data(), '"', text.size()) != nullptr ||
      std::memchr(text.data(), '\0', text.size()) != nullptr || !text::IsUtf8(text)) {
    return false;
  }
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty() || (text.empty() && line == kDosEndOfFile)) {
      continue;
    }
    if (has_heading) {
      has_heading = false;
      if (line != kHeading) {
        return false;
      }
    } else if (line.find('\r') != std::string_view::npos || !TakeRow(line, rows.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool TakeChosenRows(
    std::string_view text,
    bool has_heading,
    std::span<const std::uint32_t> places,
    std::vector<text::ResidentRow>& rows
) {
  rows.clear();
  for (std::uint32_t place = 0; !text.empty() && rows.size() < places.size();) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    if (has_heading) {
      has_heading = false;
      continue;
    }
    if (place++ == places[rows.size()] && !TakeRow(line, rows.emplace_back())) {
      return false;
    }
  }
  return rows.size() == places.size();
}

Error Changed() {
  return Error{ErrorCode::kCorrupt, "the register changed while it was read"};
}

// Lines that begin in a piece of the file belong to it, wherever they end.
class PlainReader {
 public:
  PlainReader(const Descriptor& file, std::uint64_t size) : file_(file), size_(size) {}

  [[nodiscard]] std::size_t ChunkCount() const {
    return static_cast<std::size_t>((size_ + kChunkSize - 1) / kChunkSize);
  }

  // False: a line that is too long.
  bool Read(std::size_t chunk, std::vector<char>& buffer, std::string_view& text) const {
    const std::uint64_t begin = std::uint64_t{chunk} * kChunkSize;
    const std::uint64_t from = begin == 0 ? 0 : begin - 1;  // whether a line begins at `begin`
    buffer.resize(kChunkSize + 1 + kTailSize);
    const std::size_t size = file_.Read(buffer, from);
    const std::string_view all(buffer.data(), size);
    std::size_t first = 0;
    if (begin != 0) {
      const std::size_t end = all.find('\n');
      first = end == std::string_view::npos ? size : end + 1;
    }
    const auto limit = static_cast<std::size_t>(begin + kChunkSize - from);
    if (first >= limit) {
      text = {};
      return size < buffer.size() || first != size;
    }
    const bool is_last = from + limit >= size_;
    const std::size_t end = is_last ? size - 1 : all.find('\n', limit - 1);
    if (end == std::string_view::npos) {
      return false;
    }
    text = all.substr(first, end + 1 - first);
    return true;
  }

 private:
  static constexpr std::size_t kTailSize = std::size_t{64} << 10U;
  const Descriptor& file_;
  std::uint64_t size_;
};

template <typename Work>
void RunOnThreads(unsigned threads, const Work& work) {
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) {
    helpers.emplace_back(work);
  }
  work();
}

bool IsPlain(const Descriptor& file, std::uint64_t size, unsigned threads) {
  std::array<char, 2> magic{};
  if (size == 0 || file.Read(magic, 0) < 2 || (magic[0] == '\x1f' && magic[1] == '\x8b')) {
    return false;
  }
  // Quotes anywhere may hide a line end: then only the careful reader knows where lines are.
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> has_quote{false};
  RunOnThreads(threads, [&] {
    std::vector<char> buffer(kChunkSize);
    for (std::uint64_t at = kChunkSize * next++; at < size && !has_quote;
         at = kChunkSize * next++) {
      const std::size_t count = file.Read(buffer, at);
      if (std::memchr(buffer.data(), '"', count) != nullptr) {
        has_quote = true;
      }
    }
  });
  return !has_quote;
}

// False: something that the careful reader must look at.
using TakeText =
    std::function<bool(std::size_t chunk, std::string_view text, std::vector<text::ResidentRow>&)>;

Result<std::uint64_t> ReadPlain(
    const PlainReader& reader,
    unsigned threads,
    const TakeText& take_text,
    const OnBatch& on_batch,
    const OnProgress& on_progress,
    bool& is_unusual
) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> unusual{false};
  FirstError failure;
  Counter counter(on_progress);
  RunOnThreads(threads, [&] {
    std::vector<char> buffer;
    std::vector<text::ResidentRow> rows;
    while (!failure.is_set() && !unusual) {
      const std::size_t chunk = next++;
      if (chunk >= reader.ChunkCount()) {
        break;
      }
      std::string_view text;
      if (!reader.Read(chunk, buffer, text) || !take_text(chunk, text, rows)) {
        unusual = true;
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
  MUSUBI_CHECK_OK(failure.Take());
  return counter.count();
}

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

Result<std::uint64_t> ReadCarefully(
    const std::filesystem::path& path,
    unsigned threads,
    const OnBatch& on_batch,
    const OnProgress& on_progress
) {
  BatchQueue queue;
  FirstError failure;
  Counter counter(on_progress);
  const auto work = [&] {
    while (auto batch = queue.Take()) {
      const Result<void> result =
          failure.is_set() ? Ok() : on_batch({batch->number, batch->rows()});
      if (!result.ok()) {
        failure.Set(result.error());
      }
      counter.Add(batch->rows().size());
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    workers.emplace_back(work);
  }
  auto batch = std::make_unique<CopiedBatch>();
  std::size_t number = 0;
  const auto hand_over = [&] {
    batch->number = number++;
    queue.Put(std::move(batch));
    batch = std::make_unique<CopiedBatch>();
  };
  const auto count = text::ReadResidents(path, [&](const text::ResidentRow& row) -> Result<void> {
    MUSUBI_CHECK_OK(failure.is_set() ? failure.Take() : Ok());
    batch->Add(row);
    if (batch->rows().size() == kBatchRows) {
      hand_over();
    }
    return Ok();
  });
  hand_over();
  queue.End();
  workers.clear();
  MUSUBI_CHECK_OK(failure.Take());
  return count;
}

}  // namespace

Result<std::uint64_t> ReadResidentBatches(
    const std::filesystem::path& path,
    unsigned threads,
    const OnBatch& on_batch,
    const OnProgress& on_progress
) {
  const Descriptor file(path);
  const std::uint64_t size = file.is_open() ? file.Size() : 0;
  if (!IsPlain(file, size, threads)) {
    return ReadCarefully(path, threads, on_batch, on_progress);
  }
  bool is_unusual = false;
  const auto take_all =
      [](std::size_t chunk, std::string_view text, std::vector<text::ResidentRow>& rows) {
        return TakeRows(text, chunk == 0, rows);
      };
  auto count =
      ReadPlain(PlainReader(file, size), threads, take_all, on_batch, on_progress, is_unusual);
  if (!count.ok() || !is_unusual) {
    return count;
  }
  // Batches have been handed out already: all that is left is to say what is wrong with the file.
  MUSUBI_TRY(const std::uint64_t ignored, text::ReadResidents(path, [](const text::ResidentRow&) {
               return Ok();
             }));
  return Error{
      ErrorCode::kInvalid,
      "the register is written in a way that several threads cannot read",
      path.filename().string() + ": " + std::to_string(ignored) + " rows",
      "compress the file with gzip"
  };
}

Result<void> ReadChosenResidents(
    const std::filesystem::path& path,
    unsigned threads,
    const PlacesOf& places_of,
    const OnBatch& on_batch
) {
  const Descriptor file(path);
  const std::uint64_t size = file.is_open() ? file.Size() : 0;
  if (IsPlain(file, size, threads)) {
    const auto take_chosen =
        [&](std::size_t chunk, std::string_view text, std::vector<text::ResidentRow>& rows) {
          return TakeChosenRows(text, chunk == 0, places_of(chunk), rows);
        };
    bool is_unusual = false;
    MUSUBI_TRY(
        [[maybe_unused]] const std::uint64_t count,
        ReadPlain(PlainReader(file, size), threads, take_chosen, on_batch, nullptr, is_unusual)
    );
    return is_unusual ? Result<void>(Changed()) : Ok();
  }
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
  MUSUBI_TRY(
      [[maybe_unused]] const std::uint64_t count, ReadCarefully(path, threads, choose, nullptr)
  );
  return Ok();
}

}  // namespace musubi::matching
