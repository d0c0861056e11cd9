// Brings waiting notices お知らせ to the portal, through a network that cannot read them.
//
// What always holds
//   1. Titles and bodies leave the hub only sealed to the portal's certificate. The certificate
//      comes through the network and is trusted for nothing but what `trust` says of it: issued by
//      the scheme's authority, in force, not revoked, and the portal's own. It is checked again
//      before every block.
//   2. A block is removed from the outbox after the portal itself has taken it (the network passes
//      the portal's answer back). Killed in between, the hub sends it again under the same ids.
//   3. When the portal cannot open a block (its certificate was renewed), the next try asks for the
//      certificate again.
//
// The portal is not waited for inside a call: what a stop of a link 提供停止 cannot reach any more
// is one block under way, not one that has been waiting.
//
// Has a thread of its own, which looks every few seconds, more seldom while it fails. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/message.h"
#include "hub/notice_outbox.h"
#include "store/database.h"

namespace musubi::hub {

class NoticeCourier {
 public:
  using Send = std::function<Result<http::Response>(const http::Request&)>;

  struct Parts {  // what they point to outlives the courier
    store::Database* database = nullptr;
    const crypto::Identity* node = nullptr;
    std::shared_ptr<const crypto::Trust> trust = {};  // the service is the other owner
    const Clock* clock = nullptr;
    std::string mode = "test";
    Send send = {};  // to the network
  };

  explicit NoticeCourier(Parts parts) : parts_(std::move(parts)) {}

  ~NoticeCourier();
  void Start();
  void Stop();
  // Notices were taken: there is something to bring.
  void Wake();
  // Brings what waits; returns how many the portal has taken. Errors: the store's, the network's
  // and the portal's, kRefused a certificate that is not the portal's. The rest waits.
  [[nodiscard]] Result<std::uint64_t> Deliver();

 private:
  [[nodiscard]] Result<void> FindPortal();
  [[nodiscard]] Result<Bytes> Seal(const std::vector<WaitingNotice>& notices);
  [[nodiscard]] Result<void> Bring(const std::vector<WaitingNotice>& notices);
  [[nodiscard]] Result<std::uint64_t> BringAll(store::Connection& connection);
  void Work(const std::stop_token& stop);

  Parts parts_;
  std::mutex deliver_mutex_;  // one delivery at a time; guards what follows
  std::optional<crypto::Certificate> portal_;
  std::uint64_t sequence_ = 0;  // of blocks, since the start
  bool is_flushed_ = true;      // nothing erased is left in the store's log
  std::mutex mutex_;            // guards is_woken_
  std::condition_variable_any woken_;
  bool is_woken_ = false;
  std::jthread worker_;
};

}  // namespace musubi::hub
