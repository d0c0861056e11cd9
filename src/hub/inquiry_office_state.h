// What an InquiryOffice holds, and its handlers. Only inquiry_office*.cc include this.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "audit/daily_erasure.h"
#include "audit/record_book.h"
#include "http/peer_line.h"
#include "hub/copy_holdings.h"
#include "hub/copy_table.h"
#include "hub/correction_watch.h"
#include "hub/inquiry_office.h"
#include "inquiry/asking_desk.h"
#include "inquiry/providing_desk.h"

namespace musubi::hub {

// Whose terminal asks; 0: none's.
[[nodiscard]] std::uint32_t InsurerOf(const http::Request& request);
// Field "person": insured number and branch.
[[nodiscard]] Result<number::InsuredNumber> InsuredOf(const boost::json::object& body);

// The handlers are called from several threads.
struct InquiryOffice::State {
  State(store::Database& registry_in, const Clock& clock_in)
      : registry(registry_in), clock(clock_in) {}

  // --- asking (inquiry_office_asking.cc)
  [[nodiscard]] Result<std::optional<EnrolledCode>> LookUp(
      std::uint32_t insurer, const number::InsuredNumber& insured
  );
  [[nodiscard]] Result<std::string> OwnCertificate(
      const std::string& peer, const std::string& base64
  );
  [[nodiscard]] Result<boost::json::object> Ask(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> Get(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> ReadAnswer(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> List(const http::Request& request);

  // --- deciding (inquiry_office_deciding.cc)
  [[nodiscard]] Result<boost::json::object> Waiting(const http::Request& request);
  [[nodiscard]] Result<bool> IsOwn(const Code16& code, std::uint32_t insurer);
  [[nodiscard]] Result<void> Decide(const http::Request& request, bool is_released);
  [[nodiscard]] Result<void> SetPersonFlags(const http::Request& request);
  [[nodiscard]] Result<boost::json::object> ShowUse(const http::Request& request);
  [[nodiscard]] Result<void> NotePaper(const http::Request& request);

  store::Database& registry;
  const Clock& clock;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::RecordBook> book;
  std::vector<ledger::VerifierKey> witnesses;  // whose cosignatures of the log count
  std::unique_ptr<http::PeerLine> network;
  std::unique_ptr<CopyHoldings> holdings;
  std::unique_ptr<inquiry::ProvidingDesk> providing;
  std::unique_ptr<inquiry::AskingDesk> asking;
  std::optional<audit::DailyErasure> erasure;
  std::unique_ptr<CorrectionWatch> corrections;

  std::mutex look_up_mutex;  // guards look_up
  std::unique_ptr<store::Connection> look_up;

  std::mutex certificates_mutex;                    // guards certificates
  std::map<std::string, std::string> certificates;  // by caller, base64
};

}  // namespace musubi::hub
