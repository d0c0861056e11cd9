// AttributeIndex: where does the resident of this number live?
#include <array>

#include "exchange/address_query.h"
#include "national/jlis/attribute_queries.h"
#include "ops/log.h"
#include "ops/metrics.h"

namespace musubi::national::jlis {

namespace {

using exchange::AddressOutcome;
using Counts = std::array<std::uint64_t, exchange::kAddressOutcomeCount>;

// The birth date first: nothing of a resident is told to who does not know it.
AddressOutcome LookUp(
    const matching::ResidentIndex& residents,
    const exchange::AddressQueryRow& row,
    std::string_view& address
) {
  matching::ResidentView resident;
  bool is_superseded = false;
  if (!residents.FindByNumber(row.number.RevealPacked(), resident, is_superseded)) {
    return AddressOutcome::kNumberUnknown;
  }
  if (resident.attributes.birth_date != row.birth_date) {
    return AddressOutcome::kBirthDateDiffers;
  }
  if (is_superseded) {
    return AddressOutcome::kSuperseded;
  }
  if (resident.status == text::ResidentStatus::kRestricted) {
    return AddressOutcome::kRestricted;
  }
  if (resident.status != text::ResidentStatus::kPresent) {
    return AddressOutcome::kGone;
  }
  address = resident.attributes.address;
  return address.empty() ? AddressOutcome::kNoAddress : AddressOutcome::kFound;
}

void Publish(const Counts& counts, std::uint64_t lines) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::string_view name = AddressOutcomeName(static_cast<AddressOutcome>(i));
    ops::GetCounter(
        "musubi_jlis_attribute_answers_total",
        "Lines answered, by call and outcome",
        "call=\"address\",outcome=\"" + std::string(name) + "\""
    )
        .Add(counts[i]);
  }
  const std::uint64_t found = counts[static_cast<std::size_t>(AddressOutcome::kFound)];
  const std::uint64_t restricted = counts[static_cast<std::size_t>(AddressOutcome::kRestricted)];
  ops::LogInfo(
      "jlis.addresses.looked_up", {{"lines", lines}, {"found", found}, {"restricted", restricted}}
  );
}

}  // namespace

Result<http::Body> AttributeIndex::AnswerAddresses(std::string_view lines) const {
  http::Body out;
  Counts counts = {};
  const auto on_line = [&](std::uint64_t /*row*/, Fields fields) {
    const exchange::AddressQueryRow row = exchange::ReadAddressQuery(fields);
    exchange::AddressAnswerRow answer;
    answer.reference = row.reference;
    if (row.is_readable) {
      answer.outcome = LookUp(*residents_, row, answer.address);
    }
    ++counts.at(static_cast<std::size_t>(answer.outcome));
    AppendAddressAnswer(answer, out);
    exchange::AppendLineEnd(out);
    return Ok();
  };
  MUSUBI_TRY(const std::uint64_t count, exchange::EachLine(lines, on_line));
  Publish(counts, count);
  return out;
}

}  // namespace musubi::national::jlis
