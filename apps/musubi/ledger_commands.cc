#include "apps/musubi/ledger_commands.h"

#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/ledger_views.h"
#include "apps/musubi/output.h"
#include "apps/musubi/party_book.h"
#include "audit/agreement.h"
#include "base/io.h"
#include "bench/ledger.h"
#include "ledger/audit.h"
#include "ledger/checkpoint.h"

namespace musubi::apps {

namespace {

// What the command line says is the caller's to mend.
Result<ledger::Digest> HashOption(const char* name, const std::string& base64) {
  const auto digest = ledger::ParseDigest(base64);
  return digest ? digest
                : Result<ledger::Digest>(Error{ErrorCode::kUsage, digest.error().message, name});
}

Result<ledger::Proof> ProofOption(const std::string& list) {
  const auto proof = ledger::ParseProof(list);
  return proof ? proof
               : Result<ledger::Proof>(Error{ErrorCode::kUsage, proof.error().message, "--proof"});
}

Result<void> VerifyInclusion(const LedgerInclusionOptions& options) {
  ledger::InclusionClaim claim{options.index, options.size, {}, {}};
  MUSUBI_TRY(claim.root, HashOption("--root", options.root));
  MUSUBI_TRY(claim.leaf_hash, HashOption("--leaf-hash", options.leaf_hash));
  MUSUBI_TRY(const ledger::Proof proof, ProofOption(options.proof));
  return ledger::VerifyInclusion(claim, proof);
}

Result<void> VerifyConsistency(const LedgerConsistencyOptions& options) {
  ledger::ConsistencyClaim claim{options.first, options.second, {}, {}};
  MUSUBI_TRY(claim.first_root, HashOption("--first-root", options.first_root));
  MUSUBI_TRY(claim.second_root, HashOption("--second-root", options.second_root));
  MUSUBI_TRY(const ledger::Proof proof, ProofOption(options.proof));
  return ledger::VerifyConsistency(claim, proof);
}

struct Audited {
  LedgerView view;
  ledger::AuditReport report;
  std::optional<BookReport> book = {};  // when the party's store is at hand
  std::string why_no_book = {};
};

struct Compared {
  std::size_t other = 0;  // the view compared with the first
  ledger::Agreement agreement = ledger::Agreement::kSame;
};

struct AuditResult {
  std::vector<Audited> logs;
  std::vector<Compared> compared;
  std::optional<audit::AgreementReport> agreement = {};  // of several parties
  bool is_good = true;
};

// A log follows its book by milliseconds (docs/decisions/0008): it is given a moment to come up to
// the rows that were there, so that none of them looks like one that was put in.
Result<void> AwaitLog(LedgerView& view, std::uint64_t row_count) {
  constexpr int kLooks = 30;
  constexpr std::chrono::milliseconds kBetween{100};
  for (int look = 0; look < kLooks; ++look) {
    const Result<Bytes> note = view.read("checkpoint");
    const auto shown = note.ok() ? ledger::OpenCheckpoint(AsText(*note), view.key)
                                 : Result<ledger::SignedCheckpoint>(note.error());
    if (!shown.ok() || shown->checkpoint.size >= row_count) {
      break;
    }
    std::this_thread::sleep_for(kBetween);
    MUSUBI_CHECK_OK(LookAgain(view));
  }
  return Ok();
}

// Entries of one log on their way: to the party's book where it is at hand, then laid beside those
// of the other parties.
class EntryCheck {
 public:
  EntryCheck(PartyBook* book, audit::PartyLogs& parties) : book_(book), parties_(&parties) {}

  Result<void> Take(BytesView entry) {
    waiting_.emplace_back(entry.begin(), entry.end());
    return waiting_.size() < kAtOnce ? Ok() : Flush();
  }

  Result<void> Flush() {
    std::vector<std::optional<exchange::InquiryOutcome>> outcomes(waiting_.size());
    if (book_ != nullptr) {
      MUSUBI_TRY(outcomes, book_->Check(waiting_));
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      // A log of something else may be audited too: only ours can be compared.
      is_ours_ = is_ours_ && parties_->Take(waiting_[i], outcomes[i]).ok();
    }
    waiting_.clear();
    return Ok();
  }

