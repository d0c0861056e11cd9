// ParseRosterMapping on any bytes: it ends, refuses with kInvalid, and takes known fields only.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "text/roster_columns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  const auto mapping = text::ParseRosterMapping(AsText({data, size}), "m.toml");
  if (!mapping.ok()) {
    MUSUBI_CHECK(mapping.error().code == ErrorCode::kInvalid);
    return 0;
  }
  for (const auto& [field, heading] : mapping->columns) {
    MUSUBI_CHECK(text::RosterFieldOfName(field).has_value());
  }
  return 0;
}
