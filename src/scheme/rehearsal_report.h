// What a rehearsal has to tell at its end: counts, times, and the search of the hub for numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "scheme/layout.h"
#include "scheme/number_scan.h"
#include "scheme/rehearsal.h"

namespace musubi::scheme {

using Counts = std::map<std::string, std::uint64_t>;

// "1,234,567"; "not-found 3, superseded 6" or "none".
[[nodiscard]] std::string WithCommas(std::uint64_t count);
[[nodiscard]] std::string Describe(const Counts& counts);

struct RehearsalTotal {
  std::uint64_t people = 0;
  std::uint64_t sent = 0;
  std::uint64_t issued = 0;
  std::uint64_t known = 0;
  std::uint64_t corrected = 0;
  Counts refused;
};

// By stage, in the order in which stages first came.
class StageTimes {
 public:
  void Add(const std::string& stage, double seconds);

  [[nodiscard]] const std::vector<std::pair<std::string, double>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, double>> all_;
};

void SayTotal(
    const RehearsalOptions& options, const RehearsalTotal& total, const StageTimes& seconds
);

// Searches every file of the hub for every number.
[[nodiscard]] Result<ScanReport> ScanHub(
    const Layout& layout,
    const SecretVector<std::uint64_t>& numbers,
    const RehearsalOptions& options
);

}  // namespace musubi::scheme
