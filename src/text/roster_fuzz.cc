// ReadRoster on any bytes: it ends, every row has its number, every text is UTF-8, and what is
// refused says where.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "text/roster.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  MemorySource source({data, size});
  std::uint64_t row_count = 0;
  std::uint64_t last_line = 1;
  const auto result = text::ReadRoster(source, "f.csv", {}, [&](text::RosterRow& row) {
    MUSUBI_CHECK(row.row == ++row_count);
    MUSUBI_CHECK(row.line > last_line);
    last_line = row.line;
    MUSUBI_CHECK(text::IsUtf8(row.name) && text::IsUtf8(row.kana) && text::IsUtf8(row.address));
    MUSUBI_CHECK(text::IsUtf8({row.number.data(), row.number.size()}));
    for (const text::FieldProblem& problem : row.problems) {
      MUSUBI_CHECK(!problem.field.empty() && !problem.problem.empty());
    }
    return Ok();
  });
  if (result.ok()) {
    MUSUBI_CHECK(result->row_count == row_count);
  } else {
    MUSUBI_CHECK(result.error().code == ErrorCode::kInvalid);
    MUSUBI_CHECK(result.error().place.starts_with("f.csv:"));
  }
  return 0;
}
