// Reading rules/record-layouts.toml.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>

#include <toml++/toml.h>

#include "base/check.h"
#include "base/io.h"
#include "rules/record_layout.h"

extern "C" const char musubi_record_layouts_begin[];
extern "C" const char musubi_record_layouts_end[];

namespace musubi::rules {

namespace {

constexpr std::uint64_t kFileSizeMax = std::uint64_t{1} << 20U;
constexpr std::size_t kItemsMax = 55;  // a record of a package has 64 fields, 9 before the items

// Every fault of the file ends here; messages name keys, never more.
class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  Error Fault(std::string_view where, std::string_view message) const {
    return Error{
        ErrorCode::kInvalid, std::string(message), std::string(name_) + ": " + std::string(where)
    };
  }

  Result<std::string> Text(const toml::table& table, std::string_view key, std::string_view where)
      const {
    const auto value = table[key].value<std::string>();
    if (!value) {
      return Fault(std::string(where) + "." + std::string(key), "a text is missing here");
    }
    return *value;
  }

  Result<std::string> Word(const toml::table& table, std::string_view key, std::string_view where)
      const {
    MUSUBI_TRY(std::string text, Text(table, key, where));
    const bool is_word = !text.empty() && std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!is_word) {
      return Fault(std::string(where) + "." + std::string(key), "small letters, digits, - and _");
    }
    return text;
  }

  Result<int> Number(
      const toml::table& table, std::string_view key, std::string_view where, int least, int most
  ) const {
    const auto value = table[key].value<std::int64_t>();
    if (!value || *value < least || *value > most) {
      return Fault(std::string(where) + "." + std::string(key), "a number is missing or too large");
    }
    return static_cast<int>(*value);
  }

  Result<Date> Day(const toml::table& table, std::string_view key, std::string_view where) const {
    Date date;
    const auto text = table[key].value<std::string>();
    if (table.contains(key) && (!text || !Date::TryParse(*text, date))) {
      return Fault(std::string(where) + "." + std::string(key), "not a day YYYY-MM-DD");
    }
    return date;
  }

  // Calls back for every table of an array; anything else in it is a fault.
  template <typename OnTable>
  Result<void> Each(
      const toml::table& table,
      std::string_view key,
      std::string_view where,
      const OnTable& on_table
  ) const {
    const toml::array* array = table[key].as_array();
    if (array == nullptr || array->empty()) {
      return Fault(std::string(where) + "." + std::string(key), "there is none");
    }
    for (const toml::node& node : *array) {
      if (!node.is_table()) {
        return Fault(std::string(where) + "." + std::string(key), "not a table");
      }
      MUSUBI_CHECK_OK(on_table(*node.as_table()));
    }
    return Ok();
  }

 private:
  std::string_view name_;
};

bool HasLength(ItemType type) {
  return type == ItemType::kText || type == ItemType::kCode || type == ItemType::kYen ||
         type == ItemType::kCount;
}

Result<RecordItem> ReadItemTable(
    const Reader& reader, const toml::table& table, const std::string& where
) {
  RecordItem item;
  MUSUBI_TRY(item.name, reader.Word(table, "name", where));
  const std::string here = where + "." + item.name;
  MUSUBI_TRY(item.japanese, reader.Text(table, "japanese", here));
  MUSUBI_TRY(const std::string type, reader.Text(table, "type", here));
  bool is_known = false;
  for (int i = 0; i <= static_cast<int>(ItemType::kFlag); ++i) {
    if (ItemTypeName(static_cast<ItemType>(i)) == type) {
      item.type = static_cast<ItemType>(i);
      is_known = true;
    }
  }
  if (!is_known) {
    return reader.Fault(here + ".type", "an unknown type");
  }
  if (HasLength(item.type)) {
    MUSUBI_TRY(const int length, reader.Number(table, "length", here, 1, 4000));
    item.length = static_cast<std::size_t>(length);
  }
  item.required = table["required"].value_or(false);
  return item;
}

