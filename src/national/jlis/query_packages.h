// Packages of queries (RQ) and verifications (VQ): opened, answered row by row, signed and sealed
// back to who signed them.
//
// What always holds
//   1. A package is checked to its end (signature, counts, hash) before the first row is answered.
//   2. Every row comes back, in order; an unreadable one as "invalid".
//   3. The same bytes again get the same answer, byte for byte, for the rest of the day in Japan
//   and
//      the next one; then the answer is deleted. Killed at any instant there is a whole answer or
//      none.
//   4. On the disk lie sealed packages only. What comes in is kept while it is answered.
//
// One package at a time, whoever asks meanwhile is told to come again (kUnavailable). Safe from
// every thread.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "exchange/number_list.h"
#include "exchange/resident_query_package.h"
#include "http/message.h"
#include "national/jlis/attribute_queries.h"

namespace musubi::national::jlis {

class QueryPackages {
 public:
  struct Node {
    crypto::Identity identity;
    std::shared_ptr<const crypto::Trust> trust;  // second owner: the server of this role
    exchange::Mode mode = exchange::Mode::kTest;
  };

  // Answers lie below `folder`/answers.
  [[nodiscard]] static Result<std::unique_ptr<QueryPackages>> Open(
      const std::filesystem::path& folder, Node node, const Clock& clock
  );

  // kInvalid, kRefused: the package as a whole. kExhausted: too many rows.
  [[nodiscard]] Result<http::Body> Answer(
      exchange::QueryKind kind, const AttributeIndex& residents, BytesView package
  );

 private:
  QueryPackages(std::filesystem::path folder, Node node, const Clock& clock)
      : folder_(std::move(folder)), node_(std::move(node)), clock_(&clock) {}

  [[nodiscard]] Result<std::filesystem::path> FolderOfToday() const;
  [[nodiscard]] std::filesystem::path Find(const std::string& name) const;  // empty: no answer yet
  [[nodiscard]] Result<exchange::PackageCheck> Check(
      const std::filesystem::path& package, const exchange::Expected& expected
  ) const;
  [[nodiscard]] Result<void> Write(
      exchange::QueryKind kind,
      const AttributeIndex& residents,
      const std::filesystem::path& package,
      const std::filesystem::path& answer
  ) const;

  std::filesystem::path folder_;
  Node node_;
  const Clock* clock_;
  std::mutex working_;
};

}  // namespace musubi::national::jlis
