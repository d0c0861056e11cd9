// What the work on every kind of package (numbers, record copies, notices) begins and ends with.
// Internal to hub; each on the worker's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "crypto/sealed_package.h"
#include "exchange/number_list.h"
#include "hub/batch_book.h"

namespace musubi::hub {

// Errors that are the package's own fault and refuse it; the rest is ours or the network's, and the
// file is asked for again.
[[nodiscard]] bool IsThePackage(ErrorCode code);

// A working batch in hand.
struct TakenBatch {
  Batch batch;
  std::shared_ptr<LiveBatch> live;  // the book is the other owner
  std::optional<crypto::Identity> sealing;

  [[nodiscard]] std::uint32_t InsurerNumber() const;
  [[nodiscard]] exchange::Expected Expect(std::string_view kind, std::string_view mode) const;
};

// Nothing: there is nothing to do, or the hub cannot check certificates at the moment and has asked
// for the file again.
[[nodiscard]] Result<std::optional<TakenBatch>> TakeBatch(
    BatchBook& book,
    BatchId id,
    const crypto::Identity& node,
    const crypto::Trust& trust,
    Instant now
);

// kConflict: another batch has used the sequence; `advice` says what to do. kInternal: the store.
[[nodiscard]] Result<void> CheckSequence(
    BatchBook& book,
    const Batch& batch,
    const exchange::PackageHeader& header,
    std::string_view advice
);

[[nodiscard]] Error TooManyRows(std::uint64_t rows_max, std::uint64_t line);

// The sealed answer to a batch, for whoever signed its package.
class ResultPackage {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ResultPackage>> Create(
      const BatchBook& book,
      const Batch& batch,
      const crypto::Identity& node,
      const crypto::Certificate& signer,
      const exchange::PackageHeader& header  // kind, mode, created, sequence; the rest is filled in
  );

  [[nodiscard]] exchange::ContentWriter& content() { return *content_; }

  // Durable and in its place; its size stands in the batch.
  [[nodiscard]] Result<void> Finish(Batch& batch);

 private:
  ResultPackage(std::filesystem::path path, std::unique_ptr<FileSink> file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  std::unique_ptr<FileSink> file_;
  std::unique_ptr<crypto::SealingWriter> sealing_;
  std::optional<exchange::ContentWriter> content_;
};

}  // namespace musubi::hub
