#include "national/network/inquiry/record_showing.h"

#include <algorithm>

#include <boost/json.hpp>

#include "national/network/inquiry/inquiry_exchange.h"

namespace musubi::national::network {

namespace {

namespace json = boost::json;

constexpr std::uint32_t kKeyVersion = 1;

std::string TimeText(const std::optional<Instant>& time) {
  return time ? FormatUtc(*time) : std::string();
}

std::string_view NameOf(const Directory& directory, const std::string& id) {
  const Institution* institution = directory.Find(id);
  return institution == nullptr ? std::string_view() : std::string_view(institution->name);
}

json::object ToJson(
    const audit::StoredRecord& record, const Directory& directory, const json::storage_ptr& memory
) {
  const exchange::InquiryFacts& facts = record.facts;
  return json::object(
      {{"index", record.index},
       {"id", ToHex(facts.id)},
       {"inquirer", facts.subject.inquirer},
       {"inquirer_name", NameOf(directory, facts.subject.inquirer)},
       {"provider", facts.subject.provider},
       {"provider_name", NameOf(directory, facts.subject.provider)},
       {"procedure", facts.subject.procedure},
       {"information", facts.subject.information},
       {"from", facts.subject.from.Text()},
       {"to", facts.subject.to.Text()},
       {"basis", facts.basis},
       {"requested_at", TimeText(facts.requested_at)},
       {"provided_at", TimeText(facts.provided_at)},
       {"outcome", exchange::InquiryOutcomeName(facts.outcome)},
       {"items", facts.items}},
      memory
  );
}

audit::ProvenRecord ToProven(const audit::StoredRecord& record) {
  audit::ProvenRecord proven;
  proven.index = record.index;
  const std::string facts = FactsText(record.facts);
  proven.entry.role = record.role;
  proven.entry.inquiry = record.facts.id;
  proven.entry.facts = audit::FactsCommitment(record.salt, facts);
  proven.entry.person = audit::PersonCommitment(record.own_salt, record.code);
  proven.entry.label = record.label;
  if (!record.facts.subject.is_hidden) {
    proven.opening = audit::RecordOpening{record.salt, facts};
  }
  return proven;
}

// Drops what stands before a gap and returns the number of the first record left: what is missing
// was erased after its period. `used`: labels the person had used before the records were read.
Result<std::uint64_t> FirstNumber(
    BytesView person_key, std::uint64_t used, std::vector<audit::StoredRecord>& records
) {
  const std::uint64_t number_max = used + records.size();
  std::uint64_t next = 0;
  std::uint64_t first = records.empty() ? used : 0;
  std::size_t kept_from = 0;
  for (std::size_t i = 0; i < records.size(); ++i, ++next) {
    while (records[i].label != audit::LabelOf(person_key, next)) {
      first = ++next;
      kept_from = i;
      if (next > number_max) {
        return Error{ErrorCode::kCorrupt, "the records of a person do not fit their labels"};
      }
    }
  }
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(kept_from));
  return first;
}

}  // namespace

RecordShowing::RecordShowing(
    BytesView master_key,
    const Clock& clock,
    store::Database& database,
    audit::RecordBook& book,
    LabelSegments& segments,
    std::function<std::shared_ptr<const Directory>()> directory
)
    : clock_(&clock),
      database_(&database),
      book_(&book),
      segments_(&segments),
      directory_(std::move(directory)),
      codes_(master_key),
      labels_(master_key) {}

Result<std::vector<audit::StoredRecord>> RecordShowing::RecordsOf(
    const Code16& records_code, std::uint64_t first_index
) {
  MUSUBI_TRY(const auto connection, database_->Connect());
  return audit::RecordBook::RecordsOf(*connection, records_code, first_index);
}

Result<std::uint64_t> RecordShowing::UsedLabels(const Code16& records_code) {
  MUSUBI_TRY(const auto connection, database_->Connect());
  MUSUBI_TRY(
      const std::optional<std::int64_t> used,
      connection->QueryInt(
          "SELECT used FROM network_label_count WHERE code = $1", {BytesView(records_code)}
      )
  );
  return static_cast<std::uint64_t>(used.value_or(0));
}

