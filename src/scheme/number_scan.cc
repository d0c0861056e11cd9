#include "scheme/number_scan.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/io.h"

namespace musubi::scheme {

namespace {

constexpr std::uint64_t kValueLeast = 10'000'000;
constexpr std::uint64_t kValueEnd = 1'000'000'000'000;
constexpr std::uint64_t kMask40 = (std::uint64_t{1} << 40U) - 1;
constexpr unsigned kDigitCount = 12;
constexpr std::size_t kBufferSize = std::size_t{4} << 20U;

std::uint64_t Spread(std::uint64_t value) {
  return value * 0x9e3779b97f4a7c15U;
}

// The last twelve digits of a run, as a value, and how long the run is.
class DigitRun {
 public:
  void Break() { length_ = 0; }

  // True when the last twelve are there.
  bool Add(unsigned digit) {
    value_ = (value_ * 10 + digit) % kValueEnd;
    return ++length_ >= kDigitCount;
  }

  [[nodiscard]] std::uint64_t value() const { return value_; }

  [[nodiscard]] bool is_running() const { return length_ > 0; }

 private:
  std::uint64_t value_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace

bool ScanReport::CompactIsChance() const {
  constexpr double kDeviations = 6;
  constexpr double kAlways = 3;  // a handful is possible where chance expects almost none
  return static_cast<double>(compact_matches) <=
         compact_by_chance + kDeviations * std::sqrt(compact_by_chance) + kAlways;
}

// One run over one stream of bytes, with the state of every form.
class NumberScanner::Pass {
 public:
  Pass(const NumberScanner& scanner, std::string_view place, ScanReport& report)
      : scanner_(&scanner), place_(place), report_(&report) {}

  void Take(BytesView bytes) {
    for (const std::uint8_t byte : bytes) {
      ++offset_;
      word_ = word_ << 8U | byte;
      TakeInteger();
      TakePacked(byte);
      TakeText(byte);
    }
  }

  void Finish() {
    report_->bytes += offset_;
    report_->compact_by_chance += static_cast<double>(window_count_) *
                                  static_cast<double>(scanner_->numbers_.size()) /
                                  static_cast<double>(kValueEnd - kValueLeast);
  }

 private:
  void TakeInteger() {
    const std::uint64_t big = word_ & kMask40;
    const std::uint64_t swapped = __builtin_bswap64(word_);
    const std::uint64_t little = swapped >> 24U;
    if (IsPossible(big)) {
      ++window_count_;
      if (scanner_->Contains(big)) {
        word_ >> 40U == 0 && offset_ >= 8 ? Found("integer-be", 8) : FoundCompact();
      }
    }
    if (IsPossible(little)) {
      ++window_count_;
      if (scanner_->Contains(little)) {
        FoundCompact();
      }
    }
    // Only now are the three bytes behind a little-endian value known to be zero.
    if (swapped >> 40U == 0 && offset_ >= 8 && scanner_->Contains(swapped)) {
      --report_->compact_matches;
      Found("integer-le", 8);
    }
  }

  // Two digits a byte; `halves_[1]` is shifted by half a byte, as where a sign shares the last one.
  void TakePacked(std::uint8_t byte) {
    const unsigned high = byte >> 4U;
    const unsigned low = byte & 0xfU;
    AddNibble(high, 1);
    AddNibble(low, 0);
  }

  void AddNibble(unsigned digit, unsigned half) {
    if (digit > 9) {
      nibbles_.Break();
    } else if (nibbles_.Add(digit)) {
      Try(nibbles_.value(), "packed-decimal", 6 + half);
    }
  }

  void TakeText(std::uint8_t byte) {
    const bool is_digit = byte >= '0' && byte <= '9';
    AddOrBreak(ascii_, is_digit, byte - unsigned{'0'}, "ascii", kDigitCount);
    AddOrBreak(raw_, byte <= 9, byte, "digit-bytes", kDigitCount);
    TakeWide(byte, is_digit);
    TakeFullWidth(byte);
  }

  // UTF-16: digits alternate with zero bytes; either order looks the same from the digits' side.
  void TakeWide(std::uint8_t byte, bool is_digit) {
    if (is_digit && previous_is_zero_) {
      AddOrBreak(wide_, true, byte - unsigned{'0'}, "utf-16", 2 * kDigitCount - 1);
    } else if (is_digit) {
      wide_.Break();
      static_cast<void>(wide_.Add(byte - unsigned{'0'}));  // may be the first of a run
    } else if (byte != 0 || previous_is_zero_) {
      wide_.Break();
    }
    previous_is_zero_ = byte == 0;
  }

