// The number list file: sealed while it is written, on the disk and in its place before the
// register says so.
#pragma once

#include <memory>

#include "crypto/digest.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"
#include "exchange/number_list.h"
#include "insurer/register.h"

namespace musubi::insurer {

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

class NumberListWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<NumberListWriter>> Create(
      const NumberListRequest& request, std::uint64_t sequence, Instant now
  );
  [[nodiscard]] Result<void> Add(const exchange::NumberListRow& row);
  // The file is in its place; returns the hash of its bytes, hex.
  [[nodiscard]] Result<std::string> Commit();

 private:
  explicit NumberListWriter(std::unique_ptr<FileSink> file)
      : file_(std::move(file)), hash_(*file_) {}

  std::unique_ptr<FileSink> file_;
  HashingSink hash_;
  std::unique_ptr<crypto::SealingWriter> sealing_;
  std::optional<exchange::ContentWriter> content_;
};

}  // namespace musubi::insurer
