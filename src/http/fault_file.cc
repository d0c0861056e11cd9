#include "http/fault_file.h"

#include <mutex>
#include <random>
#include <thread>

#include "base/io.h"
#include "ops/config.h"
#include "ops/log.h"

namespace musubi::http {

namespace {

constexpr int kMinutesPerHour = 60;
constexpr int kMinutesPerDay = 24 * kMinutesPerHour;
constexpr std::size_t kFileSizeMax = std::size_t{64} << 10U;

struct Faults {
  double busy = 0;
  double drop = 0;
  double lose_answer = 0;
  std::int64_t slow_ms = 0;
  std::int64_t seed = 1;
  bool is_closed = false;
  ClosedHours closed_hours;
};

// "08:30" in minutes; -1: not a time of day.
int ParseMinute(std::string_view text) {
  const auto digit = [text](std::size_t i) {
    return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : kMinutesPerDay;
  };
  if (text.size() != 5 || text[2] != ':') {
    return -1;
  }
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  return hour <= 24 && minute < kMinutesPerHour && hour * kMinutesPerHour + minute <= kMinutesPerDay
             ? hour * kMinutesPerHour + minute
             : -1;
}

Result<Faults> ParseFaults(std::string_view toml, const std::filesystem::path& path) {
  constexpr std::int64_t kSlowMax = 600000;
  MUSUBI_TRY(const ops::Config config, ops::Config::Parse(toml, path));
  Faults faults;
  MUSUBI_TRY(faults.busy, config.Double("busy", 0, 0, 1));
  MUSUBI_TRY(faults.drop, config.Double("drop", 0, 0, 1));
  MUSUBI_TRY(faults.lose_answer, config.Double("lose_answer", 0, 0, 1));
  MUSUBI_TRY(faults.slow_ms, config.Int("slow_ms", 0, 0, kSlowMax));
  MUSUBI_TRY(faults.seed, config.Int("seed", 1, 0, INT64_MAX));
  MUSUBI_TRY(faults.is_closed, config.Bool("closed", false));
  MUSUBI_TRY(const std::string hours, config.String("closed_hours", ""));
  if (!hours.empty()) {
    MUSUBI_TRY(faults.closed_hours, ClosedHours::Parse(hours));
  }
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  return faults;
}

// Shared by the handler threads of one server.
class FaultFile {
 public:
  explicit FaultFile(std::filesystem::path path) : path_(std::move(path)) {}

  Fault Decide() {
    std::int64_t slow_ms = 0;
    const Fault fault = Draw(slow_ms);
    if (slow_ms > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(slow_ms));
    }
    return fault;
  }

 private:
  // One number for each kind, drawn in the same order every time, so that a seed repeats itself
  // whatever the shares are.
  Fault Draw(std::int64_t& slow_ms) {
    const std::scoped_lock lock(mutex_);
    ReadAgain();
    slow_ms = faults_.slow_ms;
    std::uniform_real_distribution<double> share(0, 1);
    const double busy = share(random_);
    const double drop = share(random_);
    const double lose = share(random_);
    if (faults_.is_closed || faults_.closed_hours.Contains(SystemClock().Now())) {
      return Fault::kClosed;
    }
    return busy < faults_.busy          ? Fault::kBusy
           : drop < faults_.drop        ? Fault::kDropBefore
           : lose < faults_.lose_answer ? Fault::kLoseAnswer
                                        : Fault::kNone;
  }

  // The content is compared, not its time: two changes within one tick of the file system's clock
  // must both be seen, and the file is a few lines.
  void ReadAgain() {
    const Result<std::string> read = musubi::ReadFile(path_, kFileSizeMax);
    const bool is_missing = !read.ok() && read.error().code == ErrorCode::kNotFound;
    const std::string text = read.ok() ? read.value() : std::string();
    if ((!read.ok() && !is_missing) || text == text_) {
      return;
    }
    text_ = text;
    Result<Faults> faults = ParseFaults(text, path_);
    if (!faults.ok()) {
      const Error& error = faults.error();
      ops::LogWarning("http.faults.unreadable", {{"place", error.place}, {"why", error.message}});
      return;
    }
    faults_ = faults.value();
    random_.seed(static_cast<std::uint64_t>(faults_.seed));
    ops::LogInfo("http.faults.changed", {{"path", path_.string()}});
  }

  const std::filesystem::path path_;
  std::mutex mutex_;
  std::string text_;
  Faults faults_;
  std::mt19937_64 random_{1};
};

}  // namespace

Result<ClosedHours> ClosedHours::Parse(std::string_view text) {
  constexpr std::size_t kSize = 11;
  if (text.size() == kSize && text[5] == '-') {
    const ClosedHours hours{ParseMinute(text.substr(0, 5)), ParseMinute(text.substr(6))};
    if (hours.from_minute >= 0 && hours.to_minute >= 0) {
      return hours;
    }
  }
  return Error{ErrorCode::kInvalid, "closed hours look like 22:00-08:00", "closed_hours"};
}

bool ClosedHours::Contains(Instant now) const {
  const std::string text = FormatJapanTime(now);  // 2026-11-22T18:03:04+09:00
  const int minute = ParseMinute(std::string_view(text).substr(11, 5));
  if (from_minute <= to_minute) {
    return minute >= from_minute && minute < to_minute;
  }
  return minute >= from_minute || minute < to_minute;
}

FaultPlan WatchFaultFile(const std::filesystem::path& path) {
  const auto file = std::make_shared<FaultFile>(path);
  return {[file](const Request& /*request*/) { return file->Decide(); }};
}

}  // namespace musubi::http