Result<void> RecordShowing::NoteLook(const ShowRequest& request, const Code16& records_code) {
  MUSUBI_TRY(auto writing, book_->Begin());
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      clock_->Now(), std::string(request.caller), "provision-records-shown", ToHex(records_code)
  }));
  return writing.Commit();
}

Result<std::string> RecordShowing::Show(const ShowRequest& request) {
  if (request.wants_proof && request.first_index != 0) {
    return Error{ErrorCode::kInvalid, "a proof is about all records", "first_index"};
  }
  Code16 code = request.code;
  {
    const std::scoped_lock lock(codes_mutex_);
    codes_.Translate({request.caller, kKeyVersion}, {kRecordsInstitution, kKeyVersion}, code);
  }
  MUSUBI_CHECK_OK(NoteLook(request, code));
  MUSUBI_TRY(const auto records, RecordsOf(code, request.first_index));
  const std::shared_ptr<const Directory> directory = directory_();
  const auto is_hidden = [](const auto& record) { return record.facts.subject.is_hidden; };
  const auto not_shown = static_cast<std::uint64_t>(std::ranges::count_if(records, is_hidden));
  const std::uint64_t visible = records.size() - not_shown;
  std::uint64_t left_out =
      request.count_max == 0 ? 0 : visible - std::min(request.count_max, visible);
  // Thousands of small values that go together.
  json::monotonic_resource memory;
  json::array shown(&memory);
  shown.reserve(visible - left_out);
  for (const audit::StoredRecord& record : records) {
    if (!is_hidden(record) && left_out > 0) {
      --left_out;
    } else if (!is_hidden(record)) {
      shown.emplace_back(ToJson(record, *directory, &memory));
    }
  }
  json::object answer(&memory);
  answer["records"] = std::move(shown);
  answer["count"] = records.size();
  answer["not_shown"] = not_shown;
  std::string text = json::serialize(answer);
  if (request.wants_proof) {
    MUSUBI_TRY(const audit::RecordProof proof, Prove(code));
    text.pop_back();
    text += ",\"proof\":" + RecordProofJson(proof) + "}";
  }
  return text;
}

Result<audit::RecordProof> RecordShowing::Prove(const Code16& records_code) {
  MUSUBI_TRY(const auto chain, segments_->Current());
  // Records come after the chain was read, and may be newer than its checkpoint.
  audit::RecordProof proof;
  proof.checkpoint = chain->checkpoint;
  {
    const std::scoped_lock lock(codes_mutex_);
    proof.person_key = labels_.KeyOf(records_code);
  }
  MUSUBI_TRY(const std::uint64_t used, UsedLabels(records_code));
  MUSUBI_TRY(auto records, RecordsOf(records_code, 0));
  MUSUBI_TRY(proof.first_number, FirstNumber(proof.person_key, used, records));
  std::erase_if(records, [&chain](const auto& record) { return record.index >= chain->size; });
  for (const audit::StoredRecord& record : records) {
    audit::ProvenRecord proven = ToProven(record);
    MUSUBI_TRY(proven.inclusion, book_->log().InclusionProof(record.index, chain->size));
    proof.records.push_back(std::move(proven));
  }
  const Code16 next = audit::LabelOf(proof.person_key, proof.first_number + records.size());
  for (const Segment& segment : chain->segments) {
    MUSUBI_TRY(const LabelSegments::Tree tree, segments_->TreeOf(segment));
    audit::SegmentProof& absent = proof.segments.emplace_back();
    absent.index = segment.entry_index;
    absent.labels = {segment.first, segment.end, tree->Root()};
    MUSUBI_TRY(absent.inclusion, book_->log().InclusionProof(segment.entry_index, chain->size));
    MUSUBI_CHECK_OK(audit::ProveAbsence(*tree, next, absent));
  }
  return proof;
}

}  // namespace musubi::national::network
