// The residents' register in memory, by Individual Number: what 住基ネット answers from.
//
// What always holds
//   1. A number, current or superseded, names one resident: a file in which one stands twice is
//      refused with file and line.
//   2. An entry takes 16 bytes at two thirds load: 10,000,000 residents need about 250 MB (400 MB
//      while loading). The memory is wiped when the index goes.
//   3. The birth date is compared before anything else is told about a resident; status and
//      supersession are told only to those who knew it.
//
// Names and addresses are not kept here: the query by attributes (RQ) and verification (VQ) have an
// index of their own beside this one (attribute_queries.h).
//
// Immutable once loaded; shared by all threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "base/secret.h"
#include "number/individual_number.h"
#include "text/residents.h"

namespace musubi::national::jlis {

// What jlis finds out about one number; kFound is then linked by the network.
enum class Finding : std::uint8_t {
  kFound,
  kNotFound,
  kBirthDateDiffers,
  kSuperseded,
  kResidentGone,
  kRestricted,
  kExpired,  // the processing number ran out or was used
  kBadFormat,
};

inline constexpr std::size_t kFindingCount = 8;

[[nodiscard]] std::string_view FindingName(Finding finding);  // kFound: "linked"

struct Question {
  std::uint64_t number = 0;  // RevealPacked; 0: malformed
  Date birth_date;           // not set: malformed
};

struct Resident {
  Finding finding = Finding::kBadFormat;
  std::uint64_t record_code = 0;  // 住民票コード, only when found
};

class ResidentIndex {
 public:
  // kInvalid with file and line: unreadable row, wrong check digit, number twice.
  [[nodiscard]] static Result<ResidentIndex> Load(const std::filesystem::path& path);

  // One answer per question, in order.
  void Find(std::span<const Question> questions, std::span<Resident> answers) const;

  [[nodiscard]] std::uint64_t resident_count() const { return resident_count_; }

  // Every resident's present number, sorted by record code.
  struct RecordNumber {
    std::uint64_t record_code;
    std::uint64_t number;
  };

  [[nodiscard]] SecretVector<RecordNumber> NumbersByRecordCode() const;

  struct Entry {
    std::uint64_t number;  // 0: free
    std::uint64_t facts;   // record code 37 bits, birth date 23, status 2, superseded 1
  };

 private:
  [[nodiscard]] std::size_t HomeOf(std::uint64_t number) const;
  [[nodiscard]] bool Insert(const Entry& entry);  // false: the number is there already
  [[nodiscard]] Resident Answer(const Question& question) const;

  SecretVector<Entry> table_;
  std::uint64_t resident_count_ = 0;
};

}  // namespace musubi::national::jlis
