// Checks of links in the store. Every function works inside the caller's transaction.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "insurer/link_check.h"
#include "store/database.h"

namespace musubi::insurer {

using LinkChecks = std::map<std::string, LinkCheck, std::less<>>;  // by reference

[[nodiscard]] Result<LinkChecks> LoadLinkChecks(store::Connection& connection);
// All of them, in place of what was there.
[[nodiscard]] Result<void> ReplaceLinkChecks(
    store::Connection& connection, const LinkChecks& checks
);

struct ReviewProposal {
  std::string members;  // what the class held when it was proposed
  std::string proposed_by;
  std::string reason;
};

using ReviewProposals = std::map<std::string, ReviewProposal, std::less<>>;  // by class

[[nodiscard]] Result<ReviewProposals> LoadProposals(store::Connection& connection);
[[nodiscard]] Result<void> PutProposal(
    store::Connection& connection,
    std::string_view review_class,
    const ReviewProposal& proposal,
    std::string_view at
);
[[nodiscard]] Result<void> DropProposal(
    store::Connection& connection, std::string_view review_class
);

struct ReviewDecision {
  std::string review_class;
  std::string verdict;  // "approved", "rejected"
  std::string differences;
  std::string proposed_by;
  std::string decided_by;
  std::string reason;
  std::uint64_t people = 0;
};

[[nodiscard]] Result<void> InsertDecision(
    store::Connection& connection, std::int64_t run, const ReviewDecision& decision
);
// `differences` of what was approved since the last check of everybody.
[[nodiscard]] Result<std::vector<std::string>> ApprovedDifferences(store::Connection& connection);

}  // namespace musubi::insurer
