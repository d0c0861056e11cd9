#include "exchange/csv_record.h"

#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace musubi::exchange {

namespace {

// Everything that can mean something (NUL, LF, CR, quote, comma) lies below '-', and so, as signed
// bytes, does everything outside ASCII: one comparison finds them all, with a few harmless others.
constexpr char kFirstPlain = '-';

enum class Step { kGoOn, kEnd, kGiveUp };

struct PlainScan {
  CsvRecord& out;
  std::string_view data;
  const char* field;
  bool is_ascii = true;

  [[nodiscard]] bool EndField(const char* at) {
    if (out.field_count == kFieldCountMax) {
      return false;
    }
    out.fields[out.field_count++] = {field, static_cast<std::size_t>(at - field)};
    field = at + 1;
    return true;
  }

  [[nodiscard]] Step At(const char* at) {
    switch (*at) {
      case ',':
        return EndField(at) ? Step::kGoOn : Step::kGiveUp;
      case '\r':
        if (at + 1 == data.data() + data.size() || at[1] != '\n' || !EndField(at)) {
          return Step::kGiveUp;
        }
        out.size = static_cast<std::size_t>(at + 2 - data.data());
        return Step::kEnd;
      case '\n':
      case '"':
      case '\0':
        return Step::kGiveUp;
      default:
        is_ascii = is_ascii && static_cast<signed char>(*at) >= 0;
        return Step::kGoOn;
    }
  }

  [[nodiscard]] bool Run() {
    const char* p = data.data();
    const char* const end = p + data.size();
#if defined(__SSE2__)
    const __m128i limit = _mm_set1_epi8(kFirstPlain);
    for (; end - p >= 16; p += 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(block, limit)));
      for (; mask != 0; mask &= mask - 1) {
        const Step step = At(p + std::countr_zero(mask));
        if (step != Step::kGoOn) {
          return step == Step::kEnd;
        }
      }
    }
#endif
    for (; p != end; ++p) {
      if (static_cast<signed char>(*p) < kFirstPlain) {
        const Step step = At(p);
        if (step != Step::kGoOn) {
          return step == Step::kEnd;
        }
      }
    }
    return false;
  }
};

// The patient way: one byte at a time.
class AnyScan {
 public:
  AnyScan(std::string_view record, SecretVector<char>& scratch, CsvRecord& out)
      : record_(record), scratch_(scratch), out_(out) {
    scratch_.clear();
    scratch_.reserve(record.size());  // fields point into it: it must not move
    field_ = scratch_.data();
    out_.field_count = 0;
  }

  [[nodiscard]] CsvFault Run() {
    for (at_ = 0; at_ < record_.size(); ++at_) {
      const char c = record_[at_];
      if (c == '\0') {
        return CsvFault::kNul;
      }
      if (place_ == Place::kQuoted) {
        InQuotes(c);
        continue;
      }
      const CsvFault fault = Outside(c);
      if (fault != CsvFault::kNone || out_.size != 0) {
        return fault;
      }
    }
    return CsvFault::kUnfinished;
  }

 private:
  enum class Place { kFieldStart, kPlain, kQuoted, kAfterQuote };

  void InQuotes(char c) {
    if (c == '"') {
      place_ = Place::kAfterQuote;
    } else {
      scratch_.push_back(c);
    }
  }

  [[nodiscard]] CsvFault Outside(char c) {
    switch (c) {
      case ',':
        return EndField();
      case '\n':
        return CsvFault::kBareLineFeed;
      case '\r':
        return Return();
      case '"':
        return Quote();
      default:
        if (place_ == Place::kAfterQuote) {
          return CsvFault::kBareQuote;
        }
        place_ = Place::kPlain;
        scratch_.push_back(c);
        return CsvFault::kNone;
    }
  }

  [[nodiscard]] CsvFault Quote() {
    if (place_ == Place::kPlain) {
      return CsvFault::kBareQuote;
    }
    if (place_ == Place::kAfterQuote) {
      scratch_.push_back('"');
    }
    place_ = Place::kQuoted;
    return CsvFault::kNone;
  }

  [[nodiscard]] CsvFault Return() {
    if (at_ + 1 == record_.size()) {
      return CsvFault::kUnfinished;
    }
    if (record_[at_ + 1] != '\n') {
      return CsvFault::kBareReturn;
    }
    const CsvFault fault = EndField();
    out_.size = fault == CsvFault::kNone ? at_ + 2 : 0;
    return fault;
  }

  [[nodiscard]] CsvFault EndField() {
    if (out_.field_count == kFieldCountMax) {
      return CsvFault::kTooManyFields;
    }
    const char* const end = scratch_.data() + scratch_.size();
    out_.fields[out_.field_count++] = {field_, static_cast<std::size_t>(end - field_)};
    field_ = end;
    place_ = Place::kFieldStart;
    return CsvFault::kNone;
  }

  std::string_view record_;
  SecretVector<char>& scratch_;
  CsvRecord& out_;
  const char* field_ = nullptr;
  std::size_t at_ = 0;
  Place place_ = Place::kFieldStart;
};

// Length of the one character at the front of `text`, 0: none is there.
std::size_t CharacterSize(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) {
    return 0;
  }
  const std::uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < least || byte(1) > most) {
    return 0;
  }
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  return size;
}

}  // namespace

std::string_view CsvFaultText(CsvFault fault) {
  switch (fault) {
    case CsvFault::kNone:
      return "nothing is wrong";
    case CsvFault::kUnfinished:
      return "the content ends inside a record";
    case CsvFault::kNul:
      return "a NUL byte";
    case CsvFault::kBareQuote:
      return "a quote where none may stand";
    case CsvFault::kBareLineFeed:
      return "a line feed without a carriage return before it";
    case CsvFault::kBareReturn:
      return "a carriage return without a line feed after it";
    case CsvFault::kTooManyFields:
      return "more than 64 fields in one record";
    case CsvFault::kBadUtf8:
      return "bytes that are not UTF-8";
  }
  return "unknown fault";
}

bool ParsePlainRecord(std::string_view data, CsvRecord& out) {
  out.field_count = 0;
  PlainScan scan{.out = out, .data = data, .field = data.data()};
  return scan.Run() && (scan.is_ascii || IsUtf8(data.substr(0, out.size)));
}

std::size_t FindRecordEnd(std::string_view data, bool& is_quoted) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] == '"') {
      is_quoted = !is_quoted;
    } else if (data[i] == '\n' && !is_quoted) {
      return i + 1;
    }
  }
  return 0;
}

CsvFault ParseAnyRecord(std::string_view record, SecretVector<char>& scratch, CsvRecord& out) {
  out.size = 0;
  const CsvFault fault = AnyScan(record, scratch, out).Run();
  if (fault == CsvFault::kNone && !IsUtf8(record)) {
    return CsvFault::kBadUtf8;
  }
  return fault;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 0) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace musubi::exchange
