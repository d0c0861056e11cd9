#include "apps/musubi/insurer_link_output.h"

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
