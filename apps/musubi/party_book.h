// The book of records (SQLite) that lies beside a log, checked row by row against it: what an
// auditor with access to a node's folder can do beyond the log itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/record_book.h"
#include "store/database.h"

namespace musubi::apps {

struct BookReport {
  std::string store;
  std::uint64_t checked = 0;
  std::vector<audit::RowFinding> findings;  // the first hundred
};

class PartyBook {
 public:
  // `place`: a log's folder (`<node>/log`); null when it is a URL or no store of records lies in
  // `<node>`.
  [[nodiscard]] static Result<std::unique_ptr<PartyBook>> Find(const std::string& place);
  [[nodiscard]] Result<void> Check(
      std::uint64_t index, BytesView entry, std::optional<exchange::InquiryOutcome>& outcome
  );
  // `size`: of the log; a row beyond it was never promised.
  [[nodiscard]] Result<BookReport> Finish(std::uint64_t size);

 private:
  PartyBook() = default;

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  BookReport report_;
};

}  // namespace musubi::apps
