// 氏名 (names) in two layers; see normal_form.h. Kanji name, Latin name or a name in kana.
#pragma once

#include <string>

#include "text/kanji_variants.h"
#include "text/normal_form.h"

namespace musubi::text {

// One lenient step on a lossless form; `out` is replaced.
void LoosenName(
    std::u32string_view form, const KanjiVariants& variants, std::u32string& out, Rules& rules
);

}  // namespace musubi::text
