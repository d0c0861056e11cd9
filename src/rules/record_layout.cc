#include "rules/record_layout.h"

#include <algorithm>
#include <array>

namespace musubi::rules {

namespace {

constexpr std::array<std::string_view, 8> kTypeNames = {
    "text", "code", "date", "month", "year", "yen", "count", "flag"
};
constexpr std::array<std::string_view, 4> kMissingNames = {
    "not-applicable", "not-yet-known", "unreadable", "withheld"
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsDigits(std::string_view text, std::size_t size_max) {
  return !text.empty() && text.size() <= size_max && std::ranges::all_of(text, IsDigit);
}

bool IsCode(std::string_view text, std::size_t size_max) {
  return text.size() <= size_max && std::ranges::all_of(text, [](char c) {
           return IsDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                  c == '_' || c == '.';
         });
}

// Characters of UTF-8: bytes that begin one.
bool IsText(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) {
    return true;
  }
  const auto count = std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  });
  return static_cast<std::size_t>(count) <= size_max;
}

bool IsMonth(std::string_view text) {
  constexpr std::size_t kSize = 7;
  Date first;
  return text.size() == kSize && Date::TryParse(std::string(text) + "-01", first);
}

bool IsYen(std::string_view text, std::size_t digits_max) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return IsDigits(text, digits_max) && (text.size() == 1 || text[0] != '0');
}

bool IsOfType(const RecordItem& item, std::string_view value) {
  Date date;
  switch (item.type) {
    case ItemType::kText:
      return IsText(value, item.length);
    case ItemType::kCode:
      return IsCode(value, item.length);
    case ItemType::kDate:
      return Date::TryParse(value, date);
    case ItemType::kMonth:
      return IsMonth(value);
    case ItemType::kYear:
      return value.size() == 4 && IsDigits(value, 4);
    case ItemType::kYen:
      return IsYen(value, item.length);
    case ItemType::kCount:
      return IsDigits(value, item.length);
    case ItemType::kFlag:
      return value == "0" || value == "1";
  }
  return false;
}

}  // namespace

std::string_view ItemTypeName(ItemType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}

std::string_view MissingName(Missing reason) {
  return kMissingNames[static_cast<std::size_t>(reason)];
}

std::optional<std::size_t> RecordLayout::Find(std::string_view name) const {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].name == name || items[i].japanese == name) {
      return i;
    }
  }
  return std::nullopt;
}

const RecordLayout* RecordKind::Layout(int version) const {
  const auto found = std::ranges::find(layouts, version, &RecordLayout::version);
  return found == layouts.end() ? nullptr : &*found;
}

const RecordLayout* RecordKind::NewestOn(Date day) const {
  const RecordLayout* newest = nullptr;
  for (const RecordLayout& layout : layouts) {
    newest = layout.IsAcceptedOn(day) ? &layout : newest;
  }
  return newest;
}

const RecordKind* RecordLayouts::Find(std::string_view code) const {
  const auto found = std::ranges::find(kinds_, code, &RecordKind::code);
  return found == kinds_.end() ? nullptr : &*found;
}

const RecordGroup* RecordLayouts::Group(std::string_view name) const {
  const auto found = std::ranges::find(groups_, name, &RecordGroup::name);
  return found == groups_.end() ? nullptr : &*found;
}

std::vector<std::string_view> RecordLayouts::KindsOf(std::string_view information) const {
  std::vector<std::string_view> codes;
  for (const RecordKind& kind : kinds_) {
    if (!information.empty() && kind.information == information) {
      codes.push_back(kind.code);
    }
  }
  return codes;
}

std::optional<ItemValue> ReadItem(std::string_view raw) {
  if (raw.empty()) {
    return std::nullopt;
  }
  if (raw[0] != '!') {
    return ItemValue{{}, raw};
  }
  raw.remove_prefix(1);
  if (raw.starts_with('!')) {
    return ItemValue{{}, raw};
  }
  const auto found = std::ranges::find(kMissingNames, raw);
  if (found == kMissingNames.end()) {
    return std::nullopt;
  }
  return ItemValue{static_cast<Missing>(found - kMissingNames.begin()), {}};
}

std::string WriteItem(std::string_view value) {
  return value.starts_with('!') ? "!" + std::string(value) : std::string(value);
}

std::string WriteItem(Missing reason) {
  return "!" + std::string(MissingName(reason));
}

bool IsGoodItem(const RecordItem& item, std::string_view raw) {
  const auto read = ReadItem(raw);
  if (!read.has_value()) {
    return false;
  }
  if (read->missing.has_value()) {
    return !item.required || *read->missing != Missing::kNotApplicable;
  }
  return IsOfType(item, read->value);
}

}  // namespace musubi::rules
