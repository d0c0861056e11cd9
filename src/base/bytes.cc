#include "base/bytes.h"

#include <algorithm>

namespace musubi {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> MakeReverse(std::string_view digits) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<std::uint8_t>(digits[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr auto kHexValues = [] {
  auto table = MakeReverse(kHexDigits);
  for (char c = 'A'; c <= 'F'; ++c) {
    table[static_cast<std::uint8_t>(c)] = static_cast<std::int8_t>(c - 'A' + 10);
  }
  return table;
}();
constexpr auto kBase64Values = MakeReverse(kBase64Digits);

}  // namespace

BytesView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view AsText(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void WriteHex(BytesView bytes, char* out) {
  for (const std::uint8_t byte : bytes) {
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
}

std::string ToHex(BytesView bytes) {
  std::string text(bytes.size() * 2, '\0');
  WriteHex(bytes, text.data());
  return text;
}

bool ReadHex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != out.size() * 2) {
    return false;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = kHexValues[static_cast<std::uint8_t>(text[2 * i])];
    const int low = kHexValues[static_cast<std::uint8_t>(text[2 * i + 1])];
    if (high < 0 || low < 0) {
      return false;
    }
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

Result<Bytes> FromHex(std::string_view text) {
  Bytes bytes(text.size() / 2);
  if (!ReadHex(text, bytes)) {
    return Error{ErrorCode::kInvalid, "not hexadecimal"};
  }
  return bytes;
}

std::string ToBase64(BytesView bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  const std::uint8_t* in = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const std::uint32_t group = std::uint32_t{in[0]} << 16 | std::uint32_t{in[1]} << 8 | in[2];
    out[0] = kBase64Digits[group >> 18];
    out[1] = kBase64Digits[group >> 12 & 63];
    out[2] = kBase64Digits[group >> 6 & 63];
    out[3] = kBase64Digits[group & 63];
  }
  if (left > 0) {  // the padding stands there already
    const std::uint32_t group =
        std::uint32_t{in[0]} << 16 | (left > 1 ? std::uint32_t{in[1]} << 8 : 0U);
    out[0] = kBase64Digits[group >> 18];
    out[1] = kBase64Digits[group >> 12 & 63];
    if (left > 1) {
      out[2] = kBase64Digits[group >> 6 & 63];
    }
  }
  return text;
}

Result<Bytes> FromBase64(std::string_view text) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Bytes bytes;
  bool is_base64 = text.size() % 4 == 0;
  if (is_base64) {
    bytes.resize(text.size() / 4 * 3 + 3);  // room for a group more
    const std::string_view digits = text.substr(0, text.size() - padding);
    std::int32_t faults = 0;  // negative: a character that is no digit
    std::uint32_t group = 0;
    std::uint8_t* out = bytes.data();
    for (std::size_t i = 0; i < digits.size(); i += 4, out += 3) {
      group = 0;
      const std::size_t count = std::min<std::size_t>(4, digits.size() - i);
      for (std::size_t j = 0; j < count; ++j) {
        const std::int32_t value = kBase64Values[static_cast<std::uint8_t>(digits[i + j])];
        faults |= value;
        group |= (static_cast<std::uint32_t>(value) & 63U) << (18 - 6 * j);
      }
      out[0] = static_cast<std::uint8_t>(group >> 16);
      out[1] = static_cast<std::uint8_t>(group >> 8);
      out[2] = static_cast<std::uint8_t>(group);
    }
    bytes.resize(text.size() / 4 * 3 - padding);
    // One spelling per value: what the padding leaves out is zero.
    const std::uint32_t unused = padding == 2 ? group & 0xffffU : padding == 1 ? group & 0xffU : 0U;
    is_base64 = faults >= 0 && unused == 0;
  }
  if (!is_base64) {
    return Error{ErrorCode::kInvalid, "not base64"};
  }
  return bytes;
}

}  // namespace musubi
