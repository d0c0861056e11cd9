#include "text/charset.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include <unicode/ucnv.h>

#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr const char* kIcuName = "ibm-943_P15A-2003";
constexpr char16_t kNone = 0xffff;

bool IsLead(std::uint8_t byte) {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

bool IsTrail(std::uint8_t byte) {
  return byte >= 0x40 && byte <= 0xfc && byte != 0x7f;
}

bool IsHalfWidthKana(std::uint8_t byte) {
  return byte >= 0xa1 && byte <= 0xdf;
}

struct ConverterCloser {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

using Converter = std::unique_ptr<UConverter, ConverterCloser>;

Converter OpenConverter() {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(kIcuName, &status));
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  return U_SUCCESS(status) ? std::move(converter) : nullptr;
}

char16_t Convert(UConverter* converter, std::uint8_t lead, std::uint8_t trail) {
  const char bytes[] = {static_cast<char>(lead), static_cast<char>(trail)};
  UChar units[4];
  UErrorCode status = U_ZERO_ERROR;
  ucnv_reset(converter);
  const std::int32_t count = ucnv_toUChars(converter, units, 4, bytes, 2, &status);
  return U_SUCCESS(status) && count == 1 ? units[0] : kNone;
}

}  // namespace

class Decoder::Cp932Table {
 public:
  [[nodiscard]] static const Cp932Table* Get() {
    static const Cp932Table table;
    return table.is_loaded_ ? &table : nullptr;
  }

  [[nodiscard]] char16_t Find(std::uint8_t lead, std::uint8_t trail) const {
    return IsLead(lead) && IsTrail(trail) ? units_[Place(lead, trail)] : kNone;
  }

 private:
  static constexpr std::size_t kTrailCount = 0xfc - 0x40 + 1;

  Cp932Table() {
    const Converter converter = OpenConverter();
    units_.fill(kNone);
    for (unsigned lead = 0x81; converter != nullptr && lead <= 0xfc; ++lead) {
      for (unsigned trail = 0x40; trail <= 0xfc; ++trail) {
        const auto first = static_cast<std::uint8_t>(lead);
        const auto second = static_cast<std::uint8_t>(trail);
        if (IsLead(first) && IsTrail(second)) {
          units_[Place(first, second)] = Convert(converter.get(), first, second);
        }
      }
    }
    is_loaded_ = converter != nullptr;
  }

  static std::size_t Place(std::uint8_t lead, std::uint8_t trail) {
    return std::size_t{lead - 0x81U} * kTrailCount + (trail - 0x40U);
  }

  std::array<char16_t, (0xfc - 0x81 + 1) * kTrailCount> units_;
  bool is_loaded_ = false;
};

std::string_view EncodingName(Encoding encoding) {
  return encoding == Encoding::kUtf8 ? "utf-8" : "cp932";
}

std::optional<Encoding> EncodingOfName(std::string_view name) {
  if (name == "utf-8") {
    return Encoding::kUtf8;
  }
  return name == "cp932" ? std::optional(Encoding::kCp932) : std::nullopt;
}

Result<Decoder> Decoder::Make(Encoding encoding) {
  if (encoding == Encoding::kUtf8) {
    return Decoder(encoding, nullptr);
  }
  const Cp932Table* table = Cp932Table::Get();
  if (table == nullptr) {
    return Error{ErrorCode::kInternal, "ICU has no conversion table for CP932"};
  }
  return Decoder(encoding, table);
}

char* Decoder::Write(std::string_view bytes, char* out) const {
  if (encoding_ == Encoding::kUtf8) {
    if (!IsUtf8(bytes)) {
      return nullptr;
    }
    return std::copy(bytes.begin(), bytes.end(), out);
  }
  constexpr char32_t kKanaOffset = 0xff61 - 0xa1;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (byte < 0x80) {
      *out++ = static_cast<char>(byte);
    } else if (IsHalfWidthKana(byte)) {
      out += WriteUtf8(byte + kKanaOffset, out);
    } else {
      const bool has_more = ++i < bytes.size();
      const char16_t unit =
          has_more ? table_->Find(byte, static_cast<std::uint8_t>(bytes[i])) : kNone;
      if (unit == kNone) {
        return nullptr;
      }
      out += WriteUtf8(unit, out);
    }
  }
  return out;
}

namespace {

struct Utf8Count {
  std::size_t sequences = 0;  // of two bytes and more
  std::size_t broken = 0;     // bytes that belong to none
};

Utf8Count CountUtf8(std::string_view text, PieceEnd end) {
  const std::size_t cut_size_max = end == PieceEnd::kMayBeCut ? 3 : 0;
  Utf8Count count;
  while (!text.empty()) {
    const std::size_t left = text.size();
    const char32_t code_point = TakeCodePoint(text);
    if (code_point == kNotACodePoint) {
      count.broken += left > cut_size_max ? 1 : 0;
    } else if (code_point >= 0x80) {
      ++count.sequences;
    }
  }
  return count;
}

// Every byte has its place in CP932, whether or not the place holds a character.
bool IsShapedLikeCp932(BytesView piece, PieceEnd end) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] < 0x80 || IsHalfWidthKana(piece[i])) {
      continue;
    }
    if (!IsLead(piece[i])) {
      return false;
    }
    const bool has_trail = ++i < piece.size();
    if (has_trail ? !IsTrail(piece[i]) : end == PieceEnd::kWhole) {
      return false;
    }
  }
  return true;
}

}  // namespace

Recognition Recognise(BytesView piece, PieceEnd end) {
  if (std::all_of(piece.begin(), piece.end(), [](std::uint8_t byte) { return byte < 0x80; })) {
    return Recognition::kAscii;
  }
  // In CP932 text about every second byte is broken as UTF-8; in damaged UTF-8 hardly one is.
  constexpr std::size_t kSequencesPerBroken = 8;
  const Utf8Count count = CountUtf8(AsText(piece), end);
  if (count.sequences > 0 && count.broken * kSequencesPerBroken <= count.sequences) {
    return Recognition::kUtf8;
  }
  return IsShapedLikeCp932(piece, end) ? Recognition::kCp932 : Recognition::kNeither;
}

}  // namespace musubi::text
