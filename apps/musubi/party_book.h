// A party's store of records, held row by row against its log: what an auditor who may read a
// node's store can do beyond the log itself.
//
// Which store belongs to a log, in this order:
//   1. a file of --store that names the node of the log ("musubi/hub": node.id = "hub");
//   2. the node's configuration beside its folder (hub/log: hub.toml), as `scheme init` lays it;
//   3. an SQLite file with records in the node's folder.
//
// A file of --store is a node's configuration, or two lines of an auditor's own:
//
//   [node]
//   id = "hub"
//   store = "postgresql://auditor@db.example/musubi?options=-csearch_path%3Dhub"
//
// Nothing else of it is read. A password stands in that file, or better in libpq's own
// (PGPASSFILE), never on a command line; no store's URL is printed. Reading is enough: nothing is
// written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/row_check.h"
#include "store/database.h"

namespace musubi::apps {

// What a file of --store says.
struct PartyStore {
  std::filesystem::path file;
  std::string node;
  std::string url;
  bool is_used = false;
};

[[nodiscard]] Result<std::vector<PartyStore>> ReadPartyStores(const std::vector<std::string>& files
);

struct BookReport {
  std::string store;  // "hub/exchange.db", "PostgreSQL, by hub.toml"
  std::uint64_t checked = 0;
  std::uint64_t erased = 0;  // of them: after their period
  std::uint64_t faults = 0;
  std::vector<audit::RowFinding> findings;  // the first hundred of the faults
};

class PartyBook {
 public:
  struct Found {
    std::unique_ptr<PartyBook> book;  // null: no store is at hand
    std::string why_not;              // then: for the report
  };

  // `place`: a log's folder, or a URL; `origin`: the log's name. A store of --store that cannot be
  // read is an error; one that only lies there is left out, and the report says so.
  [[nodiscard]] static Result<Found> Find(
      const std::string& place, std::string_view origin, std::vector<PartyStore>& stores
  );

  // Rows that were there when the book was opened.
  [[nodiscard]] std::uint64_t row_count() const { return row_count_; }

  // Entries of the log from the last call's on.
  [[nodiscard]] Result<std::vector<std::optional<exchange::InquiryOutcome>>> Check(
      std::span<const Bytes> entries
  );
  // `size`: of the log; a row beyond it was never promised.
  [[nodiscard]] Result<BookReport> Finish(std::uint64_t size);

 private:
  PartyBook() = default;
  // Null: this store has no table of records.
  [[nodiscard]] static Result<std::unique_ptr<PartyBook>> Open(
      const std::string& url, const std::filesystem::path& base, std::string name
  );
  [[nodiscard]] static Result<std::unique_ptr<PartyBook>> OpenOf(const PartyStore& store);
  [[nodiscard]] static Result<std::unique_ptr<PartyBook>> FindInFolder(
      const std::filesystem::path& folder
  );
  void Blame(audit::RowFinding finding);

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::uint64_t row_count_ = 0;
  BookReport report_;
};

}  // namespace musubi::apps
