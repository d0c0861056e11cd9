#include "scheme/rehearsal.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>

#include "base/io.h"
#include "scheme/child_process.h"
#include "scheme/rehearsal_report.h"
#include "scheme/sample_truth.h"

namespace musubi::scheme {

namespace {

namespace json = boost::json;

// So many corrections are typed in one by one; every one of them derives the vault's key anew.
constexpr std::size_t kTypedMax = 3;

std::uint64_t CountAt(const json::value& value, std::string_view name) {
  const json::value* found = value.as_object().if_contains(name);
  return found == nullptr ? 0 : found->to_number<std::uint64_t>();
}

Counts CountsAt(const json::value& value, std::string_view name) {
  Counts counts;
  const json::value* found = value.as_object().if_contains(name);
  if (found != nullptr && found->is_object()) {
    for (const auto& [key, count] : found->get_object()) {
      counts[std::string(key)] = count.to_number<std::uint64_t>();
    }
  }
  return counts;
}

// Somebody whose link did not come about, as `insurer people` lists one.
struct Unlinked {
  std::uint64_t row = 0;
  std::string reference;
};

// Everything of one association, by commands only.
class AssociationRehearsal {
 public:
  AssociationRehearsal(
      const Layout& layout,
      std::string insurer,
      const RehearsalOptions& options,
      RehearsalTotal& total,
      StageTimes& seconds
  )
      : options_(&options),
        total_(&total),
        seconds_(&seconds),
        insurer_(std::move(insurer)),
        folder_(layout.FolderOf("insurer-" + insurer_)),
        work_(folder_ / "rehearsal"),
        insurer_config_(layout.ConfigOf("insurer-" + insurer_).string()),
        terminal_config_(layout.ConfigOf("terminal-" + insurer_).string()) {}

  // False: something is not as it should be (and a line has said so).
  Result<bool> Run(SecretVector<std::uint64_t>& numbers) {
    MUSUBI_TRY(const SampleTruth truth, SampleTruth::Load(folder_));
    MUSUBI_CHECK_OK(truth.AppendNumbers(numbers));
    MUSUBI_CHECK_OK(MakeFolder(work_));
    Say(fmt::format("association {}", insurer_));
    MUSUBI_CHECK_OK(ImportRoster((folder_ / "roster.csv").string(), false));
    MUSUBI_CHECK_OK(RememberRows());
    MUSUBI_CHECK_OK(SendRound(1));
    if (!options_->once) {
      MUSUBI_TRY(const std::size_t corrected, Correct(truth));
      if (corrected > 0) {
        MUSUBI_CHECK_OK(SendRound(2));
      }
    }
    MUSUBI_CHECK_OK(CountStates(truth));
    return is_good_;
  }

 private:
  void Say(std::string_view line) const { options_->on_line(line); }

  // Runs a command that prints one JSON object (on its last line); `stage` is where its time
  // counts.
  Result<json::value> Run(
      const std::string& stage, std::vector<std::string> arguments, int exit_code_max = 0
  ) {
    if (options_->stop && options_->stop()) {
      return Error{ErrorCode::kUnavailable, "the rehearsal was stopped"};
    }
    MUSUBI_TRY(const CommandResult result, RunCommand(arguments));
    seconds_->Add(stage, result.seconds);
    if (result.exit_code > exit_code_max || (result.exit_code != 0 && result.output.empty())) {
      return Error{
          ErrorCode::kUnavailable,
          fmt::format(
              "musubi {} {} ended with exit code {}", arguments[0], arguments[3], result.exit_code
          )
      };
    }
    std::string_view text = result.output;
    while (text.ends_with('\n')) {
      text.remove_suffix(1);
    }
    const std::size_t line = text.rfind('\n');
    text.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
    json::error_code code;
    json::value value = json::parse(json::string_view(text.data(), text.size()), code);
    return code ? json::value(nullptr) : value;
  }

