#include "hub/schema.h"

#include <array>

namespace musubi::hub {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE batch (
  id BIGINT PRIMARY KEY NOT NULL,
  insurer TEXT NOT NULL,
  kind TEXT NOT NULL,
  package TEXT NOT NULL,
  state TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  outcomes TEXT NOT NULL,
  pairs_size BIGINT NOT NULL,
  problem TEXT NOT NULL,
  place TEXT NOT NULL,
  advice TEXT NOT NULL,
  stage_ms TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (insurer, kind, package)
) {STRICT};
CREATE TABLE sequence_used (
  insurer TEXT NOT NULL,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  PRIMARY KEY (insurer, kind, mode, sequence)
) {STRICT};
CREATE TABLE enrolment (
  code {BLOB} NOT NULL,
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  branch BIGINT NOT NULL,
  qualified_on BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  PRIMARY KEY (code, insurer)
) {WITHOUT_ROWID};
CREATE TABLE tally (
  name TEXT NOT NULL,
  insurer BIGINT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (name, insurer)
) {STRICT};
CREATE TABLE acquisition_exception (
  code {BLOB} NOT NULL,
  insurer BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  PRIMARY KEY (code, insurer, batch, reference)
) {STRICT};
)sql";

// A link under suspicion: its enrolment gives no code to a list and no record to anybody until the
// association lifts the stop.
constexpr std::string_view kStops = R"sql(
CREATE TABLE link_stop (
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  reason TEXT NOT NULL,
  stopped_at BIGINT NOT NULL,
  PRIMARY KEY (insurer, number)
) {STRICT};
)sql";

// Record copies 副本 (copy_table.h). record_copy is keyed by insured number, in the order packages
// come in, and reached from a code through enrolment; layout 0 is a deletion. insured_person leads
// the other way, from insured number to code; enrolment has no index for it, so that acquisition
// does not pay for one (registry.h). What is applied is told by copy_package.
constexpr std::string_view kCopies = R"sql(
CREATE TABLE record_copy (
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  valid_to BIGINT NOT NULL,
  layout BIGINT NOT NULL,
  items TEXT NOT NULL,
  PRIMARY KEY (insurer, number, kind, key, valid_from, revision)
) {WITHOUT_ROWID};
CREATE TABLE copy_package (
  ordinal BIGINT PRIMARY KEY NOT NULL,
  insurer BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  applied_at BIGINT NOT NULL,
  applied BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  UNIQUE (insurer, revision)
) {STRICT};
CREATE TABLE copy_freshness (
  insurer BIGINT NOT NULL,
  record_group TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (insurer, record_group)
) {STRICT};
CREATE TABLE copy_change (
  ordinal BIGINT NOT NULL,
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  previous BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  is_deleted BIGINT NOT NULL,
  PRIMARY KEY (ordinal, number, kind, key, valid_from)
) {WITHOUT_ROWID};
CREATE TABLE insured_person (
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  branch BIGINT NOT NULL,
  code {BLOB} NOT NULL,
  PRIMARY KEY (insurer, number)
) {WITHOUT_ROWID};
INSERT INTO insured_person (insurer, number, branch, code)
  SELECT insurer, number, branch, code FROM enrolment ORDER BY insurer, number;
)sql";

// Notices お知らせ on their way to the portal (notice_outbox.h); a row lives until the portal has
// it or its last day is over.
constexpr std::string_view kNotices = R"sql(
CREATE TABLE notice_outbox (
  batch BIGINT NOT NULL,
  line BIGINT NOT NULL,
  id {BLOB} NOT NULL,
  insurer BIGINT NOT NULL,
  number BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  valid_until BIGINT NOT NULL,
  PRIMARY KEY (batch, line)
) {WITHOUT_ROWID};
)sql";

constexpr std::array<store::Migration, 4> kMigrations = {
    {{1, kFirst}, {2, kStops}, {3, kCopies}, {4, kNotices}}
};

}  // namespace

std::span<const store::Migration> HubMigrations() {
  return kMigrations;
}

}  // namespace musubi::hub
