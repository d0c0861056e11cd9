#include "text/residents.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include <zlib.h>

#include "text/csv.h"
#include "text/utf8.h"

namespace musubi::text {

namespace {

struct GzipCloser {
  void operator()(gzFile_s* file) const { gzclose_r(file); }
};

// zlib hands plain files on as they are.
class GzipSource : public ByteSource {
 public:
  static Result<std::unique_ptr<GzipSource>> Open(const std::filesystem::path& path) {
    constexpr unsigned kInputSize = 256U << 10U;
    errno = 0;
    std::unique_ptr<gzFile_s, GzipCloser> file(gzopen(path.c_str(), "rbe"));
    if (file == nullptr) {
      const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal;
      return Error{code, "cannot open the residents' register", path.string()};
    }
    gzbuffer(file.get(), kInputSize);
    return std::unique_ptr<GzipSource>(new GzipSource(std::move(file), path.string()));
  }

  Result<std::size_t> Read(std::span<std::uint8_t> into) override {
    const auto size = static_cast<unsigned>(std::min(into.size(), std::size_t{INT_MAX}));
    const int count = gzread(file_.get(), into.data(), size);
    int status = Z_OK;
    gzerror(file_.get(), &status);
    // A file cut off in the middle of its stream shows only at the end, and only in the status.
    if (count < 0 || (count == 0 && status != Z_OK && status != Z_STREAM_END)) {
      const bool is_broken = status == Z_DATA_ERROR || status == Z_BUF_ERROR;
      return Error{
          is_broken ? ErrorCode::kInvalid : ErrorCode::kInternal,
          is_broken ? "the gzip data is damaged or cut off" : "cannot read the residents' register",
          path_
      };
    }
    return static_cast<std::size_t>(count);
  }

 private:
  GzipSource(std::unique_ptr<gzFile_s, GzipCloser> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  std::unique_ptr<gzFile_s, GzipCloser> file_;
  std::string path_;
};

enum Column : std::size_t {
  kCode,
  kNumber,
  kName,
  kKana,
  kBirthDate,
  kSex,
  kAddress,
  kStatus,
  kSuperseded,
  kFormerSurname,
  kFormerSurnameKana,
  kColumnCount,
};

constexpr std::array<std::string_view, kColumnCount> kHeadings = {
    "resident_record_code",
    "individual_number",
    "name",
    "name_kana",
    "birth_date",
    "sex",
    "address",
    "status",
    "superseded_number",
    "former_surname",
    "former_surname_kana",
};

constexpr std::size_t kCodeSize = 11;
constexpr std::size_t kNumberSize = 12;

bool AreDigits(std::string_view text, std::size_t count) {
  bool are_digits = text.size() == count;
  for (const char c : text) {
    are_digits &= c >= '0' && c <= '9';
  }
  return are_digits;
}

bool TakeSex(std::string_view text, Sex& out) {
  if (text.size() > 1 || (!text.empty() && text[0] != '1' && text[0] != '2')) {
    return false;
  }
  out = text.empty() ? Sex::kUnknown : text[0] == '1' ? Sex::kMale : Sex::kFemale;
  return true;
}

bool TakeStatus(std::string_view text, ResidentStatus& out) {
  if (text.empty()) {
    out = ResidentStatus::kPresent;
  } else if (text == "deceased") {
    out = ResidentStatus::kDeceased;
  } else if (text == "moved_abroad") {
    out = ResidentStatus::kMovedAbroad;
  } else if (text == "restricted") {
    out = ResidentStatus::kRestricted;
  } else {
    return false;
  }
  return true;
}

// The column that cannot be read, or kColumnCount.
Column Take(const std::vector<std::string_view>& fields, ResidentRow& row) {
  row.resident_record_code = fields[kCode];
  row.individual_number = fields[kNumber];
  row.name = fields[kName];
  row.kana = fields[kKana];
  row.address = fields[kAddress];
  row.superseded_number = fields[kSuperseded];
  row.former_surname = fields[kFormerSurname];
  row.former_surname_kana = fields[kFormerSurnameKana];
  if (!AreDigits(row.resident_record_code, kCodeSize)) {
    return kCode;
  }
  if (!AreDigits(row.individual_number, kNumberSize)) {
    return kNumber;
  }
  if (!Date::TryParse(fields[kBirthDate], row.birth_date)) {
    return kBirthDate;
  }
  if (!TakeSex(fields[kSex], row.sex)) {
    return kSex;
  }
  if (!TakeStatus(fields[kStatus], row.status)) {
    return kStatus;
  }
  if (!row.superseded_number.empty() && !AreDigits(row.superseded_number, kNumberSize)) {
    return kSuperseded;
  }
  for (const Column column : {kName, kKana, kAddress, kFormerSurname, kFormerSurnameKana}) {
    if (!IsUtf8(fields[column])) {
      return column;
    }
  }
  return kColumnCount;
}

constexpr std::string_view FaultText(Column column) {
  switch (column) {
    case kCode:
      return "not eleven digits";
    case kNumber:
    case kSuperseded:
      return "not twelve digits";
    case kBirthDate:
      return "not a date";
    case kSex:
      return "not 1 or 2";
    case kStatus:
      return "not a status";
    default:
      return "not UTF-8";
  }
}

Result<void> ReadHeadings(CsvReader& csv) {
  MUSUBI_TRY(const bool is_there, csv.Next());
  if (!is_there || !std::ranges::equal(csv.fields(), kHeadings)) {
    return csv.Refuse("not the heading line of a residents' register");
  }
  return Ok();
}

}  // namespace

Result<std::uint64_t> ReadResidents(
    ByteSource& source, std::string_view name, const OnResident& on_resident
) {
  CsvReader csv(source, name, kLineSizeMax);
  MUSUBI_CHECK_OK(ReadHeadings(csv));
  ResidentRow row;
  for (std::uint64_t count = 0;; ++count) {
    MUSUBI_TRY(const bool is_there, csv.Next());
    if (!is_there) {
      return count;
    }
    row.line = csv.line();
    if (csv.fields().size() != kColumnCount) {
      return csv.Refuse("a row has eleven fields");
    }
    const Column fault = Take(csv.fields(), row);
    if (fault != kColumnCount) {
      return csv.Refuse(FaultText(fault), kHeadings[fault]);
    }
    MUSUBI_CHECK_OK(on_resident(row));
  }
}

Result<std::uint64_t> ReadResidents(
    const std::filesystem::path& path, const OnResident& on_resident
) {
  MUSUBI_TRY(auto source, GzipSource::Open(path));
  return ReadResidents(*source, path.string(), on_resident);
}

}  // namespace musubi::text
