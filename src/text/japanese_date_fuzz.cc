// ReadJapaneseDate on any bytes: what it takes for a date is one, and its western spelling is read
// as the same day.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "text/japanese_date.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  Date date;
  if (text::ReadJapaneseDate(AsText({data, size}), date) == text::DateFault::kNone) {
    Date same;
    MUSUBI_CHECK(Date::TryParse(date.Text(), same));
    MUSUBI_CHECK(same == date);
    MUSUBI_CHECK(text::ReadJapaneseDate(date.Text(), same) == text::DateFault::kNone);
    MUSUBI_CHECK(same == date);
  } else {
    MUSUBI_CHECK(!date.is_set());
  }
  return 0;
}
