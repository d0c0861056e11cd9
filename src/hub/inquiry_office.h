// 情報連携 at the hub: the desk that asks for the associations, the desk that answers from their
// record copies, and what belongs to both: flags, corrections, figures of use, the log.
//
// Its rows lie in a store of their own beside the registry (SQLite: exchange.db in the node's
// folder; PostgreSQL: the same database), so that an acquisition's long transaction never holds an
// inquiry back. Thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audit/record_book.h"
#include "crypto/certificate.h"
#include "http/server.h"
#include "ops/node.h"
#include "store/database.h"

namespace musubi::hub {

// Of its store: flags, marks, reports of paper.
[[nodiscard]] std::span<const store::Migration> OfficeMigrations();

class InquiryOffice {
 public:
  // `registry` outlives the office.
  [[nodiscard]] static Result<std::unique_ptr<InquiryOffice>> Open(
      const ops::NodeConfig& node,
      const ops::Endpoint& network,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust,
      store::Database& registry,
      const Clock& clock,
      std::vector<ledger::VerifierKey> witnesses = {}  // whose cosignatures of the log count
  );
  ~InquiryOffice();
  // The office outlives the router.
  void AddRoutes(http::Router& router);
  // A package of record copies was applied: there may be something to correct.
  void NoteCopies();
  void Stop();

 private:
  struct State;
  explicit InquiryOffice(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::hub
