#include "national/network/inquiry/inquiry_table.h"

#include <algorithm>
#include <array>

namespace musubi::national::network {

namespace {

constexpr std::array kMigrations{store::Migration{
    1,
    R"sql(
CREATE TABLE network_inquiry (
  id {BLOB} NOT NULL PRIMARY KEY,
  question {BLOB} NOT NULL,
  caller TEXT NOT NULL,
  asked TEXT NOT NULL,
  provider_node TEXT NOT NULL,
  outcome TEXT NOT NULL,
  provider TEXT NOT NULL,
  basis TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  provided_at BIGINT,
  items TEXT NOT NULL,
  is_hidden BIGINT NOT NULL,
  citation TEXT NOT NULL,
  ended_at BIGINT,
  order_line TEXT,
  code {BLOB}
) {STRICT};
CREATE INDEX network_inquiry_open ON network_inquiry (provider_node, expires_at)
  WHERE ended_at IS NULL;
CREATE INDEX network_inquiry_ended ON network_inquiry (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE network_label_count (
  code {BLOB} NOT NULL PRIMARY KEY,
  used BIGINT NOT NULL
) {STRICT};
CREATE TABLE network_segment (
  first_index BIGINT NOT NULL PRIMARY KEY,
  end_index BIGINT NOT NULL,
  entry_index BIGINT NOT NULL
) {STRICT};
CREATE TABLE network_correction (
  node TEXT NOT NULL,
  id {BLOB} NOT NULL,
  corrected_at BIGINT NOT NULL,
  PRIMARY KEY (node, id, corrected_at)
) {STRICT};
)sql"
}};

constexpr std::string_view kSelect =
    "SELECT id, question, caller, provider_node, outcome, provider, basis, requested_at, "
    "expires_at,"
    " provided_at, items, is_hidden, citation, order_line, code, asked FROM network_inquiry ";

std::int64_t Millis(Instant instant) {
  return instant.time_since_epoch().count();
}

store::Parameter Millis(const std::optional<Instant>& instant) {
  return instant ? store::Parameter(Millis(*instant)) : store::Parameter();
}

Instant InstantOf(std::int64_t millis) {
  return Instant(std::chrono::milliseconds(millis));
}

template <std::size_t kSize>
Result<void> ReadBlob(
    const store::Row& row, std::size_t column, std::array<std::uint8_t, kSize>& out
) {
  const BytesView bytes = row.Blob(column);
  if (bytes.size() != kSize) {
    return Error{ErrorCode::kCorrupt, "an inquiry of the store has a wrong size"};
  }
  std::ranges::copy(bytes, out.begin());
  return Ok();
}

Result<KeptInquiry> ReadInquiry(const store::Row& row) {
  KeptInquiry inquiry;
  MUSUBI_CHECK_OK(ReadBlob(row, 0, inquiry.id));
  MUSUBI_CHECK_OK(ReadBlob(row, 1, inquiry.question));
  inquiry.caller = row.Text(2);
  inquiry.provider_node = row.Text(3);
  inquiry.asked = row.Text(15);
  const auto outcome = exchange::InquiryOutcomeOf(row.Text(4));
  if (!outcome) {
    return Error{ErrorCode::kCorrupt, "an inquiry of the store has an unknown outcome"};
  }
  exchange::InquiryResult& result = inquiry.result;
  result.id = inquiry.id;
  result.outcome = *outcome;
  result.provider = row.Text(5);
  result.basis = row.Text(6);
  result.requested_at = InstantOf(row.Int(7));
  inquiry.expires_at = InstantOf(row.Int(8));
  if (!row.IsNull(9)) {
    result.provided_at = InstantOf(row.Int(9));
  }
  result.items = row.Text(10);
  result.is_hidden = row.Int(11) != 0;
  result.citation = row.Text(12);
  if (inquiry.is_open()) {
    inquiry.order = row.Text(13);
    MUSUBI_CHECK_OK(ReadBlob(row, 14, inquiry.code));
  }
  return inquiry;
}

store::OnRow CollectInto(std::vector<std::string>& words) {
  return [&words](const store::Row& row) -> Result<void> {
    words.emplace_back(row.Text(0));
    return Ok();
  };
}

}  // namespace

Result<void> InquiryTable::Migrate(store::Database& database) {
  return database.Migrate("network_exchange", kMigrations);
}

Result<bool> InquiryTable::Insert(const KeptInquiry& inquiry) {
  const exchange::InquiryResult& result = inquiry.result;
  const bool is_open = inquiry.is_open();
  MUSUBI_TRY(
      const std::int64_t added,
      connection_->Execute(
          "INSERT INTO network_inquiry (id, question, caller, provider_node, outcome, provider,"
          " basis, requested_at, expires_at, provided_at, items, is_hidden, citation, ended_at,"
          " order_line, code, asked) VALUES"
          " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
          " ON CONFLICT (id) DO NOTHING",
          {BytesView(inquiry.id),
           BytesView(inquiry.question),
           std::string_view(inquiry.caller),
           std::string_view(inquiry.provider_node),
           exchange::InquiryOutcomeName(result.outcome),
           std::string_view(result.provider),
           std::string_view(result.basis),
           Millis(*result.requested_at),
           Millis(inquiry.expires_at),
           Millis(result.provided_at),
           std::string_view(result.items),
           std::int64_t{result.is_hidden},
           std::string_view(result.citation),
           is_open ? store::Parameter() : Millis(*result.requested_at),
           is_open ? store::Parameter(std::string_view(inquiry.order)) : store::Parameter(),
           is_open ? store::Parameter(BytesView(inquiry.code)) : store::Parameter(),
           std::string_view(inquiry.asked)}
      )
  );
  return added == 1;
}

Result<std::optional<KeptInquiry>> InquiryTable::Find(const exchange::InquiryId& id) {
  std::optional<KeptInquiry> found;
  MUSUBI_CHECK_OK(connection_->Query(
      std::string(kSelect) + "WHERE id = $1",
      {BytesView(id)},
      [&found](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(found, ReadInquiry(row));
        return Ok();
      }
  ));
  return found;
}

Result<bool> InquiryTable::End(const exchange::InquiryResult& result, Instant ended_at) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection_->Execute(
          "UPDATE network_inquiry SET outcome = $1, provider = $2, provided_at = $3, items = $4,"
          " is_hidden = $5, ended_at = $6, order_line = NULL, code = NULL"
          " WHERE id = $7 AND ended_at IS NULL",
          {exchange::InquiryOutcomeName(result.outcome),
           std::string_view(result.provider),
           Millis(result.provided_at),
           std::string_view(result.items),
           std::int64_t{result.is_hidden},
           Millis(ended_at),
           BytesView(result.id)}
      )
  );
  return changed == 1;
}

