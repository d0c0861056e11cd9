// Where bytes come from and go to, without saying whether it is a file, memory or a cipher.
//
// Sources and sinks belong to one thread. A FileSink writes beside the target and renames at
// Commit, after the bytes are on the disk: a reader sees the old file or the new one, never half.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace musubi {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills some of `into`; 0 means the end. Never 0 before it.
  [[nodiscard]] virtual Result<std::size_t> Read(std::span<std::uint8_t> into) = 0;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  [[nodiscard]] virtual Result<void> Write(BytesView bytes) = 0;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(BytesView bytes) : left_(bytes) {}

  [[nodiscard]] Result<std::size_t> Read(std::span<std::uint8_t> into) override;

 private:
  BytesView left_;
};

class MemorySink : public ByteSink {
 public:
  [[nodiscard]] Result<void> Write(BytesView bytes) override;

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

  [[nodiscard]] Bytes Take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class FileSource : public ByteSource {
 public:
  [[nodiscard]] static Result<std::unique_ptr<FileSource>> Open(const std::filesystem::path& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  [[nodiscard]] Result<std::size_t> Read(std::span<std::uint8_t> into) override;

 private:
  FileSource(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;  // for messages
};

class FileSink : public ByteSink {
 public:
  // `mode`: permission bits of the new file; 0600 unless it is public.
  [[nodiscard]] static Result<std::unique_ptr<FileSink>> Create(
      std::filesystem::path path, unsigned mode = 0600
  );
  ~FileSink() override;  // without Commit the half-written file is removed
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  [[nodiscard]] Result<void> Write(BytesView bytes) override;
  // Bytes on the disk, name in its place, directory on the disk.
  [[nodiscard]] Result<void> Commit();

 private:
  FileSink(int descriptor, std::filesystem::path path, std::filesystem::path temporary);

  int descriptor_;
  std::filesystem::path path_;
  std::filesystem::path temporary_;
};

// Whole small files (configuration, certificates). Refuses more than `size_max` bytes.
[[nodiscard]] Result<std::string> ReadFile(
    const std::filesystem::path& path, std::size_t size_max = 16U << 20U
);
// Up to `size_max` bytes from `offset`; fewer at the end of the file.
[[nodiscard]] Result<Bytes> ReadPiece(
    const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size_max
);
[[nodiscard]] Result<void> WriteFile(
    const std::filesystem::path& path, std::string_view content, unsigned mode = 0600
);
// Creates the folder and its parents with mode 0700.
[[nodiscard]] Result<void> MakeFolder(const std::filesystem::path& path);

}  // namespace musubi
