// Notices お知らせ as the portal keeps them: by its own code of the person, until their last day is
// over. Table and rules; no sockets, no keys.
//
// What always holds
//   1. A notice exists once under its id. The same words from the same association to the same
//      person with the same last day are one notice too, whatever their ids.
//   2. What is past its last day is not shown; EraseExpired takes it out of the store.
//   3. The first reading is the one that is remembered.
//
// Works on the caller's connection and transaction. Errors are the store's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/date.h"
#include "base/result.h"
#include "exchange/notice.h"
#include "store/database.h"

namespace musubi::national::portal {

struct KeptNotice {
  exchange::NoticeId id{};
  Code16 code{};
  std::string association;       // "association-133033"
  std::string association_name;  // as the network called it then; may be blank
  std::string title;
  std::string body;
  Date valid_until;
  Instant received_at;
  Instant read_at;      // the first reading
  bool is_new = false;  // this is the first reading
};

// Of the portal's store, component "notices".
[[nodiscard]] std::span<const store::Migration> NoticeMigrations();

class NoticeBox {
 public:
  explicit NoticeBox(store::Connection& connection) : connection_(connection) {}

  // True: it was not there before.
  [[nodiscard]] Result<bool> Add(const KeptNotice& notice);
  // Of one person, newest first, marked as read.
  [[nodiscard]] Result<std::vector<KeptNotice>> Read(const Code16& code, Instant now);
  [[nodiscard]] Result<std::uint64_t> EraseExpired(Date today);

 private:
  store::Connection& connection_;
};

}  // namespace musubi::national::portal
