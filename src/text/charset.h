// Which of two encodings a file is in, and text out of it as UTF-8.
//
// CP932 is what Windows calls Shift_JIS: with NEC's and IBM's extended characters (㈱ 髙 﨑), wave
// dash as U+FF5E, minus as U+FF0D. ICU's "windows-31j" is an alias of ibm-943_P15A-2003, which
// agrees with Windows on every double byte; the table is derived from it once at run time. Only the
// single bytes 1A, 1C and 7F are turned there and stand for themselves here. User-defined
// characters (外字, F040-F9FC) become U+E000-U+E757 as on Windows: what they look like only the
// sender knows. JIS X 0213 is not covered.
//
// In both encodings the bytes of CSV (comma, quote, CR, LF, NUL) are never part of another
// character, so records are cut first and decoded after: nothing is carried from field to field.
// Decoder is safe to share between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace musubi::text {

enum class Encoding : std::uint8_t { kUtf8, kCp932 };

[[nodiscard]] std::string_view EncodingName(Encoding encoding);  // "utf-8", "cp932"
[[nodiscard]] std::optional<Encoding> EncodingOfName(std::string_view name);

enum class Recognition : std::uint8_t { kAscii, kUtf8, kCp932, kNeither };

// Does the piece of a file end where a character ends?
enum class PieceEnd : std::uint8_t { kWhole, kMayBeCut };

// A piece that is UTF-8 but for a few bytes is called UTF-8, so that the damage is found and
// reported where it is.
[[nodiscard]] Recognition Recognise(BytesView piece, PieceEnd end);

class Decoder {
 public:
  // kInternal: ICU came without its conversion tables.
  [[nodiscard]] static Result<Decoder> Make(Encoding encoding);

  [[nodiscard]] Encoding encoding() const { return encoding_; }

  // At most this many bytes come out of `size` bytes.
  [[nodiscard]] static std::size_t SizeMax(std::size_t size) { return 3 * size; }

  // Writes whole characters as UTF-8 at `out`; returns the end, or null if `bytes` is malformed.
  [[nodiscard]] char* Write(std::string_view bytes, char* out) const;

  // `out` becomes the text. False: malformed; `out` is then empty. Out: std::string,
  // SecretVector<char>.
  template <typename Out>
  [[nodiscard]] bool Decode(std::string_view bytes, Out& out) const {
    out.resize(SizeMax(bytes.size()));
    const char* end = Write(bytes, out.data());
    out.resize(end == nullptr ? 0 : static_cast<std::size_t>(end - out.data()));
    return end != nullptr;
  }

 private:
  class Cp932Table;

  Decoder(Encoding encoding, const Cp932Table* table) : encoding_(encoding), table_(table) {}

  Encoding encoding_;
  const Cp932Table* table_;  // null for UTF-8; else lives as long as the process
};

}  // namespace musubi::text
