// Records::Open, Import, MakeCopies.
#include "insurer/record_copies.h"

#include <array>
#include <charconv>

#include "insurer/package_file.h"
#include "insurer/person_table.h"
#include "insurer/record_slices.h"

namespace musubi::insurer {

namespace {

constexpr std::uint64_t kFirstLine = 2;  // behind H

// The package while it is written, and its rows in the store.
class CopiesWriter {
 public:
  static Result<std::unique_ptr<CopiesWriter>> Create(
      store::Connection& connection,
      const CopiesRequest& request,
      std::uint64_t sequence,
      Instant now
  ) {
    std::unique_ptr<CopiesWriter> writer(new CopiesWriter(sequence));
    MUSUBI_TRY(
        writer->file_,
        PackageFile::Create(
            {.out = request.out,
             .signer = request.signer,
             .recipient = request.recipient,
             .kind = exchange::kCopiesKind,
             .mode = request.mode,
             .sequence = sequence,
             .now = now}
        )
    );
    const std::array<store::Column, 9> columns = {
        {{"sequence", store::ColumnType::kInt},
         {"line", store::ColumnType::kInt},
         {"insured_number", store::ColumnType::kText},
         {"branch", store::ColumnType::kText},
         {"kind", store::ColumnType::kText},
         {"key", store::ColumnType::kText},
         {"valid_from", store::ColumnType::kInt},
         {"digest", store::ColumnType::kBlob},
         {"outcome", store::ColumnType::kText}}
    };
    MUSUBI_TRY(writer->insert_, connection.MakeBulkInsert("copy_sent", columns));
    return writer;
  }

  // `value` null: a deletion.
  Result<void> Add(
      std::string_view insured_number,
      std::string_view branch,
      const RecordKey& key,
      const RecordValue* value
  ) {
    exchange::RecordCopyRow row;
    std::from_chars(
        insured_number.data(), insured_number.data() + insured_number.size(), row.number
    );
    std::from_chars(branch.data(), branch.data() + branch.size(), row.branch);
    row.kind = key.kind;
    row.key = key.key;
    row.valid_from = Date::FromPacked(key.valid_from);
    row.is_delete = value == nullptr;
    row.layout_version = 1;
    RecordDigest digest = {};
    std::vector<std::string> items;
    std::vector<std::string_view> views;
    if (value != nullptr) {
      row.layout_version = value->layout_version;
      row.valid_to = Date::FromPacked(value->valid_to);
      MUSUBI_TRY(items, exchange::SplitItems(value->items));
      views.assign(items.begin(), items.end());
      row.items = views;
      digest = DigestOf(*value);
    }
    MUSUBI_CHECK_OK(exchange::WriteRecordCopyRow(file_->content(), row));
    insert_->Int(static_cast<std::int64_t>(sequence_));
    insert_->Int(static_cast<std::int64_t>(kFirstLine + file_->content().record_count() - 1));
    insert_->Text(insured_number);
    insert_->Text(branch);
    insert_->Text(key.kind);
    insert_->Text(key.key);
    insert_->Int(key.valid_from);
    insert_->Blob(value == nullptr ? BytesView() : BytesView(digest));
    insert_->Text({});
    return insert_->EndRow();
  }

  // All of it is on the disk, under another name; returns the hash, hex.
  Result<std::string> Finish() {
    MUSUBI_CHECK_OK(insert_->Finish());
    return file_->Finish();
  }

  Result<void> PutInPlace() { return file_->PutInPlace(); }

 private:
  explicit CopiesWriter(std::uint64_t sequence) : sequence_(sequence) {}

  std::unique_ptr<PackageFile> file_;
  std::unique_ptr<store::BulkInsert> insert_;
  std::uint64_t sequence_;
};

// Decides for one insured number what goes into the package.
class NumberDecision {
 public:
  NumberDecision(
      const rules::RecordLayouts& layouts, CopyScope scope, Date as_of, CopiesReport& report
  )
      : layouts_(layouts), scope_(scope), as_of_(as_of), report_(report) {}

  Result<void> Write(
      const std::string& number, const InsuredRecords& insured, CopiesWriter& writer
  ) {
    const bool is_held =
        insured.people.size() > 1 ||
        (insured.people.size() == 1 && SendingOf(insured.people[0]) == Sending::kHold);
    if (is_held) {
      ++report_.held;
      return Ok();
    }
    const std::map<RecordKey, RecordValue> wanted = Wanted(insured);
    const std::uint64_t before = report_.rows;
    for (const auto& [key, value] : wanted) {
      if (MustPut(insured, key, value)) {
        MUSUBI_CHECK_OK(writer.Add(number, insured.people[0].branch, key, &value));
        ++report_.puts;
        Count(key);
      }
    }
    for (const auto& [key, sent] : insured.sent) {
      if (!wanted.contains(key) && (sent.confirmed.has_value() || sent.is_open)) {
        MUSUBI_CHECK_OK(writer.Add(number, sent.branch, key, nullptr));
        ++report_.deletes;
        Count(key);
      }
    }
    report_.people += report_.rows > before ? 1 : 0;
    return Ok();
  }

