// A roster (被保険者名簿): the CSV an association's existing system exports.
//
// Accepted: UTF-8 (with or without byte order mark) or CP932, recognised by content; CRLF or LF;
// RFC 4180 quoting; a heading line. Columns are found by their headings: the layout 記号, 番号,
// 続柄, 氏名, 氏名カナ, 生年月日, 性別, 住所, 資格取得日, 資格喪失日, 個人番号 (any order; common
// other names of each too) works without a mapping; a mapping file (TOML) names the columns of
// another one. Dates: 和暦 (明治 to 令和, 元年, S54.3.12, 昭和54年3月12日, H09/03/10) and 西暦
// (1979-03-12, 1979/3/12, 19790312), any width; an era date outside its era is refused. Sex: 1/2,
// 男/女, M/F. Names, kana and addresses are handed on as written (UTF-8, not normalised); numbers
// are taken with full-width digits, spaces and hyphens removed, and are NOT checked here beyond
// that.
//
// Streaming: memory is bounded by one line (kLineSizeMax). A bad field never stops the file: it is
// in the row's `problems` with its field name. A file that is no roster (no heading found, broken
// quoting, NUL byte, over-long line, undecodable bytes) is refused with kInvalid, file and line.
// No error or problem holds a value of a personal field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/io.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::text {

inline constexpr std::size_t kLineSizeMax = std::size_t{1} << 20U;

enum class Sex : std::uint8_t { kUnknown = 0, kMale = 1, kFemale = 2 };

struct FieldProblem {
  std::string field;    // "birth_date"
  std::string problem;  // "not a date", never the value
};

// Fields of a row. `number` is the text of the 個人番号 column: wiped, possibly malformed.
struct RosterRow {
  std::uint64_t row = 0;      // 1-based, data rows
  std::uint64_t line = 0;     // 1-based line of the file
  std::string symbol;         // 記号
  std::string member_number;  // 番号
  std::string relationship;   // 続柄: as written
  std::string name;
  std::string kana;
  Date birth_date;
  Sex sex = Sex::kUnknown;
  std::string address;
  Date qualified_on;
  Date lost_on;
  SecretVector<char> number;
  std::vector<FieldProblem> problems;
};

// Which column holds what: field name -> heading as written in the file.
struct RosterMapping {
  // TOML: [columns] name = "氏名" ...; encoding = "cp932"|"utf-8" optional. Unknown keys are
  // refused.
  [[nodiscard]] static Result<RosterMapping> Load(const std::filesystem::path& path);
  std::vector<std::pair<std::string, std::string>> columns;
  std::string encoding;  // empty: recognise
};

struct RosterSummary {
  std::uint64_t row_count = 0;
  std::string encoding;  // "utf-8" or "cp932"
  std::vector<std::string> ignored_columns;
};

using OnRosterRow = std::function<Result<void>(RosterRow&)>;

// `name`: the file's name, for messages.
[[nodiscard]] Result<RosterSummary> ReadRoster(
    ByteSource& source,
    std::string_view name,
    const std::optional<RosterMapping>& mapping,
    const OnRosterRow& on_row
);

}  // namespace musubi::text
