#include "national/institution/records_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "exchange/content.h"
#include "text/csv.h"
#include "text/utf8.h"

namespace musubi::national::institution {

namespace {

constexpr std::size_t kRecordSizeMax = std::size_t{64} << 10U;
constexpr std::size_t kWordSizeMax = 64;
constexpr int kLayoutMax = 999;

enum Column : std::size_t {
  kPerson,
  kResident,
  kInformation,
  kKind,
  kLayout,
  kKey,
  kValidFrom,
  kValidTo,
  kFlags,
  kItems,
  kColumnCount,
};

constexpr std::array<std::string_view, kColumnCount> kNames = {
    "person",
    "resident_record_code",
    "information",
    "kind",
    "layout",
    "key",
    "valid_from",
    "valid_to",
    "flags",
    "items"
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}

// A word of ours: lower case letters, digits and hyphens.
bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= kWordSizeMax &&
         std::ranges::all_of(text, [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

bool IsKey(std::string_view text) {
  return !text.empty() && text.size() <= kWordSizeMax && std::ranges::all_of(text, [](char c) {
    return IsLower(c) || IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
  });
}

std::string_view TakePart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool ParseLayout(std::string_view text, int& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size() && out >= 1 && out <= kLayoutMax;
}

bool ParseDay(std::string_view text, Date& out) {
  return text.empty() || Date::TryParse(text, out);
}

bool ParseFlags(std::string_view text, Record& out) {
  while (!text.empty()) {
    const std::string_view flag = TakePart(text, ' ');
    if (flag == "restricted") {
      out.is_restricted = true;
    } else if (flag == "manual") {
      out.is_manual = true;
    } else if (flag == "self-blocked") {
      out.is_self_blocked = true;
    } else {
      return false;
    }
  }
  return true;
}

// Names stand once; a value that is not there has a reason.
bool ParseItems(std::string_view text, std::vector<Item>& out) {
  while (!text.empty()) {
    std::string_view rest = TakePart(text, ';');
    Item item;
    const bool has_value = rest.find('=') != std::string_view::npos;
    item.name = TakePart(rest, '=');
    item.is_missing = rest.starts_with('!');
    item.value = rest.substr(item.is_missing ? 1 : 0);
    const bool is_good = has_value && IsWord(item.name) && !item.value.empty() &&
                         (!item.is_missing || IsWord(item.value));
    const bool is_twice = std::ranges::find(out, item.name, &Item::name) != out.end();
    if (!is_good || is_twice || item.value.find_first_of("\r\n") != std::string::npos) {
      return false;
    }
    out.push_back(std::move(item));
  }
  return true;
}

class RecordParser {
 public:
  explicit RecordParser(const text::CsvReader& reader) : reader_(&reader) {}

  Result<Record> Parse() {
    const std::vector<std::string_view>& fields = reader_->fields();
    if (fields.size() != kColumnCount) {
      return reader_->Refuse("another count of fields than the heading has");
    }
    Record record;
    record.line = reader_->line();
    record.person = fields[kPerson];
    record.information = fields[kInformation];
    record.kind = fields[kKind].empty() ? fields[kInformation] : fields[kKind];
    record.key = fields[kKey];
    Require(IsPersonKey(record.person), kPerson);
    Require(
        number::ResidentRecordCode::TryParse(fields[kResident], record.resident) ==
            number::NumberFault::kNone,
        kResident
    );
    Require(IsWord(record.information), kInformation);
    Require(IsWord(record.kind), kKind);
    Require(ParseLayout(fields[kLayout], record.layout), kLayout);
    Require(IsKey(record.key), kKey);
    Require(ParseDay(fields[kValidFrom], record.valid_from), kValidFrom);
    Require(ParseDay(fields[kValidTo], record.valid_to), kValidTo);
    Require(!record.valid_to.is_set() || record.valid_from <= record.valid_to, kValidTo);
    Require(ParseFlags(fields[kFlags], record), kFlags);
    Require(text::IsUtf8(fields[kItems]) && ParseItems(fields[kItems], record.items), kItems);
    if (fault_ != kColumnCount) {
      return reader_->Refuse("missing or malformed", kNames.at(fault_));
    }
    return record;
  }

 private:
  void Require(bool is_right, Column column) {
    if (!is_right && fault_ == kColumnCount) {
      fault_ = column;
    }
  }

  const text::CsvReader* reader_;
  Column fault_ = kColumnCount;
};

}  // namespace

bool IsPersonKey(std::string_view text) {
  return IsKey(text);
}

Result<void> ReadRecords(ByteSource& source, std::string_view name, const OnRecord& on_record) {
  text::CsvReader reader(source, name, kRecordSizeMax);
  MUSUBI_TRY(const bool has_heading, reader.Next());
  if (!has_heading || !std::ranges::equal(reader.fields(), kNames)) {
    return Error{
        ErrorCode::kInvalid,
        "the heading is not that of a file of records",
        std::string(name) + ":1",
        "it must be " + std::string(kRecordsHeading)
    };
  }
  for (;;) {
    MUSUBI_TRY(const bool is_there, reader.Next());
    if (!is_there) {
      return Ok();
    }
    MUSUBI_TRY(Record record, RecordParser(reader).Parse());
    MUSUBI_CHECK_OK(on_record(std::move(record)));
  }
}

void AppendRecord(const Record& record, std::string& out) {
  std::array<char, 11> resident{};
  record.resident.RevealDigits(resident);
  std::string flags;
  const auto add_flag = [&flags](bool is_set, std::string_view word) {
    flags += is_set ? (flags.empty() ? "" : " ") + std::string(word) : "";
  };
  add_flag(record.is_restricted, "restricted");
  add_flag(record.is_manual, "manual");
  add_flag(record.is_self_blocked, "self-blocked");
  std::string items;
  for (const Item& item : record.items) {
    items += (items.empty() ? "" : ";") + item.name + (item.is_missing ? "=!" : "=") + item.value;
  }
  SecretVector<char> line;
  const auto add = [&line](std::string_view text) {
    exchange::AppendCsvField(text, line);
    line.push_back(',');
  };
  add(record.person);
  add({resident.data(), resident.size()});
  add(record.information);
  add(record.kind);
  add(std::to_string(record.layout));
  add(record.key);
  add(record.valid_from.Text());
  add(record.valid_to.Text());
  add(flags);
  add(items);
  out.append(line.data(), line.size() - 1);
}

}  // namespace musubi::national::institution
