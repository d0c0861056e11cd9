#include "bench/ledger.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "base/check.h"
#include "ledger/log.h"
#include "store/database.h"

namespace musubi::bench {

namespace {
constexpr std::size_t kEntrySize = 96;
constexpr std::uint64_t kHashedEntries = 1'000'000;
constexpr std::uint64_t kProofs = 200;
constexpr std::uint64_t kYardstickEntriesMax = 500'000;
constexpr double kMs = 1000;

using Entry = std::array<std::uint8_t, kEntrySize>;
using Time = std::chrono::steady_clock::time_point;

Time Now() {
  return std::chrono::steady_clock::now();
}

double SecondsSince(Time start) {
  return std::chrono::duration<double>(Now() - start).count();
}

std::uint64_t MemoryPeakKb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stoull(line.substr(6));
    }
  }
  return 0;
}

// A working folder; gone with the object unless it was named.
class Folder {
 public:
  explicit Folder(const std::string& named) : path_(named), is_kept_(!named.empty()) {
    if (!is_kept_) {
      std::string pattern =
          (std::filesystem::temp_directory_path() / "musubi-bench-ledger-XXXXXX").string();
      MUSUBI_CHECK(mkdtemp(pattern.data()) != nullptr);
      path_ = pattern;
    }
  }

  ~Folder() {
    std::error_code ignored;
    if (!is_kept_) {
      std::filesystem::remove_all(path_, ignored);
    }
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool is_kept_;
};

// Entries of a group, every one different.
class Group {
 public:
  void Fill(std::uint64_t first, std::uint64_t count) {
    entries_.resize(count);
    views_.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      std::uint64_t state = (first + i) * 0x9e3779b97f4a7c15ULL + 1;
      for (std::size_t at = 0; at < kEntrySize; at += sizeof state) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        std::memcpy(entries_[i].data() + at, &state, sizeof state);
      }
      views_.emplace_back(entries_[i]);
    }
  }

  [[nodiscard]] std::span<const BytesView> views() const { return views_; }

 private:
  std::vector<Entry> entries_;
  std::vector<BytesView> views_;
};

double MedianOf(std::vector<double>& values, double part = 0.5) {
  std::sort(values.begin(), values.end());
  return values.empty()
             ? 0
             : values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

// Of the processor, not of the clock: other programs may be running.
double ThreadSeconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  constexpr double kNanosecond = 1e-9;
  return static_cast<double>(time.tv_sec) + kNanosecond * static_cast<double>(time.tv_nsec);
}

double MeasureHashing() {
  Group group;
  group.Fill(0, 4096);
  ledger::CompactRange range;
  const double start = ThreadSeconds();
  while (range.size() < kHashedEntries) {
    for (const BytesView entry : group.views()) {
      range.Append(ledger::LeafHash(entry));
    }
  }
  return static_cast<double>(range.size()) / (ThreadSeconds() - start);
}

Result<void> ProveEntry(const ledger::Log& log, std::uint64_t index, const ledger::Digest& leaf) {
  const std::uint64_t size = log.size();
  MUSUBI_TRY(const ledger::Proof proof, log.InclusionProof(index, size));
  return ledger::VerifyInclusion({index, size, leaf, log.root()}, proof);
}

class LedgerBench {
 public:
  LedgerBench(const LedgerBenchOptions& options, std::filesystem::path folder)
      : options_(options),
        folder_(std::move(folder)),
        key_(ledger::SigningKey::Make(
                 "musubi.example/bench", ledger::KeyKind::kLog, crypto::Ed25519Key::Generate()
        )
                 .value()) {}

  Result<LedgerBenchReport> Run() {
    report_.entries = options_.entries;
    report_.group = options_.group;
    report_.hashed_per_second = MeasureHashing();
    MUSUBI_CHECK_OK(Open());
    MUSUBI_CHECK_OK(AppendAll());
    log_.reset();
    const Time start = Now();
    MUSUBI_CHECK_OK(Open());
    report_.open_s = SecondsSince(start);
    MUSUBI_CHECK_OK(ProveOldEntries());
    report_.memory_peak_kb = MemoryPeakKb();
    log_.reset();
    MeasureFolder();
    if (options_.yardsticks) {
      MUSUBI_CHECK_OK(Compare());
    }
    return report_;
  }

 private:
  Result<void> Open() {
    MUSUBI_TRY(log_, ledger::Log::Open(folder_ / "log", {key_}));
    return Ok();
  }

