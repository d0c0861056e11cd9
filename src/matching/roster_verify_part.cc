#include "matching/roster_verify_part.h"

#include <array>
#include <charconv>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace musubi::matching {

namespace {

constexpr std::size_t kValuesMax = 5;
constexpr std::size_t kBatchMax = std::size_t{1} << 24U;

std::string HeadingOf(std::string_view inputs) {
  return "musubi-verify-part,1," + std::string(inputs);
}

// ",<number>,<number>..."; the count read, 0: something else.
std::size_t ReadValues(std::string_view text, std::array<std::uint64_t, kValuesMax>& values) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (text.front() != ',' || count == kValuesMax) {
      return 0;
    }
    text.remove_prefix(1);
    const auto [end, fault] =
        std::from_chars(text.data(), text.data() + text.size(), values[count++]);
    if (fault != std::errc()) {
      return 0;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return count;
}

Error CannotWrite(const std::filesystem::path& path) {
  return Error{
      ErrorCode::kUnavailable,
      "cannot be written",
      path.string(),
      "there must be room and permission beside the result"
  };
}

// The size of what belongs to whole batches; 0: begin anew.
std::uint64_t ReadEarlier(const std::filesystem::path& path, VerifyPartReader& reader) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::uint64_t size = 0;
  std::uint64_t whole = 0;
  while (std::getline(file, line) && !file.eof()) {  // a last line without its end is cut off
    if (!reader.TakeLine(line)) {
      return 0;
    }
    size += line.size() + 1;
    whole = reader.is_whole() ? size : whole;
  }
  reader.DropOpenHits();
  return whole;
}

}  // namespace

bool VerifyPartReader::TakeHit(std::span<const std::uint64_t> values) {
  if (values.size() != kValuesMax || values[0] >= row_count_ || values[1] > 1 ||
      values[3] >= kVerifyOutcomeCount || values[4] > ~text::Rules{0}) {
    return false;
  }
  VerifyHit hit;
  hit.row = static_cast<std::uint32_t>(values[0]);
  hit.is_superseded = values[1] == 1;
  hit.resident = values[2];
  hit.verification.outcome = static_cast<VerifyOutcome>(values[3]);
  hit.verification.rules = static_cast<text::Rules>(values[4]);
  hits_.push_back(hit);
  ++open_hits_;
  return true;
}

bool VerifyPartReader::TakeBatch(std::span<const std::uint64_t> values) {
  constexpr std::size_t kBatchValues = 3;
  if (values.size() != kBatchValues || values[0] >= kBatchMax || values[2] != open_hits_ ||
      IsDone(values[0])) {
    return false;
  }
  done_.resize(std::max<std::size_t>(done_.size(), values[0] + 1));
  done_[values[0]] = true;
  resident_count_ += values[1];
  open_hits_ = 0;
  return true;
}

bool VerifyPartReader::TakeLine(std::string_view line) {
  if (!has_heading_) {
    has_heading_ = line == HeadingOf(inputs_);
    return has_heading_;
  }
  std::array<std::uint64_t, kValuesMax> values{};
  const std::size_t count = line.empty() ? 0 : ReadValues(line.substr(1), values);
  const std::span<const std::uint64_t> read(values.data(), count);
  return count != 0 && ((line[0] == 'H' && TakeHit(read)) || (line[0] == 'B' && TakeBatch(read)));
}

void VerifyPartReader::DropOpenHits() {
  hits_.resize(hits_.size() - open_hits_);
  open_hits_ = 0;
}

Result<std::unique_ptr<VerifyPart>> VerifyPart::Open(
    std::filesystem::path path, std::string_view inputs, std::size_t row_count
) {
  VerifyPartReader reader(inputs, row_count);
  const std::uint64_t whole = ReadEarlier(path, reader);
  if (whole == 0) {
    reader = VerifyPartReader(inputs, row_count);
  }
  std::unique_ptr<VerifyPart> part(new VerifyPart(std::move(path), std::move(reader)));
  constexpr unsigned kMode = 0600;
  part->descriptor_ = ::open(part->path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode);
  if (part->descriptor_ < 0 || ::ftruncate(part->descriptor_, static_cast<off_t>(whole)) != 0) {
    return CannotWrite(part->path_);
  }
  if (whole == 0) {
    MUSUBI_CHECK_OK(part->Write(HeadingOf(inputs) + "\n"));
  }
  return part;
}

VerifyPart::~VerifyPart() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<void> VerifyPart::Add(
    std::size_t batch, std::size_t residents, std::span<const VerifyHit> hits
) {
  std::string text;
  for (const VerifyHit& hit : hits) {
    fmt::format_to(
        std::back_inserter(text),
        "H,{},{},{},{},{}\n",
        hit.row,
        hit.is_superseded ? 1 : 0,
        hit.resident,
        static_cast<unsigned>(hit.verification.outcome),
        hit.verification.rules
    );
  }
  fmt::format_to(std::back_inserter(text), "B,{},{},{}\n", batch, residents, hits.size());
  return Write(text);
}

void VerifyPart::Remove() const {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Result<void> VerifyPart::Write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return CannotWrite(path_);
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return Ok();
}

}  // namespace musubi::matching
