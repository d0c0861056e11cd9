// Cuts one CSV record out of a buffer: the part of ContentReader that knows nothing of packages.
//
// Two ways, of equal result. ParsePlainRecord is for the millions: no quotes, whole in the buffer,
// fields point into it. Whatever it does not want (it never says why) goes to FindRecordEnd and
// ParseAnyRecord, which unquotes into scratch memory and names the first fault.
//
// FindRecordEnd counts quotes: outside a quoted field their number is even. With a bare quote it
// may take several lines for one record, and ParseAnyRecord then refuses it at that quote.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/secret.h"
#include "exchange/content.h"

namespace musubi::exchange {

struct CsvRecord {
  std::array<std::string_view, kFieldCountMax> fields;
  std::size_t field_count = 0;
  std::size_t size = 0;  // in the buffer, CRLF included
};

enum class CsvFault {
  kNone,
  kUnfinished,  // no fault yet, and no end
  kNul,
  kBareQuote,
  kBareLineFeed,
  kBareReturn,
  kTooManyFields,
  kBadUtf8,
};

[[nodiscard]] std::string_view CsvFaultText(CsvFault fault);

[[nodiscard]] bool ParsePlainRecord(std::string_view data, CsvRecord& out);

// Size of the record that `data` goes on with, its line feed included; 0: the end is not there.
// `is_quoted` is carried from piece to piece.
[[nodiscard]] std::size_t FindRecordEnd(std::string_view data, bool& is_quoted);

// `record`: from FindRecordEnd, or a beginning that never ended, to learn what is wrong with it.
[[nodiscard]] CsvFault ParseAnyRecord(
    std::string_view record, SecretVector<char>& scratch, CsvRecord& out
);

// No surrogates, no over-long forms, nothing above U+10FFFF.
[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace musubi::exchange
