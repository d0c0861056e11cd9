#include "insurer/schema.h"

#include <array>

namespace musubi::insurer {

namespace {

// person_stage takes the changes of one transaction in bulk, from where one statement applies them;
// NULL there means "as it was". It is empty between transactions.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO settings (name, value) VALUES ('run', 0), ('reference', 0), ('number_list', 0);

CREATE TABLE import_run (
  run BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  operator TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  file_sha256 TEXT NOT NULL
);

CREATE TABLE number_list (
  sequence BIGINT NOT NULL PRIMARY KEY,
  run BIGINT NOT NULL,
  created TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  file_sha256 TEXT NOT NULL
);

CREATE TABLE person (
  reference TEXT NOT NULL PRIMARY KEY,
  symbol TEXT NOT NULL,
  member_number TEXT NOT NULL,
  relationship TEXT NOT NULL,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  birth_date TEXT NOT NULL,
  sex TEXT NOT NULL,
  address TEXT NOT NULL,
  qualified_on TEXT NOT NULL,
  lost_on TEXT NOT NULL,
  number_sealed {BLOB},
  number_index {BLOB},
  roster_fact TEXT NOT NULL,
  roster_index {BLOB},
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  listed_in BIGINT NOT NULL,
  insured_number TEXT NOT NULL,
  branch TEXT NOT NULL,
  roster_row BIGINT NOT NULL,
  registered_on TEXT NOT NULL
) {WITHOUT_ROWID};

CREATE TABLE person_stage (
  reference TEXT NOT NULL PRIMARY KEY,
  symbol TEXT,
  member_number TEXT,
  relationship TEXT,
  name TEXT,
  kana TEXT,
  birth_date TEXT,
  sex TEXT,
  address TEXT,
  qualified_on TEXT,
  lost_on TEXT,
  number_sealed {BLOB},
  number_index {BLOB},
  roster_fact TEXT,
  roster_index {BLOB},
  state TEXT,
  reason TEXT,
  listed_in BIGINT,
  insured_number TEXT,
  branch TEXT,
  roster_row BIGINT
) {WITHOUT_ROWID};

CREATE TABLE person_history (
  reference TEXT NOT NULL,
  run BIGINT NOT NULL,
  what TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL,
  insured_number_before TEXT NOT NULL,
  PRIMARY KEY (reference, run)
) {WITHOUT_ROWID};
)sql";

// The check of links: what jlis said last of each person's number (or of one without), and what was
// decided about it. Who has no line was never checked.
constexpr std::string_view kSecond = R"sql(
CREATE TABLE link_check (
  reference TEXT NOT NULL PRIMARY KEY,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  outcome TEXT NOT NULL,
  attributes TEXT NOT NULL,
  rules TEXT NOT NULL,
  characters TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  reason TEXT NOT NULL,
  checked_at TEXT NOT NULL
) {WITHOUT_ROWID};

CREATE TABLE review_proposal (
  class TEXT NOT NULL PRIMARY KEY,
  members TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) {WITHOUT_ROWID};

CREATE TABLE review_decision (
  run BIGINT NOT NULL PRIMARY KEY,
  class TEXT NOT NULL,
  verdict TEXT NOT NULL,
  differences TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  people BIGINT NOT NULL
);

CREATE TABLE link_statistic (
  run BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (run, outcome)
) {WITHOUT_ROWID};
)sql";

// Record copies 副本: what the existing system knows (record; record_stage takes a file in bulk and
// is empty between transactions), what was sent and not answered yet or refused (copy_sent), and
// what the hub confirmed, by a digest (copy_confirmed; an empty one: nothing is held there).
constexpr std::string_view kThird = R"sql(
INSERT INTO settings (name, value) VALUES ('record_copies', 0);
CREATE INDEX person_insured ON person (insured_number);

CREATE TABLE record (
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT NOT NULL,
  layout BIGINT NOT NULL,
  items TEXT NOT NULL,
  PRIMARY KEY (reference, kind, key, valid_from)
) {WITHOUT_ROWID};

CREATE TABLE record_stage (
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT NOT NULL,
  layout BIGINT NOT NULL,
  items TEXT NOT NULL,
  PRIMARY KEY (reference, kind, key, valid_from)
) {WITHOUT_ROWID};

CREATE TABLE copy_package (
  sequence BIGINT NOT NULL PRIMARY KEY,
  run BIGINT NOT NULL,
  kind TEXT NOT NULL,
  as_of BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  file_sha256 TEXT NOT NULL,
  result_sha256 TEXT NOT NULL
);

CREATE TABLE copy_sent (
  sequence BIGINT NOT NULL,
  line BIGINT NOT NULL,
  insured_number TEXT NOT NULL,
  branch TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  digest {BLOB} NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (sequence, line)
) {WITHOUT_ROWID};
CREATE INDEX copy_sent_insured ON copy_sent (insured_number);

CREATE TABLE copy_confirmed (
  insured_number TEXT NOT NULL,
  branch TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  digest {BLOB} NOT NULL,
  PRIMARY KEY (insured_number, kind, key, valid_from)
) {WITHOUT_ROWID};
)sql";

// Notices お知らせ: the packages are counted, their texts are not kept.
constexpr std::string_view kFourth = R"sql(
INSERT INTO settings (name, value) VALUES ('notices', 0);
)sql";

constexpr std::array<store::Migration, 4> kMigrations = {
    {{1, kFirst}, {2, kSecond}, {3, kThird}, {4, kFourth}}
};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

}  // namespace musubi::insurer