Result<std::vector<KeptInquiry>> InquiryTable::FindExpired(
    std::string_view provider_node, Instant now, std::size_t count_max
) {
  std::vector<KeptInquiry> expired;
  MUSUBI_CHECK_OK(connection_->Query(
      std::string(kSelect) + "WHERE ended_at IS NULL AND provider_node = $1 AND expires_at <= $2"
                             " ORDER BY expires_at LIMIT $3",
      {provider_node, Millis(now), static_cast<std::int64_t>(count_max)},
      [&expired](const store::Row& row) -> Result<void> {
        MUSUBI_TRY(expired.emplace_back(), ReadInquiry(row));
        return Ok();
      }
  ));
  return expired;
}

Result<std::vector<std::string>> InquiryTable::NodesOfExpired(Instant now) {
  std::vector<std::string> nodes;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT DISTINCT provider_node FROM network_inquiry"
      " WHERE ended_at IS NULL AND expires_at <= $1",
      {Millis(now)},
      CollectInto(nodes)
  ));
  return nodes;
}

Result<std::int64_t> InquiryTable::EraseUntil(Instant until) {
  return connection_->Execute(
      "DELETE FROM network_inquiry WHERE ended_at IS NOT NULL AND ended_at < $1", {Millis(until)}
  );
}

Result<void> InquiryTable::AddCorrection(std::string_view node, const Correction& correction) {
  MUSUBI_CHECK_OK(connection_->Execute(
      "INSERT INTO network_correction (node, id, corrected_at) VALUES ($1, $2, $3)"
      " ON CONFLICT DO NOTHING",
      {node, BytesView(correction.id), Millis(correction.corrected_at)}
  ));
  return Ok();
}

Result<std::vector<Correction>> InquiryTable::CorrectionsFor(
    std::string_view node, std::size_t count_max
) {
  std::vector<Correction> corrections;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT id, corrected_at FROM network_correction WHERE node = $1 ORDER BY corrected_at, id"
      " LIMIT $2",
      {node, static_cast<std::int64_t>(count_max)},
      [&corrections](const store::Row& row) -> Result<void> {
        Correction& correction = corrections.emplace_back();
        correction.corrected_at = InstantOf(row.Int(1));
        return ReadBlob(row, 0, correction.id);
      }
  ));
  return corrections;
}

Result<std::vector<std::string>> InquiryTable::NodesOfCorrections() {
  std::vector<std::string> nodes;
  MUSUBI_CHECK_OK(connection_->Query(
      "SELECT DISTINCT node FROM network_correction",
      std::initializer_list<store::Parameter>{},
      CollectInto(nodes)
  ));
  return nodes;
}

Result<void> InquiryTable::RemoveCorrection(std::string_view node, const Correction& correction) {
  MUSUBI_CHECK_OK(connection_->Execute(
      "DELETE FROM network_correction WHERE node = $1 AND id = $2 AND corrected_at = $3",
      {node, BytesView(correction.id), Millis(correction.corrected_at)}
  ));
  return Ok();
}

}  // namespace musubi::national::network
