// Which classes of the review queue one decision may clear: data, not code
// (rules/link-review.toml).
//
// Whatever the data says, birth date, sex and name are never cleared in bulk, a lost gaiji only
// where the kana agrees, and a class of more than one needs a second person.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "insurer/link_check.h"

namespace musubi::insurer {

class ReviewRules {
 public:
  // kInvalid: unknown keys, or an outcome that may never be cleared in bulk.
  [[nodiscard]] static Result<ReviewRules> Parse(
      std::string_view toml, const std::filesystem::path& path
  );
  // An empty path: the rules built in.
  [[nodiscard]] static Result<ReviewRules> LoadOrDefault(const std::filesystem::path& path);
  [[nodiscard]] static std::string_view DefaultText();

  [[nodiscard]] bool IsBulk(const Finding& finding) const;

  // In how many approved ways at once somebody may differ to be cleared with those classes.
  [[nodiscard]] std::size_t combine_max() const { return combine_max_; }

 private:
  std::vector<std::string> bulk_rules_;
  std::vector<std::string> bulk_outcomes_;
  std::size_t combine_max_ = 1;
};

}  // namespace musubi::insurer
