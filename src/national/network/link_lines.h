// The body of POST /v1/links, `<processing number>,<resident record code>` per line, and its
// answer.
//
// Reading allocates once per body, not per row. Line ends are CRLF or LF; the last may be missing.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::national::network {

struct LinkRows {
  SecretBytes numbers;              // sixteen bytes per row, still enciphered
  SecretVector<char> record_codes;  // eleven digits per row

  [[nodiscard]] std::size_t count() const { return numbers.size() / 16; }
};

inline constexpr std::size_t kLinkRowsMax = 100000;

// kInvalid with "line N" when a line is not of that form; kExhausted over kLinkRowsMax.
[[nodiscard]] Result<LinkRows> ReadLinkRows(std::string_view body);

enum class LinkOutcome : std::uint8_t { kLinked, kExpired, kUnknown, kReused };

[[nodiscard]] std::string_view LinkOutcomeName(LinkOutcome outcome);

// Answer lines: the numbers as they stood in `body`, one outcome each, in the same order. `body`
// passed ReadLinkRows and has as many lines as there are outcomes.
[[nodiscard]] SecretVector<char> WriteLinkAnswer(std::string_view body, BytesView outcomes);

}  // namespace musubi::national::network
