// 本人確認情報照会: answers queries of residents (RQ) and verifications of numbers (VQ).
//
// What always holds
//   1. A number is told on "agree" only: all attributes equal after lossless rules, one resident.
//   2. A verification compares the birth date first; a resident's status (gone, restricted) and
//      that a number is superseded are told only to those who know it. Of a restricted resident
//      nothing else is told.
//   3. An address is told to who knows number and birth date, of a resident who is here and under
//      no support measure.
//   4. An answer depends on its line and the register only, so a call may be repeated freely.
//
// Immutable after Load; shared by all threads. The index takes some 100 bytes a resident beside the
// number index: `[jlis] match_index = false` leaves it out, and the two routes answer 503.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "exchange/resident_query.h"
#include "http/message.h"
#include "matching/matcher.h"
#include "national/jlis/resident_index.h"

namespace musubi::national::jlis {

class AttributeIndex {
 public:
  // `numbers`: of the same file. `threads` build it. `normaliser`: one that others use too.
  [[nodiscard]] static Result<AttributeIndex> Load(
      const std::filesystem::path& residents,
      const ResidentIndex& numbers,
      unsigned threads,
      std::shared_ptr<const text::Normaliser> normaliser = nullptr
  );

  // Lines of RQ and VQ without "D," (exchange/resident_query.h); one answer a line, in order.
  // kInvalid: broken lines; kExhausted: too many.
  [[nodiscard]] Result<http::Body> AnswerQueries(std::string_view lines) const;
  [[nodiscard]] Result<http::Body> AnswerVerifications(std::string_view lines) const;
  // Lines of AQ (exchange/address_query.h): registered addresses of residents in good standing.
  // What was asked is counted in the log, without who.
  [[nodiscard]] Result<http::Body> AnswerAddresses(std::string_view lines) const;

  using Fields = std::span<const std::string_view>;
  // One record of RQ or VQ; appends the answer's without an end of line.
  [[nodiscard]] Result<exchange::QueryOutcome> AnswerQuery(Fields query, http::Body& out) const;
  [[nodiscard]] exchange::VerificationOutcome AnswerVerification(Fields query, http::Body& out)
      const;

 private:
  [[nodiscard]] std::uint64_t NumberOf(std::uint64_t record_code) const;  // 0: unknown

  std::shared_ptr<const matching::ResidentIndex> residents_;  // replaced whole by an update
  SecretVector<ResidentIndex::RecordNumber> numbers_;
};

}  // namespace musubi::national::jlis
