#include "national/jlis/resident_index.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"

namespace musubi::national::jlis {

namespace {

constexpr std::array<std::string_view, kFindingCount> kNames{
    "linked",
    "not-found",
    "birth-date-differs",
    "superseded",
    "resident-gone",
    "restricted",
    "expired",
    "bad-format"
};

constexpr unsigned kSupersededShift = 0;
constexpr unsigned kStatusShift = 1;
constexpr unsigned kDateShift = 3;
constexpr unsigned kCodeShift = 26;
constexpr std::size_t kPieceSize = std::size_t{1} << 18U;  // entries; staging is freed in pieces
constexpr std::size_t kPrefetchAhead = 16;

std::uint64_t DateBits(Date date) {
  return (static_cast<std::uint64_t>(date.year()) << 9U) | (date.month() << 5U) | date.day();
}

std::uint64_t PackFacts(std::uint64_t record_code, Date birth_date, text::ResidentStatus status) {
  return record_code << kCodeShift | DateBits(birth_date) << kDateShift |
         static_cast<std::uint64_t>(status) << kStatusShift;
}

std::uint64_t DateOf(std::uint64_t facts) {
  return facts >> kDateShift & 0x7fffff;
}

text::ResidentStatus StatusOf(std::uint64_t facts) {
  return static_cast<text::ResidentStatus>(facts >> kStatusShift & 3);
}

Error RowError(
    const std::filesystem::path& path,
    const text::ResidentRow& row,
    std::string_view field,
    std::string message
) {
  return Error{
      ErrorCode::kInvalid,
      std::move(message),
      path.filename().string() + ":" + std::to_string(row.line) + ": " + std::string(field)
  };
}

std::uint64_t DigitsOf(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// Rows on their way into the table, whose size is known only at the end of the file.
class Staging {
 public:
  explicit Staging(const std::filesystem::path& path) : path_(path) {}

  [[nodiscard]] Result<void> Add(const text::ResidentRow& row) {
    const std::uint64_t facts =
        PackFacts(DigitsOf(row.resident_record_code), row.birth_date, row.status);
    MUSUBI_CHECK_OK(AddNumber(row, "individual_number", row.individual_number, facts));
    if (!row.superseded_number.empty()) {
      MUSUBI_CHECK_OK(
          AddNumber(row, "superseded_number", row.superseded_number, facts | 1U << kSupersededShift)
      );
    }
    return Ok();
  }

  [[nodiscard]] std::size_t count() const { return count_; }

  [[nodiscard]] std::vector<SecretVector<ResidentIndex::Entry>>& pieces() { return pieces_; }

 private:
  [[nodiscard]] Result<void> AddNumber(
      const text::ResidentRow& row,
      std::string_view field,
      std::string_view digits,
      std::uint64_t facts
  ) {
    number::IndividualNumber number;
    if (number::IndividualNumber::TryParse(digits, number) != number::NumberFault::kNone) {
      return RowError(path_, row, field, "not a number with a right check digit");
    }
    if (pieces_.empty() || pieces_.back().size() == kPieceSize) {
      pieces_.emplace_back().reserve(kPieceSize);
    }
    pieces_.back().push_back({number.RevealPacked(), facts});
    ++count_;
    return Ok();
  }

  const std::filesystem::path& path_;
  std::vector<SecretVector<ResidentIndex::Entry>> pieces_;
  std::size_t count_ = 0;
};

bool Names(std::string_view digits, std::uint64_t packed) {
  number::IndividualNumber number;
  return number::IndividualNumber::TryParse(digits, number) == number::NumberFault::kNone &&
         number.RevealPacked() == packed;
}

// Entries carry no line, so the file is read again to tell where a number stands the second time.
Error DuplicateError(const std::filesystem::path& path, std::uint64_t packed) {
  std::uint64_t first_line = 0;
  const auto second = text::ReadResidents(path, [&](const text::ResidentRow& row) -> Result<void> {
    for (const auto& [field, digits] :
         {std::pair("individual_number", row.individual_number),
          std::pair("superseded_number", row.superseded_number)}) {
      if (!Names(digits, packed)) {
        continue;
      }
      if (first_line != 0) {
        return RowError(
            path, row, field, "the number stands already in line " + std::to_string(first_line)
        );
      }
      first_line = row.line;
    }
    return Ok();
  });
  return second.ok() ? Error{ErrorCode::kCorrupt, "the file changed while it was read"}
                     : second.error();
}

}  // namespace

std::string_view FindingName(Finding finding) {
  return kNames[static_cast<std::size_t>(finding)];
}

Result<ResidentIndex> ResidentIndex::Load(const std::filesystem::path& path) {
  Staging staging(path);
  ResidentIndex index;
  MUSUBI_TRY(
      index.resident_count_,
      text::ReadResidents(
          path, [&staging](const text::ResidentRow& row) { return staging.Add(row); }
      )
  );
  index.table_.resize(staging.count() + staging.count() / 2 + 1);
  for (auto& piece : staging.pieces()) {
    for (const Entry& entry : piece) {
      if (!index.Insert(entry)) {
        return DuplicateError(path, entry.number);
      }
    }
    piece = {};
  }
  return index;
}

std::size_t ResidentIndex::HomeOf(std::uint64_t number) const {
  std::uint64_t hash = number * 0x9e3779b97f4a7c15U;  // odd, near 2^64 over the golden ratio
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::size_t>(Wide{hash} * table_.size() >> 64U);
}

bool ResidentIndex::Insert(const Entry& entry) {
  std::size_t at = HomeOf(entry.number);
  while (table_[at].number != 0) {
    if (table_[at].number == entry.number) {
      return false;
    }
    at = at + 1 == table_.size() ? 0 : at + 1;
  }
  table_[at] = entry;
  return true;
}

void ResidentIndex::Find(std::span<const Question> questions, std::span<Resident> answers) const {
  MUSUBI_CHECK(questions.size() == answers.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (i + kPrefetchAhead < questions.size()) {
      __builtin_prefetch(&table_[HomeOf(questions[i + kPrefetchAhead].number)]);
    }
    answers[i] = Answer(questions[i]);
  }
}

SecretVector<ResidentIndex::RecordNumber> ResidentIndex::NumbersByRecordCode() const {
  SecretVector<RecordNumber> numbers;
  numbers.reserve(resident_count_);
  for (const Entry& entry : table_) {
    if (entry.number != 0 && (entry.facts >> kSupersededShift & 1) == 0) {
      numbers.push_back({entry.facts >> kCodeShift, entry.number});
    }
  }
  std::sort(numbers.begin(), numbers.end(), [](const RecordNumber& a, const RecordNumber& b) {
    return a.record_code < b.record_code;
  });
  return numbers;
}

Resident ResidentIndex::Answer(const Question& question) const {
  if (question.number == 0 || !question.birth_date.is_set()) {
    return {Finding::kBadFormat};
  }
  std::size_t at = HomeOf(question.number);
  while (table_[at].number != question.number) {
    if (table_[at].number == 0) {
      return {Finding::kNotFound};
    }
    at = at + 1 == table_.size() ? 0 : at + 1;
  }
  const std::uint64_t facts = table_[at].facts;
  if (DateOf(facts) != DateBits(question.birth_date)) {
    return {Finding::kBirthDateDiffers};
  }
  if ((facts >> kSupersededShift & 1) != 0) {
    return {Finding::kSuperseded};
  }
  switch (StatusOf(facts)) {
    case text::ResidentStatus::kPresent:
      return {Finding::kFound, facts >> kCodeShift};
    case text::ResidentStatus::kRestricted:
      return {Finding::kRestricted};
    case text::ResidentStatus::kDeceased:
    case text::ResidentStatus::kMovedAbroad:
      return {Finding::kResidentGone};
  }
  return {Finding::kNotFound};
}

}  // namespace musubi::national::jlis
