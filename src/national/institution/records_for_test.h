// Records of made-up residents, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "national/institution/record_index.h"

namespace musubi::national::institution {

inline const std::string kHeadingLine = std::string(kRecordsHeading) + "\r\n";

// Residents 00000000011, 00000000022, ...
inline std::string ResidentOf(int person) {
  std::string digits(11, '0');
  digits[9] = static_cast<char>('0' + person);
  digits[10] = static_cast<char>('0' + person);
  return digits;
}

// The code a network of a test gives for a resident: the digits themselves, and zeros.
inline Code16 CodeOf(std::string_view resident) {
  Code16 code{};
  std::ranges::copy(resident, code.begin());
  return code;
}

// `rest`: information,kind,layout,key,valid_from,valid_to,flags,items.
inline std::string Line(int person, std::string_view rest) {
  return "P" + std::to_string(person) + "," + ResidentOf(person) + "," + std::string(rest) + "\r\n";
}

inline Result<RecordIndex> ReadIndex(const std::string& text) {
  MemorySource source(AsBytes(text));
  MUSUBI_TRY(RecordIndex index, RecordIndex::Read(source, "records.csv"));
  std::vector<std::optional<Code16>> codes;
  for (const Person& person : index.people()) {
    std::array<char, 11> digits{};
    person.resident.RevealDigits(digits);
    codes.emplace_back(CodeOf({digits.data(), digits.size()}));
  }
  MUSUBI_CHECK_OK(index.SetCodes(codes));
  return index;
}

}  // namespace musubi::national::institution
