#include "exchange/notice.h"

#include <algorithm>
#include <array>

#include "exchange/csv_record.h"
#include "exchange/record_copy.h"
#include "exchange/resident_query.h"

namespace musubi::exchange {

namespace {

constexpr std::size_t kRowFieldCount = 5;
constexpr std::size_t kNamesMax = 5000;
constexpr std::size_t kNameSizeMax = 300;  // bytes
constexpr std::size_t kInstitutionSizeMax = 128;

enum class LineBreaks : std::uint8_t { kNo, kYes };

// Control characters of ASCII and, in UTF-8, of Latin-1 (C2 80..9F): a title is shown on terminals
// too, where they would move the cursor.
bool HasControls(std::string_view text, LineBreaks line_breaks) {
  constexpr unsigned char kSpace = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_break = line_breaks == LineBreaks::kYes && (c == '\n' || c == '\r' || c == '\t');
    if ((byte < kSpace && !is_break) || byte == kDelete || (before == 0xc2 && byte < 0xa0)) {
      return true;
    }
    before = byte;
  }
  return false;
}

// Full-width digits (U+FF10..19, EF BC 90..99) as ASCII ones, everything else as it is.
std::string WithPlainDigits(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_wide = text.substr(i).starts_with("\xef\xbc") && i + 2 < text.size() &&
                         static_cast<unsigned char>(text[i + 2]) >= 0x90 &&
                         static_cast<unsigned char>(text[i + 2]) <= 0x99;
    if (is_wide) {
      plain += static_cast<char>('0' + (static_cast<unsigned char>(text[i + 2]) - 0x90));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool IsNoticeText(std::string_view text, std::size_t size_max, LineBreaks line_breaks) {
  const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  return !is_blank && text.size() <= size_max && IsUtf8(text) && !HasControls(text, line_breaks) &&
         !HoldsIndividualNumber(WithPlainDigits(text));
}

// The name of the field that is wrong; "": none.
std::string_view ReadText(std::span<const std::string_view> fields, NoticeText& text) {
  text.title = fields[0];
  text.body = fields[1];
  if (!IsNoticeTitle(text.title)) {
    return "title";
  }
  if (!IsNoticeBody(text.body)) {
    return "body";
  }
  return Date::TryParse(fields[2], text.valid_until) ? "" : "valid_until";
}

bool IsInstitution(std::string_view text) {
  return !text.empty() && text.size() <= kInstitutionSizeMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

bool IsName(std::string_view institution, std::string_view name) {
  return IsInstitution(institution) && name.size() <= kNameSizeMax && IsUtf8(name) &&
         !HasControls(name, LineBreaks::kNo);
}

Error Wrong(std::string_view message, std::uint64_t row) {
  return Error{ErrorCode::kInvalid, std::string(message), "line " + std::to_string(row + 1)};
}

Result<void> ReadBlockLine(
    std::uint64_t row, std::span<const std::string_view> fields, NoticeBlock& block
) {
  const std::string_view type = fields.empty() ? std::string_view() : fields[0];
  if (type == "S" && fields.size() == 2 && row == 0) {
    auto sealed = FromBase64(fields[1]);
    if (!sealed.ok() || sealed->empty()) {
      return Wrong("not a sealed package", row);
    }
    block.sealed = std::move(sealed).value();
    return Ok();
  }
  if (type == "N" && fields.size() == 3) {
    NoticeBlock::Person person;
    if (!ReadHex(fields[1], person.notice) || !ReadHex(fields[2], person.code)) {
      return Wrong("not a notice id and a code", row);
    }
    if (block.people.size() == kNoticesPerBlockMax) {
      return Error{
          ErrorCode::kExhausted, "too many notices in one call", "line " + std::to_string(row + 1)
      };
    }
    block.people.push_back(person);
    return Ok();
  }
  const bool is_name = type == "A" && fields.size() == 3 && IsName(fields[1], fields[2]) &&
                       block.names.size() < kNamesMax;
  if (!is_name) {
    return Wrong("not a line of a block of notices", row);
  }
  block.names.push_back({std::string(fields[1]), std::string(fields[2])});
  return Ok();
}

void AppendLine(std::span<const std::string_view> fields, SecretVector<char>& out) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) {
      out.push_back(',');
    }
    AppendCsvField(fields[i], out);
  }
  AppendLineEnd(out);
}

}  // namespace

