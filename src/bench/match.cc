#include "bench/match.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <stdlib.h>
#include <sys/resource.h>

#include "base/io.h"
#include "bench/match_population.h"
#include "matching/match_files.h"
#include "text/roster.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  explicit Folder(const std::string& wanted) : path_(wanted), is_ours_(wanted.empty()) {
    if (is_ours_) {
      std::string pattern = (fs::temp_directory_path() / "musubi-bench-XXXXXX").string();
      path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : "";
    } else {
      fs::create_directories(path_);
    }
  }

  ~Folder() {
    if (is_ours_) {
      std::error_code ignored;
      fs::remove_all(path_, ignored);
    }
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool is_ours_;
};

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Processor time of all our threads so far.
double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
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

// The text of field `which` of a line without quotes.
std::string FieldOf(const std::string& line, int which) {
  std::size_t at = 0;
  for (int i = 0; i < which; ++i) {
    at = line.find(',', at) + 1;
  }
  return line.substr(at, line.find(',', at) - at);
}

std::uint64_t CountWrongLinks(const fs::path& result, const fs::path& truth) {
  std::ifstream results(result);
  std::ifstream truths(truth);
  std::string told;
  std::string right;
  std::uint64_t wrong = 0;
  while (std::getline(results, told) && std::getline(truths, right)) {
    constexpr int kToldCode = 2;
    const std::string code = FieldOf(told, kToldCode);
    wrong += !code.empty() && code != FieldOf(right, 1) ? 1 : 0;
  }
  return wrong;
}

Result<void> MeasureIndex(const fs::path& folder, unsigned threads, MatchBenchReport& report) {
  matching::RosterPeople people;
  MUSUBI_TRY(auto source, FileSource::Open(folder / "roster.csv"));
  MUSUBI_TRY(
      [[maybe_unused]] const auto summary,
      text::ReadRoster(
          *source,
          "roster.csv",
          std::nullopt,
          [&](const text::RosterRow& row) {
            people.Add({row.name, row.kana, row.birth_date, row.sex, row.address});
            return Ok();
          }
      )
  );
  MUSUBI_TRY(auto normaliser, text::Normaliser::Make());
  auto start = std::chrono::steady_clock::now();
  MUSUBI_TRY(
      const auto index,
      matching::ResidentIndex::Load(folder / "residents.csv", std::move(normaliser), threads)
  );
  report.index_load_s = SecondsSince(start);
  start = std::chrono::steady_clock::now();
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    constexpr std::size_t kStride = 1024;
    for (std::size_t at = kStride * next++; at < people.size(); at = kStride * next++) {
      for (std::size_t i = at; i < std::min(people.size(), at + kStride); ++i) {
        static_cast<void>(index->Match(people.At(i), matching::Explain::kNo));
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 0; i < threads; ++i) {
      helpers.emplace_back(work);
    }
  }
  report.index_match_s = SecondsSince(start);
  report.index_memory_peak_kb = MemoryPeakKb();
  return Ok();
}

}  // namespace

Result<MatchBenchReport> BenchMatch(const MatchBenchOptions& options) {
  if (options.people == 0 || options.people > options.residents) {
    return Error{ErrorCode::kUsage, "people are some of the residents"};
  }
  const Folder folder(options.folder);
  MatchBenchReport report;
  report.residents = options.residents;
  report.people = options.people;
  report.threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  if (!fs::exists(folder.path() / "truth.csv")) {
    const auto start = std::chrono::steady_clock::now();
    MUSUBI_CHECK_OK(WriteMatchPopulation(
        {options.residents, options.people, options.seed, report.threads}, folder.path()
    ));
    report.generate_s = SecondsSince(start);
  }
  matching::MatchFiles files;
  files.residents = folder.path() / "residents.csv";
  files.roster = folder.path() / "roster.csv";
  files.out = folder.path() / "result.csv";
  files.threads = report.threads;
  const double cpu_before = CpuSeconds();
  MUSUBI_TRY(const matching::FileReport matched, matching::MatchRosterFile(files));
  report.match_cpu_s = CpuSeconds() - cpu_before;
  report.match_s = matched.seconds;
  report.outcomes = matched.outcomes;
  report.match_memory_peak_kb = MemoryPeakKb();
  report.wrong_links = CountWrongLinks(files.out, folder.path() / "truth.csv");
  files.out = folder.path() / "verified.csv";
  MUSUBI_TRY(const matching::FileReport verified, matching::VerifyRosterFile(files));
  report.verify_s = verified.seconds;
  report.verify_rows = verified.rows;
  if (!options.no_yardsticks) {
    MUSUBI_TRY(report.duckdb, MeasureDuckdb(folder.path(), report.threads));
    report.duckdb_wrong_links =
        CountWrongLinks(folder.path() / "duckdb.csv", folder.path() / "truth.csv");
  }
  if (!options.without_index) {
    MUSUBI_CHECK_OK(MeasureIndex(folder.path(), report.threads, report));
  }
  return report;
}

}  // namespace musubi::bench
