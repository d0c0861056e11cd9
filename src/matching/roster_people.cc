#include "matching/roster_people.h"

#include <algorithm>

namespace musubi::matching {

void RosterPeople::Add(const Attributes& person) {
  constexpr std::size_t kBlockSize = std::size_t{1} << 20U;
  const std::array texts{person.name, person.kana, person.address};
  Entry entry;
  std::size_t size = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    entry.sizes[i] = static_cast<std::uint32_t>(texts[i].size());
    size += texts[i].size();
  }
  if (size > block_left_) {
    block_left_ = std::max(kBlockSize, size);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_left_));
    block_at_ = blocks_.back().get();
  }
  entry.text = block_at_;
  entry.birth_date = person.birth_date;
  entry.sex = person.sex;
  for (const std::string_view text : texts) {
    block_at_ = std::copy(text.begin(), text.end(), block_at_);
  }
  block_left_ -= size;
  entries_.push_back(entry);
}

Attributes RosterPeople::At(std::size_t i) const {
  const Entry& entry = entries_[i];
  const char* at = entry.text;
  const auto take = [&](std::size_t which) {
    const std::string_view text(at, entry.sizes[which]);
    at += entry.sizes[which];
    return text;
  };
  Attributes person;
  person.name = take(0);
  person.kana = take(1);
  person.address = take(2);
  person.birth_date = entry.birth_date;
  person.sex = entry.sex;
  return person;
}

}  // namespace musubi::matching
