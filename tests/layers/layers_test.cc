// Holds every include of src/ to src/layers.txt, and the tree to its own rules.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
const fs::path kRoot = MUSUBI_SOURCE_FOLDER;

using Layers = std::map<std::string, std::set<std::string>>;

Layers ReadLayers() {
  Layers layers;
  std::ifstream file(kRoot / "src/layers.txt");
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == std::string::npos) {
      continue;
    }
    std::istringstream name(line.substr(0, colon));
    std::string module;
    name >> module;
    std::istringstream uses(line.substr(colon + 1));
    for (std::string use; uses >> use;) {
      layers[module].insert(use);
    }
    layers[module];
  }
  return layers;
}

// The longest module name that `path` (relative to src/) lies in.
std::string ModuleOf(const Layers& layers, const std::string& path) {
  std::string best;
  for (const auto& [module, uses] : layers) {
    if (path.starts_with(module + "/") && module.size() > best.size()) {
      best = module;
    }
  }
  return best;
}

std::vector<fs::path> SourcesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".h" || extension == ".cc")) {
      files.push_back(entry.path());
    }
  }
  return files;
}

std::string Slurp(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

bool IsTest(const std::string& path) {
  return path.ends_with("_test.cc") || path.ends_with("_prop.cc") || path.ends_with("_fuzz.cc") ||
         path.ends_with("_for_test.h");
}

TEST(Layers, EveryIncludeIsAllowedByItsRow) {
  const Layers layers = ReadLayers();
  ASSERT_FALSE(layers.empty());
  const std::regex include("^\\s*#\\s*include\\s*\"([^\"]+)\"");
  for (const fs::path& file : SourcesBelow(kRoot / "src")) {
    const std::string path = fs::relative(file, kRoot / "src").string();
    const std::string module = ModuleOf(layers, path);
    ASSERT_FALSE(module.empty()) << path << " lies in no module of layers.txt";
    std::istringstream lines(Slurp(file));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) {
        continue;
      }
      const std::string target = match[1];
      EXPECT_FALSE(target.starts_with(".")) << path << ":" << number << " reaches sideways";
      if (IsTest(path)) {
        continue;  // tests may use anything
      }
      const std::string other = ModuleOf(layers, target);
      EXPECT_TRUE(fs::exists(kRoot / "src" / target)) << path << ":" << number << " " << target;
      EXPECT_TRUE(other == module || layers.at(module).contains(other))
          << path << ":" << number << ": " << module << " may not use " << other;
    }
  }
}

TEST(Layers, NoModuleUsesItselfThroughOthers) {
  const Layers layers = ReadLayers();
  for (const auto& [module, uses] : layers) {
    std::set<std::string> reached;
    std::vector<std::string> open(uses.begin(), uses.end());
    while (!open.empty()) {
      const std::string next = open.back();
      open.pop_back();
      ASSERT_TRUE(layers.contains(next)) << module << " uses " << next << ", which has no row";
      if (reached.insert(next).second) {
        open.insert(open.end(), layers.at(next).begin(), layers.at(next).end());
      }
    }
    EXPECT_FALSE(reached.contains(module)) << module;
  }
}

TEST(Layers, NoInstitutionUsesAnother) {
  const std::set<std::string> institutions = {
      "insurer", "terminal", "hub", "national/network", "national/jlis", "national/support"
  };
  const Layers layers = ReadLayers();
  for (const std::string& institution : institutions) {
    for (const std::string& use : layers.at(institution)) {
      EXPECT_FALSE(institutions.contains(use)) << institution << " uses " << use;
    }
  }
}

TEST(Tree, EveryFolderSaysWhatItIsFor) {
  for (const auto& [module, uses] : ReadLayers()) {
    EXPECT_TRUE(fs::exists(kRoot / "src" / module / "README.md")) << module;
  }
}

TEST(Tree, NoPlaceForEverything) {
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "src")) {
    const std::string name = entry.path().filename().string();
    EXPECT_FALSE(name == "common" || name == "util" || name == "misc" || name == "helpers")
        << entry.path();
  }
}

TEST(Tree, OnlyTheCommandLineIncludesItsLibrary) {
  for (const fs::path& file : SourcesBelow(kRoot / "src")) {
    EXPECT_EQ(Slurp(file).find("#include <CLI/"), std::string::npos) << file;
  }
}

}  // namespace
