// AQ and AA, the look-up of an address 住所照会: where does the person live whose number is known
// and who has to be written to? Lines of the streaming call only (resident_query.h, EachLine).
//
//   AQ  <reference>,<individual number>,<birth date>
//   AA  <reference>,<outcome>,<address>
//
// An address stands in AA with outcome "found" only, and this file refuses any other: of a resident
// under a support measure nothing but "restricted" is told, and that only to who knows the birth
// date.
//
// Texts are borrowed: from the reader until its callback returns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "base/secret.h"
#include "number/individual_number.h"

namespace musubi::exchange {

enum class AddressOutcome : std::uint8_t {
  kFound,
  kNoAddress,  // a resident without one in the register
  kBirthDateDiffers,
  kNumberUnknown,
  kSuperseded,
  kGone,
  kRestricted,
  kInvalid,
};

inline constexpr std::size_t kAddressOutcomeCount = 8;

[[nodiscard]] std::string_view AddressOutcomeName(AddressOutcome outcome);
[[nodiscard]] std::optional<AddressOutcome> AddressOutcomeOf(std::string_view name);

// `is_readable` false: something is missing or misspelt; it is answered "invalid", under its
// reference if that could be read.
struct AddressQueryRow {
  std::string_view reference;
  number::IndividualNumber number;
  Date birth_date;
  bool is_readable = true;
};

struct AddressAnswerRow {
  std::string_view reference;
  AddressOutcome outcome = AddressOutcome::kInvalid;
  std::string_view address;
};

[[nodiscard]] AddressQueryRow ReadAddressQuery(std::span<const std::string_view> fields);
// kInvalid: an answer we do not understand, or an address where none may be.
[[nodiscard]] Result<AddressAnswerRow> ReadAddressAnswer(std::span<const std::string_view> fields);

// Without CRLF, escaped.
void AppendAddressQuery(const AddressQueryRow& row, SecretVector<char>& out);
// The address is left out with every outcome but "found".
void AppendAddressAnswer(const AddressAnswerRow& row, SecretVector<char>& out);

}  // namespace musubi::exchange
