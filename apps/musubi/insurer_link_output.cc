#include "apps/musubi/insurer_link_output.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "apps/musubi/output.h"

namespace musubi::apps {

namespace {

constexpr std::size_t kReferencesShown = 20;

}  // namespace

Result<std::unique_ptr<insurer::Association>> OpenLinksOf(const std::string& config) {
  const passwd* user = ::getpwuid(::geteuid());
  const std::string name =
      user == nullptr ? "uid-" + std::to_string(::geteuid()) : std::string(user->pw_name);
  return insurer::Association::Open(config, SystemClock(), name);
}

Result<std::uint64_t> CountPeople(
    const insurer::Association& association, std::initializer_list<insurer::LinkState> states
) {
  MUSUBI_TRY(const auto counts, association.people().CountStates());
  std::uint64_t people = 0;
  for (const insurer::StateCount& count : counts) {
    const bool is_meant =
        states.size() == 0 || std::ranges::find(states, count.state) != states.end();
    people += is_meant ? count.count : 0;
  }
  return people;
}

std::optional<std::uint64_t> CountRowsOf(const std::filesystem::path& file) {
  constexpr std::uintmax_t kSizeMax = std::uintmax_t{256} << 20U;  // 400,000 people take a third
  std::error_code failed;
  const bool is_file = std::filesystem::is_regular_file(file, failed);
  if (!is_file || std::filesystem::file_size(file, failed) > kSizeMax || failed) {
    return std::nullopt;
  }
  std::ifstream in(file, std::ios::binary);
  std::array<char, 65536> piece{};
  std::uint64_t lines = 0;
  do {
    in.read(piece.data(), piece.size());
    lines +=
        static_cast<std::uint64_t>(std::count(piece.begin(), piece.begin() + in.gcount(), '\n'));
  } while (in);
  return lines == 0 ? 0 : lines - 1;
}

int ExitCodeOfCommand(const Result<int>& result) {
  return result.ok() ? *result : Fail(result.error());
}

boost::json::array ListJson(const std::vector<std::string>& words) {
  boost::json::array array;
  for (const std::string& word : words) {
    array.emplace_back(word);
  }
  return array;
}

void PrintReferences(std::string_view title, const std::vector<std::string>& references) {
  if (references.empty()) {
    return;
  }
  std::string line = fmt::format("{}: {}", title, FormatCount(references.size()));
  for (std::size_t i = 0; i < references.size() && i < kReferencesShown; ++i) {
    line.append(i == 0 ? " (" : ", ").append(references[i]);
  }
  PrintLine(line + (references.size() > kReferencesShown ? ", ...)" : ")"));
}

}  // namespace musubi::apps
