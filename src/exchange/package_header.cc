#include "exchange/package_header.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace musubi::exchange {

namespace {

constexpr std::size_t kHeaderFieldCount = 8;
constexpr std::size_t kNodeIdSizeMax = 64;
constexpr std::uint64_t kSequenceMax = 9999999999;

bool IsNodeId(std::string_view text) {
  return !text.empty() && text.size() <= kNodeIdSizeMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsKind(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Error Refusal(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

Result<void> ReadParties(
    std::span<const std::string_view> fields, const Expected& expected, PackageHeader& header
) {
  if (!IsNodeId(fields[4])) {
    return Refusal("the sender is not a node id");
  }
  if (!expected.sender.empty() && fields[4] != expected.sender) {
    return Refusal("the package is of another sender than " + expected.sender);
  }
  if (fields[5] != expected.recipient) {
    return Refusal("the package is for another recipient than " + expected.recipient);
  }
  header.sender = fields[4];
  header.recipient = fields[5];
  return Ok();
}

Result<void> ReadKind(
    std::span<const std::string_view> fields, const Expected& expected, PackageHeader& header
) {
  if (!expected.kind.empty() && fields[1] != expected.kind) {
    return Refusal("the package is of another kind than " + expected.kind);
  }
  std::uint64_t version = 0;
  const auto version_max = static_cast<std::uint64_t>(std::max(expected.layout_version_max, 0));
  if (!ReadDecimal(fields[2], version) || version < 1 || version > version_max) {
    return Refusal("the layout version is unknown");
  }
  if (fields[3] != ModeName(expected.mode)) {
    return Refusal(fmt::format("the package is of another mode than {}", ModeName(expected.mode)));
  }
  if (!IsKind(fields[1])) {
    return Refusal("the kind is not two capital letters");
  }
  header.kind = fields[1];
  header.layout_version = static_cast<int>(version);
  header.mode = expected.mode;
  return Ok();
}

}  // namespace

bool ReadDecimal(std::string_view text, std::uint64_t& out) {
  constexpr std::size_t kDigitsMax = 18;  // cannot overflow
  if (text.empty() || text.size() > kDigitsMax || (text.size() > 1 && text[0] == '0')) {
    return false;
  }
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return false;
    }
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

Result<PackageHeader> ReadHeader(
    std::span<const std::string_view> fields, const Expected& expected
) {
  if (fields.size() != kHeaderFieldCount) {
    return Refusal("the H record does not have 8 fields");
  }
  PackageHeader header;
  MUSUBI_CHECK_OK(ReadKind(fields, expected, header));
  MUSUBI_CHECK_OK(ReadParties(fields, expected, header));
  const auto created = ParseInstant(fields[6]);
  if (!created.ok()) {
    return Refusal("the time of creation is not a time with an offset");
  }
  header.created = created.value();
  if (!ReadDecimal(fields[7], header.sequence) || header.sequence < 1 ||
      header.sequence > kSequenceMax) {
    return Refusal("the sequence number is not a number from 1 to 9999999999");
  }
  return header;
}

Result<void> CheckHeader(const PackageHeader& header) {
  if (!IsKind(header.kind)) {
    return Refusal("a kind is two capital letters");
  }
  if (header.layout_version < 1) {
    return Refusal("a layout version is 1 or more");
  }
  if (!IsNodeId(header.sender) || !IsNodeId(header.recipient)) {
    return Refusal("sender and recipient are node ids: a-z, 0-9 and -, at most 64 characters");
  }
  if (header.sequence < 1 || header.sequence > kSequenceMax) {
    return Refusal("a sequence number is from 1 to 9999999999");
  }
  return Ok();
}

std::string HeaderText(const PackageHeader& header) {
  return fmt::format(
      "H,{},{},{},{},{},{},{}\r\n",
      header.kind,
      header.layout_version,
      ModeName(header.mode),
      header.sender,
      header.recipient,
      FormatJapanTime(header.created),
      header.sequence
  );
}

std::string_view ModeName(Mode mode) {
  return mode == Mode::kLive ? "live" : "test";
}

std::string PackageFileName(const PackageHeader& header) {
  const std::chrono::year_month_day day = JapanDay(header.created);
  return fmt::format(
      "{}_{}_{:04}{:02}{:02}_{:04}.p7m",
      header.kind,
      header.sender,
      static_cast<int>(day.year()),
      static_cast<unsigned>(day.month()),
      static_cast<unsigned>(day.day()),
      header.sequence
  );
}

}  // namespace musubi::exchange
