// ReadResidents on any bytes: it ends, and what is handed on has its form.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "text/residents.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  MemorySource source({data, size});
  std::uint64_t row_count = 0;
  const auto result =
      text::ReadResidents(source, "r.csv", [&row_count](const text::ResidentRow& row) {
        ++row_count;
        MUSUBI_CHECK(row.resident_record_code.size() == 11);
        MUSUBI_CHECK(row.individual_number.size() == 12);
        MUSUBI_CHECK(row.birth_date.is_set());
        MUSUBI_CHECK(text::IsUtf8(row.name) && text::IsUtf8(row.address));
        return Ok();
      });
  if (result.ok()) {
    MUSUBI_CHECK(*result == row_count);
  } else {
    MUSUBI_CHECK(result.error().place.starts_with("r.csv:"));
  }
  return 0;
}