  // ０-９ are EF BC 90 .. EF BC 99.
  void TakeFullWidth(std::uint8_t byte) {
    const bool is_tail = (word_ >> 8U & 0xffffU) == 0xefbcU && byte >= 0x90 && byte <= 0x99;
    if (is_tail) {
      AddOrBreak(full_width_, true, byte - 0x90U, "full-width", 3 * kDigitCount);
    } else if (byte != 0xef && byte != 0xbc) {
      full_width_.Break();
    }
  }

  void AddOrBreak(
      DigitRun& run, bool is_digit, unsigned digit, std::string_view form, std::uint64_t size
  ) {
    if (!is_digit) {
      run.Break();
    } else if (run.Add(digit)) {
      Try(run.value(), form, size);
    }
  }

  [[nodiscard]] static bool IsPossible(std::uint64_t value) {
    return value >= kValueLeast && value < kValueEnd;
  }

  void Try(std::uint64_t value, std::string_view form, std::uint64_t size) {
    if (scanner_->Contains(value)) {
      Found(form, size);
    }
  }

  void FoundCompact() { ++report_->compact_matches; }

  void Found(std::string_view form, std::uint64_t size) {
    ++report_->matches;
    if (report_->places.size() < kMatchesKeptMax) {
      report_->places.push_back({std::string(place_), offset_ - std::min(size, offset_), form});
    }
  }

  const NumberScanner* scanner_;
  std::string_view place_;
  ScanReport* report_;
  std::uint64_t offset_ = 0;                // bytes taken so far
  std::uint64_t word_ = ~std::uint64_t{0};  // the last eight bytes
  std::uint64_t window_count_ = 0;
  bool previous_is_zero_ = false;
  DigitRun ascii_;
  DigitRun raw_;
  DigitRun wide_;
  DigitRun full_width_;
  DigitRun nibbles_;
};

NumberScanner::NumberScanner(std::span<const std::uint64_t> numbers) {
  numbers_.reserve(numbers.size());
  for (const std::uint64_t number : numbers) {
    if (number >= kValueLeast && number < kValueEnd) {
      numbers_.push_back(number);
    }
  }
  std::sort(numbers_.begin(), numbers_.end());
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
  unsigned bits = 16;
  while ((std::size_t{1} << bits) < numbers_.size() * 16) {
    ++bits;
  }
  filter_shift_ = 64 - bits;
  filter_.resize(std::size_t{1} << (bits - 6));
  for (const std::uint64_t number : numbers_) {
    const std::uint64_t bit = Spread(number) >> filter_shift_;
    filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

bool NumberScanner::Contains(std::uint64_t value) const {
  const std::uint64_t bit = Spread(value) >> filter_shift_;
  return (filter_[bit / 64] >> (bit % 64) & 1U) != 0 &&
         std::binary_search(numbers_.begin(), numbers_.end(), value);
}

void NumberScanner::ScanBytes(BytesView bytes, std::string_view place, ScanReport& report) const {
  Pass pass(*this, place, report);
  pass.Take(bytes);
  pass.Finish();
}

Result<void> NumberScanner::ScanFile(const std::filesystem::path& path, ScanReport& report) const {
  MUSUBI_TRY(auto source, FileSource::Open(path));
  const std::string place = path.string();
  Pass pass(*this, place, report);
  Bytes buffer(kBufferSize);
  for (;;) {
    MUSUBI_TRY(const std::size_t size, source->Read(buffer));
    if (size == 0) {
      break;
    }
    pass.Take(BytesView(buffer).first(size));
  }
  pass.Finish();
  ++report.files;
  return Ok();
}

Result<void> NumberScanner::ScanFolder(const std::filesystem::path& folder, ScanReport& report)
    const {
  std::error_code code;
  std::filesystem::recursive_directory_iterator entries(folder, code);
  if (code) {
    return Error{ErrorCode::kNotFound, "cannot read the folder", folder.string()};
  }
  while (entries != std::filesystem::recursive_directory_iterator()) {
    std::error_code status;
    if (entries->is_regular_file(status) && !status) {
      const Result<void> scanned = ScanFile(entries->path(), report);
      if (!scanned.ok() && scanned.error().code != ErrorCode::kNotFound) {
        return scanned.error();
      }
    }
    entries.increment(code);
    if (code) {
      return Error{ErrorCode::kInternal, "cannot read the folder to its end", folder.string()};
    }
  }
  return Ok();
}

}  // namespace musubi::scheme
