#include "insurer/number_input.h"

#include "text/utf8.h"
#include "text/width.h"

namespace musubi::insurer {

namespace {

constexpr std::size_t kLineSizeMax = 256;

}  // namespace

Result<number::IndividualNumber> ReadTypedNumber(const SecretVector<char>& typed) {
  SecretVector<char> digits;
  digits.reserve(typed.size());
  std::string_view rest(typed.data(), typed.size());
  while (!rest.empty()) {
    const char32_t point = text::NarrowCodePoint(text::TakeCodePoint(rest));
    const bool is_separator = point == U' ' || point == U'\t' || point == U'\r' ||
                              point == 0xFEFF || text::IsHyphen(point);
    if (!is_separator) {
      // Anything that is no digit fails the check below, as whatever ASCII character.
      digits.push_back(point < 0x80 ? static_cast<char>(point) : '?');
    }
  }
  return number::IndividualNumber::Parse({digits.data(), digits.size()});
}

Result<SecretVector<char>> ReadTypedLine(ByteSource& source) {
  SecretVector<std::uint8_t> buffer(kLineSizeMax);
  SecretVector<char> line;
  line.reserve(kLineSizeMax);
  while (line.size() < kLineSizeMax) {
    MUSUBI_TRY(
        const std::size_t size, source.Read(std::span(buffer).first(kLineSizeMax - line.size()))
    );
    for (std::size_t at = 0; at < size; ++at) {
      if (buffer[at] == '\n') {
        return line;
      }
      line.push_back(static_cast<char>(buffer[at]));
    }
    if (size == 0) {
      return line;
    }
  }
  return Error{ErrorCode::kInvalid, "the line is too long to be an Individual Number"};
}

}  // namespace musubi::insurer
