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

// As JSON has it.
void AppendQuoted(std::string& out, std::string_view text) {
  const bool is_plain = std::ranges::none_of(text, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
  });
  if (is_plain) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += json::serialize(json::string_view(text));
  }
}

// Text at once: thousands of records as values of a document first take three times as long.
void AppendJson(std::string& out, const audit::StoredRecord& record, const Directory& directory) {
  const exchange::InquiryFacts& facts = record.facts;
  out += "{\"index\":" + std::to_string(record.index);
  const auto add = [&out](std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    AppendQuoted(out, text);
  };
  add("id", ToHex(facts.id));
  add("inquirer", facts.subject.inquirer);
  add("inquirer_name", NameOf(directory, facts.subject.inquirer));
  add("provider", facts.subject.provider);
  add("provider_name", NameOf(directory, facts.subject.provider));
  add("procedure", facts.subject.procedure);
  add("information", facts.subject.information);
  add("from", facts.subject.from.Text());
  add("to", facts.subject.to.Text());
  add("basis", facts.basis);
  add("requested_at", TimeText(facts.requested_at));
  add("provided_at", TimeText(facts.provided_at));
  add("outcome", exchange::InquiryOutcomeName(facts.outcome));
  add("items", facts.items);
  out += '}';
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
  constexpr std::size_t kRecordSize = 600;  // about
  std::string text = "{\"records\":[";
  text.reserve((visible - left_out) * kRecordSize + kRecordSize);
  for (const audit::StoredRecord& record : records) {
    if (is_hidden(record)) {
      continue;
    }
    if (left_out > 0) {
      --left_out;
      continue;
    }
    if (text.back() == '}') {
      text += ',';
    }
    AppendJson(text, record, *directory);
  }
  text += "],\"count\":" + std::to_string(records.size()) +
          ",\"not_shown\":" + std::to_string(not_shown) + "}";
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
  std::vector<std::uint64_t> indices;
  std::ranges::transform(records, std::back_inserter(indices), &audit::StoredRecord::index);
  MUSUBI_TRY(std::vector<ledger::Proof> paths, book_->log().InclusionProofs(indices, chain->size));
  for (std::size_t i = 0; i < records.size(); ++i) {
    proof.records.push_back(ToProven(records[i]));
    proof.records.back().inclusion = std::move(paths[i]);
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
