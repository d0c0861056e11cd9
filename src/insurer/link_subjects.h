// People of the register as a check of links asks about them. Inside the caller's transaction.
#pragma once

#include <string>
#include <vector>

#include "insurer/person.h"
#include "store/database.h"

namespace musubi::insurer {

enum class SubjectsOf : std::uint8_t { kWithNumber, kWithoutNumber, kEverybody };

struct Subject {
  Known known;
  FieldTexts texts;
  Bytes sealed;             // of the number
  std::string fingerprint;  // of number and attributes: a decision holds as long as it is the same
};

// In order of reference; people gone from the roster are left out.
[[nodiscard]] Result<std::vector<Subject>> LoadSubjects(
    store::Connection& connection, SubjectsOf which
);

[[nodiscard]] const Subject* FindSubject(
    const std::vector<Subject>& subjects, std::string_view reference
);

}  // namespace musubi::insurer