  Result<json::value> Insurer(
      const std::string& stage, std::vector<std::string> arguments, int exit_code_max = 0
  ) {
    arguments.insert(arguments.begin(), {"insurer", "--config", insurer_config_});
    return Run(stage, std::move(arguments), exit_code_max);
  }

  Result<json::value> Terminal(const std::string& stage, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"terminal", "--config", terminal_config_});
    return Run(stage, std::move(arguments));
  }

  // Rows with problems are registered and reported: exit code 1 is no obstacle here.
  Result<void> ImportRoster(const std::string& roster, bool is_addition) {
    std::vector<std::string> arguments = {"import-roster", roster, "--json"};
    if (is_addition) {
      arguments.emplace_back("--add");
    }
    MUSUBI_TRY(const json::value report, Insurer("roster", arguments, 1));
    if (!is_addition) {
      total_->people += CountAt(report, "rows");
    }
    Say(fmt::format(
        "  roster       {} rows ({}), {} problems of form",
        WithCommas(CountAt(report, "rows")),
        is_addition ? "corrected numbers" : "whole",
        report.at("problems").as_array().size()
    ));
    return Ok();
  }

  // Which row of the sample each person is: later imports number rows anew.
  Result<void> RememberRows() {
    MUSUBI_TRY(const auto listed, Insurer("roster", {"people", "--json"}));
    for (const json::value& person : listed.at("people").as_array()) {
      if (!person.at("row").is_null()) {
        row_of_[json::value_to<std::string>(person.at("reference"))] =
            person.at("row").to_number<std::uint64_t>();
      }
    }
    return Ok();
  }

  Result<void> SendRound(int round) {
    const std::string list = (work_ / fmt::format("list-{}.p7m", round)).string();
    const std::string pairs = (work_ / fmt::format("pairs-{}.p7m", round)).string();
    MUSUBI_TRY(const auto made, Insurer("number list", {"number-list", "--out", list, "--json"}));
    Say(fmt::format(
        "  number list  {} rows; held back: {}",
        WithCommas(CountAt(made, "rows")),
        Describe(CountsAt(made, "held"))
    ));
    MUSUBI_TRY(const auto batch, Terminal("hub", {"upload", list, "--wait", "--json"}));
    const std::string id = json::value_to<std::string>(batch.at("batch"));
    MUSUBI_TRY(const auto got, Terminal("download", {"download", id, "--out", pairs}));
    MUSUBI_TRY(const auto read, Insurer("pairs", {"import-pairs", pairs, "--json"}));
    MUSUBI_TRY(const auto acknowledged, Terminal("download", {"ack", id}));
    CountPairs(CountAt(made, "rows"), read);
    return Ok();
  }

  void CountPairs(std::uint64_t sent, const json::value& read) {
    const Counts refused = CountsAt(read, "refused");
    std::uint64_t back = CountAt(read, "issued") + CountAt(read, "known");
    for (const auto& [name, count] : refused) {
      back += count;
      total_->refused[name] += count;
    }
    total_->sent += sent;
    total_->issued += CountAt(read, "issued");
    total_->known += CountAt(read, "known");
    Say(fmt::format(
        "  pairs        {} issued, {} known; refused: {}",
        WithCommas(CountAt(read, "issued")),
        WithCommas(CountAt(read, "known")),
        Describe(refused)
    ));
    if (back + CountAt(read, "stale") != sent) {
      Say(fmt::format("  NOT GOOD: {} rows sent, {} came back", sent, back));
      is_good_ = false;
    }
  }

  // People not tied whose right number the sample knows; by row.
  Result<std::vector<Unlinked>> Correctable(const SampleTruth& truth) {
    std::vector<Unlinked> found;
    for (const char* state : {"refused", "doubtful"}) {
      MUSUBI_TRY(const auto listed, Insurer("corrections", {"people", "--state", state, "--json"}));
      for (const json::value& person : listed.at("people").as_array()) {
        const std::string reference = json::value_to<std::string>(person.at("reference"));
        const auto row = row_of_.find(reference);
        if (row != row_of_.end() && truth.IsWrongInRoster(row->second)) {
          found.push_back({row->second, reference});
        }
      }
    }
    std::ranges::sort(found, {}, &Unlinked::row);
    return found;
  }

