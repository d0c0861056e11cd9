// Records of a CSV file (RFC 4180), one at a time, out of a buffer that never grows.
//
// Works on bytes: UTF-8 and CP932 alike (text/charset.h says why). A byte order mark is skipped, a
// DOS end-of-file mark (1A) at the very end too. Lines end in CRLF or LF; blank lines are passed
// over.
//
// Refused with kInvalid, file and line: a NUL byte, UTF-16, a carriage return alone outside quotes,
// a quote inside an unquoted field, anything behind a closing quote but a comma, a quote never
// closed, a record longer than the limit (reading stops there, whatever still follows). Never in
// the message: content.
//
// The buffer is wiped in the end, because numbers pass through it. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/io.h"
#include "base/result.h"

namespace musubi::text {

class CsvReader {
 public:
  // `name`: the file's name, for messages. `source` outlives the reader.
  CsvReader(ByteSource& source, std::string_view name, std::size_t record_size_max);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // The next record; false at the end.
  [[nodiscard]] Result<bool> Next();

  // Fields of the last record, unquoted, as in the file; good until the next call of Next.
  [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }

  // 1-based line on which the last record begins.
  [[nodiscard]] std::uint64_t line() const { return line_; }

  // Bytes read but not yet handed out, for recognising the encoding, and whether they are all.
  [[nodiscard]] BytesView Ahead() const;

  [[nodiscard]] bool is_at_end() const { return is_at_end_; }

  // kInvalid at the last record: place "roster.csv:12" or "roster.csv:12: birth_date".
  [[nodiscard]] Error Refuse(std::string_view message, std::string_view field = {}) const;

 private:
  Result<void> Start();
  Result<void> Fill();
  Result<bool> FindRecord(std::string_view& record);
  bool FindEnd();
  Result<void> Split(char* at, char* end);
  Result<void> SplitQuoted(char* at, char* end);

  ByteSource& source_;
  std::string name_;
  std::size_t record_size_max_;
  std::size_t buffer_size_;
  std::unique_ptr<char[]> buffer_;  // not initialised: most files need a corner of it
  std::size_t used_size_ = 0;       // of the buffer, ever: what is to be wiped
  std::size_t begin_ = 0;           // of the record looked for
  std::size_t scan_ = 0;            // up to here its end has been looked for
  std::size_t end_ = 0;             // of what has been read
  bool is_started_ = false;
  bool is_at_end_ = false;
  bool is_in_quotes_ = false;  // at scan_
  bool has_quotes_ = false;    // between begin_ and scan_
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 1;
  std::vector<std::string_view> fields_;
};

}  // namespace musubi::text
