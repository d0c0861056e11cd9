#include "hub/package_frame.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "ops/log.h"

namespace musubi::hub {

namespace {
constexpr std::string_view kSelf = "hub";
}  // namespace

bool IsThePackage(ErrorCode code) {
  return code == ErrorCode::kInvalid || code == ErrorCode::kRefused ||
         code == ErrorCode::kConflict || code == ErrorCode::kExhausted;
}

std::uint32_t TakenBatch::InsurerNumber() const {
  std::uint32_t insurer = 0;
  const std::string& digits = batch.insurer;
  std::from_chars(digits.data(), digits.data() + digits.size(), insurer);
  return insurer;
}

exchange::Expected TakenBatch::Expect(std::string_view kind, std::string_view mode) const {
  exchange::Expected expected;
  expected.kind = kind;
  expected.mode = mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  expected.recipient = kSelf;
  expected.sender = "insurer-" + batch.insurer;
  return expected;
}

Result<std::optional<TakenBatch>> TakeBatch(
    BatchBook& book,
    BatchId id,
    const crypto::Identity& node,
    const crypto::Trust& trust,
    Instant now
) {
  TakenBatch taken;
  MUSUBI_TRY(taken.batch, book.Load(id));
  taken.live = book.Live(id);
  if (taken.batch.state != BatchState::kWorking || taken.live == nullptr) {
    return std::optional<TakenBatch>();
  }
  {
    const std::scoped_lock lock(taken.live->mutex);
    taken.sealing = taken.live->sealing;
  }
  // If not even we are trusted, it is our revocation list or clock, not the package.
  if (!trust.Verify(node.certificate, now).ok()) {
    ops::LogError("hub.trust.unusable");
    MUSUBI_CHECK_OK(book.AskForFile(id, "the hub cannot check certificates at the moment"));
    return std::optional<TakenBatch>();
  }
  return std::optional(std::move(taken));
}

Result<void> CheckSequence(
    BatchBook& book,
    const Batch& batch,
    const exchange::PackageHeader& header,
    std::string_view advice
) {
  const auto used_by = book.SequenceUsedBy(
      batch.insurer, batch.kind, ModeName(header.mode), header.sequence, batch.id
  );
  if (!used_by.ok()) {
    return Error{ErrorCode::kInternal, "the hub's store does not answer"};
  }
  if (used_by->has_value()) {
    return Error{
        ErrorCode::kConflict,
        fmt::format(
            "sequence {} was used before, by batch {}", header.sequence, BatchName(**used_by)
        ),
        "line 1: sequence",
        std::string(advice)
    };
  }
  return Ok();
}

Error TooManyRows(std::uint64_t rows_max, std::uint64_t line) {
  return {
      ErrorCode::kExhausted,
      fmt::format("the package has more than {} rows", rows_max),
      fmt::format("line {}", line),
      "divide it"
  };
}

Result<std::unique_ptr<ResultPackage>> ResultPackage::Create(
    const BatchBook& book,
    const Batch& batch,
    const crypto::Identity& node,
    const crypto::Certificate& signer,
    const exchange::PackageHeader& header
) {
  std::filesystem::path path = book.PairsPath(batch.id);
  MUSUBI_TRY(auto file, FileSink::Create(path));
  std::unique_ptr<ResultPackage> result(new ResultPackage(std::move(path), std::move(file)));
  exchange::PackageHeader whole = header;
  whole.sender = kSelf;
  whole.recipient = "insurer-" + batch.insurer;
  MUSUBI_TRY(
      result->sealing_, crypto::SealingWriter::Create(*result->file_, node, signer, whole.created)
  );
  MUSUBI_TRY(auto content, exchange::ContentWriter::Create(*result->sealing_, whole));
  result->content_.emplace(std::move(content));
  return result;
}

Result<void> ResultPackage::Finish(Batch& batch) {
  MUSUBI_CHECK_OK(content_->Finish());
  MUSUBI_CHECK_OK(sealing_->Finish());
  MUSUBI_CHECK_OK(file_->Commit());
  std::error_code code;
  batch.pairs_size = std::filesystem::file_size(path_, code);
  return Ok();
}

}  // namespace musubi::hub
