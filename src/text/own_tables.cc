#include "text/own_tables.h"

#include <algorithm>
#include <string>

#include "base/io.h"
#include "text/built_in_tables.h"
#include "text/gazetteer.h"
#include "text/kanji_variants.h"
#include "text/utf8.h"

namespace musubi::text {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool HasRow(std::string_view tsv) {
  const bool has_heading = tsv.starts_with("code\t");
  const std::size_t begin = has_heading ? std::min(tsv.find('\n'), tsv.size()) : 0;
  return tsv.find_first_not_of("\r\n", begin) != std::string_view::npos;
}

Result<std::string> ReadTable(const std::filesystem::path& path, std::string_view built_in) {
  if (path.empty()) {
    return std::string(built_in);
  }
  MUSUBI_TRY(std::string text, ReadFile(path));
  const std::size_t valid = ValidUtf8Size(text);
  if (valid != text.size()) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(valid);
    const auto line = 1 + std::count(text.begin(), end, '\n');
    return Error{ErrorCode::kInvalid, "not UTF-8", path.string() + ":" + std::to_string(line)};
  }
  if (text.starts_with(kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  if (!HasRow(text)) {
    return Error{ErrorCode::kInvalid, "a table without a row", path.string()};
  }
  return text;
}

std::string NameOf(const std::filesystem::path& path, const char* built_in) {
  return path.empty() ? built_in : path.string();
}

}  // namespace

Result<std::unique_ptr<Normaliser>> LoadNormaliser(const TableFiles& files) {
  if (files.kanji_variants.empty() && files.gazetteer.empty()) {
    return Normaliser::Make();
  }
  MUSUBI_TRY(const std::string variants, ReadTable(files.kanji_variants, BuiltInKanjiVariants()));
  MUSUBI_TRY(const std::string places, ReadTable(files.gazetteer, BuiltInMunicipalities()));
  // Once before Make, for messages that name the user's file: some milliseconds.
  MUSUBI_TRY(
      const KanjiVariants checked,
      KanjiVariants::Make(variants, NameOf(files.kanji_variants, "kanji variants"))
  );
  MUSUBI_TRY(
      [[maybe_unused]] const Gazetteer gazetteer,
      Gazetteer::Make(places, checked, NameOf(files.gazetteer, "municipalities"))
  );
  return Normaliser::Make(variants, places);
}

}  // namespace musubi::text
