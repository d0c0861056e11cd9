// The definitions of RFC 6962 section 2.1 written down as they stand there, slow and obvious, to
// hold the quick ones against; and a temporary folder.
#pragma once

#include <bit>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/check.h"
#include "ledger/log.h"
#include "ledger/merkle.h"

namespace musubi::ledger {

class NaiveTree {
 public:
  void Add(BytesView entry) {
    std::string bytes(1, '\0');
    bytes.append(AsText(entry));
    leaves_.push_back(crypto::Sha256Of(AsBytes(bytes)));
  }

  [[nodiscard]] std::size_t size() const { return leaves_.size(); }

  [[nodiscard]] const Digest& leaf(std::size_t i) const { return leaves_[i]; }

  // MTH(D[begin:end])
  [[nodiscard]] Digest Root(std::size_t begin, std::size_t end) const {
    if (begin == end) {
      return crypto::Sha256Of({});
    }
    if (end - begin == 1) {
      return leaves_[begin];
    }
    const std::size_t k = Split(end - begin);
    const Digest left = Root(begin, begin + k);
    const Digest right = Root(begin + k, end);
    std::string bytes(1, '\1');
    bytes.append(AsText(left)).append(AsText(right));
    return crypto::Sha256Of(AsBytes(bytes));
  }

  [[nodiscard]] Digest Root(std::size_t size) const { return Root(0, size); }

  // PATH(m, D[begin:end])
  [[nodiscard]] Proof Path(std::size_t m, std::size_t begin, std::size_t end) const {
    if (end - begin == 1) {
      return {};
    }
    const std::size_t k = Split(end - begin);
    const bool is_left = m < k;
    Proof proof = is_left ? Path(m, begin, begin + k) : Path(m - k, begin + k, end);
    proof.push_back(is_left ? Root(begin + k, end) : Root(begin, begin + k));
    return proof;
  }

  // SUBPROOF(m, D[begin:end], is_whole)
  [[nodiscard]] Proof Subproof(std::size_t m, std::size_t begin, std::size_t end, bool is_whole)
      const {
    if (m == end - begin) {
      return is_whole ? Proof{} : Proof{Root(begin, end)};
    }
    const std::size_t k = Split(end - begin);
    const bool is_left = m <= k;
    Proof proof =
        is_left ? Subproof(m, begin, begin + k, is_whole) : Subproof(m - k, begin + k, end, false);
    proof.push_back(is_left ? Root(begin + k, end) : Root(begin, begin + k));
    return proof;
  }

  [[nodiscard]] ReadNode Nodes() const {
    return [this](const Node& node) -> Result<Digest> {
      const std::size_t begin = node.index << node.height;
      const std::size_t end = (node.index + 1) << node.height;
      if (end > leaves_.size()) {
        return Error{ErrorCode::kInvalid, "no such node"};
      }
      return Root(begin, end);
    };
  }

 private:
  static std::size_t Split(std::size_t count) { return std::bit_floor(count - 1); }

  std::vector<Digest> leaves_;
};

class FolderForTest {
 public:
  FolderForTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "musubi-ledger-XXXXXX").string();
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

inline SigningKey KeyForTest(
    const std::string& name = "musubi.example/hub", KeyKind kind = KeyKind::kLog
) {
  return SigningKey::Make(name, kind, crypto::Ed25519Key::Generate()).value();
}

// "entry 17": every index has its own.
inline std::string EntryForTest(std::uint64_t index) {
  return "entry " + std::to_string(index);
}

// Appends entries first .. first + count - 1 as one group.
inline Result<Position> AppendForTest(Log& log, std::uint64_t first, std::uint64_t count) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count; ++i) {
    texts.push_back(EntryForTest(first + i));
  }
  std::vector<BytesView> views;
  for (const std::string& text : texts) {
    views.push_back(AsBytes(text));
  }
  return log.Append(views);
}

}  // namespace musubi::ledger
