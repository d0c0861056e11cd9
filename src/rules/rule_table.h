// A file of rules (docs/formats/permission.md): UTF-8, a heading, one fact a line, commas and no
// quotes. Stricter than CSV, because people compare these files line by line.
//
// The text outlives the table. Belongs to one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace musubi::rules {

// At most so many lines in a file, and bytes in a line.
inline constexpr std::size_t kLinesMax = 65535;
inline constexpr std::size_t kLineSizeMax = 4096;

class RuleTable {
 public:
  // `name`: the file's, for messages. kInvalid: not UTF-8, another heading, too long.
  [[nodiscard]] static Result<RuleTable> Open(
      std::string_view text, std::string name, std::vector<std::string_view> columns
  );

  // The next line; false at the end. kInvalid: another number of fields, a quote, a control
  // character (a carriage return, a tab), an empty line.
  [[nodiscard]] Result<bool> Next();

  // Of the last line, in the order of the columns.
  [[nodiscard]] std::string_view Field(std::size_t column) const { return fields_[column]; }

  [[nodiscard]] Result<std::string> Required(std::size_t column) const;
  // Small Latin letters, digits and hyphens.
  [[nodiscard]] Result<std::string> Code(std::size_t column) const;
  // Codes with single spaces between; an empty field has none.
  [[nodiscard]] Result<std::vector<std::string>> Codes(std::size_t column) const;

  // Two columns, the second may be empty: not before the first, and that not before 2017-04-01.
  struct Days {
    Date from;
    Date to;
  };

  [[nodiscard]] Result<Days> DaysOf(std::size_t from_column) const;

  // kInvalid at the last line: "facts.csv:12: valid_from".
  [[nodiscard]] Error Refuse(std::string message, std::size_t column) const;

 private:
  RuleTable(std::string_view text, std::string name, std::vector<std::string_view> columns);

  [[nodiscard]] Error RefuseLine(std::string message) const;

  std::string_view left_;
  std::string name_;
  std::vector<std::string_view> columns_;
  std::vector<std::string_view> fields_;
  std::size_t line_ = 0;
};

// The first day of the first table read; nothing can be allowed before it.
[[nodiscard]] Date FirstDay();

}  // namespace musubi::rules
