// Register::ImportPairs.
#include <algorithm>

#include "crypto/digest.h"
#include "exchange/number_list.h"
#include "insurer/pair_rules.h"
#include "insurer/person_table.h"
#include "insurer/register.h"

namespace musubi::insurer {

namespace {

constexpr std::uint64_t kProgressStep = 1000;
constexpr std::size_t kReadSize = std::size_t{1} << 16U;
constexpr std::string_view kHub = "hub";

Result<std::string> HashOfFile(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto file, FileSource::Open(path));
  crypto::Sha256 digest;
  Bytes buffer(kReadSize);
  for (;;) {
    MUSUBI_TRY(const std::size_t size, file->Read(buffer));
    if (size == 0) {
      return ToHex(digest.Finish());
    }
    digest.Update(BytesView(buffer).first(size));
  }
}

struct ReadPairs {
  std::uint64_t sequence = 0;
  std::vector<PairRow> rows;
};

PairRow PairRowOf(const vault::Vault& vault, const exchange::NumberPairRow& row) {
  PairRow pair;
  pair.reference = row.reference;
  pair.has_number = row.number.is_set();
  if (pair.has_number) {
    pair.number_index = vault.IndexOf(row.number);
  }
  pair.insured = row.insured;
  pair.outcome = row.outcome;
  return pair;
}

// Rows are acted on only after the last check of the package has passed, so they wait here, without
// numbers.
Result<ReadPairs> ReadWholePackage(
    const vault::Vault& vault, const PairsRequest& request, Instant now
) {
  ReadPairs pairs;
  exchange::Expected expected;
  expected.kind = "NP";
  expected.mode = request.mode;
  expected.recipient = request.recipient.certificate.id();
  expected.sender = kHub;
  const auto on_record = [&](std::uint64_t /*row*/,
                             std::uint64_t line,
                             std::span<const std::string_view> fields) -> Result<void> {
    auto row = exchange::ReadNumberPairRow(fields);
    if (!row.ok()) {
      if (row.error().place.empty()) {
        row.error().place = "line " + std::to_string(line);
      }
      return std::move(row).error();
    }
    pairs.rows.push_back(PairRowOf(vault, *row));
    if (request.on_progress && pairs.rows.size() % kProgressStep == 0) {
      request.on_progress(pairs.rows.size());
    }
    return Ok();
  };
  const auto on_header = [](const exchange::PackageHeader& /*header*/) { return Ok(); };
  MUSUBI_TRY(
      const exchange::PackageCheck check,
      exchange::ReadPackage(
          request.file, request.recipient, request.trust, now, expected, on_header, on_record
      )
  );
  if (check.signer.id() != kHub) {
    return Error{ErrorCode::kRefused, "the number pairs are not signed by the hub"};
  }
  pairs.sequence = check.header.sequence;
  return pairs;
}

enum class Before : std::uint8_t { kNew, kSameFile };

// A sequence stands for one file for ever.
Result<Before> LookBack(
    store::Connection& connection, std::uint64_t sequence, std::string_view file_sha256
) {
  std::optional<std::string> earlier;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT file_sha256 FROM import_run WHERE kind = 'pairs' AND sequence = $1",
      {static_cast<std::int64_t>(sequence)},
      [&earlier](const store::Row& row) {
        earlier = row.Text(0);
        return Ok();
      }
  ));
  if (earlier && *earlier != file_sha256) {
    return Error{
        ErrorCode::kRefused,
        "another file with this sequence was imported before",
        "sequence " + std::to_string(sequence),
        "ask the operating body which of the two is right"
    };
  }
  return earlier ? Before::kSameFile : Before::kNew;
}

class PairsImport {
 public:
  PairsImport(store::Connection& connection, const std::vector<PairRow>& rows)
      : connection_(&connection), rows_(&rows) {}

  Result<void> Apply(std::int64_t run, PairsReport& report) {
    MUSUBI_TRY(const std::vector<Known> people, LoadPeople(*connection_));
    std::vector<std::uint8_t> is_seen(people.size());
    for (std::size_t row = 0; row < rows_->size(); ++row) {
      const PairRow& pair = (*rows_)[row];
      const auto person = std::lower_bound(
          people.begin(),
          people.end(),
          pair.reference,
          [](const Known& known, std::string_view reference) { return known.reference < reference; }
      );
      if (person == people.end() || person->reference != pair.reference) {
        report.problems.push_back({row + 1, "no such person in the register"});
        continue;
      }
      auto& seen = is_seen[static_cast<std::size_t>(person - people.begin())];
      if (std::exchange(seen, 1) != 0) {
        report.problems.push_back({row + 1, "the person stands in the file twice"});
        continue;
      }
      ApplyRow(*person, pair, row + 1, report);
    }
    MUSUBI_CHECK_OK(ChangePeople(*connection_, changes_));
    return AppendHistory(*connection_, history_, run);
  }

 private:
  void ApplyRow(const Known& person, const PairRow& pair, std::uint64_t row, PairsReport& report) {
    const bool is_done = exchange::IsDone(pair.outcome);
    if (is_done && !pair.insured) {
      report.problems.push_back({row, "a person with a code has no insured number"});
      return;
    }
    const PairDecision decision = DecidePair(person, pair);
    if (decision.effect == PairEffect::kStale) {
      ++report.stale;
      return;
    }
    Count(pair.outcome, report);
    PersonChange change;
    change.reference = person.reference;
    change.link = LinkChange{
        decision.link,
        person.listed_in,
        is_done ? std::string(pair.insured->number()) : std::string(),
        is_done ? std::string(pair.insured->branch()) : std::string()
    };
    changes_.push_back(std::move(change));
    if (decision.link != LinkValue{person.state, person.reason}) {
      const std::string what = "result " + std::string(exchange::OutcomeName(pair.outcome));
      history_.push_back({person.reference, what, person.state, decision.link});
    }
  }

  static void Count(exchange::Outcome outcome, PairsReport& report) {
    switch (outcome) {
      case exchange::Outcome::kIssued:
        ++report.issued;
        break;
      case exchange::Outcome::kKnown:
        ++report.known;
        break;
      default:
        ++report.refused.at(static_cast<std::size_t>(ReasonOfOutcome(outcome)));
    }
  }

  store::Connection* connection_;
  const std::vector<PairRow>* rows_;
  std::vector<PersonChange> changes_;
  std::vector<HistoryEntry> history_;
};

}  // namespace

Result<PairsReport> Register::ImportPairs(const vault::Vault& vault, const PairsRequest& request) {
  const Instant now = clock_->Now();
  MUSUBI_TRY(const ReadPairs pairs, ReadWholePackage(vault, request, now));
  MUSUBI_TRY(const std::string file_sha256, HashOfFile(request.file));
  PairsReport report;
  report.rows = pairs.rows.size();

  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const Before before, LookBack(*connection_, pairs.sequence, file_sha256));
  if (before == Before::kSameFile) {
    report.already_imported = true;
    return report;
  }
  MUSUBI_CHECK_OK(PairsImport(*connection_, pairs.rows).Apply(run, report));
  const Run record{
      "pairs", FormatUtc(now), operator_name_, report.rows, pairs.sequence, file_sha256
  };
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  return report;
}

}  // namespace musubi::insurer
