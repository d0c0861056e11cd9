// 訂正の連絡: what a provider has corrected after giving it out, on its way to whoever got it.
//
// Taken is durable; delivered is what the inquirer's node has taken. A notice may be delivered
// twice (the receiver keeps the first), never not at all. May be called from several threads.
#pragma once

#include <cstdint>
#include <string_view>

#include "audit/record_book.h"
#include "national/network/inquiry/inquiry_exchange.h"

namespace musubi::national::network {

class CorrectionOutbox {
 public:
  // `book` outlives the outbox.
  CorrectionOutbox(audit::RecordBook& book, PostLines post)
      : book_(&book), post_(std::move(post)) {}

  // Lines "<inquiry id>,<corrected at>". kRefused: `caller` was not asked in one of these
  // inquiries; kInvalid with the line. Nothing was taken then. Ids no longer known and inquiries in
  // which nothing was provided are left out.
  [[nodiscard]] Result<void> Take(std::string_view caller, std::string_view lines);
  // Sends what waits. Returns how many were taken; nodes that are away are left for the next time.
  [[nodiscard]] Result<std::uint64_t> Deliver();

 private:
  [[nodiscard]] Result<std::uint64_t> DeliverTo(const std::string& node);

  audit::RecordBook* book_;
  PostLines post_;
};

}  // namespace musubi::national::network
