// Notices お知らせ from the hub to the portal: codes translated, content passed on unread.
//
// Nothing is kept here, not even for a moment: the hub holds a notice until the portal has taken
// it, and hears the portal's own answer. What the network sees of a notice is an id that means
// nothing, whom it is for as the hub knows them, and how large a block is; titles, bodies and which
// association wrote are sealed to the portal by the hub.
//
// The names of the associations (directory) go along with every block, those of all of them, so
// that the portal can say who wrote. Safe from every thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/server.h"
#include "national/network/inquiry/directory.h"
#include "national/network/linkage_code.h"

namespace musubi::national::network {

class NoticePassage {
 public:
  // Lines to a node and lines back, as InquiryExchange's.
  using Post = std::function<Result<SecretVector<char>>(
      const std::string& node, std::string_view path, std::string_view lines
  )>;
  using CurrentDirectory = std::function<std::shared_ptr<const Directory>()>;

  NoticePassage(BytesView master_key, CurrentDirectory directory, Post post)
      : codes_(master_key), directory_(std::move(directory)), post_(std::move(post)) {}

  // The portal's certificate (PEM), as it gives it itself: whoever seals to it checks it.
  [[nodiscard]] Result<SecretVector<char>> PortalCertificate();
  // A block of `caller` (exchange/notice.h), on to the portal. kInvalid: not a block. Else what the
  // portal says; kUnavailable while it is away.
  [[nodiscard]] Result<void> Pass(std::string_view caller, std::string_view lines);

 private:
  std::mutex mutex_;  // guards codes_
  LinkageCodes codes_;
  CurrentDirectory directory_;
  Post post_;
};

// POST /v1/notices and GET /v1/certificates/portal, for the hub. `passage` outlives the router.
void AddNoticeRoutes(http::Router& router, NoticePassage& passage);

}  // namespace musubi::national::network
