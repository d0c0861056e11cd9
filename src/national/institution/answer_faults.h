// What an institution can do wrong beyond what http/fault_file.h makes ill: a file of its own,
// `answer-faults.toml` in the node's folder, read again whenever it changes.
//
//   silent = true          # orders get no reply: the connection ends after a while
//   wrong_records = 0.5    # share of answers with the oldest version of each record
//   seed = 1               # the same seed, the same answers
//
// No file, no faults. A broken file changes nothing and is logged once. Safe from every thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <random>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "http/server.h"

namespace musubi::national::institution {

class AnswerFaults {
 public:
  explicit AnswerFaults(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] bool IsSilent();
  // Drawn from the inquiry's id, so that an order that comes again fares the same.
  [[nodiscard]] bool IsWrong(const Code16& inquiry);

  // `plan`, and before it: an order to a silent institution is cut off unanswered.
  [[nodiscard]] http::FaultPlan Around(http::FaultPlan plan);

 private:
  struct Faults {
    bool is_silent = false;
    double wrong_records = 0;
    std::int64_t seed = 1;
  };

  [[nodiscard]] static Result<Faults> Parse(
      std::string_view toml, const std::filesystem::path& path
  );
  [[nodiscard]] Faults Now();

  const std::filesystem::path path_;
  std::mutex mutex_;  // guards what follows
  std::string text_;
  Faults faults_;
};

}  // namespace musubi::national::institution
