// 試行運用: an answer beside the paper it is to replace. The paper is a CSV of "kind,item,value"
// (with that heading); the comparison names kinds and items, never values.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace musubi::apps {

struct ComparedItem {
  std::string kind;
  std::string item;
  std::string finding;  // "same", "differs", "only-on-paper"
};

struct PaperComparison {
  std::vector<ComparedItem> items;
  std::size_t different = 0;
};

// `inquiry`: with the opened answer as "content". kInvalid with file and line.
[[nodiscard]] Result<PaperComparison> ComparePaper(
    const boost::json::object& inquiry, const std::filesystem::path& paper
);
// 1 when something differs.
[[nodiscard]] int ShowComparison(const PaperComparison& comparison, bool as_json);

}  // namespace musubi::apps
