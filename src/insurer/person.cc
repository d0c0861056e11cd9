#include "insurer/person.h"

#include <functional>

#include "base/bytes.h"
#include "insurer/match_keys.h"

namespace musubi::insurer {

std::string FieldList(FieldMask mask) {
  std::string list;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if ((mask >> field & 1U) != 0) {
      list.append(list.empty() ? "" : " ").append(kFieldNames[field]);
    }
  }
  return list;
}

FieldTexts::FieldTexts(const FieldViews& views) {
  std::size_t size = kFieldCount;
  for (const std::string_view view : views) {
    size += view.size();
  }
  joined_.reserve(size);
  for (const std::string_view view : views) {
    joined_.append(view).push_back('\0');
  }
}

FieldViews FieldTexts::Views() const {
  FieldViews views;
  std::string_view rest = joined_;
  for (std::string_view& view : views) {
    view = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(view.size() + 1, rest.size()));
  }
  return views;
}

std::uint64_t HashOf(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  const std::uint64_t hash = std::hash<std::string_view>{}(text);
  return hash == 0 ? 1 : hash;
}

std::uint64_t HashOf(const vault::BlindIndex& index) {
  return HashOf(AsText(index));
}

std::uint64_t HashOf(NumberFact fact, const vault::BlindIndex& index) {
  return fact == NumberFact::kGood ? HashOf(index) : HashOf(NumberFactName(fact));
}

Signature Signature::Of(const FieldViews& views) {
  const auto view = [&views](Field field) { return views[static_cast<std::size_t>(field)]; };
  Signature signature;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    signature.fields[field] = HashOf(views[field]);
  }
  std::string household = FoldWidth(view(Field::kSymbol));
  household.append(1, '\0').append(FoldWidth(view(Field::kMemberNumber)));
  signature.household = HashOf(household);
  signature.name = HashOf(FoldWidth(view(Field::kName)));
  signature.kana = HashOf(FoldKana(view(Field::kKana)));
  signature.birth_date = HashOf(view(Field::kBirthDate));
  signature.sex = HashOf(view(Field::kSex));
  return signature;
}

}  // namespace musubi::insurer
