// A plain register (text/residents.h) in chunks of whole lines, which threads read independently.
//
// Lines that begin in a piece of the file belong to it, wherever they end. Const calls are safe
// from several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace musubi::matching {

class RegisterFile {
 public:
  // Not open or no plain file: is_plain() is false.
  explicit RegisterFile(const std::filesystem::path& path);
  ~RegisterFile();
  RegisterFile(const RegisterFile&) = delete;
  RegisterFile& operator=(const RegisterFile&) = delete;

  // A file with content that is not gzip. Quotes show only when it is read.
  [[nodiscard]] bool is_plain() const { return is_plain_; }

  [[nodiscard]] std::size_t ChunkCount() const;

  // `text` lies in `buffer`. False: a line that is too long.
  [[nodiscard]] bool ReadChunk(std::size_t chunk, std::vector<char>& buffer, std::string_view& text)
      const;

 private:
  // Fills as much of `into` as the file has from `offset` on.
  [[nodiscard]] std::size_t Read(std::span<char> into, std::uint64_t offset) const;

  int descriptor_;
  std::uint64_t size_ = 0;
  bool is_plain_ = false;
};

}  // namespace musubi::matching
