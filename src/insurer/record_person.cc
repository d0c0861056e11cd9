#include "insurer/record_person.h"

#include <chrono>
#include <vector>

namespace musubi::insurer {

namespace {

using rules::Missing;
using rules::WriteItem;

Date DayBefore(Date day) {
  const std::chrono::year_month_day given(
      std::chrono::year(day.year()), std::chrono::month(day.month()), std::chrono::day(day.day())
  );
  return Date::Of(std::chrono::sys_days(given) - std::chrono::days(1));
}

std::string TextOr(std::string_view text, Missing reason) {
  return text.empty() ? WriteItem(reason) : WriteItem(text);
}

std::string RelationshipItem(std::string_view relationship) {
  if (relationship.empty()) {
    return WriteItem(Missing::kNotYetKnown);
  }
  return relationship == "本人" ? "head" : "dependant";
}

// What the roster knows of an item; the layouts' later items are not known to it.
std::string ItemOf(const RecordPerson& person, std::string_view name) {
  if (name == "symbol") {
    return TextOr(person.symbol, Missing::kNotApplicable);
  }
  if (name == "member_number") {
    return TextOr(person.member_number, Missing::kNotYetKnown);
  }
  if (name == "relationship") {
    return RelationshipItem(person.relationship);
  }
  if (name == "qualified_on") {
    return person.qualified_on.Text();
  }
  if (name == "lost_on" && person.lost_on.is_set()) {
    return person.lost_on.Text();
  }
  const bool is_gone = person.state == LinkState::kReleased;
  return WriteItem(name == "lost_on" && !is_gone ? Missing::kNotApplicable : Missing::kNotYetKnown);
}

// The last day insured; not set: still insured.
Date LastDay(const RecordPerson& person) {
  if (person.lost_on.is_set()) {
    return DayBefore(person.lost_on);
  }
  return person.released_on;
}

}  // namespace

Sending SendingOf(const RecordPerson& person) {
  const bool is_tied = person.state == LinkState::kTied && person.reason == Reason::kNone;
  const bool has_left =
      person.state == LinkState::kReleased && person.reason == Reason::kGoneFromRoster;
  constexpr std::size_t kDigits = 8;
  const bool is_numbered = person.insured_number.size() == kDigits && !person.branch.empty();
  return is_numbered && (is_tied || has_left) ? Sending::kSend : Sending::kHold;
}

std::optional<std::pair<RecordKey, RecordValue>> EligibilityOf(
    const RecordPerson& person, const rules::RecordKind& kind, Date day
) {
  const rules::RecordLayout* layout = kind.NewestOn(day);
  const Date last = LastDay(person);
  if (layout == nullptr || !person.qualified_on.is_set() ||
      (last.is_set() && last < person.qualified_on)) {
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const rules::RecordItem& item : layout->items) {
    std::string value = ItemOf(person, item.name);
    if (!rules::IsGoodItem(item, value)) {
      value = WriteItem(Missing::kUnreadable);  // longer than the layout has room for
    }
    values.push_back(std::move(value));
  }
  const std::vector<std::string_view> views(values.begin(), values.end());
  RecordValue value;
  value.valid_to = last.packed();
  value.layout_version = layout->version;
  exchange::AppendItems(views, value.items);
  return std::pair(
      RecordKey{std::string(kEligibilityKind), "1", person.qualified_on.packed()}, std::move(value)
  );
}

}  // namespace musubi::insurer
