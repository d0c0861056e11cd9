#include "text/roster.h"

#include <algorithm>

#include "text/charset.h"
#include "text/csv.h"
#include "text/japanese_date.h"
#include "text/roster_columns.h"
#include "text/utf8.h"
#include "text/width.h"

namespace musubi::text {

namespace {

void Report(RosterRow& row, RosterField field, std::string_view problem) {
  row.problems.push_back({std::string(RosterFieldName(field)), std::string(problem)});
}

// Back to a row without anything in it. Strings keep their memory for the next row; the number's
// is wiped at once.
void Clear(RosterRow& row) {
  for (std::string* field :
       {&row.symbol, &row.member_number, &row.relationship, &row.name, &row.kana, &row.address}) {
    field->clear();
  }
  row.birth_date = row.qualified_on = row.lost_on = Date();
  row.sex = Sex::kUnknown;
  WipeMemory(row.number.data(), row.number.size());
  row.number.clear();
  row.problems.clear();
}

// Narrow characters without spaces and hyphens. Out: std::string, SecretVector<char>.
template <typename Out>
void TakeNumber(std::string_view text, Out& out) {
  out.resize(text.size());
  char* end = out.data();
  while (!text.empty()) {
    const char32_t code_point = NarrowCodePoint(TakeCodePoint(text));
    if (code_point != U' ' && code_point != U'\t' && !IsHyphen(code_point)) {
      end += WriteUtf8(code_point, end);
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
}

std::string Trimmed(std::string_view text) {
  std::string narrow = NarrowAscii(text);
  const std::size_t begin = narrow.find_first_not_of(" \t");
  if (begin == std::string::npos) {
    return {};
  }
  return narrow.substr(begin, narrow.find_last_not_of(" \t") - begin + 1);
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const char32_t code_point = NarrowCodePoint(TakeCodePoint(text));
    if (code_point != U' ' && code_point != U'\t') {
      return false;
    }
  }
  return true;
}

void TakeSex(std::string_view text, RosterRow& row) {
  const std::string sex = Trimmed(text);
  if (sex == "1" || sex == "男" || sex == "男性" || sex == "M" || sex == "m") {
    row.sex = Sex::kMale;
  } else if (sex == "2" || sex == "女" || sex == "女性" || sex == "F" || sex == "f") {
    row.sex = Sex::kFemale;
  } else if (!sex.empty()) {
    Report(row, RosterField::kSex, "not a sex");
  }
}

void TakeDate(std::string_view text, RosterField field, Date& out, RosterRow& row) {
  const DateFault fault = ReadJapaneseDate(text, out);
  if (fault != DateFault::kNone && fault != DateFault::kBlank) {
    Report(row, field, DateFaultText(fault));
  }
}

void TakeField(RosterField field, std::string_view text, RosterRow& row) {
  switch (field) {
    case RosterField::kSymbol:
      row.symbol = Trimmed(text);
      break;
    case RosterField::kMemberNumber:
      TakeNumber(text, row.member_number);
      break;
    case RosterField::kRelationship:
      row.relationship = text;
      break;
    case RosterField::kName:
      row.name = text;
      break;
    case RosterField::kKana:
      row.kana = text;
      break;
    case RosterField::kBirthDate:
      TakeDate(text, field, row.birth_date, row);
      break;
    case RosterField::kSex:
      TakeSex(text, row);
      break;
    case RosterField::kAddress:
      row.address = text;
      break;
    case RosterField::kQualifiedOn:
      TakeDate(text, field, row.qualified_on, row);
      break;
    case RosterField::kLostOn:
      TakeDate(text, field, row.lost_on, row);
      break;
    case RosterField::kNumber:
      TakeNumber(text, row.number);
      break;
  }
}

class RosterReader {
 public:
  RosterReader(
      ByteSource& source, std::string_view name, const std::optional<RosterMapping>& mapping
  )
      : csv_(source, name, kLineSizeMax), mapping_(mapping) {}

  Result<RosterSummary> Read(const OnRosterRow& on_row);

 private:
  Result<void> ChooseEncoding();
  Result<void> ReadHeadings();
  Result<void> ReadRow(RosterRow& row);
  Result<std::string_view> Text(std::string_view bytes);
  [[nodiscard]] bool IsRecordBlank() const;
  [[nodiscard]] bool IsRecordAscii() const;

  CsvReader csv_;
  const std::optional<RosterMapping>& mapping_;
  std::optional<Decoder> decoder_;  // none: only ASCII so far
  SecretVector<char> text_;         // a field, decoded; numbers pass through here too
  RosterColumns columns_;
  RosterSummary summary_;
};

bool RosterReader::IsRecordAscii() const {
  return std::ranges::all_of(csv_.fields(), [](std::string_view field) {
    return std::ranges::all_of(field, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  });
}

bool RosterReader::IsRecordBlank() const {
  return std::ranges::all_of(csv_.fields(), [](std::string_view field) {
    return field.find_first_not_of(" \t") == std::string_view::npos;
  });
}

// Waits for the first record that is not ASCII, then looks at it and at all that is in the buffer
// behind it.
Result<void> RosterReader::ChooseEncoding() {
  if (mapping_ && !mapping_->encoding.empty()) {
    MUSUBI_TRY(decoder_, Decoder::Make(*EncodingOfName(mapping_->encoding)));
    return Ok();
  }
  if (IsRecordAscii()) {
    return Ok();
  }
  Bytes piece;
  for (const std::string_view field : csv_.fields()) {
    piece.insert(piece.end(), field.begin(), field.end());
    piece.push_back(',');
  }
  const BytesView ahead = csv_.Ahead();
  piece.insert(piece.end(), ahead.begin(), ahead.end());
  const PieceEnd end = csv_.is_at_end() ? PieceEnd::kWhole : PieceEnd::kMayBeCut;
  const Recognition recognition = Recognise(piece, end);
  WipeMemory(piece.data(), piece.size());
  if (recognition == Recognition::kNeither) {
    return csv_.Refuse("the file is neither UTF-8 nor CP932");
  }
  const bool is_utf8 = recognition == Recognition::kUtf8;
  MUSUBI_TRY(decoder_, Decoder::Make(is_utf8 ? Encoding::kUtf8 : Encoding::kCp932));
  return Ok();
}

Result<std::string_view> RosterReader::Text(std::string_view bytes) {
  if (!decoder_) {
    return bytes;
  }
  if (!decoder_->Decode(bytes, text_)) {
    const std::string encoding(EncodingName(decoder_->encoding()));
    return csv_.Refuse("there are bytes that are not " + encoding);
  }
  return std::string_view(text_.data(), text_.size());
}

Result<void> RosterReader::ReadHeadings() {
  MUSUBI_TRY(const bool is_there, csv_.Next());
  if (!is_there) {
    return csv_.Refuse("the file is empty");
  }
  MUSUBI_CHECK_OK(ChooseEncoding());
  std::vector<std::string> headings;
  for (const std::string_view field : csv_.fields()) {
    MUSUBI_TRY(const std::string_view heading, Text(field));
    headings.emplace_back(heading);
  }
  auto columns = RosterColumns::Find(headings, mapping_);
  if (!columns) {
    Error error = csv_.Refuse(columns.error().message);
    error.advice = columns.error().advice;
    return error;
  }
  columns_ = std::move(columns).value();
  summary_.ignored_columns = columns_.Ignored(headings);
  return Ok();
}

Result<void> RosterReader::ReadRow(RosterRow& row) {
  const auto& fields = csv_.fields();
  for (std::size_t i = 0; i < std::min(fields.size(), columns_.column_count()); ++i) {
    MUSUBI_TRY(const std::string_view text, Text(fields[i]));
    if (const std::optional<RosterField> field = columns_.FieldOf(i)) {
      TakeField(*field, text, row);
    }
  }
  for (std::size_t i = columns_.column_count(); i < fields.size(); ++i) {
    MUSUBI_TRY(const std::string_view text, Text(fields[i]));
    if (!IsBlank(text)) {
      row.problems.push_back({"row", "more fields than headings"});
      break;
    }
  }
  if (fields.size() < columns_.column_count()) {
    row.problems.push_back({"row", "fewer fields than headings"});
  }
  if (IsBlank(row.name)) {
    Report(row, RosterField::kName, "missing");
  }
  if (row.member_number.empty() && columns_.Has(RosterField::kMemberNumber)) {
    Report(row, RosterField::kMemberNumber, "missing");
  }
  return Ok();
}

Result<RosterSummary> RosterReader::Read(const OnRosterRow& on_row) {
  MUSUBI_CHECK_OK(ReadHeadings());
  RosterRow row;
  for (;;) {
    MUSUBI_TRY(const bool is_there, csv_.Next());
    if (!is_there) {
      break;
    }
    if (IsRecordBlank()) {  // ",,,,": what a spreadsheet leaves below its table
      continue;
    }
    if (!decoder_) {
      MUSUBI_CHECK_OK(ChooseEncoding());
    }
    Clear(row);
    row.row = ++summary_.row_count;
    row.line = csv_.line();
    MUSUBI_CHECK_OK(ReadRow(row));
    MUSUBI_CHECK_OK(on_row(row));
  }
  summary_.encoding = EncodingName(decoder_ ? decoder_->encoding() : Encoding::kUtf8);
  return std::move(summary_);
}

}  // namespace

Result<RosterSummary> ReadRoster(
    ByteSource& source,
    std::string_view name,
    const std::optional<RosterMapping>& mapping,
    const OnRosterRow& on_row
) {
  if (mapping && !mapping->encoding.empty() && !EncodingOfName(mapping->encoding)) {
    return Error{ErrorCode::kInvalid, "the mapping's encoding is neither utf-8 nor cp932"};
  }
  return RosterReader(source, name, mapping).Read(on_row);
}

}  // namespace musubi::text
