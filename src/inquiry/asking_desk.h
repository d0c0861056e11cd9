// 情報照会: the asking side of an institution's system, for the hub (its associations' terminals),
// for other institutions and for the portal.
//
// A question is kept durably, sent to the network in blocks, and its result kept with the record
// of it. What always holds
//   1. An inquiry is its id: asking again under the same id is the same inquiry (kConflict when it
//      is another question).
//   2. Once Ask has returned, the inquiry survives a kill at any instant; after a restart it is
//      sent again under its id, and the network gives its first answer.
//   3. A final result and its provision record are durable before anybody is told.
//   4. The answer stays sealed to `recipient`; this desk cannot open it.
//   5. Nobody sees another owner's inquiry: it is kNotFound.
//
// Ask and Get may be called from every thread; with `wait` they return as soon as the result is
// final. The network is asked by threads of the desk's own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "audit/record_book.h"
#include "base/clock.h"
#include "exchange/inquiry.h"
#include "http/peer_line.h"
#include "store/database.h"

namespace musubi::inquiry {

struct NewInquiry {
  exchange::InquiryId id{};
  std::string owner;   // node id of who asks and may read the answer: "terminal-133033"
  std::string person;  // the owner's own name for the person: "00000012-01"
  Code16 code{};       // the person as this system knows them
  exchange::InquirySubject subject;
  std::string recipient;  // DER
  // Refused here and never sent (a stopped link, a missing assessment): recorded all the same.
  std::optional<exchange::InquiryOutcome> refusal = {};
  std::string citation = {};
};

struct Inquiry {
  exchange::InquiryId id{};
  std::string owner;
  std::string person;
  exchange::InquirySubject subject;
  Instant asked_at;
  exchange::InquiryResult result;            // outcome kAccepted or kInProgress until there is one
  std::optional<Instant> corrected_at = {};  // the provider has corrected what it gave out
};

struct AskingOptions {
  std::size_t block_lines_max = 128;
  unsigned threads = 2;                         // blocks under way at the same time
  std::chrono::milliseconds again_after{2000};  // what is in progress is asked about again
  std::chrono::milliseconds answers_kept{std::chrono::hours(24 * 30)};
};

class AskingDesk {
 public:
  // `book`, `database` and `network` outlive the desk; schema "asking" in `database`, which is the
  // book's.
  [[nodiscard]] static Result<std::unique_ptr<AskingDesk>> Open(
      store::Database& database,
      audit::RecordBook& book,
      http::PeerLine& network,
      const Clock& clock,
      AskingOptions options = {}
  );
  ~AskingDesk();

  [[nodiscard]] Result<Inquiry> Ask(const NewInquiry& inquiry, std::chrono::milliseconds wait);
  [[nodiscard]] Result<Inquiry> Get(
      std::string_view owner, const exchange::InquiryId& id, std::chrono::milliseconds wait
  );
  // Newest first, at most `count`; without answers.
  [[nodiscard]] Result<std::vector<Inquiry>> List(std::string_view owner, std::size_t count);
  // Lines "<inquiry id>,<corrected at>" from the network (POST /v1/correction-notices): marks the
  // inquiries. An id that is not ours is left out; the same notice twice changes nothing.
  [[nodiscard]] Result<void> TakeCorrections(std::string_view lines);

  // 利用状況: inquiries per owner and procedure of a month ("2026-11").
  struct Use {
    std::string owner;
    std::string procedure;
    std::string month;
    std::int64_t inquiries = 0;
    std::int64_t answered = 0;
  };

  [[nodiscard]] Result<std::vector<Use>> UseOf(std::string_view month);
  void Stop();

 private:
  struct State;
  explicit AskingDesk(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::inquiry
