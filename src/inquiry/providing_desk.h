// 情報提供: the answering side of an institution's system. The network hands orders in, blocks at a
// time; a source of the institution finds what is held; the desk seals, records and answers.
//
// What always holds
//   1. An order is answered once: the same id again gets the first reply, byte for byte, for as
//      long as replies are kept; afterwards its outcome without the answer is still the first.
//   2. Nothing is provided after the order's end; a settling order then gets the first reply or
//      timed-out, and timed-out is final.
//   3. The reply is sealed to the order's recipient, whose certificate the trust accepts, and is
//      given out only after its record is durable.
//   4. What waits for a person (自動応答不可) is in-progress to the network until Release or
//   Refuse.
//
// Handle may be called from several threads; blocks are recorded one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "audit/record_book.h"
#include "base/clock.h"
#include "crypto/certificate.h"
#include "exchange/inquiry.h"
#include "http/peer_line.h"
#include "store/database.h"

namespace musubi::inquiry {

// What the institution holds for one order. `outcome`: kAnswered, kNothingHeld, kNotDisclosed,
// kStopped or kAwaitingPerson (with what would be given, kept until a person decides).
struct Holding {
  exchange::InquiryOutcome outcome = exchange::InquiryOutcome::kNothingHeld;
  std::string provider;        // who holds it, where the order named a group; else blank
  std::string items;           // "high-cost-care:2"
  bool is_hidden = false;      // 不開示該当
  SecretVector<char> content;  // the answer, JSON (docs/formats/inquiries.md)
  // What was given out, for corrections: the source's own words, a line each.
  std::vector<std::string> given = {};
};

// One Holding per order, in order. Called on the handler's thread; may be called from several.
using FindHoldings =
    std::function<Result<std::vector<Holding>>(std::span<const exchange::InquiryOrder> orders)>;

struct ProvidingOptions {
  std::chrono::milliseconds replies_kept{std::chrono::hours(24 * 30)};  // as the asking side does
};

// An inquiry that waits for a person.
struct Waiting {
  exchange::InquiryId id{};
  exchange::InquirySubject subject;
  Code16 code{};
  Instant requested_at;
  Instant expires_at;
};

class ProvidingDesk {
 public:
  // Schema "providing" in `database`, which is the book's.
  [[nodiscard]] static Result<std::unique_ptr<ProvidingDesk>> Open(
      store::Database& database,
      audit::RecordBook& book,
      crypto::Identity identity,
      std::shared_ptr<const crypto::Trust> trust,
      const Clock& clock,
      FindHoldings find,
      ProvidingOptions options = {}
  );
  ~ProvidingDesk();

  // Lines of orders in, lines of replies out (POST /v1/provisions).
  [[nodiscard]] Result<SecretVector<char>> Handle(std::string_view lines);

  [[nodiscard]] Result<std::vector<Waiting>> AwaitingPerson();
  // By a person, who has looked. kNotFound: nothing waits under this id.
  [[nodiscard]] Result<void> Release(const exchange::InquiryId& id, std::string_view by);
  [[nodiscard]] Result<void> Refuse(const exchange::InquiryId& id, std::string_view by);

  // What was given out under one of these words (as in Holding) was wrong: everyone who got it is
  // to hear of it. Returns how many inquiries that are. The notices are kept and sent to `network`
  // (POST /v1/corrections, lines "<inquiry id>,<corrected at>") until it has taken them.
  [[nodiscard]] Result<std::uint64_t> Correct(std::span<const std::string> given);
  void SendCorrectionsTo(http::PeerLine& network);  // starts a thread; `network` outlives the desk
  void Stop();

 private:
  struct State;
  explicit ProvidingDesk(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::inquiry