  [[nodiscard]] bool is_ours() const { return is_ours_; }

 private:
  static constexpr std::size_t kAtOnce = 1000;

  PartyBook* book_;
  audit::PartyLogs* parties_;
  std::vector<Bytes> waiting_;
  bool is_ours_ = true;
};

Result<Audited> AuditOne(
    LedgerView view,
    const LedgerKeys& keys,
    std::vector<PartyStore>& stores,
    audit::PartyLogs& parties,
    bool& is_ours
) {
  MUSUBI_TRY(PartyBook::Found found, PartyBook::Find(view.place, view.key.name(), stores));
  const auto book = std::move(found.book);
  if (book != nullptr) {
    MUSUBI_CHECK_OK(AwaitLog(view, book->row_count()));
  }
  EntryCheck entries(book.get(), parties);
  ledger::AuditOptions options{view.key, keys.witnesses};
  options.on_entry = [&](std::uint64_t /*index*/, BytesView entry) { return entries.Take(entry); };
  MUSUBI_TRY(ledger::AuditReport report, ledger::Audit(view.read, options));
  MUSUBI_CHECK_OK(entries.Flush());
  is_ours = is_ours && entries.is_ours();
  Audited audited{std::move(view), std::move(report)};
  audited.why_no_book = std::move(found.why_not);
  if (book != nullptr) {
    MUSUBI_TRY(audited.book, book->Finish(audited.report.checkpoint.size));
  }
  return audited;
}

Result<void> CheckStoresUsed(const std::vector<PartyStore>& stores) {
  for (const PartyStore& store : stores) {
    if (!store.is_used) {
      return Error{
          ErrorCode::kUsage,
          "no log of this node is audited",
          store.file.string(),
          "--store takes the configuration of a node whose log is given"
      };
    }
  }
  return Ok();
}

Result<AuditResult> RunAudit(const LedgerAuditOptions& options) {
  MUSUBI_TRY(const LedgerKeys keys, ReadLedgerKeys(options));
  MUSUBI_TRY(std::vector<PartyStore> stores, ReadPartyStores(options.stores));
  std::vector<std::string> places{options.log};
  places.insert(places.end(), options.against.begin(), options.against.end());
  AuditResult result;
  audit::PartyLogs parties;
  bool is_ours = true;
  std::set<std::string> origins;
  for (const std::string& place : places) {
    MUSUBI_TRY(LedgerView view, OpenLedgerView(place, options, keys));
    // Of several views of one log, one stands for its party.
    audit::PartyLogs unused;
    const bool is_first = origins.insert(view.key.Text()).second;
    MUSUBI_TRY(
        Audited audited,
        AuditOne(std::move(view), keys, stores, is_first ? parties : unused, is_ours)
    );
    result.is_good = result.is_good && audited.report.is_intact() &&
                     (!audited.book || audited.book->faults == 0);
    result.logs.push_back(std::move(audited));
  }
  MUSUBI_CHECK_OK(CheckStoresUsed(stores));
  if (is_ours && origins.size() > 1) {
    result.agreement = parties.Compare(options.all_parties);
    result.is_good = result.is_good && result.agreement->disagreements == 0;
  }
  const Audited& first = result.logs.front();
  for (std::size_t i = 1; i < result.logs.size(); ++i) {
    const Audited& other = result.logs[i];
    const bool is_one_log = first.view.key.Text() == other.view.key.Text();
    if (!is_one_log || !first.report.is_intact() || !other.report.is_intact()) {
      continue;
    }
    MUSUBI_TRY(
        const ledger::Agreement agreement,
        ledger::CompareViews(
            {first.report.checkpoint, first.view.read}, {other.report.checkpoint, other.view.read}
        )
    );
    result.compared.push_back({i, agreement});
    result.is_good = result.is_good && agreement != ledger::Agreement::kForked;
  }
  return result;
}

boost::json::object JsonOf(const Audited& log) {
  const ledger::AuditReport& report = log.report;
  boost::json::object object{
      {"log", log.view.place},
      {"key", log.view.key.Text()},
      {"key_from", log.view.key_from},
      {"origin", report.checkpoint.origin},
      {"size", report.checkpoint.size},
      {"root", ToBase64(report.checkpoint.root)},
      {"entries_checked", report.entry_count},
      {"intact", report.is_intact()}
  };
  if (report.witnessed_size) {
    object["witnessed_size"] = *report.witnessed_size;
  }
  if (log.book) {
    boost::json::array findings;
    for (const audit::RowFinding& finding : log.book->findings) {
      findings.push_back(boost::json::object{
          {"index", finding.index}, {"inquiry", finding.inquiry}, {"reason", finding.reason}
      });
    }
    object["book"] = boost::json::object{
        {"store", log.book->store},
        {"rows_checked", log.book->checked},
        {"rows_erased", log.book->erased},
        {"faults", log.book->faults},
        {"findings", std::move(findings)}
    };
  } else {
    object["rows_not_checked"] = log.why_no_book;
  }
  if (report.finding) {
    object["finding"] = boost::json::object{
        {"resource", report.finding->resource}, {"reason", report.finding->reason}
    };
    if (report.finding->index) {
      object["finding"].as_object()["index"] = *report.finding->index;
    }
  }
  return object;
}

boost::json::object JsonOf(const audit::AgreementReport& report) {
  boost::json::array first;
  for (const audit::Disagreement& each : report.first) {
    first.push_back(boost::json::object{{"inquiry", each.inquiry}, {"reason", each.reason}});
  }
  return {
      {"inquiries", report.inquiries},
      {"by_three", report.by_three},
      {"by_two", report.by_two},
      {"by_inquirer", report.by_inquirer},
      {"disagreements", report.disagreements},
      {"first", std::move(first)}
  };
}

void PrintAgreement(const audit::AgreementReport& report) {
  fmt::print(
      "{} inquiries: {} in three books, {} in two, {} refused by the inquirer's own system; {} "
      "disagreements\n",
      FormatCount(report.inquiries),
      FormatCount(report.by_three),
      FormatCount(report.by_two),
      FormatCount(report.by_inquirer),
      FormatCount(report.disagreements)
  );
  for (const audit::Disagreement& each : report.first) {
    fmt::print("  inquiry {}: {}\n", each.inquiry, each.reason);
  }
}

void PrintBook(const Audited& log) {
  if (!log.book) {
    fmt::print("{}: rows not checked: {}\n", log.view.place, log.why_no_book);
    return;
  }
  const BookReport& book = *log.book;
  fmt::print(
      "{}: {} rows of {} checked{}: {}\n",
      log.view.place,
      FormatCount(book.checked),
      book.store,
      book.erased == 0 ? ""
                       : fmt::format(" ({} erased after their period)", FormatCount(book.erased)),
      book.faults == 0 ? "all fit" : FormatCount(book.faults) + " DO NOT FIT"
  );
  for (const audit::RowFinding& finding : log.book->findings) {
    fmt::print(
        "  row {}{}: {}\n",
        finding.index,
        finding.inquiry.empty() ? "" : " inquiry " + finding.inquiry,
        finding.reason
    );
  }
}

void PrintAudit(const AuditResult& result, bool json) {
  if (json) {
    boost::json::array logs;
    for (const Audited& log : result.logs) {
      logs.push_back(JsonOf(log));
    }
    boost::json::array compared;
    for (const Compared& pair : result.compared) {
      compared.push_back(boost::json::object{
          {"one", result.logs.front().view.place},
          {"other", result.logs[pair.other].view.place},
          {"agreement", ledger::AgreementName(pair.agreement)}
      });
    }
    boost::json::object object{{"good", result.is_good}, {"logs", logs}, {"compared", compared}};
    if (result.agreement) {
      object["agreement"] = JsonOf(*result.agreement);
    }
    PrintJson(object);
    return;
  }
  for (const Audited& log : result.logs) {
    const ledger::AuditReport& report = log.report;
    if (report.is_intact()) {
      fmt::print(
          "{}: intact: {}, {} entries, root {} (key from {})\n",
          log.view.place,
          report.checkpoint.origin,
          FormatCount(report.entry_count),
          ToBase64(report.checkpoint.root),
          log.view.key_from
      );
    } else {
      const ledger::Finding& finding = *report.finding;
      const std::string index = finding.index ? fmt::format(" index {}", *finding.index) : "";
      fmt::print(
          "{}: NOT INTACT: {}{}: {}\n", log.view.place, finding.resource, index, finding.reason
      );
    }
  }
  for (const Audited& log : result.logs) {
    PrintBook(log);
  }
  if (result.agreement) {
    PrintAgreement(*result.agreement);
  }
  for (const Compared& pair : result.compared) {
    fmt::print(
        "{} and {}: {}\n",
        result.logs.front().view.place,
        result.logs[pair.other].view.place,
        ledger::AgreementName(pair.agreement)
    );
  }
}

boost::json::object JsonOf(const bench::LedgerBenchReport& report) {
  boost::json::object object{
      {"entries", report.entries},
      {"group", report.group},
      {"seconds", report.append_s},
      {"entries_per_second", report.EntriesPerSecond()},
      {"hashed_entries_per_second", report.hashed_per_second},
      {"entry_to_proof_ms", {{"median", report.proof_median_ms}, {"worst", report.proof_worst_ms}}},
      {"old_entry_proof_ms", report.old_proof_ms},
      {"group_ms",
       {{"median", report.group_median_ms},
        {"p99", report.group_p99_ms},
        {"worst", report.group_worst_ms}}},
      {"open_s", report.open_s},
      {"disk_bytes", report.disk_bytes},
      {"memory_peak_kb", report.memory_peak_kb}
  };
  if (report.sqlite_per_second) {
    object["sqlite_entries_per_second"] = *report.sqlite_per_second;
    object["beside_sqlite_entries_per_second"] = report.beside_per_second;
    object["times_sqlite"] = report.beside_per_second / *report.sqlite_per_second;
  }
  return object;
}

void PrintTable(const bench::LedgerBenchReport& report) {
  fmt::print(
      "{} entries in groups of {}: {:.1f} s, {:.0f} entries/s, durable\n"
      "  hashing alone           {:>12.0f} entries/s\n"
      "  a group                 {:>9.1f} ms median {:>9.1f} ms p99 {:>9.1f} ms worst\n"
      "  entry to its proof      {:>9.1f} ms median {:>9.1f} ms worst\n"
      "  proof of an old entry   {:>9.2f} ms\n"
      "  opening the log         {:>9.2f} s\n"
      "  on the disk             {:>9} MB\n"
      "  peak memory             {:>9} MB\n",
      FormatCount(report.entries),
      report.group,
      report.append_s,
      report.EntriesPerSecond(),
      report.hashed_per_second,
      report.group_median_ms,
      report.group_p99_ms,
      report.group_worst_ms,
      report.proof_median_ms,
      report.proof_worst_ms,
      report.old_proof_ms,
      report.open_s,
      report.disk_bytes >> 20U,
      report.memory_peak_kb / 1024
  );
  if (report.sqlite_per_second) {
    fmt::print(
        "yardstick: SQLite, the same rows, synchronous FULL: {:.0f} entries/s; ours is {:.2f} "
        "times "
        "as fast\n",
        *report.sqlite_per_second,
        report.EntriesPerSecond() / *report.sqlite_per_second
    );
  }
}

int Judge(const Result<void>& proven) {
  if (proven.ok()) {
    PrintLine("proven");
  }
  return Finish(proven);
}

}  // namespace

int LedgerVerifyInclusion(const LedgerInclusionOptions& options) {
  return Judge(VerifyInclusion(options));
}

int LedgerVerifyConsistency(const LedgerConsistencyOptions& options) {
  return Judge(VerifyConsistency(options));
}

int LedgerAudit(const LedgerAuditOptions& options) {
  const Result<AuditResult> result = RunAudit(options);
  if (!result.ok()) {
    return Fail(result.error());
  }
  PrintAudit(*result, options.json);
  return result->is_good ? kExitDone : kExitRefused;
}

int BenchLedger(const BenchLedgerOptions& options) {
  const auto report =
      bench::BenchLedger({options.entries, options.group, options.folder, !options.no_yardsticks});
  if (!report.ok()) {
    return Fail(report.error());
  }
  if (options.json) {
    PrintJson(JsonOf(*report));
  } else {
    PrintTable(*report);
  }
  return kExitDone;
}

}  // namespace musubi::apps
