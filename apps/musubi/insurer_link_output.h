// What the commands of an association share: whom they work for, how many people they are about,
// and lists of references.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "insurer/association.h"

namespace musubi::apps {

// Under the name of the user who runs the command, which stands in the history.
[[nodiscard]] Result<std::unique_ptr<insurer::Association>> OpenLinksOf(const std::string& config);

// People of the register in any of these states; none named: all of them.
[[nodiscard]] Result<std::uint64_t> CountPeople(
    const insurer::Association& association, std::initializer_list<insurer::LinkState> states = {}
);

// Lines of a file after its heading; nothing when it can be read only once, or is so large that it
// is no list of ours.
[[nodiscard]] std::optional<std::uint64_t> CountRowsOf(const std::filesystem::path& file);

[[nodiscard]] int ExitCodeOfCommand(const Result<int>& result);

[[nodiscard]] boost::json::array ListJson(const std::vector<std::string>& words);

// "title: 25 (P1, P2, ...)", the first twenty; nothing for nobody.
void PrintReferences(std::string_view title, const std::vector<std::string>& references);

}  // namespace musubi::apps
