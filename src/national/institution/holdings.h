// What an institution holds for an order: the source behind inquiry::ProvidingDesk.
//
//   nothing-held     nobody of this code, or no record of the information within the period
//   not-disclosed    the resident record of somebody under support measures (支援措置), or anything
//                    of somebody who blocked their own information (自己情報提供不可), to the
//                    portal
//   awaiting-person  a record that is not answered automatically (自動応答不可)
//   answered         the rest; of a person under support measures with the mark "hidden"
//
// An information is answered with its own records and those of the narrower ones that are part of
// it. A period that is open on a side has no end there. Pure, safe from every thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/inquiry.h"
#include "inquiry/providing_desk.h"
#include "national/institution/record_index.h"

namespace musubi::national::institution {

// Node that asks in the name of the person themselves.
inline constexpr std::string_view kPortalId = "portal";

// Which version of a record is given: the one of the period, or, as a fault, the oldest.
enum class Version : std::uint8_t { kRight, kOldest };

class Holdings {
 public:
  explicit Holdings(std::string institution);

  [[nodiscard]] inquiry::Holding Find(
      const RecordIndex& index, const exchange::InquiryOrder& order, Version version
  ) const;

 private:
  using Records = std::vector<const Record*>;

  [[nodiscard]] Records Choose(std::span<const Record> all, const exchange::InquirySubject& subject)
      const;
  [[nodiscard]] SecretVector<char> Content(
      const exchange::InquiryOrder& order, const Records& records
  ) const;

  std::string institution_;
  std::map<std::string, std::vector<std::string>, std::less<>> parts_;  // of an information
};

}  // namespace musubi::national::institution
