#include "insurer/review_rules.h"

#include <algorithm>

#include "base/io.h"
#include "insurer/words.h"
#include "ops/config.h"

namespace musubi::insurer {

namespace {

// The same text as rules/link-review.toml; a test holds them equal.
constexpr std::string_view kDefault =
    R"toml(# What the review queue of links may clear in bulk, by one decision and a second person's approval.
# Everything else is decided person by person. Built into the program; an association may use its own:
# [insurer] link_review = "FILE".

[review]
version = 1

# Lenient rules of matching (docs/formats/rules.md) of which a whole class may be cleared at once.
# lost-gaiji is always a class of its own kind, and only where the kana agrees: a character nobody knows
# may stand for another name. Not among them: voicing, which tells トヨタ from トヨダ.
bulk_rules = [
  "kanji-variant",
  "lost-gaiji",
  "small-kana",
  "long-vowel",
  "building",
  "oaza",
  "former-surname",
  "middle-dot",
  "latin-case",
  "former-municipality",
]

# Outcomes of verification of which a whole class may be cleared at once. Name, birth date and sex are
# never among them. Address: an association may hold a mailing address, or the one before a move.
bulk_outcomes = ["address-differs"]

# Whoever differs only in ways that were each approved for their own class is cleared with them, if
# there are no more than this many at once. 1: never.
combine_max = 3
)toml";

constexpr std::size_t kFileSizeMax = std::size_t{64} << 10U;
constexpr std::int64_t kCombineLimit = 8;

bool MayBeBulk(std::string_view outcome) {
  return outcome == "address-differs" || outcome == "kana-differs";
}

}  // namespace

std::string_view ReviewRules::DefaultText() {
  return kDefault;
}

Result<ReviewRules> ReviewRules::LoadOrDefault(const std::filesystem::path& path) {
  if (path.empty()) {
    return Parse(kDefault, "link-review.toml");
  }
  MUSUBI_TRY(const std::string text, ReadFile(path, kFileSizeMax));
  return Parse(text, path);
}

Result<ReviewRules> ReviewRules::Parse(std::string_view toml, const std::filesystem::path& path) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Parse(toml, path));
  ReviewRules rules;
  MUSUBI_TRY([[maybe_unused]] const auto version, config.Int("review.version", 1, 1, 1));
  MUSUBI_TRY(rules.bulk_rules_, config.Strings("review.bulk_rules"));
  MUSUBI_TRY(rules.bulk_outcomes_, config.Strings("review.bulk_outcomes"));
  MUSUBI_TRY(const auto combine_max, config.Int("review.combine_max", 1, 1, kCombineLimit));
  rules.combine_max_ = static_cast<std::size_t>(combine_max);
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  if (!std::ranges::all_of(rules.bulk_outcomes_, MayBeBulk)) {
    return Error{
        ErrorCode::kInvalid,
        "an outcome that is never cleared in bulk",
        path.filename().string() + ": review.bulk_outcomes",
        "address-differs and kana-differs may stand there"
    };
  }
  return rules;
}

bool ReviewRules::IsBulk(const Finding& finding) const {
  const auto is_bulk_rule = [this](const std::string& rule) {
    return std::ranges::find(bulk_rules_, rule) != bulk_rules_.end();
  };
  const std::vector<std::string> rules = WordsOf(finding.rules);
  if (!std::ranges::all_of(rules, is_bulk_rule)) {
    return false;
  }
  const bool has_lost_gaiji = std::ranges::find(rules, "lost-gaiji") != rules.end();
  if (has_lost_gaiji && finding.attributes.find("kana:agree") == std::string::npos) {
    return false;
  }
  return finding.outcome == "notation" ||
         std::ranges::find(bulk_outcomes_, finding.outcome) != bulk_outcomes_.end();
}

}  // namespace musubi::insurer
