#include "national/institution/holdings.h"

#include <algorithm>
#include <map>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "rules/permission.h"

namespace musubi::national::institution {

namespace {

using exchange::InquiryOutcome;

constexpr std::string_view kResidentRecord = "resident-record";

bool IsWithin(const Record& record, Date from, Date to) {
  const bool ended_before = from.is_set() && record.valid_to.is_set() && record.valid_to < from;
  const bool begins_after = to.is_set() && record.valid_from.is_set() && record.valid_from > to;
  return !ended_before && !begins_after;
}

// The oldest version of the record, or the oldest record of its kind.
const Record* OldestOf(std::span<const Record> all, const Record& record) {
  const Record* oldest = &record;
  for (const Record& other : all) {
    const bool is_alike = other.information == record.information && other.kind == record.kind;
    if (is_alike && other.valid_from < oldest->valid_from) {
      oldest = &other;
    }
  }
  return oldest;
}

std::string CountByKind(const std::vector<const Record*>& records) {
  std::map<std::string_view, std::size_t> counts;
  for (const Record* record : records) {
    ++counts[record->kind];
  }
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += (text.empty() ? "" : " ") + std::string(kind) + ":" + std::to_string(count);
  }
  return text;
}

boost::json::object JsonOf(const Record& record) {
  boost::json::object items;
  boost::json::object missing;
  for (const Item& item : record.items) {
    (item.is_missing ? missing : items)[item.name] = item.value;
  }
  return {
      {"kind", record.kind},
      {"key", record.key},
      {"valid_from", record.valid_from.Text()},
      {"valid_to", record.valid_to.Text()},
      {"layout", record.layout},
      {"items", std::move(items)},
      {"missing", std::move(missing)},
  };
}

bool IsWithheld(const Person& person, const exchange::InquirySubject& subject) {
  return (person.is_restricted && subject.information == kResidentRecord) ||
         (person.is_self_blocked && subject.inquirer == kPortalId);
}

}  // namespace

Holdings::Holdings(std::string institution) : institution_(std::move(institution)) {
  for (const rules::Code& code : rules::Permissions::BuiltIn().Codes()) {
    if (code.kind == rules::CodeKind::kInformation) {
      parts_[code.code].push_back(code.code);
      for (const std::string& wide : code.part_of) {
        parts_[wide].push_back(code.code);
      }
    }
  }
}

Holdings::Records Holdings::Choose(
    std::span<const Record> all, const exchange::InquirySubject& subject
) const {
  Records chosen;
  const auto parts = parts_.find(subject.information);
  if (parts == parts_.end()) {
    return chosen;
  }
  for (const Record& record : all) {
    const bool is_asked =
        std::ranges::find(parts->second, record.information) != parts->second.end();
    if (is_asked && IsWithin(record, subject.from, subject.to)) {
      chosen.push_back(&record);
    }
  }
  return chosen;
}

SecretVector<char> Holdings::Content(const exchange::InquiryOrder& order, const Records& records)
    const {
  boost::json::array array;
  for (const Record* record : records) {
    array.push_back(JsonOf(*record));
  }
  const std::string text = boost::json::serialize(boost::json::object{
      {"inquiry", ToHex(order.id)},
      {"provider", institution_},
      {"information", order.subject.information},
      {"records", std::move(array)},
  });
  return {text.begin(), text.end()};
}

inquiry::Holding Holdings::Find(
    const RecordIndex& index, const exchange::InquiryOrder& order, Version version
) const {
  inquiry::Holding holding;
  const Person* person = index.FindByCode(order.code);
  if (person == nullptr) {
    return holding;
  }
  holding.is_hidden = person->is_restricted;
  const std::span<const Record> all = index.RecordsOf(*person);
  Records records = Choose(all, order.subject);
  if (records.empty()) {
    return holding;
  }
  if (IsWithheld(*person, order.subject)) {
    holding.outcome = InquiryOutcome::kNotDisclosed;
    return holding;
  }
  const bool is_manual = std::ranges::any_of(records, &Record::is_manual);
  if (version == Version::kOldest) {
    std::ranges::transform(records, records.begin(), [all](const Record* record) {
      return OldestOf(all, *record);
    });
    std::ranges::sort(records);
    records.erase(std::ranges::unique(records).begin(), records.end());
  }
  holding.outcome = is_manual ? InquiryOutcome::kAwaitingPerson : InquiryOutcome::kAnswered;
  holding.items = CountByKind(records);
  holding.content = Content(order, records);
  for (const Record* record : records) {
    holding.given.push_back(WordOf(*record));
  }
  return holding;
}

}  // namespace musubi::national::institution
