// Made-up data for the exchange of information in a scheme: who is in the network's directory, what
// the other institutions hold about the insured people of the sample, who has an account at the
// portal.
//
// The same options give the same bytes. The municipality has records of everybody insured, the
// health insurance society of every eighth, who was insured there before; at most
// kRecordPeopleMax people are written. Without a sample the files hold their headings only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "scheme/layout.h"

namespace musubi::scheme {

inline constexpr std::uint64_t kRecordPeopleMax = 100000;

struct ExchangeSample {
  std::vector<std::string> insurers;
  std::uint64_t residents = 0;  // of the sample; 0: there is none
  std::uint64_t seed = 1;
};

// network/institutions.csv, institution-*/records.csv, portal/accounts.csv.
[[nodiscard]] Result<void> WriteExchangeSample(
    const Layout& layout, const ExchangeSample& sample, Instant now
);

}  // namespace musubi::scheme
