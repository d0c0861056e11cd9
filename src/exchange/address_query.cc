#include "exchange/address_query.h"

#include <algorithm>
#include <array>
#include <string>

#include "exchange/content.h"
#include "exchange/resident_query.h"

namespace musubi::exchange {

namespace {

constexpr std::size_t kFieldCount = 3;
constexpr std::size_t kDateSize = 10;

constexpr std::array<std::string_view, kAddressOutcomeCount> kNames = {
    "found",
    "no-address",
    "birth-date-differs",
    "number-unknown",
    "superseded",
    "gone",
    "restricted",
    "invalid"
};

void Append(std::string_view text, SecretVector<char>& out) {
  out.insert(out.end(), text.begin(), text.end());
}

Error Misspelt(std::string_view field) {
  return Error{ErrorCode::kInvalid, "not an answer about an address: " + std::string(field)};
}

}  // namespace

std::string_view AddressOutcomeName(AddressOutcome outcome) {
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::optional<AddressOutcome> AddressOutcomeOf(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? std::nullopt
                               : std::optional(static_cast<AddressOutcome>(found - kNames.begin()));
}

AddressQueryRow ReadAddressQuery(std::span<const std::string_view> fields) {
  AddressQueryRow row;
  if (!fields.empty() && IsQueryReference(fields[0])) {
    row.reference = fields[0];
  }
  row.is_readable =
      fields.size() == kFieldCount && !row.reference.empty() &&
      number::IndividualNumber::TryParse(fields[1], row.number) == number::NumberFault::kNone &&
      Date::TryParse(fields[2], row.birth_date);
  return row;
}

Result<AddressAnswerRow> ReadAddressAnswer(std::span<const std::string_view> fields) {
  if (fields.size() != kFieldCount) {
    return Misspelt("count of fields");
  }
  const auto outcome = AddressOutcomeOf(fields[1]);
  if (!outcome) {
    return Misspelt("outcome");
  }
  if (!fields[0].empty() && !IsQueryReference(fields[0])) {
    return Misspelt("reference");
  }
  if (fields[2].empty() == (*outcome == AddressOutcome::kFound)) {
    return Misspelt("address");
  }
  return AddressAnswerRow{fields[0], *outcome, fields[2]};
}

void AppendAddressQuery(const AddressQueryRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  AppendNumberDigits(row.number, out);
  out.push_back(',');
  if (row.birth_date.is_set()) {
    out.resize(out.size() + kDateSize);
    row.birth_date.WriteTo(out.data() + out.size() - kDateSize);
  }
}

void AppendAddressAnswer(const AddressAnswerRow& row, SecretVector<char>& out) {
  Append(row.reference, out);
  out.push_back(',');
  Append(AddressOutcomeName(row.outcome), out);
  out.push_back(',');
  if (row.outcome == AddressOutcome::kFound) {
    AppendCsvField(row.address, out);
  }
}

}  // namespace musubi::exchange