Result<RecordLayout> ReadLayout(
    const Reader& reader, const toml::table& table, const std::string& kind
) {
  RecordLayout layout;
  MUSUBI_TRY(layout.version, reader.Number(table, "version", kind, 1, 9999));
  const std::string here = kind + ".layout " + std::to_string(layout.version);
  MUSUBI_TRY(layout.accepted_from, reader.Day(table, "accepted_from", here));
  MUSUBI_TRY(layout.accepted_to, reader.Day(table, "accepted_to", here));
  if (!layout.accepted_from.is_set() ||
      (layout.accepted_to.is_set() && layout.accepted_to < layout.accepted_from)) {
    return reader.Fault(here, "accepted_from is missing or after accepted_to");
  }
  MUSUBI_CHECK_OK(reader.Each(table, "items", here, [&](const toml::table& item) -> Result<void> {
    MUSUBI_TRY(RecordItem read, ReadItemTable(reader, item, here));
    if (layout.Find(read.name).has_value() || layout.items.size() >= kItemsMax) {
      return reader.Fault(here + "." + read.name, "twice, or too many items");
    }
    layout.items.push_back(std::move(read));
    return Ok();
  }));
  return layout;
}

Result<RecordKind> ReadKind(const Reader& reader, const toml::table& table) {
  RecordKind kind;
  MUSUBI_TRY(kind.code, reader.Word(table, "code", "kind"));
  MUSUBI_TRY(kind.japanese, reader.Text(table, "japanese", kind.code));
  MUSUBI_TRY(kind.group, reader.Text(table, "group", kind.code));
  MUSUBI_TRY(kind.information, reader.Text(table, "information", kind.code));
  MUSUBI_CHECK_OK(reader.Each(
      table,
      "layout",
      kind.code,
      [&](const toml::table& layout) -> Result<void> {
        MUSUBI_TRY(RecordLayout read, ReadLayout(reader, layout, kind.code));
        if (!kind.layouts.empty() && kind.layouts.back().version >= read.version) {
          return reader.Fault(
              kind.code + ".layout", "versions stand in ascending order, each once"
          );
        }
        kind.layouts.push_back(std::move(read));
        return Ok();
      }
  ));
  return kind;
}

Result<RecordGroup> ReadGroup(const Reader& reader, const toml::table& table) {
  RecordGroup group;
  MUSUBI_TRY(group.name, reader.Word(table, "name", "group"));
  MUSUBI_TRY(group.japanese, reader.Text(table, "japanese", group.name));
  MUSUBI_TRY(group.silence_days, reader.Number(table, "silence_days", group.name, 1, 3660));
  group.expected = table["expected"].value_or(false);
  group.every_package = table["every_package"].value_or(false);
  return group;
}

Result<toml::table> ParseToml(std::string_view text, std::string_view name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::kInvalid,
        std::string(error.description()),
        std::string(name) + ":" + std::to_string(error.source().begin.line)
    };
  }
}

}  // namespace

Result<RecordLayouts> RecordLayouts::Parse(std::string_view toml, std::string_view name) {
  MUSUBI_TRY(const toml::table root, ParseToml(toml, name));
  const Reader reader(name);
  MUSUBI_TRY([[maybe_unused]] const int version, reader.Number(root, "version", "file", 1, 1));
  RecordLayouts layouts;
  MUSUBI_CHECK_OK(reader.Each(root, "group", "file", [&](const toml::table& table) -> Result<void> {
    MUSUBI_TRY(RecordGroup group, ReadGroup(reader, table));
    if (layouts.Group(group.name) != nullptr) {
      return reader.Fault("group." + group.name, "twice");
    }
    layouts.groups_.push_back(std::move(group));
    return Ok();
  }));
  MUSUBI_CHECK_OK(reader.Each(root, "kind", "file", [&](const toml::table& table) -> Result<void> {
    MUSUBI_TRY(RecordKind kind, ReadKind(reader, table));
    if (layouts.Find(kind.code) != nullptr) {
      return reader.Fault("kind." + kind.code, "twice");
    }
    if (layouts.Group(kind.group) == nullptr) {
      return reader.Fault("kind." + kind.code + ".group", "there is no such group");
    }
    layouts.kinds_.push_back(std::move(kind));
    return Ok();
  }));
  return layouts;
}

Result<RecordLayouts> RecordLayouts::Load(const std::filesystem::path& path) {
  MUSUBI_TRY(const std::string text, ReadFile(path, kFileSizeMax));
  return Parse(text, path.filename().string());
}

const RecordLayouts& RecordLayouts::BuiltIn() {
  static const RecordLayouts kBuiltIn = [] {
    auto read =
        Parse({musubi_record_layouts_begin, musubi_record_layouts_end}, "record-layouts.toml");
    MUSUBI_CHECK(read.ok());
    return std::move(read).value();
  }();
  return kBuiltIn;
}

}  // namespace musubi::rules
