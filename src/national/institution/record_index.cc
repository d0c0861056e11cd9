#include "national/institution/record_index.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "base/secret.h"
#include "crypto/digest.h"
#include "rules/permission.h"

namespace musubi::national::institution {

namespace {

constexpr std::size_t kPersonBytes = 6;  // of a word
constexpr std::size_t kRecordBytes = 10;

auto PlaceOf(const Record& record) {
  return std::tie(record.person, record.information, record.kind, record.key, record.valid_from);
}

Error Refuse(
    std::string_view name, std::uint64_t line, std::string_view message, std::string_view field
) {
  return Error{
      ErrorCode::kInvalid,
      std::string(message),
      std::string(name) + ":" + std::to_string(line) + ": " + std::string(field)
  };
}

std::set<std::string, std::less<>> InformationCodes() {
  std::set<std::string, std::less<>> codes;
  for (const rules::Code& code : rules::Permissions::BuiltIn().Codes()) {
    if (code.kind == rules::CodeKind::kInformation) {
      codes.insert(code.code);
    }
  }
  return codes;
}

std::vector<std::string> Words(const RecordIndex& index) {
  std::vector<std::string> words;
  words.reserve(index.records().size());
  for (const Record& record : index.records()) {
    words.push_back(WordOf(record));
  }
  std::ranges::sort(words);
  return words;
}

}  // namespace

Result<RecordIndex> RecordIndex::Load(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto source, FileSource::Open(path));
  return Read(*source, path.filename().string());
}

Result<RecordIndex> RecordIndex::Read(ByteSource& source, std::string_view name) {
  RecordIndex index;
  const auto codes = InformationCodes();
  MUSUBI_CHECK_OK(ReadRecords(source, name, [&](Record record) -> Result<void> {
    if (!codes.contains(record.information)) {
      return Refuse(name, record.line, "no code of the tables of the law", "information");
    }
    index.records_.push_back(std::move(record));
    return Ok();
  }));
  MUSUBI_CHECK_OK(index.Gather(name));
  return index;
}

Result<void> RecordIndex::Gather(std::string_view name) {
  std::ranges::sort(records_, [](const Record& a, const Record& b) {
    return PlaceOf(a) < PlaceOf(b);
  });
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Record& record = records_[i];
    if (i > 0 && PlaceOf(records_[i - 1]) == PlaceOf(record)) {
      const std::uint64_t line = std::max(record.line, records_[i - 1].line);
      return Refuse(name, line, "the same record stands in the file twice", "valid_from");
    }
    if (people_.empty() || people_.back().key != record.person) {
      people_.push_back({.key = record.person, .resident = record.resident, .first = i});
    }
    Person& person = people_.back();
    if (!person.resident.SameAs(record.resident)) {
      return Refuse(
          name, record.line, "another than in the person's other records", "resident_record_code"
      );
    }
    ++person.count;
    person.is_restricted = person.is_restricted || record.is_restricted;
    person.is_self_blocked = person.is_self_blocked || record.is_self_blocked;
  }
  return CheckResidents(name);
}

Result<void> RecordIndex::CheckResidents(std::string_view name) const {
  SecretVector<std::pair<std::uint64_t, std::uint64_t>> residents;  // and the line of each
  residents.reserve(people_.size());
  for (const Person& person : people_) {
    residents.emplace_back(person.resident.RevealPacked(), records_[person.first].line);
  }
  std::ranges::sort(residents);
  for (std::size_t i = 1; i < residents.size(); ++i) {
    if (residents[i - 1].first == residents[i].first) {
      return Refuse(name, residents[i].second, "stands under two people", "resident_record_code");
    }
  }
  return Ok();
}

Result<void> RecordIndex::SetCodes(std::span<const std::optional<Code16>> codes) {
  by_code_.clear();
  for (std::size_t i = 0; i < people_.size() && i < codes.size(); ++i) {
    people_[i].code = codes[i];
    if (codes[i]) {
      by_code_.emplace_back(*codes[i], i);
    }
  }
  std::ranges::sort(by_code_);
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::ranges::adjacent_find(by_code_, same) != by_code_.end()) {
    return Error{ErrorCode::kConflict, "the network gave one code for two people"};
  }
  return Ok();
}

const Person* RecordIndex::FindByCode(const Code16& code) const {
  const auto found =
      std::ranges::lower_bound(by_code_, code, {}, [](const auto& entry) { return entry.first; });
  return found == by_code_.end() || found->first != code ? nullptr : &people_[found->second];
}

const Person* RecordIndex::FindByKey(std::string_view key) const {
  const auto found = std::ranges::lower_bound(people_, key, {}, &Person::key);
  return found == people_.end() || found->key != key ? nullptr : &*found;
}

std::string WordOf(const Record& record) {
  std::string text = record.person;
  const auto add = [&text](std::string_view part) { text.append(1, '\n').append(part); };
  add(record.information);
  add(record.kind);
  add(std::to_string(record.layout));
  add(record.key);
  add(record.valid_from.Text());
  for (const Item& item : record.items) {
    add(item.name);
    add(item.is_missing ? "!" : "=");
    add(item.value);
  }
  // By person first: the words of one answer then lie beside each other in the desk's index.
  const crypto::Digest person = crypto::Sha256Of(AsBytes(record.person));
  const crypto::Digest digest = crypto::Sha256Of(AsBytes(text));
  return ToHex(BytesView(person).first(kPersonBytes)) +
         ToHex(BytesView(digest).first(kRecordBytes));
}

std::vector<std::string> WordsGone(const RecordIndex& before, const RecordIndex& after) {
  const std::vector<std::string> old_words = Words(before);
  const std::vector<std::string> new_words = Words(after);
  std::vector<std::string> gone;
  std::ranges::set_difference(old_words, new_words, std::back_inserter(gone));
  return gone;
}

}  // namespace musubi::national::institution