 private:
  void Count(const RecordKey& key) {
    ++report_.rows;
    ++report_.by_kind[key.kind];
  }

  std::map<RecordKey, RecordValue> Wanted(const InsuredRecords& insured) {
    std::map<RecordKey, RecordValue> wanted;
    if (insured.people.empty()) {
      return wanted;
    }
    const rules::RecordKind* eligibility = layouts_.Find(kEligibilityKind);
    if (eligibility != nullptr) {
      if (auto record = EligibilityOf(insured.people[0], *eligibility, as_of_)) {
        wanted.insert(std::move(*record));
      }
    }
    for (const auto& [key, value] : insured.records) {
      if (key.valid_from > as_of_.packed()) {
        continue;  // begins later
      }
      wanted.emplace(key, value);
    }
    return wanted;
  }

  bool MustPut(const InsuredRecords& insured, const RecordKey& key, const RecordValue& value) {
    const auto sent = insured.sent.find(key);
    const bool is_confirmed = sent != insured.sent.end() && !sent->second.is_open &&
                              sent->second.confirmed == DigestOf(value);
    if (is_confirmed && scope_ == CopyScope::kDifferences) {
      return false;
    }
    const rules::RecordKind* kind = layouts_.Find(key.kind);
    const rules::RecordLayout* layout =
        kind == nullptr ? nullptr : kind->Layout(value.layout_version);
    const bool is_accepted = layout != nullptr && layout->IsAcceptedOn(as_of_);
    report_.outdated += is_accepted ? 0 : 1;  // imported long ago: to be imported again
    return is_accepted;
  }

  const rules::RecordLayouts& layouts_;
  CopyScope scope_;
  Date as_of_;
  CopiesReport& report_;
};

// By itself, before the file exists: whatever happens then, a sequence stands in one file only.
Result<std::int64_t> TakeSequence(store::Connection& connection) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(connection, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t sequence, AdvanceCounter(connection, "record_copies", 1));
  MUSUBI_CHECK_OK(transaction.Commit());
  return sequence;
}

Result<void> InsertPackage(
    store::Connection& connection, std::int64_t run, CopyScope scope, Date as_of, const Run& record
) {
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO copy_package (sequence, run, kind, as_of, row_count, file_sha256, "
      "result_sha256) VALUES ($1, $2, $3, $4, $5, $6, '')",
      {static_cast<std::int64_t>(record.sequence),
       run,
       std::string_view(scope == CopyScope::kInitial ? "initial" : "differences"),
       std::int64_t{as_of.packed()},
       static_cast<std::int64_t>(record.row_count),
       std::string_view(record.file_sha256)}
  ));
  return Ok();
}

}  // namespace

Result<std::unique_ptr<Records>> Records::Open(
    store::Database& database,
    const Clock& clock,
    std::string operator_name,
    const rules::RecordLayouts& layouts
) {
  MUSUBI_TRY(auto connection, database.Connect());
  return std::unique_ptr<Records>(
      new Records(std::move(connection), clock, std::move(operator_name), layouts)
  );
}

Result<RecordImportReport> Records::Import(ByteSource& source, std::string_view name, bool whole) {
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  const Instant now = clock_->Now();
  MUSUBI_TRY(
      RecordImportReport report,
      ImportRecordFile(*connection_, {source, name, Date::Of(JapanDay(now)), *layouts_, whole})
  );
  const Run record{"records", FormatUtc(now), operator_name_, report.taken};
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  return report;
}

Result<CopiesReport> Records::MakeCopies(const CopiesRequest& request) {
  MUSUBI_TRY(const std::int64_t sequence, TakeSequence(*connection_));
  const Instant now = clock_->Now();
  const Date as_of = request.as_of.is_set() ? request.as_of : Date::Of(JapanDay(now));
  CopiesReport report;
  report.sequence = static_cast<std::uint64_t>(sequence);
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const auto writer, CopiesWriter::Create(*connection_, request, report.sequence, now));
  NumberDecision decision(*layouts_, request.scope, as_of, report);
  RecordSlices slices(*connection_);
  for (;;) {
    MUSUBI_TRY(const auto slice, slices.Next());
    if (!slice.has_value()) {
      break;
    }
    for (const auto& [number, insured] : *slice) {
      MUSUBI_CHECK_OK(decision.Write(number, insured, *writer));
    }
  }
  Run record{"record-copies", FormatUtc(now), operator_name_, report.rows, report.sequence};
  MUSUBI_TRY(record.file_sha256, writer->Finish());
  MUSUBI_CHECK_OK(InsertPackage(*connection_, run, request.scope, as_of, record));
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  MUSUBI_CHECK_OK(transaction.Commit());
  MUSUBI_CHECK_OK(writer->PutInPlace());
  return report;
}

}  // namespace musubi::insurer
