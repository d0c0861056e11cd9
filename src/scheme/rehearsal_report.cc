#include "scheme/rehearsal_report.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "ops/config.h"
#include "ops/node.h"

namespace musubi::scheme {

namespace {

// A database server keeps its files elsewhere, out of our reach: the report must not sound as if
// they had been searched.
Result<void> SayWhatWasNotSearched(const Layout& layout, const RehearsalOptions& options) {
  MUSUBI_TRY(const auto config, ops::Config::Load(layout.ConfigOf("hub")));
  MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
  if (!node.store.starts_with("sqlite:")) {
    options.on_line("  not searched the files of the hub's database server");
  }
  return Ok();
}

}  // namespace

std::string WithCommas(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t end = digits.size(); end > 3; end -= 3) {
    digits.insert(end - 3, 1, ',');
  }
  return digits;
}

std::string Describe(const Counts& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, WithCommas(count));
  }
  return text.empty() ? "none" : text;
}

void StageTimes::Add(const std::string& stage, double seconds) {
  const auto found = std::ranges::find(all_, stage, &std::pair<std::string, double>::first);
  if (found == all_.end()) {
    all_.emplace_back(stage, seconds);
  } else {
    found->second += seconds;
  }
}

void SayTotal(
    const RehearsalOptions& options, const RehearsalTotal& total, const StageTimes& seconds
) {
  const auto say = [&](const std::string& line) { options.on_line(line); };
  say("all associations");
  say(fmt::format("  people in    {}", WithCommas(total.people)));
  say(fmt::format(
      "  sent         {} rows, {} of them corrected and sent again",
      WithCommas(total.sent),
      WithCommas(total.corrected)
  ));
  say(fmt::format("  issued       {}", WithCommas(total.issued)));
  say(fmt::format("  known        {} (moved from another association)", WithCommas(total.known)));
  say(fmt::format("  refused      {}", Describe(total.refused)));
  for (const auto& [stage, time] : seconds.all()) {
    say(fmt::format("  time         {:<12} {:8.2f} s", stage, time));
  }
}

Result<ScanReport> ScanHub(
    const Layout& layout,
    const SecretVector<std::uint64_t>& numbers,
    const RehearsalOptions& options
) {
  const auto began = std::chrono::steady_clock::now();
  const NumberScanner scanner(numbers);
  ScanReport report;
  MUSUBI_CHECK_OK(scanner.ScanFolder(layout.FolderOf("hub"), report));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  options.on_line("numbers left on the hub");
  options.on_line(fmt::format(
      "  searched     {} files, {} bytes for {} numbers in every form, {:.2f} s",
      report.files,
      WithCommas(report.bytes),
      WithCommas(scanner.number_count()),
      seconds
  ));
  options.on_line(fmt::format("  found        {}", report.matches));
  MUSUBI_CHECK_OK(SayWhatWasNotSearched(layout, options));
  if (report.compact_matches > 0) {
    options.on_line(fmt::format(
        "  five-byte windows that equal a number: {} (random bytes explain {:.1f})",
        report.compact_matches,
        report.compact_by_chance
    ));
  }
  for (const NumberMatch& match : report.places) {
    options.on_line(
        fmt::format("  NOT GOOD: {} at byte {} as {}", match.place, match.offset, match.form)
    );
  }
  return report;
}

}  // namespace musubi::scheme
