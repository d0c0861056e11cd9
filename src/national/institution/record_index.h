// The records of an institution in memory: found by the code the network gave for a person, or by
// the institution's own key.
//
// What always holds
//   1. A person has one resident record code, and a resident record code one person; a file that
//      says otherwise is refused (somebody would get another's record).
//   2. The same person, kind, key and first day stand once.
//   3. A record of an information that is no code of the law's tables is refused.
//
// Immutable once the codes are set, then safe to share between threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "national/institution/records_file.h"
#include "number/resident_record_code.h"

namespace musubi::national::institution {

struct Person {
  std::string key;
  number::ResidentRecordCode resident;
  std::optional<Code16> code = {};  // nothing: the network does not know the resident
  std::size_t first = 0;            // of their records
  std::size_t count = 0;
  bool is_restricted = false;  // a flag of any record counts for the person
  bool is_self_blocked = false;
};

class RecordIndex {
 public:
  [[nodiscard]] static Result<RecordIndex> Load(const std::filesystem::path& path);
  [[nodiscard]] static Result<RecordIndex> Read(ByteSource& source, std::string_view name);

  // In order of their keys.
  [[nodiscard]] std::span<const Person> people() const { return people_; }

  // In order of information, kind, key and first day.
  [[nodiscard]] std::span<const Record> RecordsOf(const Person& person) const {
    return std::span(records_).subspan(person.first, person.count);
  }

  [[nodiscard]] std::span<const Record> records() const { return records_; }

  // One for each of people(), in their order. kConflict: one code for two people.
  [[nodiscard]] Result<void> SetCodes(std::span<const std::optional<Code16>> codes);

  // Null: nobody.
  [[nodiscard]] const Person* FindByCode(const Code16& code) const;
  [[nodiscard]] const Person* FindByKey(std::string_view key) const;

 private:
  RecordIndex() = default;
  [[nodiscard]] Result<void> Gather(std::string_view name);
  [[nodiscard]] Result<void> CheckResidents(std::string_view name) const;

  std::vector<Record> records_;
  std::vector<Person> people_;
  std::vector<std::pair<Code16, std::size_t>> by_code_;
};

// What a record says, as 32 hex digits: another value, another word. An end that is added to a
// version that was open is no other value, since the next version does that.
[[nodiscard]] std::string WordOf(const Record& record);

// Words of `before` that `after` no longer has, sorted: what was given out under them was wrong.
[[nodiscard]] std::vector<std::string> WordsGone(
    const RecordIndex& before, const RecordIndex& after
);

}  // namespace musubi::national::institution