  Result<void> AppendAll() {
    Group group;
    std::vector<double> group_ms;
    std::vector<double> proof_ms;
    const std::uint64_t groups = (options_.entries + options_.group - 1) / options_.group;
    const std::uint64_t prove_every = std::max<std::uint64_t>(groups / kProofs, 1);
    for (std::uint64_t i = 0; i < groups; ++i) {
      const std::uint64_t first = i * options_.group;
      group.Fill(first, std::min(options_.group, options_.entries - first));
      const Time start = Now();
      MUSUBI_TRY(const ledger::Position position, log_->Append(group.views()));
      group_ms.push_back(SecondsSince(start) * kMs);
      report_.append_s += SecondsSince(start);
      if (i % prove_every == 0) {
        MUSUBI_CHECK_OK(ProveEntry(*log_, position.first, ledger::LeafHash(group.views().front())));
        proof_ms.push_back(SecondsSince(start) * kMs);
      }
    }
    report_.group_median_ms = MedianOf(group_ms);
    report_.group_p99_ms = MedianOf(group_ms, 0.99);
    report_.group_worst_ms = group_ms.back();
    report_.proof_median_ms = MedianOf(proof_ms);
    report_.proof_worst_ms = proof_ms.back();
    return Ok();
  }

  Result<void> ProveOldEntries() {
    Group group;
    double seconds = 0;
    for (std::uint64_t i = 0; i < kProofs; ++i) {
      const std::uint64_t index = options_.entries / kProofs * i;
      group.Fill(index, 1);
      const ledger::Digest leaf = ledger::LeafHash(group.views().front());
      const Time start = Now();
      MUSUBI_CHECK_OK(ProveEntry(*log_, index, leaf));
      seconds += SecondsSince(start);
    }
    report_.old_proof_ms = seconds * kMs / static_cast<double>(kProofs);
    return Ok();
  }

  void MeasureFolder() {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "log")) {
      report_.disk_bytes += entry.is_regular_file(ignored) ? entry.file_size(ignored) : 0;
    }
  }

  // A second log and SQLite take the same rows in turns, so that whatever else the machine does
  // weighs on both: rows in the order of their index, a transaction a group.
  Result<void> Compare() {
    MUSUBI_TRY(auto log, ledger::Log::Open(folder_ / "beside", {key_}));
    MUSUBI_TRY(
        const auto database, store::Database::Open("sqlite:" + (folder_ / "rows.db").string())
    );
    MUSUBI_TRY(const auto connection, database->Connect());
    MUSUBI_CHECK_OK(connection->ExecuteScript(
        "CREATE TABLE entry (place INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT"
    ));
    const std::uint64_t count = std::min(options_.entries, kYardstickEntriesMax);
    Group group;
    double log_s = 0;
    double sqlite_s = 0;
    for (std::uint64_t first = 0; first < count; first += options_.group) {
      group.Fill(first, std::min(options_.group, count - first));
      const Time start = Now();
      MUSUBI_TRY([[maybe_unused]] const ledger::Position position, log->Append(group.views()));
      log_s += SecondsSince(start);
      const Time middle = Now();
      MUSUBI_CHECK_OK(Insert(*connection, first, group));
      sqlite_s += SecondsSince(middle);
    }
    report_.beside_per_second = static_cast<double>(count) / log_s;
    report_.sqlite_per_second = static_cast<double>(count) / sqlite_s;
    return Ok();
  }

  static Result<void> Insert(
      store::Connection& connection, std::uint64_t first, const Group& group
  ) {
    MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
    auto place = static_cast<std::int64_t>(first);
    for (const BytesView entry : group.views()) {
      MUSUBI_TRY(
          [[maybe_unused]] const std::int64_t changed,
          connection.Execute("INSERT INTO entry VALUES ($1, $2)", {place++, entry})
      );
    }
    return transaction.Commit();
  }

  LedgerBenchOptions options_;
  std::filesystem::path folder_;
  ledger::SigningKey key_;
  std::unique_ptr<ledger::Log> log_;
  LedgerBenchReport report_;
};

}  // namespace

Result<LedgerBenchReport> BenchLedger(const LedgerBenchOptions& options) {
  if (options.entries == 0 || options.group == 0) {
    return Error{ErrorCode::kUsage, "nothing to append"};
  }
  const Folder folder(options.folder);
  return LedgerBench(options, folder.path()).Run();
}

}  // namespace musubi::bench
