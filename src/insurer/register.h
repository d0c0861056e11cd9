// The register of insured people (被保険者台帳) and everything that is done with it.
//
// What always holds
//   1. Each call below that changes something is one transaction, its history and its entry in
//      import_run included: kill the process at any instant and all of it or none of it is there.
//   2. Work is done on sets. A roster of 400,000 people takes seconds and some 500 MB of memory.
//   3. An Individual Number leaves the vault only into a sealed number list.
//
// The vault is asked for where numbers are read or written; looking at people needs no key. One
// thread at a time; several processes may share a store (writers wait for one another).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "exchange/content.h"
#include "insurer/report.h"
#include "number/individual_number.h"
#include "store/database.h"
#include "text/roster.h"
#include "vault/vault.h"

namespace musubi::insurer {

// kAdd: only the rows given are added or updated, nobody is gone.
enum class RosterScope : std::uint8_t { kWhole, kAdd };

using OnProgress = std::function<void(std::uint64_t rows_done)>;

struct RosterRequest {
  ByteSource& source;
  std::string_view name;  // of the file, for messages
  std::optional<text::RosterMapping> mapping = std::nullopt;
  RosterScope scope = RosterScope::kWhole;
  OnProgress on_progress = nullptr;
};

struct NumberListRequest {
  std::filesystem::path out;
  const crypto::Identity& signer;        // insurer-X
  const crypto::Certificate& recipient;  // the terminal's
  exchange::Mode mode = exchange::Mode::kTest;
  OnProgress on_progress = nullptr;
};

struct PairsRequest {
  std::filesystem::path file;
  const crypto::Identity& recipient;  // insurer-X
  const crypto::Trust& trust;
  exchange::Mode mode = exchange::Mode::kTest;
  OnProgress on_progress = nullptr;
};

class Register {
 public:
  // Brings the tables up to date. `operator_name`: who does it, for the history.
  [[nodiscard]] static Result<std::unique_ptr<Register>> Open(
      store::Database& database, const Clock& clock, std::string operator_name
  );

  // Rows with problems are registered too and reported; only a file that is no roster is refused.
  [[nodiscard]] Result<RosterReport> ImportRoster(
      const vault::Vault& vault, const RosterRequest& request
  );
  // kPrecondition: there is nobody to list; then no file is written.
  [[nodiscard]] Result<NumberListReport> MakeNumberList(
      const vault::Vault& vault, const NumberListRequest& request
  );
  // kRefused, kInvalid: the package as a whole; nothing was changed.
  [[nodiscard]] Result<PairsReport> ImportPairs(
      const vault::Vault& vault, const PairsRequest& request
  );
  // kNotFound: no such person; kPrecondition: released.
  [[nodiscard]] Result<void> SetNumber(
      const vault::Vault& vault, std::string_view reference, const number::IndividualNumber& number
  );

  [[nodiscard]] Result<std::vector<StateCount>> CountStates() const;
  // By row of the roster, released people last. `state`: only those.
  [[nodiscard]] Result<void> EachPerson(
      std::optional<LinkState> state,
      const std::function<Result<void>(const PersonLine&)>& on_person
  ) const;
  // Oldest first. kNotFound: no such person.
  [[nodiscard]] Result<std::vector<HistoryLine>> History(std::string_view reference) const;

 private:
  Register(
      std::unique_ptr<store::Connection> connection, const Clock& clock, std::string operator_name
  );

  std::unique_ptr<store::Connection> connection_;
  const Clock* clock_;
  std::string operator_name_;
};

}  // namespace musubi::insurer
