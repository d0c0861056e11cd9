// What the portal does with notices お知らせ: takes sealed blocks from the network, shows each
// person theirs, erases what has run out. No sockets of its own; safe from every thread.
//
// A notice is taken only out of a package the hub has signed and sealed to this portal's own
// certificate; the network, which brings it, could neither read nor write it. A block is taken
// whole or not at all, and taken again changes nothing. Texts never go into the log; that somebody
// looked does (audit/provision_record.h, AccessRecord).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "audit/record_book.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/content.h"
#include "store/database.h"

namespace musubi::national::portal {

class NoticeDesk {
 public:
  struct Parts {  // what they point to outlives the desk
    audit::RecordBook* book = nullptr;
    const crypto::Identity* identity = nullptr;
    std::shared_ptr<const crypto::Trust> trust = {};  // the service is the other owner
    const Clock* clock = nullptr;
    exchange::Mode mode = exchange::Mode::kTest;
  };

  // Brings the store's tables up to date; `database` is the one of the book.
  [[nodiscard]] static Result<std::unique_ptr<NoticeDesk>> Open(
      store::Database& database, Parts parts
  );

  // PEM: the hub seals to it.
  [[nodiscard]] std::string Certificate() const { return parts_.identity->certificate.Pem(); }

  // A block (exchange/notice.h). kInvalid, kRefused: not one, not from the hub, not for us;
  // kUnavailable, kConflict: later. What is past its last day is passed over.
  [[nodiscard]] Result<void> Take(std::string_view lines);
  // {"notices":[...]} of one person, newest first, marked as read and recorded; `who` looks.
  [[nodiscard]] Result<boost::json::object> Read(const Code16& code, std::string_view who);
  // For the daily erasure; logs a count, and a warning when the store does not let it.
  void EraseExpired(Instant now);

 private:
  explicit NoticeDesk(Parts parts) : parts_(std::move(parts)) {}

  Parts parts_;
};

}  // namespace musubi::national::portal
