// Arbitrary bytes as a directory of institutions, and as lines of record codes.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "national/network/inquiry/directory.h"
#include "national/network/inquiry/institution_codes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  const std::string_view text = AsText({data, size});
  const auto directory =
      national::network::Directory::Parse(text, "d", rules::Permissions::BuiltIn());
  if (directory.ok()) {
    for (const auto& institution : directory->institutions()) {
      MUSUBI_CHECK(directory->Find(institution.id) == &institution);
    }
  }
  static const Bytes kKey(32, 1);
  static national::network::InstitutionCodes codes(kKey);
  const auto lines = codes.CodesOf("x", text);
  MUSUBI_CHECK(!lines.ok() || lines->size() % 34 == 0);
  return 0;
}
