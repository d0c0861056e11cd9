// The tables inside the program (tables.S): the files of data/ as they are.
#pragma once

#include <string_view>

extern "C" {
extern const char musubi_kanji_variants_begin[];
extern const char musubi_kanji_variants_end[];
extern const char musubi_municipalities_begin[];
extern const char musubi_municipalities_end[];
}

namespace musubi::text {

[[nodiscard]] inline std::string_view BuiltInKanjiVariants() {
  return {musubi_kanji_variants_begin, musubi_kanji_variants_end};
}

[[nodiscard]] inline std::string_view BuiltInMunicipalities() {
  return {musubi_municipalities_begin, musubi_municipalities_end};
}

}  // namespace musubi::text
