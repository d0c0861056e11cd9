// The register's people with insured numbers, some thousand at a time in order of number, each with
// the records that ought to be at the hub and with what is known to be there.
//
// Works inside the caller's transaction. Order is that of the digits; everything finer is compared
// here and not in the store, whose collation may be another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "insurer/record_person.h"
#include "store/database.h"

namespace musubi::insurer {

// What was sent under an insured number.
struct SentRecord {
  std::string branch;
  std::optional<RecordDigest> confirmed;  // as the hub holds it; nothing: not held
  bool is_open = false;                   // a package not answered, or a refusal: unknown
};

struct InsuredRecords {
  std::vector<RecordPerson> people;  // none: nobody has this number any more; two: a broken store
  std::map<RecordKey, RecordValue> records;  // of the existing system, without eligibility
  std::map<RecordKey, SentRecord> sent;
};

using RecordSlice = std::map<std::string, InsuredRecords>;  // by insured number

class RecordSlices {
 public:
  explicit RecordSlices(store::Connection& connection) : connection_(connection) {}

  // Nothing: all have been read.
  [[nodiscard]] Result<std::optional<RecordSlice>> Next();

 private:
  [[nodiscard]] Result<std::string> ReadPeople(RecordSlice& slice);
  [[nodiscard]] Result<void> ReadRecords(const std::string& end, RecordSlice& slice);
  [[nodiscard]] Result<void> ReadSent(const std::string& end, RecordSlice& slice);

  store::Connection& connection_;
  std::string begin_;  // numbers after this one
  bool is_at_end_ = false;
};

}  // namespace musubi::insurer
