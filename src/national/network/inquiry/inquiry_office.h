// Everything of the network that has to do with inquiries, put together: store, log, directory,
// lines to providers, routes, and a thread that settles, delivers corrections, makes segments and
// erases what is past its period.
//
// The store is its own (beside an SQLite store: exchange.db; on PostgreSQL the same database), so
// that the acquisition of codes never waits for inquiries, nor they for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "http/server.h"
#include "national/network/inquiry/inquiry_routes.h"
#include "national/network/inquiry/label_segments.h"
#include "national/network/inquiry/provider_lines.h"
#include "national/network/notice_passage.h"
#include "ops/config.h"
#include "ops/node.h"
#include "store/database.h"

namespace musubi::national::network {

struct InquirySettings {
  std::unique_ptr<DirectoryFile> directory;
  std::vector<std::pair<std::string, ops::Endpoint>> peers;  // of nodes in the directory
  std::chrono::minutes time_to_answer{10};
  std::vector<ledger::VerifierKey> witnesses;  // whose cosignatures of the log count

  // [network] institutions, inquiry_minutes; [peers.<node>] address; [ledger] witnesses.
  [[nodiscard]] static Result<InquirySettings> Read(const ops::Config& config);
};

class InquiryOffice {
 public:
  // `clock` outlives the office.
  [[nodiscard]] static Result<std::unique_ptr<InquiryOffice>> Open(
      const ops::NodeConfig& node,
      InquirySettings settings,
      BytesView master_key,
      const Clock& clock,
      const crypto::Identity& identity,
      const std::shared_ptr<const crypto::Trust>& trust
  );
  ~InquiryOffice();

  [[nodiscard]] Result<void> CheckStore();
  void AddRoutes(http::Router& router);  // the office outlives the router
  void StartWork();
  void Stop();

 private:
  InquiryOffice() = default;
  void Work(const std::stop_token& stop);
  void WorkOnce(bool is_daily);

  const Clock* clock_ = nullptr;
  std::unique_ptr<DirectoryFile> directory_;
  ProviderLines lines_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<audit::RecordBook> book_;
  std::vector<ledger::VerifierKey> witnesses_;
  std::unique_ptr<InquiryExchange> exchange_;
  std::unique_ptr<CorrectionOutbox> corrections_;
  std::unique_ptr<LabelSegments> segments_;
  std::unique_ptr<RecordShowing> showing_;
  std::unique_ptr<InstitutionCodes> codes_;
  std::unique_ptr<NoticePassage> notices_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool is_woken_ = false;  // guarded by mutex_
  std::jthread worker_;
};

}  // namespace musubi::national::network