bool IsNoticeTitle(std::string_view text) {
  return IsNoticeText(text, kNoticeTitleSizeMax, LineBreaks::kNo);
}

bool IsNoticeBody(std::string_view text) {
  return IsNoticeText(text, kNoticeBodySizeMax, LineBreaks::kYes);
}

NoticeRow ReadNoticeRow(std::span<const std::string_view> fields) {
  NoticeRow row;
  if (fields.size() != kRowFieldCount) {
    row.fault_field = "count_of_fields";
    return row;
  }
  auto number = number::InsuredNumber::Parse(fields[0], {});
  if (!number.ok()) {
    row.fault_field = "insured_number";
    return row;
  }
  auto insured = number::InsuredNumber::Parse(fields[0], fields[1]);
  if (!insured.ok() || insured->branch().empty()) {
    row.fault_field = "branch";
    return row;
  }
  row.insured = *insured;
  row.fault_field = ReadText(fields.subspan(2), row.text);
  return row;
}

Result<void> WriteNoticeRow(ContentWriter& writer, const NoticeRow& row) {
  const std::string valid_until = row.text.valid_until.Text();
  const std::array<std::string_view, kRowFieldCount> fields = {
      row.insured ? row.insured->number() : std::string_view(),
      row.insured ? row.insured->branch() : std::string_view(),
      row.text.title,
      row.text.body,
      valid_until
  };
  const NoticeRow again = ReadNoticeRow(fields);
  if (!again.fault_field.empty()) {
    return Error{
        ErrorCode::kInvalid, "not a notice: " + std::string(again.fault_field) + " is malformed"
    };
  }
  return writer.WriteRecord(fields);
}

Result<DeliveredNotice> ReadDeliveredNotice(std::span<const std::string_view> fields) {
  DeliveredNotice notice;
  std::string_view fault;
  if (fields.size() != kRowFieldCount) {
    fault = "count_of_fields";
  } else if (!ReadHex(fields[0], notice.id)) {
    fault = "notice";
  } else if (!IsInstitution(fields[1])) {
    fault = "association";
  } else {
    notice.association = fields[1];
    fault = ReadText(fields.subspan(2), notice.text);
  }
  if (!fault.empty()) {
    return Error{ErrorCode::kInvalid, "not a notice", std::string(fault)};
  }
  return notice;
}

Result<void> WriteDeliveredNotice(ContentWriter& writer, const DeliveredNotice& row) {
  const std::string id = ToHex(row.id);
  const std::string valid_until = row.text.valid_until.Text();
  const std::array<std::string_view, kRowFieldCount> fields = {
      id, row.association, row.text.title, row.text.body, valid_until
  };
  MUSUBI_CHECK_OK(ReadDeliveredNotice(fields));
  return writer.WriteRecord(fields);
}

Result<NoticeBlock> ReadNoticeBlock(std::string_view lines) {
  NoticeBlock block;
  MUSUBI_CHECK_OK(EachLine(
      lines,
      [&block](std::uint64_t row, std::span<const std::string_view> fields) {
        return ReadBlockLine(row, fields, block);
      }
  ));
  if (block.sealed.empty()) {
    return Wrong("not a sealed package", 0);
  }
  return block;
}

void AppendNoticeBlock(const NoticeBlock& block, SecretVector<char>& out) {
  AppendLine(std::array<std::string_view, 2>{"S", ToBase64(block.sealed)}, out);
  for (const NoticeBlock::Person& person : block.people) {
    AppendLine(std::array<std::string_view, 3>{"N", ToHex(person.notice), ToHex(person.code)}, out);
  }
  for (const NoticeBlock::Name& name : block.names) {
    if (IsName(name.institution, name.name)) {
      AppendLine(std::array<std::string_view, 3>{"A", name.institution, name.name}, out);
    }
  }
}

}  // namespace musubi::exchange
