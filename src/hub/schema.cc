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

constexpr std::array<store::Migration, 2> kMigrations = {{{1, kFirst}, {2, kStops}}};

}  // namespace

std::span<const store::Migration> HubMigrations() {
  return kMigrations;
}

}  // namespace musubi::hub
