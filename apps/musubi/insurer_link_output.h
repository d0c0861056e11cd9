// What the commands about links share: the association they work for, and lists of references.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "insurer/association.h"

namespace musubi::apps {

// Under the name of the user who runs the command, which stands in the history.
[[nodiscard]] Result<std::unique_ptr<insurer::Association>> OpenLinksOf(const std::string& config);

[[nodiscard]] int ExitCodeOfCommand(const Result<int>& result);

[[nodiscard]] boost::json::array ListJson(const std::vector<std::string>& words);

// "title: 25 (P1, P2, ...)", the first twenty; nothing for nobody.
void PrintReferences(std::string_view title, const std::vector<std::string>& references);

}  // namespace musubi::apps
