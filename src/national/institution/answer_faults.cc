#include "national/institution/answer_faults.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/io.h"
#include "ops/config.h"
#include "ops/log.h"

namespace musubi::national::institution {

namespace {

constexpr std::size_t kFileSizeMax = std::size_t{64} << 10U;
constexpr std::string_view kOrders = "/v1/provisions";
constexpr std::chrono::milliseconds kSilence{1000};  // a handler's thread waits so long

}  // namespace

Result<AnswerFaults::Faults> AnswerFaults::Parse(
    std::string_view toml, const std::filesystem::path& path
) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Parse(toml, path));
  Faults faults;
  MUSUBI_TRY(faults.is_silent, config.Bool("silent", false));
  MUSUBI_TRY(faults.wrong_records, config.Double("wrong_records", 0, 0, 1));
  MUSUBI_TRY(faults.seed, config.Int("seed", 1, 0, INT64_MAX));
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  return faults;
}

// The content is compared, not its time, as http/fault_file.cc does.
AnswerFaults::Faults AnswerFaults::Now() {
  const std::scoped_lock lock(mutex_);
  const Result<std::string> read = ReadFile(path_, kFileSizeMax);
  const bool is_missing = !read.ok() && read.error().code == ErrorCode::kNotFound;
  const std::string text = read.ok() ? read.value() : std::string();
  if ((read.ok() || is_missing) && text != text_) {
    text_ = text;
    const Result<Faults> faults = Parse(text, path_);
    if (faults.ok()) {
      faults_ = *faults;
    } else {
      ops::LogWarning(
          "institution.faults.unreadable",
          {{"place", faults.error().place}, {"why", faults.error().message}}
      );
    }
  }
  return faults_;
}

bool AnswerFaults::IsSilent() {
  return Now().is_silent;
}

bool AnswerFaults::IsWrong(const Code16& inquiry) {
  const Faults faults = Now();
  if (faults.wrong_records <= 0) {
    return false;
  }
  std::seed_seq seeds(inquiry.begin(), inquiry.end());
  std::mt19937_64 random(seeds);
  random.discard(static_cast<unsigned long long>(faults.seed % 64));
  return std::uniform_real_distribution<double>(0, 1)(random) < faults.wrong_records;
}

http::FaultPlan AnswerFaults::Around(http::FaultPlan plan) {
  return {[this, plan = std::move(plan)](const http::Request& request) {
    if (request.path == kOrders && IsSilent()) {
      std::this_thread::sleep_for(kSilence);
      return http::Fault::kDropBefore;
    }
    return plan.decide(request);
  }};
}

}  // namespace musubi::national::institution
