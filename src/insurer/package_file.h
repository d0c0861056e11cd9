// A file for the hub: sealed to whoever brings it there while it is written, hashed on the way, and
// under its own name only when everything else is done.
//
// One thread. Without PutInPlace nothing is left behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"

namespace musubi::insurer {

struct PackageRequest {
  const std::filesystem::path& out;
  const crypto::Identity& signer;
  const crypto::Certificate& recipient;  // the terminal's
  std::string_view kind;                 // "NL", "RC", "NT"
  exchange::Mode mode = exchange::Mode::kTest;
  std::uint64_t sequence = 0;
  Instant now;
};

class PackageFile {
 public:
  [[nodiscard]] static Result<std::unique_ptr<PackageFile>> Create(const PackageRequest& request);

  [[nodiscard]] exchange::ContentWriter& content() { return *content_; }

  // All of it is on the disk, under another name; returns the hash of its bytes, hex.
  [[nodiscard]] Result<std::string> Finish();
  [[nodiscard]] Result<void> PutInPlace();

 private:
  // Passes bytes on and keeps their hash.
  class HashingSink : public ByteSink {
   public:
    explicit HashingSink(ByteSink& sink) : sink_(&sink) {}

    [[nodiscard]] Result<void> Write(BytesView bytes) override;
    [[nodiscard]] std::string FinishHex();

   private:
    ByteSink* sink_;
    crypto::Sha256 digest_;
  };

  explicit PackageFile(std::unique_ptr<FileSink> file) : file_(std::move(file)), hash_(*file_) {}

  std::unique_ptr<FileSink> file_;
  HashingSink hash_;
  std::unique_ptr<crypto::SealingWriter> sealing_;
  std::optional<exchange::ContentWriter> content_;
};

}  // namespace musubi::insurer
