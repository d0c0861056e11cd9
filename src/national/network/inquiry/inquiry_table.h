// Inquiries as the network keeps them: durable before an order leaves, and after their end for as
// long as their records are kept, so that the same id gets the same answer.
//
// While an inquiry is open its row holds what is needed to settle the order when nobody asks again
// (its line) and to record it (the person as the network's records know them); both leave with the
// end. The answer itself is never here.
//
// Used inside a transaction of the caller or for reading alone; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/digest.h"
#include "exchange/inquiry.h"
#include "store/database.h"

namespace musubi::national::network {

struct KeptInquiry {
  exchange::InquiryId id{};
  crypto::Digest question{};       // of caller and line: which question the id stands for
  std::string caller;              // node that asks
  std::string asked;               // institution of the order; blank: nobody was asked
  std::string provider_node;       // node that speaks for it
  exchange::InquiryResult result;  // without the answer; kInProgress while open
  Instant expires_at;
  // While open.
  std::string order;  // its line, with no certificate to seal to
  Code16 code{};      // the person in the network's records

  [[nodiscard]] bool is_open() const { return !exchange::IsFinal(result.outcome); }
};

// A notice on its way: what was provided under this id has been corrected.
struct Correction {
  exchange::InquiryId id{};
  Instant corrected_at;
};

class InquiryTable {
 public:
  // Schema "network_exchange" in the database of the records.
  [[nodiscard]] static Result<void> Migrate(store::Database& database);

  explicit InquiryTable(store::Connection& connection) : connection_(&connection) {}

  // False: there is an inquiry of this id already, and nothing was changed.
  [[nodiscard]] Result<bool> Insert(const KeptInquiry& inquiry);
  [[nodiscard]] Result<std::optional<KeptInquiry>> Find(const exchange::InquiryId& id);
  // False: it was not open any more, and nothing was changed.
  [[nodiscard]] Result<bool> End(const exchange::InquiryResult& result, Instant ended_at);
  // Past their end and still open, the oldest first.
  [[nodiscard]] Result<std::vector<KeptInquiry>> FindExpired(
      std::string_view provider_node, Instant now, std::size_t count_max
  );
  // Nodes that owe an answer past its time.
  [[nodiscard]] Result<std::vector<std::string>> NodesOfExpired(Instant now);
  [[nodiscard]] Result<std::int64_t> EraseUntil(Instant until);

  // Again is no error.
  [[nodiscard]] Result<void> AddCorrection(std::string_view node, const Correction& correction);
  [[nodiscard]] Result<std::vector<Correction>> CorrectionsFor(
      std::string_view node, std::size_t count_max
  );
  [[nodiscard]] Result<std::vector<std::string>> NodesOfCorrections();
  [[nodiscard]] Result<void> RemoveCorrection(std::string_view node, const Correction& correction);

 private:
  store::Connection* connection_;
};

}  // namespace musubi::national::network
