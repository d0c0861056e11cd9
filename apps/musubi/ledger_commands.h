// `musubi ledger ...` and `musubi bench ledger`: what an auditor runs. Needs no node and no store;
// a configuration only to reach a log over mutual TLS, or a store that is to be checked too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace musubi::apps {

// Hashes are standard base64 of 32 bytes; a proof is a list of them with commas, "" an empty one.
struct LedgerInclusionOptions {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  std::string root;
  std::string leaf_hash;
  std::string proof;
};

struct LedgerConsistencyOptions {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::string first_root;
  std::string second_root;
  std::string proof;
};

struct LedgerAuditOptions {
  std::string log;                     // a log's folder, or https://host:port/log
  std::vector<std::string> against;    // further views: of the same log, or of other parties' logs
  std::vector<std::string> keys;       // verifier keys of logs, or files that hold one
  std::vector<std::string> witnesses;  // the same, of witnesses that must have cosigned
  std::vector<std::string> stores;     // configurations of parties whose stores are checked too
  std::string config;                  // of the node whose certificate speaks to a URL
  std::string peer;                    // the id in the certificate of the server of a URL
  bool all_parties = false;            // whoever is missing from an inquiry is to blame
  bool json = false;
};

struct BenchLedgerOptions {
  std::uint64_t entries = 1'000'000;
  std::uint64_t group = 512;
  std::string folder;  // empty: below the system's temporary folder, removed afterwards
  bool no_yardsticks = false;
  bool json = false;
};

// 0 proves, 1 does not, 2 used wrongly (not base64, not 32 bytes).
[[nodiscard]] int LedgerVerifyInclusion(const LedgerInclusionOptions& options);
[[nodiscard]] int LedgerVerifyConsistency(const LedgerConsistencyOptions& options);
// 0 every view is intact and none contradicts another, 1 otherwise, 3 a view could not be read.
[[nodiscard]] int LedgerAudit(const LedgerAuditOptions& options);
[[nodiscard]] int BenchLedger(const BenchLedgerOptions& options);

}  // namespace musubi::apps
