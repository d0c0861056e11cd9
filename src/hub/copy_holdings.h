// What the hub answers an inquiry with: the record copies 副本 the associations have deposited.
//
// What always holds: a stopped link gives nothing; an association is not asked about by itself
// where all medical insurers are asked; flags are read when the answer is made, not when the
// question came. Thread-safe: each call takes connections of its own.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exchange/inquiry.h"
#include "inquiry/providing_desk.h"
#include "rules/permission.h"
#include "rules/record_layout.h"
#include "store/database.h"

namespace musubi::hub {

class CopyHoldings {
 public:
  // `registry` holds enrolments and copies, `flags` the person's flags; both outlive this.
  CopyHoldings(store::Database& registry, store::Database& flags);

  [[nodiscard]] Result<std::vector<inquiry::Holding>> Find(
      std::span<const exchange::InquiryOrder> orders
  ) const;

  // The word under which a given copy is remembered, for corrections.
  [[nodiscard]] static std::string GivenWord(
      std::uint32_t insurer,
      std::uint32_t number,
      std::string_view kind,
      std::string_view key,
      Date valid_from
  );

 private:
  [[nodiscard]] Result<inquiry::Holding> FindOne(
      store::Connection& registry, store::Connection& flags, const exchange::InquiryOrder& order
  ) const;

  store::Database& registry_;
  store::Database& flags_;
  std::map<std::string, std::vector<std::string_view>, std::less<>> kinds_;  // by information
};

// Everything an information code covers: "medical-benefits" has the kinds of all codes that are
// part of it.
[[nodiscard]] std::map<std::string, std::vector<std::string_view>, std::less<>> KindsByInformation(
    const rules::RecordLayouts& layouts, const rules::Permissions& permissions
);

inline constexpr std::string_view kAllInsurers = "medical-insurers";

// 133033 of "association-133033"; 0: not an association.
[[nodiscard]] std::uint32_t InsurerOfInstitution(std::string_view institution);
[[nodiscard]] std::string InstitutionOfInsurer(std::uint32_t insurer);

}  // namespace musubi::hub
