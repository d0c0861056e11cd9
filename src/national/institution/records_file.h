// The records of an institution (他機関), as its own system would hand them out: one CSV file,
// UTF-8, with a heading (docs/operations/institution.md).
//
//   person,resident_record_code,information,kind,layout,key,valid_from,valid_to,flags,items
//
// person       the institution's own key for the person: letters, digits and hyphens
// information  code of rules/permission: local-tax, resident-record, ...
// kind         what the record is within it: "income"; blank: the same as the information
// layout       version of the layout, 1 to 999
// key          of the record within person and kind: "2026"; the same key with another valid_from
// is
//              another version of the record
// flags        words separated by spaces: restricted (支援措置), manual (自動応答不可),
//              self-blocked (自己情報提供不可)
// items        name=value;name=!reason; a reason stands where a value is missing
//
// Errors are kInvalid with file, line and field, never with a value. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/date.h"
#include "base/io.h"
#include "base/result.h"
#include "number/resident_record_code.h"

namespace musubi::national::institution {

inline constexpr std::string_view kRecordsHeading =
    "person,resident_record_code,information,kind,layout,key,valid_from,valid_to,flags,items";

struct Item {
  std::string name;
  std::string value;  // or the reason why there is none
  bool is_missing = false;
};

struct Record {
  std::string person;
  number::ResidentRecordCode resident;
  std::string information;
  std::string kind;
  int layout = 1;
  std::string key;
  Date valid_from;  // not set: ever since
  Date valid_to;    // the last day; not set: still
  bool is_restricted = false;
  bool is_manual = false;
  bool is_self_blocked = false;
  std::vector<Item> items;
  std::uint64_t line = 0;  // of the file
};

using OnRecord = std::function<Result<void>(Record record)>;

// `name` is the file's name, for messages; `source` is read to its end.
[[nodiscard]] Result<void> ReadRecords(
    ByteSource& source, std::string_view name, const OnRecord& on_record
);

// One record without line end, as it stands in a file.
void AppendRecord(const Record& record, std::string& out);

// What an institution's own key may look like; a key is part of URLs and logs.
[[nodiscard]] bool IsPersonKey(std::string_view text);

}  // namespace musubi::national::institution
