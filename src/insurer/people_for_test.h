// Made people for tests: rows and register entries without a store.
#pragma once

#include <string>

#include "insurer/person.h"

namespace musubi::insurer {

struct PersonForTest {
  std::string household = "100";
  std::string name = "山田　太郎";
  std::string kana = "ヤマダ　タロウ";
  std::string birth_date = "1979-03-12";
  std::string sex = "1";
  std::string address = "東京都";
  unsigned number = 0;  // 0: none; stands for a blind index
};

inline vault::BlindIndex IndexForTest(unsigned number) {
  vault::BlindIndex index = {};
  index[0] = static_cast<std::uint8_t>(number);
  index[1] = static_cast<std::uint8_t>(number >> 8U);
  return index;
}

inline FieldTexts TextsForTest(const PersonForTest& person) {
  return FieldTexts(
      {"建1",
       person.household,
       "本人",
       person.name,
       person.kana,
       person.birth_date,
       person.sex,
       person.address,
       "2001-04-01",
       ""}
  );
}

inline FieldMask BlankForTest(const FieldViews& views) {
  FieldMask blank = 0;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    blank |= static_cast<FieldMask>(views[field].empty() ? 1U << field : 0U);
  }
  return blank;
}

inline Incoming RowForTest(const PersonForTest& person) {
  Incoming row;
  row.texts = TextsForTest(person);
  row.signature = Signature::Of(row.texts.Views());
  row.blank = BlankForTest(row.texts.Views());
  if (person.number != 0) {
    row.roster_number = {NumberFact::kGood, IndexForTest(person.number)};
    row.signature.number = HashOf(row.roster_number.index);
  }
  row.signature.roster_number = HashOf(row.roster_number.fact, row.roster_number.index);
  return row;
}

inline Known KnownForTest(const PersonForTest& person, LinkState state = LinkState::kUnverified) {
  const Incoming row = RowForTest(person);
  Known known;
  known.reference = "P1";
  known.signature = row.signature;
  known.blank = row.blank;
  known.state = state;
  known.has_number = person.number != 0;
  known.number_index = row.roster_number.index;
  known.roster_number = row.roster_number;
  return known;
}

}  // namespace musubi::insurer
