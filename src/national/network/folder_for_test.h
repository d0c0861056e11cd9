// A folder of its own for a test; gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.h"

namespace musubi::national::network {

class FolderForTest {
 public:
  FolderForTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "musubi-network-XXXXXX").string();
    MUSUBI_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }

  ~FolderForTest() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  FolderForTest(const FolderForTest&) = delete;
  FolderForTest& operator=(const FolderForTest&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace musubi::national::network
