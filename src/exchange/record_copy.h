// RC, record copies 副本, insurer -> hub:
//   D,<insured number>,<branch>,<kind>,<key>,<layout version>,<valid from>,<valid to>,<put|delete>,
//     <items...>
// RR, what became of them, hub -> insurer: a row for every D of RC, in its order:
//   D,<line>,<outcome>,<field>
//
// Rows of RC are in order of insured number, those of a person together. A record is (person, kind,
// key, valid from); put says how it is from now on, delete that it is not. Items stand in the order
// of the layout (rules/record_layout.h), which this folder does not know; none in a delete. An open
// end of validity is blank. docs/formats/record-copy.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "exchange/content.h"
#include "number/insured_number.h"

namespace musubi::exchange {

inline constexpr std::string_view kCopiesKind = "RC";
inline constexpr std::string_view kCopyResultKind = "RR";
inline constexpr std::size_t kCopyKeySizeMax = 64;
inline constexpr std::size_t kCopyKindSizeMax = 32;
inline constexpr std::size_t kCopyItemsMax = 55;

// One word per row of RC.
enum class CopyOutcome : std::uint8_t {
  kApplied,
  kBadFormat,           // a field before the items is missing or malformed
  kUnknownInsured,      // nobody of this insured number and branch
  kStopped,             // the link is stopped: no record is taken for it until the stop is lifted
  kLayoutNotAccepted,   // an unknown kind, or a layout version that is not taken on this day
  kBadItem,             // an item the layout does not allow there
  kDuplicateInPackage,  // the record stands in the package twice: none of them is taken
  kOutOfOrder,          // behind a row of a higher insured number
};

inline constexpr std::size_t kCopyOutcomeCount = 8;
using CopyOutcomeCounts = std::array<std::uint64_t, kCopyOutcomeCount>;

[[nodiscard]] std::string_view CopyOutcomeName(CopyOutcome outcome);  // "applied", "bad-item"
[[nodiscard]] std::optional<CopyOutcome> CopyOutcomeOf(std::string_view name);

// A row as it came; borrowed until the callback returns. `fault_field`: what is wrong, by name;
// then other fields may be unset.
struct RecordCopyRow {
  std::uint32_t number = 0;  // insured number
  unsigned branch = 0;
  std::string_view kind;
  std::string_view key;
  int layout_version = 0;
  Date valid_from;
  Date valid_to;
  bool is_delete = false;
  std::span<const std::string_view> items;
  std::string_view fault_field;  // empty: none
};

// Names of the fields before the items, for results and messages.
inline constexpr std::array<std::string_view, 8> kCopyFieldNames = {
    "insured_number",
    "branch",
    "kind",
    "key",
    "layout_version",
    "valid_from",
    "valid_to",
    "operation"
};

// Never fails: what is wrong becomes `fault_field`.
[[nodiscard]] RecordCopyRow ReadRecordCopyRow(std::span<const std::string_view> fields);
// kInvalid: what ReadRecordCopyRow of the other side would not take.
[[nodiscard]] Result<void> WriteRecordCopyRow(ContentWriter& writer, const RecordCopyRow& row);

// May this be the key of a record? Letters, digits, - _ . and no Individual Number.
[[nodiscard]] bool IsCopyKey(std::string_view text);
// Twelve digits by themselves with a right check digit: no text that says so reaches the hub.
[[nodiscard]] bool HoldsIndividualNumber(std::string_view text);

// Items as they are kept: one CSV record without its line end.
void AppendItems(std::span<const std::string_view> items, std::string& out);
// What AppendItems made, taken apart; kCorrupt: something else.
[[nodiscard]] Result<std::vector<std::string>> SplitItems(std::string_view text);

struct CopyResultRow {
  std::uint64_t line = 0;
  CopyOutcome outcome = CopyOutcome::kApplied;
  std::string_view field;  // with bad-format and bad-item: which
};

[[nodiscard]] Result<CopyResultRow> ReadCopyResultRow(std::span<const std::string_view> fields);
[[nodiscard]] Result<void> WriteCopyResultRow(ContentWriter& writer, const CopyResultRow& row);

}  // namespace musubi::exchange
