#include "national/network/inquiry/correction_outbox.h"

#include "exchange/resident_query.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

constexpr std::size_t kBlock = exchange::kInquiryLinesMax;
constexpr std::string_view kNoticesPath = "/v1/correction-notices";

Result<std::vector<Correction>> ReadCorrections(std::string_view lines) {
  std::vector<Correction> corrections;
  MUSUBI_TRY(
      const std::uint64_t count,
      exchange::EachLine(
          lines,
          [&](std::uint64_t row, std::span<const std::string_view> fields) -> Result<void> {
            const std::string place = "line " + std::to_string(row + 1);
            if (row == kBlock) {
              return Error{ErrorCode::kExhausted, "too many lines in one call", place};
            }
            Correction correction;
            if (fields.size() != 2 || !ReadHex(fields[0], correction.id)) {
              return Error{ErrorCode::kInvalid, "not an inquiry id and a time", place};
            }
            MUSUBI_TRY(correction.corrected_at, ParseInstant(fields[1]));
            corrections.push_back(correction);
            return Ok();
          }
      )
  );
  static_cast<void>(count);
  return corrections;
}

}  // namespace

Result<void> CorrectionOutbox::Take(std::string_view caller, std::string_view lines) {
  MUSUBI_TRY(const auto corrections, ReadCorrections(lines));
  MUSUBI_TRY(auto writing, book_->Begin());
  InquiryTable table(writing.connection());
  for (const Correction& correction : corrections) {
    MUSUBI_TRY(const std::optional<KeptInquiry> inquiry, table.Find(correction.id));
    if (inquiry && inquiry->provider_node != caller) {
      return Error{ErrorCode::kRefused, "this node was not asked in the inquiry"};
    }
    if (inquiry && inquiry->result.outcome == exchange::InquiryOutcome::kAnswered) {
      MUSUBI_CHECK_OK(table.AddCorrection(inquiry->caller, correction));
    }
  }
  return writing.Commit();
}

Result<std::uint64_t> CorrectionOutbox::Deliver() {
  std::vector<std::string> nodes;
  {
    MUSUBI_TRY(auto reading, book_->Begin());
    MUSUBI_TRY(nodes, InquiryTable(reading.connection()).NodesOfCorrections());
  }
  std::uint64_t delivered = 0;
  for (const std::string& node : nodes) {
    MUSUBI_TRY(const std::uint64_t delivered_here, DeliverTo(node));
    delivered += delivered_here;
  }
  return delivered;
}

Result<std::uint64_t> CorrectionOutbox::DeliverTo(const std::string& node) {
  std::vector<Correction> corrections;
  {
    MUSUBI_TRY(auto reading, book_->Begin());
    MUSUBI_TRY(corrections, InquiryTable(reading.connection()).CorrectionsFor(node, kBlock));
  }
  std::string lines;
  for (const Correction& correction : corrections) {
    lines += ToHex(correction.id) + "," + FormatUtc(correction.corrected_at) + "\r\n";
  }
  const auto taken = post_(node, kNoticesPath, lines);
  if (!taken.ok()) {
    ops::LogWarning(
        "network.correction.waits",
        {{"node", node}, {"code", ErrorCodeName(taken.error().code)}, {"count", corrections.size()}}
    );
    return 0;
  }
  MUSUBI_TRY(auto writing, book_->Begin());
  for (const Correction& correction : corrections) {
    MUSUBI_CHECK_OK(InquiryTable(writing.connection()).RemoveCorrection(node, correction));
  }
  MUSUBI_CHECK_OK(writing.Commit());
  return corrections.size();
}

}  // namespace musubi::national::network
