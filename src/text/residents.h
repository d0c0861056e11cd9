// The residents' register as the stand-in for 住基ネット reads it: UTF-8 CSV, plain or gzip.
//   resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,
//   superseded_number,former_surname,former_surname_kana
// Status: blank, deceased, moved_abroad, restricted. Streaming, bounded by one line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/date.h"
#include "base/io.h"
#include "base/result.h"
#include "text/roster.h"

namespace musubi::text {

enum class ResidentStatus : std::uint8_t { kPresent, kDeceased, kMovedAbroad, kRestricted };

// Borrowed until the callback returns. Digits are checked for form only (12 and 11 digits);
// an empty superseded number means none.
struct ResidentRow {
  std::uint64_t line = 0;
  std::string_view resident_record_code;
  std::string_view individual_number;
  std::string_view name;
  std::string_view kana;
  Date birth_date;
  Sex sex = Sex::kUnknown;
  std::string_view address;
  ResidentStatus status = ResidentStatus::kPresent;
  std::string_view superseded_number;
  std::string_view former_surname;
  std::string_view former_surname_kana;
};

using OnResident = std::function<Result<void>(const ResidentRow&)>;

// A row that cannot be read refuses the file: kInvalid, file, line and field.
[[nodiscard]] Result<std::uint64_t> ReadResidents(
    const std::filesystem::path& path, const OnResident& on_resident
);

// The same from bytes that are not compressed. `name` is for messages.
[[nodiscard]] Result<std::uint64_t> ReadResidents(
    ByteSource& source, std::string_view name, const OnResident& on_resident
);

}  // namespace musubi::text
