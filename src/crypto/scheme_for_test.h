// An authority in a folder of its own, for tests; gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.h"
#include "crypto/certificate.h"

namespace musubi::crypto {

class FolderForTest {
 public:
  FolderForTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "musubi-crypto-XXXXXX").string();
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

struct SchemeForTest {
  FolderForTest home;
  // A whole second: X.509 keeps no fractions.
  Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(3)};
  Authority authority{Authority::Create(home.path(), "Musubi test", now).value()};
  std::shared_ptr<Trust> trust{
      Trust::Load(home.path() / "authority.pem", home.path() / "crl.pem").value()
  };

  [[nodiscard]] Identity Issue(std::string_view id) { return authority.Issue(id, now).value(); }

  [[nodiscard]] const std::filesystem::path& folder() const { return home.path(); }
};

}  // namespace musubi::crypto
