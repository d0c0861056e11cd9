// 自前の表 (own tables): a kanji variant map or a gazetteer of the user's in place of the built-in
// one. Layouts: docs/formats/rules.md.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "text/normal_form.h"

namespace musubi::text {

// An empty path: the built-in table.
struct TableFiles {
  std::filesystem::path kanji_variants;
  std::filesystem::path gazetteer;
};

// UTF-8, a byte order mark is allowed. kInvalid: not of the layout ("FILE:LINE"), or without a row:
// a file cut off must not quietly become "no variants".
[[nodiscard]] Result<std::unique_ptr<Normaliser>> LoadNormaliser(const TableFiles& files);

}  // namespace musubi::text
