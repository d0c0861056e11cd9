// Layouts of record copies 副本: what a record of each kind holds, in which versions, and how long
// an association may be silent. Data, not code: rules/record-layouts.toml, built in; another file
// can be loaded instead.
//
// What always holds
//   1. Versions of a kind have different numbers; two may be accepted on the same day. A version
//      that is no longer accepted can still be read.
//   2. An item is a value or the reason why there is none, never empty: "!not-applicable",
//      "!not-yet-known", "!unreadable", "!withheld". A value that begins with ! has it doubled.
//
// Immutable after loading; safe to share between threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace musubi::rules {

enum class ItemType : std::uint8_t { kText, kCode, kDate, kMonth, kYear, kYen, kCount, kFlag };

// "text", "code", ...
[[nodiscard]] std::string_view ItemTypeName(ItemType type);

struct RecordItem {
  std::string name;
  std::string japanese;
  ItemType type = ItemType::kText;
  std::size_t length = 0;  // characters, or digits of a number; 0 where the type says it
  bool required = false;
};

struct RecordLayout {
  int version = 0;
  Date accepted_from;
  Date accepted_to;  // not set: until further notice
  std::vector<RecordItem> items;

  [[nodiscard]] bool IsAcceptedOn(Date day) const {
    return accepted_from <= day && (!accepted_to.is_set() || day <= accepted_to);
  }

  // Index of an item by its name or its Japanese name.
  [[nodiscard]] std::optional<std::size_t> Find(std::string_view name) const;
};

struct RecordKind {
  std::string code;         // "high-cost-care"
  std::string japanese;     // "高額療養費"
  std::string group;        // "benefits": a RecordGroup
  std::string information;  // code of rules/permission which it answers; "": nobody may ask
  std::vector<RecordLayout> layouts;  // by version

  [[nodiscard]] const RecordLayout* Layout(int version) const;  // nullptr: no such version
  [[nodiscard]] const RecordLayout* NewestOn(Date day) const;   // nullptr: none accepted
};

struct RecordGroup {
  std::string name;
  std::string japanese;
  int silence_days = 0;        // longer is an alarm
  bool expected = false;       // an alarm also when nothing was ever sent
  bool every_package = false;  // a package without a row of the group says "nothing has changed"
};

class RecordLayouts {
 public:
  // kInvalid with file and key.
  [[nodiscard]] static Result<RecordLayouts> Parse(std::string_view toml, std::string_view name);
  [[nodiscard]] static Result<RecordLayouts> Load(const std::filesystem::path& path);
  [[nodiscard]] static const RecordLayouts& BuiltIn();

  [[nodiscard]] const RecordKind* Find(std::string_view code) const;  // nullptr: unknown
  [[nodiscard]] const RecordGroup* Group(std::string_view name) const;
  // Kinds that answer an information code, in the order of the file.
  [[nodiscard]] std::vector<std::string_view> KindsOf(std::string_view information) const;

  [[nodiscard]] const std::vector<RecordKind>& kinds() const { return kinds_; }

  [[nodiscard]] const std::vector<RecordGroup>& groups() const { return groups_; }

 private:
  std::vector<RecordKind> kinds_;
  std::vector<RecordGroup> groups_;
};

// Why there is no value.
enum class Missing : std::uint8_t { kNotApplicable, kNotYetKnown, kUnreadable, kWithheld };

// "not-applicable", "not-yet-known", "unreadable", "withheld".
[[nodiscard]] std::string_view MissingName(Missing reason);

// An item as it is sent and kept, taken apart.
struct ItemValue {
  std::optional<Missing> missing;
  std::string_view value;  // when not missing; borrowed from the raw item
};

// Nothing: empty, or "!" before something that is no reason.
[[nodiscard]] std::optional<ItemValue> ReadItem(std::string_view raw);
// A value as it is sent: with a leading ! doubled.
[[nodiscard]] std::string WriteItem(std::string_view value);
[[nodiscard]] std::string WriteItem(Missing reason);

// Is this raw item one the layout allows there?
[[nodiscard]] bool IsGoodItem(const RecordItem& item, std::string_view raw);

}  // namespace musubi::rules
