// Bytes, and the spellings of bytes that cross our borders: hex and base64.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace musubi {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using Code16 = std::array<std::uint8_t, 16>;  // 機関別符号, 処理通番: sixteen opaque bytes

[[nodiscard]] BytesView AsBytes(std::string_view text);
[[nodiscard]] std::string_view AsText(BytesView bytes);

// Lower case, two characters a byte.
[[nodiscard]] std::string ToHex(BytesView bytes);
void WriteHex(BytesView bytes, char* out);
// Exactly out.size()*2 hex characters, either case. False: not hex or wrong length.
[[nodiscard]] bool ReadHex(std::string_view text, std::span<std::uint8_t> out);
[[nodiscard]] Result<Bytes> FromHex(std::string_view text);

// RFC 4648 base64 with padding.
[[nodiscard]] std::string ToBase64(BytesView bytes);
[[nodiscard]] Result<Bytes> FromBase64(std::string_view text);

}  // namespace musubi
