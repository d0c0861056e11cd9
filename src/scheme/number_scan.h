// Looks for Individual Numbers in bytes that should hold none: the hub's files after the work, a
// log, a core dump. It is the proof behind "no number is left on the hub", so it looks for every
// form a program could keep a number in, not only for text:
//   text     ASCII, UTF-16 (either order), full-width UTF-8, digit bytes 0-9
//   packed   decimal, two digits a byte, at a whole or a half byte (6 bytes)
//   integer  eight bytes, either order
//   compact  five bytes, either order: what a database or a packer makes of a small integer
//
// A compact form is only 40 bits long, so random bytes (ciphertext, digests, codes) hit one of N
// numbers by chance once in 2^40/N places. Those are therefore counted apart, with the count that
// chance explains: `IsClean` refuses when there are clearly more. All other forms are long enough
// that a single match is one too many.
//
// A match says where and in which form, never which number. The scanner holds the numbers in wiped
// memory. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace musubi::scheme {

inline constexpr std::size_t kMatchesKeptMax = 100;  // places remembered; all are counted

struct NumberMatch {
  std::string place;
  std::uint64_t offset = 0;  // of the first byte
  std::string_view form;     // "ascii", "utf-16", ...
};

struct ScanReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t matches = 0;
  std::uint64_t compact_matches = 0;
  double compact_by_chance = 0;
  std::vector<NumberMatch> places = {};

  [[nodiscard]] bool CompactIsChance() const;

  [[nodiscard]] bool IsClean() const { return matches == 0 && CompactIsChance(); }
};

class NumberScanner {
 public:
  // Values of twelve decimal digits. Values under 10,000,000 are left out: as integers they are
  // everywhere, and no number issued so far begins with five zeros.
  explicit NumberScanner(std::span<const std::uint64_t> numbers);

  void ScanBytes(BytesView bytes, std::string_view place, ScanReport& report) const;
  // Streams: memory is bounded by a buffer.
  [[nodiscard]] Result<void> ScanFile(const std::filesystem::path& path, ScanReport& report) const;
  // Every regular file below `folder`. A file that goes away meanwhile is left out.
  [[nodiscard]] Result<void> ScanFolder(const std::filesystem::path& folder, ScanReport& report)
      const;

  [[nodiscard]] std::size_t number_count() const { return numbers_.size(); }

 private:
  class Pass;

  [[nodiscard]] bool Contains(std::uint64_t value) const;

  SecretVector<std::uint64_t> numbers_;  // sorted, for the answer
  SecretVector<std::uint64_t> filter_;   // a bit per hash: nearly always the answer "no"
  unsigned filter_shift_ = 0;
};

}  // namespace musubi::scheme
