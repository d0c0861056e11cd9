// What the portal does for one person: their provision records, own information, and notices. No
// sockets of its own; called from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "audit/record_book.h"
#include "http/peer_line.h"
#include "http/server.h"
#include "inquiry/asking_desk.h"
#include "national/portal/accounts.h"
#include "national/portal/notice_desk.h"

namespace musubi::national::portal {

class Desk {
 public:
  struct Parts {  // all of them outlive the desk
    const Accounts* accounts = nullptr;
    http::PeerLine* network = nullptr;
    inquiry::AskingDesk* asking = nullptr;
    audit::RecordBook* book = nullptr;
    NoticeDesk* notices = nullptr;
    const Clock* clock = nullptr;
    std::string recipient;  // DER of the portal's own certificate
    std::string log_key;    // the network's log is checked by it (vkey); blank: not known here
    std::vector<ledger::VerifierKey> witnesses = {};  // whose cosignatures of our log count
  };

  explicit Desk(Parts parts) : parts_(std::move(parts)) {}

  struct Look {
    std::string_view account;
    std::uint64_t newest = 0;  // only so many, the newest; 0: all
    bool wants_proof = false;
  };

  // {"records":[...],"count":N,"not_shown":N} in plain words; with a proof {"proof","log_key"}
  // besides. "count" is of all there are.
  [[nodiscard]] Result<boost::json::object> Records(const Look& look);
  // Notices お知らせ of this account (notice_desk.h).
  [[nodiscard]] Result<boost::json::object> Notices(std::string_view account, std::string_view who);
  [[nodiscard]] http::Router MakeRouter();

 private:
  [[nodiscard]] Result<Code16> CodeOf(std::string_view account);
  [[nodiscard]] Result<boost::json::object> Ask(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> Get(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> ReadAnswer(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> List();
  void AddNoticeRoutes(http::Router& router);

  Parts parts_;
};

}  // namespace musubi::national::portal
