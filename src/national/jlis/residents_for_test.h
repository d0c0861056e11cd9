// Made-up residents: numbers are computed, so none stands in the source.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/check.h"
#include "number/individual_number.h"

namespace musubi::national::jlis {

// The number whose first eleven digits are `base`.
inline std::string NumberOf(std::uint64_t base) {
  std::array<std::uint8_t, 11> digits{};
  std::string text(12, '0');
  for (std::size_t i = digits.size(); i-- > 0; base /= 10) {
    digits[i] = static_cast<std::uint8_t>(base % 10);
    text[i] = static_cast<char>('0' + base % 10);
  }
  text[11] = static_cast<char>('0' + number::IndividualCheckDigit(digits));
  return text;
}

inline constexpr const char* kHeading =
    "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
    "superseded_number,former_surname,former_surname_kana\r\n";

inline std::string ResidentLine(
    const std::string& record_code,
    const std::string& number,
    const std::string& birth_date,
    const std::string& status = "",
    const std::string& superseded = ""
) {
  return record_code + "," + number + ",架空 花子,カクウ ハナコ," + birth_date +
         ",2,架空県見本市1-2-3," + status + "," + superseded + ",,\r\n";
}

// A file of residents in a folder of its own; gone with the object.
class ResidentFile {
 public:
  explicit ResidentFile(const std::string& lines) {
    std::string pattern = (std::filesystem::temp_directory_path() / "musubi-jlis-XXXXXX").string();
    MUSUBI_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    std::ofstream(path(), std::ios::binary) << kHeading << lines;
  }

  ~ResidentFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  ResidentFile(const ResidentFile&) = delete;
  ResidentFile& operator=(const ResidentFile&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "residents.csv"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace musubi::national::jlis
