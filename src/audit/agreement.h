// 三者の突合: the logs of inquirers, network and providers laid side by side, inquiry by inquiry.
//
// All three commit to the same facts under the same salt, so their entries must hold the same 32
// bytes. What counts as a disagreement:
//   - two entries of one inquiry commit to different facts;
//   - one inquiry has two entries of one role;
//   - a provider's or the network's entry has no inquirer's beside it, where all logs were given;
//   - the network's book says that something was asked of a provider, and no provider has it.
// An inquirer's entry alone is a refusal by the inquirer's own system, and counted, not blamed.
//
// Whether all logs were given is the caller's to say. Memory: some 120 bytes an inquiry. One
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/provision_record.h"

namespace musubi::audit {

struct Disagreement {
  std::string inquiry;  // hex
  std::string reason;
};

struct AgreementReport {
  std::uint64_t inquiries = 0;
  std::uint64_t by_three = 0;       // inquirer, network and provider
  std::uint64_t by_two = 0;         // inquirer and network: refused by the network
  std::uint64_t by_inquirer = 0;    // refused by the inquirer's own system
  std::uint64_t disagreements = 0;  // all of them; the first hundred are told
  std::vector<Disagreement> first = {};
};

class PartyLogs {
 public:
  // An entry of any log; kinds that are no provision are passed over. `outcome`: of the record,
  // where the party's book is at hand. kInvalid: not an entry of a log of ours.
  [[nodiscard]] Result<void> Take(
      BytesView entry, std::optional<exchange::InquiryOutcome> outcome = {}
  );
  [[nodiscard]] AgreementReport Compare(bool are_all_given) const;

 private:
  struct Seen {
    crypto::Digest facts{};
    std::uint8_t roles = 0;  // bits
    bool is_different = false;
    bool is_double = false;
    bool was_asked = false;  // of a provider, says the network's book
  };

  std::map<exchange::InquiryId, Seen> inquiries_;
};

}  // namespace musubi::audit
