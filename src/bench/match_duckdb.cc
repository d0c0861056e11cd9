#include "bench/match_duckdb.h"

#include <array>
#include <cerrno>
#include <fstream>

#include <boost/json.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* kMemoryLimit = "4GB";
constexpr const char* kFiles[] = {
    "package.json", "package-lock.json", "match.mjs", "forms.sql", "match.sql"
};

// A program of the search path, run to its end with its output in files; its exit code, 127 when
// there is no such program.
int Run(const std::vector<std::string>& arguments, const fs::path& out, const fs::path& log) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  constexpr int kWriteNew = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kWriteNew, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), kWriteNew, 0600);
  pid_t child = -1;
  const int failure =
      ::posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  constexpr int kNoProgram = 127;
  if (failure != 0) {
    return kNoProgram;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The repository above `start`; empty when there is none.
fs::path RepositoryAbove(fs::path start) {
  for (; start.has_relative_path(); start = start.parent_path()) {
    if (fs::exists(start / "bench/duckdb/match.mjs")) {
      return start;
    }
  }
  return {};
}

fs::path FindRepository() {
  std::error_code code;
  const fs::path found = RepositoryAbove(fs::read_symlink("/proc/self/exe", code));
  return found.empty() ? RepositoryAbove(fs::current_path(code)) : found;
}

// The script's folder with its package, outside the sources; why not, if it cannot be had.
std::string Install(const fs::path& repository, const fs::path& place) {
  std::error_code code;
  fs::create_directories(place, code);
  for (const char* file : kFiles) {
    const fs::path from = repository / "bench/duckdb" / file;
    if (!fs::copy_file(from, place / file, fs::copy_options::overwrite_existing, code)) {
      return "cannot write " + (place / file).string();
    }
  }
  const fs::path log = place / "install.log";
  if (Run({"node", "--version"}, place / "node-version", log) != 0) {
    return "Node.js (node) is not installed";
  }
  // npm writes this file when it is done: newer than the lock file we ship means up to date.
  const auto installed = fs::last_write_time(place / "node_modules/.package-lock.json", code);
  const bool is_missing = static_cast<bool>(code);
  const auto shipped = fs::last_write_time(repository / "bench/duckdb/package-lock.json", code);
  if ((is_missing || installed < shipped) &&
      Run({"npm", "ci", "--prefix", place.string(), "--fetch-retries=1", "--fetch-timeout=60000"},
          place / "install.out",
          log) != 0) {
    return "npm ci failed, see " + log.string();
  }
  return {};
}

Result<DuckdbFigures> ReadFigures(const fs::path& printed) {
  MUSUBI_TRY(const std::string text, ReadFile(printed));
  DuckdbFigures figures;
  try {
    const json::object told = json::parse(text).as_object();
    figures.version = json::value_to<std::string>(told.at("version"));
    figures.seconds = told.at("seconds").to_number<double>();
    figures.cpu_seconds = told.at("cpu_seconds").to_number<double>();
    figures.memory_peak_kb = told.at("memory_peak_kb").to_number<std::uint64_t>();
    for (const auto& [name, seconds] : told.at("stages").as_object()) {
      figures.stages.emplace_back(name, seconds.to_number<double>());
    }
    for (const auto& [name, count] : told.at("outcomes").as_object()) {
      figures.outcomes.emplace_back(name, count.to_number<std::uint64_t>());
    }
  } catch (const std::exception&) {
    return Error{ErrorCode::kInternal, "yardstick: DuckDB's script printed something else"};
  }
  return figures;
}

// "outcome,code" of a line row,outcome,code,...
std::string_view ToldBy(std::string_view line) {
  const std::size_t outcome = line.find(',') + 1;
  const std::size_t code = line.find(',', outcome) + 1;
  return line.substr(outcome, line.find(',', code) - outcome);
}

Result<void> CompareResults(const fs::path& ours, const fs::path& theirs, DuckdbFigures& figures) {
  std::ifstream our_file(ours);
  std::ifstream their_file(theirs);
  std::string our_line;
  std::string their_line;
  std::getline(our_file, our_line);
  std::getline(their_file, their_line);
  while (std::getline(our_file, our_line) && std::getline(their_file, their_line)) {
    if (our_line.substr(0, our_line.find(',')) != their_line.substr(0, their_line.find(','))) {
      break;
    }
    const std::string_view our = ToldBy(our_line);
    const std::string_view their = ToldBy(their_line);
    const bool is_exact = their.starts_with("agree,");
    figures.exact += is_exact ? 1 : 0;
    figures.exact_shared += is_exact && our == their ? 1 : 0;
    figures.same_outcome += our == their ? 1 : 0;
    ++figures.rows;
  }
  if (our_file || std::getline(their_file, their_line)) {
    return Error{ErrorCode::kInternal, "yardstick: DuckDB's result has other rows than ours"};
  }
  return Ok();
}

}  // namespace

Result<DuckdbYardstick> MeasureDuckdb(const fs::path& folder, unsigned threads) {
  DuckdbYardstick yardstick;
  const fs::path repository = FindRepository();
  if (repository.empty()) {
    yardstick.missing = "bench/duckdb is not found above the program or this folder";
    return yardstick;
  }
  const fs::path place = repository / "build/duckdb";
  yardstick.missing = Install(repository, place);
  if (!yardstick.missing.empty()) {
    return yardstick;
  }
  const fs::path log = place / "match.log";
  const int code =
      Run({"node",
           (place / "match.mjs").string(),
           (folder / "residents.csv").string(),
           (folder / "roster.csv").string(),
           (folder / "duckdb.csv").string(),
           folder.string(),
           std::to_string(threads),
           kMemoryLimit},
          place / "match.out",
          log);
  if (code != 0) {
    return Error{ErrorCode::kInternal, "yardstick: DuckDB's job failed", log.string()};
  }
  MUSUBI_TRY(yardstick.figures, ReadFigures(place / "match.out"));
  MUSUBI_CHECK_OK(CompareResults(folder / "result.csv", folder / "duckdb.csv", *yardstick.figures));
  return yardstick;
}

}  // namespace musubi::bench
