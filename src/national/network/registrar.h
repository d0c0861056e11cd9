// The network's side of an acquisition (guide 2.8 (1)-(6)): hands out processing numbers, links
// them to residents, keeps the codes until the hub has fetched them. No sockets here.
//
// What always holds
//   1. What is answered was committed before, in one transaction per call: a process killed at any
//      instant and started again gives the same answer to the same request.
//   2. A processing number is used once. The same link request (same key, same body) is answered
//      from what was stored; another request that names a used number is told `reused`.
//   3. After Acknowledge, and after erase_at of an unfetched block, no code of it is in the store
//      (番号法21条の2第3項). Logs hold counts.
//   4. Block ids are random, so a store restored from an old copy never issues a number again.
//
// One Registrar per thread, several on one store. kConflict inside is retried here.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "national/network/block_table.h"
#include "national/network/link_lines.h"
#include "national/network/linkage_code.h"
#include "national/network/processing_number.h"
#include "store/database.h"

namespace musubi::national::network {

inline constexpr std::uint32_t kBlockCountMax = 100000;

// Who asks, and under which Idempotency-Key.
struct Caller {
  std::string_view id;
  std::string_view key = {};
};

struct IssuedNumbers {
  std::string block;  // sixteen hex digits
  Instant expires_at;
  SecretVector<char> lines;
};

class Registrar {
 public:
  Registrar(
      BytesView master_key,
      std::unique_ptr<store::Connection> connection,
      const Clock& clock,
      std::chrono::minutes validity
  );

  // kInvalid: the count is out of bounds, or the key was used with another count.
  [[nodiscard]] Result<IssuedNumbers> Issue(const Caller& hub, std::int64_t number_count);
  [[nodiscard]] Result<SecretVector<char>> Link(const Caller& jlis, std::string_view body);
  // kNotFound: no such block of this hub. kPrecondition: acknowledged or erased.
  [[nodiscard]] Result<SecretVector<char>> Codes(const Caller& hub, std::string_view block);
  // Again is no error: the answer to the first time may have been lost. kPrecondition: the codes
  // ran out before they were acknowledged.
  [[nodiscard]] Result<void> Acknowledge(const Caller& hub, std::string_view block);

  [[nodiscard]] Result<SweepCounts> Sweep();
  [[nodiscard]] Result<void> CheckStore();

 private:
  struct Prepared;

  [[nodiscard]] Prepared Prepare(const LinkRows& rows);
  [[nodiscard]] Result<Bytes> LinkOnce(BytesView request, const Prepared& prepared);
  [[nodiscard]] Result<void> LinkBlock(
      const std::vector<std::uint32_t>& rows,
      std::uint64_t block_id,
      const Prepared& prepared,
      Bytes& outcomes
  );
  [[nodiscard]] Result<Block> FindOwn(const Caller& hub, std::string_view block);
  [[nodiscard]] Result<IssuedNumbers> IssueOnce(const Caller& hub, std::uint32_t number_count);
  [[nodiscard]] Result<void> AcknowledgeOnce(const Caller& hub, std::string_view block);

  LinkageCodes codes_;
  ProcessingNumbers numbers_;
  crypto::HmacSha256 requests_;
  std::unique_ptr<store::Connection> connection_;
  BlockTable table_;
  const Clock* clock_;
  std::chrono::minutes validity_;
};

// Says whether `master_key` is the one the store was filled under; notes it in an empty store.
[[nodiscard]] Result<void> CheckMasterKey(store::Connection& connection, BytesView master_key);

}  // namespace musubi::national::network
