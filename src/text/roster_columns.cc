#include "text/roster_columns.h"

#include <algorithm>

#include "text/utf8.h"
#include "text/width.h"

namespace musubi::text {

namespace {

struct FieldHeadings {
  std::string_view field;
  std::vector<std::string_view> headings;  // folded; the first is ours
};

// In the order of RosterField.
const std::array<FieldHeadings, kRosterFieldCount>& KnownHeadings() {
  static const std::array<FieldHeadings, kRosterFieldCount> known = {{
      {"symbol", {"記号", "被保険者記号", "被保険者証記号", "保険証記号", "資格確認書記号"}},
      {"member_number",
       {"番号",
        "被保険者番号",
        "被保険者証番号",
        "保険証番号",
        "資格確認書番号",
        "組合員番号",
        "証番号"}},
      {"relationship",
       {"続柄", "続柄名", "続柄名称", "続き柄", "本人家族区分", "本人・家族", "本人家族"}},
      {"name",
       {"氏名", "漢字氏名", "氏名漢字", "氏名(漢字)", "被保険者氏名", "被保険者名", "名前", "お名前"
       }},
      {"kana",
       {"氏名カナ",
        "カナ氏名",
        "氏名(カナ)",
        "氏名フリガナ",
        "フリガナ",
        "ふりがな",
        "氏名かな",
        "カナ",
        "被保険者氏名カナ",
        "カナ名"}},
      {"birth_date", {"生年月日", "誕生日", "生年月日(和暦)", "生年月日(西暦)", "出生年月日"}},
      {"sex", {"性別", "性別コード", "性別区分"}},
      {"address", {"住所", "現住所", "住所地", "居所", "住所1", "漢字住所", "住所漢字"}},
      {"qualified_on",
       {"資格取得日", "資格取得年月日", "取得日", "取得年月日", "加入日", "加入年月日"}},
      {"lost_on", {"資格喪失日", "資格喪失年月日", "喪失日", "喪失年月日", "脱退日", "脱退年月日"}},
      {"number", {"個人番号", "マイナンバー", "個人番号(マイナンバー)", "individualnumber"}},
  }};
  return known;
}

bool IsSpaceOrMark(char32_t code_point) {
  constexpr char32_t kByteOrderMark = 0xfeff;
  return code_point == U' ' || code_point == U'\t' || code_point == U'\n' || code_point == U'\r' ||
         code_point == kByteOrderMark;
}

// One spelling of a heading: narrow ASCII in lower case, full-width kana, no spaces or line breaks.
std::string Fold(std::string_view heading) {
  const std::string text = WidenKana(NarrowAscii(heading));
  std::string folded;
  for (std::string_view left = text; !left.empty();) {
    char32_t code_point = TakeCodePoint(left);
    if (code_point >= U'A' && code_point <= U'Z') {
      code_point += U'a' - U'A';
    }
    if (!IsSpaceOrMark(code_point)) {
      AppendUtf8(code_point, folded);
    }
  }
  return folded;
}

Error Refused(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

std::string Columns(std::size_t a, std::size_t b) {
  return "columns " + std::to_string(a + 1) + " and " + std::to_string(b + 1);
}

std::optional<RosterField> FieldOfHeading(std::string_view folded) {
  const auto& known = KnownHeadings();
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (std::ranges::find(known[i].headings, folded) != known[i].headings.end()) {
      return static_cast<RosterField>(i);
    }
  }
  return std::nullopt;
}

using Fields = std::vector<std::optional<RosterField>>;

// Headings a mapping names, by field name; a field mapped to "" has no column.
Result<void> ApplyMapping(
    const RosterMapping& mapping, const std::vector<std::string>& folded, Fields& fields
) {
  for (const auto& [name, heading] : mapping.columns) {
    const std::optional<RosterField> field = RosterFieldOfName(name);
    if (!field) {
      return Refused("the mapping names the unknown field " + name);
    }
    if (heading.empty()) {
      continue;
    }
    const auto found = std::ranges::find(folded, Fold(heading));
    if (found == folded.end()) {
      return Refused("the mapping's heading " + heading + " is not in the file");
    }
    fields[static_cast<std::size_t>(found - folded.begin())] = field;
  }
  return Ok();
}

bool IsMapped(const std::optional<RosterMapping>& mapping, RosterField field) {
  return mapping && std::ranges::any_of(mapping->columns, [field](const auto& column) {
           return RosterFieldOfName(column.first) == field;
         });
}

Result<void> RefuseEqualHeadings(const std::vector<std::string>& folded) {
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto first = std::ranges::find(folded, folded[i]);
    const auto place = static_cast<std::size_t>(first - folded.begin());
    if (!folded[i].empty() && place != i) {
      return Refused(Columns(place, i) + " have the same heading");
    }
  }
  return Ok();
}

Result<void> RefuseTwoColumns(const Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto first = std::ranges::find(fields, fields[i]);
    const auto place = static_cast<std::size_t>(first - fields.begin());
    if (fields[i] && place != i) {
      Error error = Refused(
          Columns(place, i) + " both look like " + std::string(RosterFieldName(*fields[i]))
      );
      error.advice = "say in a mapping file which one it is";
      return error;
    }
  }
  return Ok();
}

}  // namespace

std::string_view RosterFieldName(RosterField field) {
  return KnownHeadings()[static_cast<std::size_t>(field)].field;
}

std::optional<RosterField> RosterFieldOfName(std::string_view name) {
  if (name == "individual_number") {
    return RosterField::kNumber;
  }
  const auto& known = KnownHeadings();
  const auto found = std::ranges::find(known, name, &FieldHeadings::field);
  return found == known.end() ? std::nullopt
                              : std::optional(static_cast<RosterField>(found - known.begin()));
}

Result<RosterColumns> RosterColumns::Find(
    const std::vector<std::string>& headings, const std::optional<RosterMapping>& mapping
) {
  constexpr std::size_t kColumnCountMax = 1000;
  if (headings.size() > kColumnCountMax) {
    return Refused("there are more than 1000 columns");
  }
  std::vector<std::string> folded;
  std::ranges::transform(headings, std::back_inserter(folded), Fold);
  RosterColumns columns;
  columns.fields_.resize(headings.size());
  MUSUBI_CHECK_OK(RefuseEqualHeadings(folded));
  if (mapping) {
    MUSUBI_CHECK_OK(ApplyMapping(*mapping, folded, columns.fields_));
  }
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const std::optional<RosterField> field = FieldOfHeading(folded[i]);
    if (field && !columns.fields_[i] && !IsMapped(mapping, *field)) {
      columns.fields_[i] = field;
    }
  }
  MUSUBI_CHECK_OK(RefuseTwoColumns(columns.fields_));
  for (const RosterField needed : {RosterField::kName, RosterField::kBirthDate}) {
    if (!columns.Has(needed)) {
      const auto& known = KnownHeadings()[static_cast<std::size_t>(needed)];
      Error error = Refused("no column is headed " + std::string(known.headings.front()));
      error.advice = "give the roster a heading line, or name the column in a mapping file";
      return error;
    }
  }
  return columns;
}

bool RosterColumns::Has(RosterField field) const {
  return std::ranges::find(fields_, std::optional(field)) != fields_.end();
}

std::vector<std::string> RosterColumns::Ignored(const std::vector<std::string>& headings) const {
  std::vector<std::string> ignored;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (!fields_[i]) {
      ignored.push_back(headings[i]);
    }
  }
  return ignored;
}

}  // namespace musubi::text