  Result<std::size_t> Correct(const SampleTruth& truth) {
    MUSUBI_TRY(const auto people, Correctable(truth));
    const std::size_t typed = std::min(kTypedMax, people.size());
    const std::filesystem::path secret = work_ / "number.txt";
    for (std::size_t i = 0; i < typed; ++i) {
      MUSUBI_CHECK_OK(truth.WriteNumber(people[i].row, secret));
      MUSUBI_TRY(
          const auto set,
          Insurer("corrections", {"set-number", people[i].reference, "--file", secret.string()})
      );
    }
    std::error_code ignored;  // a file that is not there need not go
    std::filesystem::remove(secret, ignored);
    std::vector<std::uint64_t> rows;
    for (std::size_t i = typed; i < people.size(); ++i) {
      rows.push_back(people[i].row);
    }
    Say(fmt::format(
        "  corrections  {} numbers: {} typed in, {} by a new export",
        people.size(),
        typed,
        rows.size()
    ));
    if (!rows.empty()) {
      const std::filesystem::path roster = work_ / "roster-corrected.csv";
      MUSUBI_CHECK_OK(truth.WriteCorrectedRoster(rows, roster));
      MUSUBI_CHECK_OK(ImportRoster(roster.string(), true));
      std::filesystem::remove(roster, ignored);
    }
    total_->corrected += people.size();
    return people.size();
  }

  // Exactly those who can be tied are tied: nobody is lost, and nobody slipped through.
  Result<void> CountStates(const SampleTruth& truth) {
    MUSUBI_TRY(const auto listed, Insurer("people", {"people", "--json"}));
    Counts states;
    std::uint64_t differ = 0;
    for (const json::value& person : listed.at("people").as_array()) {
      const std::string state = json::value_to<std::string>(person.at("state"));
      ++states[state];
      const auto row = row_of_.find(json::value_to<std::string>(person.at("reference")));
      const bool is_tieable = row != row_of_.end() && truth.IsTieable(row->second);
      differ += is_tieable != (state == "tied") ? 1 : 0;
    }
    Say(fmt::format("  people       {}", Describe(states)));
    if (states.contains("listed")) {
      Say("  NOT GOOD: some are still waiting for a result");
      is_good_ = false;
    }
    if (!options_->once && differ > 0) {
      Say(fmt::format("  NOT GOOD: {} people are tied and should not be, or the other way", differ)
      );
      is_good_ = false;
    }
    return Ok();
  }

  const RehearsalOptions* options_;
  RehearsalTotal* total_;
  StageTimes* seconds_;
  std::string insurer_;
  std::filesystem::path folder_;
  std::filesystem::path work_;
  std::string insurer_config_;
  std::string terminal_config_;
  std::unordered_map<std::string, std::uint64_t> row_of_;  // by reference
  bool is_good_ = true;
};

}  // namespace

Result<RehearsalReport> Rehearse(const Layout& layout, const RehearsalOptions& options) try {
  MUSUBI_TRY(const auto insurers, layout.Insurers());
  RehearsalReport report;
  RehearsalTotal total;
  StageTimes seconds;
  SecretVector<std::uint64_t> numbers;
  for (const std::string& insurer : insurers) {
    AssociationRehearsal association(layout, insurer, options, total, seconds);
    MUSUBI_TRY(const bool is_good, association.Run(numbers));
    report.is_good = report.is_good && is_good;
  }
  SayTotal(options, total, seconds);
  MUSUBI_TRY(report.scan, ScanHub(layout, numbers, options));
  report.is_good = report.is_good && report.scan.IsClean();
  options.on_line(report.is_good ? "good" : "NOT GOOD");
  return report;
} catch (const std::exception& exception) {
  // A command's JSON without what we look for: boost::json throws.
  return Error{
      ErrorCode::kInternal,
      std::string("a command's answer was not as expected: ") + exception.what()
  };
}

}  // namespace musubi::scheme
