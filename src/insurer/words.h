// Lists of words separated by single spaces: rules, attributes, pairs of characters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace musubi::insurer {

[[nodiscard]] inline std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    if (end != 0) {
      words.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

}  // namespace musubi::insurer
