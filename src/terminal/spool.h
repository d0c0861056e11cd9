// The terminal's spool: the resealed package of a transfer under way, as long as it is under way.
//
//   <package id>.p7m     sealed to the hub's one-time certificate
//   <package id>.serial  which certificate that was; written last, so that its presence means that
//                        the package beside it is whole
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/message.h"

namespace musubi::terminal {

struct FileDigest {
  std::uint64_t size = 0;
  std::string hex;  // SHA-256
};

[[nodiscard]] Result<FileDigest> DigestOfFile(const std::filesystem::path& path);

struct SpoolEntry {
  std::filesystem::path folder;
  std::filesystem::path file;  // the association's
  std::string package_id;
};

// The package under another envelope. What an interrupted transfer left is used again when it was
// made for the same certificate, byte for byte; otherwise it is made anew.
[[nodiscard]] Result<std::filesystem::path> SpoolResealed(
    const SpoolEntry& entry,
    const crypto::Identity& terminal,
    const crypto::Trust& trust,
    Instant now,
    const crypto::Certificate& sealing_certificate
);

void RemoveSpooled(const std::filesystem::path& folder, const std::string& package_id);

// Pieces of a file from any offset, as bodies of requests.
class PieceReader {
 public:
  [[nodiscard]] static Result<PieceReader> Open(const std::filesystem::path& path);
  PieceReader(PieceReader&& other) noexcept;
  PieceReader& operator=(PieceReader&&) = delete;
  ~PieceReader();
  // Shorter at the end of the file; empty behind it.
  [[nodiscard]] Result<http::Body> Read(std::uint64_t offset, std::size_t size_max) const;

 private:
  PieceReader(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace musubi::terminal
