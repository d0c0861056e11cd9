#include "scheme/sample_truth.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "base/io.h"
#include "text/roster.h"

namespace musubi::scheme {

namespace {

constexpr std::size_t kFileSizeMax = std::size_t{2} << 30U;
constexpr std::size_t kNumberSize = 12;

// Calls back with each line, without its line ending.
template <typename OnLine>
void EachLine(std::string_view text, OnLine on_line) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    on_line(line);
  }
}

std::string_view TakeField(std::string_view& line) {
  const std::size_t comma = line.find(',');
  const std::string_view field = line.substr(0, comma);
  line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  return field;
}

std::optional<std::uint64_t> DigitsOf(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number =
      text.size() == kNumberSize && end == text.data() + text.size() && code == std::errc();
  return is_number ? std::optional(value) : std::nullopt;
}

bool HasAnyOf(std::string_view tags, std::initializer_list<std::string_view> wanted) {
  return std::ranges::any_of(wanted, [tags](std::string_view tag) {
    return tags.find(tag) != std::string_view::npos;
  });
}

bool HasNumberSlip(std::string_view tags) {
  return HasAnyOf(tags, {"num-bad-check-digit", "num-of-family", "num-superseded", "num-unknown"});
}

bool HasOtherObstacle(std::string_view tags) {
  return HasAnyOf(
      tags,
      {"num-missing",
       "dob-error",
       "resident-deceased",
       "resident-moved_abroad",
       "resident-restricted"}
  );
}

}  // namespace

Result<SampleTruth> SampleTruth::Load(const std::filesystem::path& folder) {
  SampleTruth truth;
  truth.folder_ = folder;
  const auto text = ReadFile(folder / "truth.csv", kFileSizeMax);
  if (!text.ok()) {
    return Error{
        ErrorCode::kPrecondition,
        "this association has no sample people to rehearse with",
        folder.string(),
        "make a scheme without --residents"
    };
  }
  bool is_heading = true;
  bool is_well_formed = true;
  EachLine(text.value(), [&](std::string_view line) {
    if (!is_heading) {
      TakeField(line);  // row
      TakeField(line);  // resident record code
      const auto number = DigitsOf(TakeField(line));
      is_well_formed = is_well_formed && number.has_value();
      truth.numbers_.push_back(number.value_or(0));
      truth.is_wrong_.push_back(HasNumberSlip(line));
      truth.is_tieable_.push_back(!HasOtherObstacle(line));
      truth.tieable_count_ += truth.is_tieable_.back() ? 1 : 0;
    }
    is_heading = false;
  });
  if (!is_well_formed) {
    return Error{ErrorCode::kInvalid, "a row without a number", (folder / "truth.csv").string()};
  }
  return truth;
}

bool SampleTruth::IsWrongInRoster(std::uint64_t row) const {
  return row >= 1 && row <= is_wrong_.size() && is_wrong_[row - 1];
}

bool SampleTruth::IsTieable(std::uint64_t row) const {
  return row >= 1 && row <= is_tieable_.size() && is_tieable_[row - 1];
}

Result<void> SampleTruth::WriteNumber(std::uint64_t row, const std::filesystem::path& path) const {
  return WriteFile(path, fmt::format("{:012}\n", numbers_.at(row - 1)), 0600);
}

Result<void> SampleTruth::WriteCorrectedRoster(
    const std::vector<std::uint64_t>& rows, const std::filesystem::path& path
) const {
  MUSUBI_TRY(const std::string roster, ReadFile(folder_ / "roster.csv", kFileSizeMax));
  MUSUBI_TRY(const auto sink, FileSink::Create(path, 0600));
  std::string corrected;
  std::uint64_t row = 0;
  EachLine(roster, [&](std::string_view line) {
    if (row == 0) {
      corrected = fmt::format("{}\r\n", line);
    } else if (std::binary_search(rows.begin(), rows.end(), row)) {
      // The number is the last column. A comma is a comma in UTF-8 and in CP932 alike: it is never
      // the second byte of a character.
      corrected +=
          fmt::format("{}{:012}\r\n", line.substr(0, line.rfind(',') + 1), numbers_.at(row - 1));
    }
    ++row;
  });
  MUSUBI_CHECK_OK(sink->Write(AsBytes(corrected)));
  return sink->Commit();
}

Result<void> SampleTruth::AppendNumbers(SecretVector<std::uint64_t>& numbers) const {
  numbers.insert(numbers.end(), numbers_.begin(), numbers_.end());
  MUSUBI_TRY(const auto source, FileSource::Open(folder_ / "roster.csv"));
  MUSUBI_TRY(
      const auto summary,
      text::ReadRoster(
          *source,
          "roster.csv",
          std::nullopt,
          [&](text::RosterRow& row) {
            const auto number = DigitsOf({row.number.data(), row.number.size()});
            if (number) {
              numbers.push_back(*number);
            }
            return Ok();
          }
      )
  );
  return Ok();
}

}  // namespace musubi::scheme
