// 氏名カナ (names in kana) in two layers; see normal_form.h.
//
// ヅ and ズ stay apart, because both fold into their unvoiced kana (ツ, ス) and マツダ must not
// meet マスダ: a difference between them is for a person. The key for candidate search joins all
// four.
#pragma once

#include <string>

#include "text/normal_form.h"

namespace musubi::text {

// One lenient step on a lossless form; `out` is replaced.
void LoosenKana(std::u32string_view form, std::u32string& out, Rules& rules);

// ツ and チ to ス and シ, in place.
void MergeForKey(std::u32string& lenient);

}  // namespace musubi::text
