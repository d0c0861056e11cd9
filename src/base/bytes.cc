#include "base/bytes.h"

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
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (left > 1) {
      group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    }
    if (left > 2) {
      group |= bytes[i + 2];
    }
    text += kBase64Digits[group >> 18];
    text += kBase64Digits[group >> 12 & 63];
    text += left > 1 ? kBase64Digits[group >> 6 & 63] : '=';
    text += left > 2 ? kBase64Digits[group & 63] : '=';
  }
  return text;
}

Result<Bytes> FromBase64(std::string_view text) {
  const Error refused{ErrorCode::kInvalid, "not base64"};
  if (text.size() % 4 != 0) {
    return refused;
  }
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool is_last = i + 4 == text.size();
    std::size_t padding = 0;
    if (is_last && text[i + 3] == '=') {
      padding = text[i + 2] == '=' ? 2 : 1;
    }
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4 - padding; ++j) {
      const int value = kBase64Values[static_cast<std::uint8_t>(text[i + j])];
      if (value < 0) {
        return refused;
      }
      group |= static_cast<std::uint32_t>(value) << (18 - 6 * j);
    }
    if ((padding == 2 && (group & 0xffff) != 0) || (padding == 1 && (group & 0xff) != 0)) {
      return refused;  // one spelling per value
    }
    bytes.push_back(static_cast<std::uint8_t>(group >> 16));
    if (padding < 2) {
      bytes.push_back(static_cast<std::uint8_t>(group >> 8 & 255));
    }
    if (padding < 1) {
      bytes.push_back(static_cast<std::uint8_t>(group & 255));
    }
  }
  return bytes;
}

}  // namespace musubi
