#include "hub/copy_holdings.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "hub/copy_table.h"
#include "hub/person_flags.h"

namespace musubi::hub {

namespace {

using exchange::InquiryOutcome;

constexpr std::string_view kAssociation = "association-";
constexpr std::string_view kSelfInformation = "self-information";

// Open ends of a question.
const Date kFirstDay = Date::FromPacked(10000101);
const Date kLastDay = Date::FromPacked(99991231);

boost::json::object RecordJson(const Copy& copy, const rules::RecordKind& kind) {
  boost::json::object items;
  boost::json::object missing;
  const rules::RecordLayout* layout = kind.Layout(copy.layout_version);
  for (std::size_t i = 0; layout != nullptr && i < copy.items.size(); ++i) {
    const auto value = rules::ReadItem(copy.items[i]);
    if (!value || i >= layout->items.size()) {
      continue;
    }
    const std::string& name = layout->items[i].name;
    if (value->missing) {
      missing[name] = rules::MissingName(*value->missing);
    } else {
      items[name] = value->value;
    }
  }
  return {
      {"provider", InstitutionOfInsurer(copy.insurer)},
      {"kind", copy.kind},
      {"key", copy.key},
      {"valid_from", copy.valid_from.Text()},
      {"valid_to", copy.valid_to.Text()},
      {"layout", copy.layout_version},
      {"items", std::move(items)},
      {"missing", std::move(missing)},
  };
}

// "eligibility:1 high-cost-care:2".
std::string ItemsOf(const std::vector<Copy>& copies) {
  std::map<std::string_view, int> counts;
  for (const Copy& copy : copies) {
    ++counts[copy.kind];
  }
  std::string items;
  for (const auto& [kind, count] : counts) {
    items += fmt::format("{}{}:{}", items.empty() ? "" : " ", kind, count);
  }
  return items;
}

SecretVector<char> ContentOf(
    const exchange::InquiryOrder& order,
    std::string_view provider,
    const std::vector<Copy>& copies,
    const rules::RecordLayouts& layouts
) {
  boost::json::array records;
  for (const Copy& copy : copies) {
    const rules::RecordKind* kind = layouts.Find(copy.kind);
    if (kind != nullptr) {
      records.push_back(RecordJson(copy, *kind));
    }
  }
  const std::string text = boost::json::serialize(boost::json::object{
      {"inquiry", ToHex(order.id)},
      {"provider", provider},
      {"information", order.subject.information},
      {"records", std::move(records)},
  });
  return {text.begin(), text.end()};
}

}  // namespace

std::uint32_t InsurerOfInstitution(std::string_view institution) {
  std::uint32_t insurer = 0;
  if (institution.starts_with(kAssociation)) {
    institution.remove_prefix(kAssociation.size());
    const char* const end = institution.data() + institution.size();
    const auto read = std::from_chars(institution.data(), end, insurer);
    if (read.ec != std::errc() || read.ptr != end) {
      return 0;
    }
  }
  return insurer;
}

std::string InstitutionOfInsurer(std::uint32_t insurer) {
  return fmt::format("{}{:06}", kAssociation, insurer);
}

std::map<std::string, std::vector<std::string_view>, std::less<>> KindsByInformation(
    const rules::RecordLayouts& layouts, const rules::Permissions& permissions
) {
  std::map<std::string, std::vector<std::string_view>, std::less<>> by_information;
  for (const rules::RecordKind& kind : layouts.kinds()) {
    std::vector<std::string> codes = {kind.information};
    for (std::size_t i = 0; i < codes.size(); ++i) {  // upwards, to the codes that cover it
      const auto found = std::ranges::find_if(permissions.Codes(), [&](const rules::Code& code) {
        return code.kind == rules::CodeKind::kInformation && code.code == codes[i];
      });
      if (found != permissions.Codes().end()) {
        codes.insert(codes.end(), found->part_of.begin(), found->part_of.end());
      }
    }
    for (const std::string& code : codes) {
      if (!code.empty()) {
        by_information[code].emplace_back(kind.code);
      }
    }
    by_information[std::string(kSelfInformation)].emplace_back(kind.code);
  }
  return by_information;
}

CopyHoldings::CopyHoldings(store::Database& registry, store::Database& flags)
    : registry_(registry),
      flags_(flags),
      kinds_(KindsByInformation(rules::RecordLayouts::BuiltIn(), rules::Permissions::BuiltIn())) {}

std::string CopyHoldings::GivenWord(
    std::uint32_t insurer,
    std::uint32_t number,
    std::string_view kind,
    std::string_view key,
    Date valid_from
) {
  return fmt::format("{}:{}:{}:{}:{}", insurer, number, kind, key, valid_from.packed());
}

Result<std::vector<inquiry::Holding>> CopyHoldings::Find(
    std::span<const exchange::InquiryOrder> orders
) const {
  MUSUBI_TRY(const auto registry, registry_.Connect());
  MUSUBI_TRY(const auto flags, flags_.Connect());
  // One moment for the whole block, and one statement's begin instead of many.
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*registry, store::Access::kRead));
  std::vector<inquiry::Holding> holdings;
  holdings.reserve(orders.size());
  for (const exchange::InquiryOrder& order : orders) {
    MUSUBI_TRY(inquiry::Holding holding, FindOne(*registry, *flags, order));
    holdings.push_back(std::move(holding));
  }
  MUSUBI_CHECK_OK(transaction.Commit());
  return holdings;
}

Result<inquiry::Holding> CopyHoldings::FindOne(
    store::Connection& registry, store::Connection& flags, const exchange::InquiryOrder& order
) const {
  inquiry::Holding holding;
  const auto kinds = kinds_.find(order.subject.information);
  if (kinds == kinds_.end()) {
    return holding;
  }
  const std::uint32_t inquirer = InsurerOfInstitution(order.subject.inquirer);
  CopyQuestion question;
  question.kinds = kinds->second;
  question.from = order.subject.from.is_set() ? order.subject.from : kFirstDay;
  question.to = order.subject.to.is_set() ? order.subject.to : kLastDay;
  question.insurer = InsurerOfInstitution(order.subject.provider);
  MUSUBI_TRY(auto copies, CopiesOf(registry, order.code, question));
  std::erase_if(copies, [inquirer](const Copy& copy) { return copy.insurer == inquirer; });
  if (copies.empty()) {
    MUSUBI_TRY(const auto enrolments, EnrolmentsOf(registry, order.code));
    const bool is_stopped = std::ranges::any_of(enrolments, [&](const Enrolment& enrolment) {
      return enrolment.is_stopped && enrolment.insurer != inquirer;
    });
    holding.outcome = is_stopped ? InquiryOutcome::kStopped : InquiryOutcome::kNothingHeld;
    return holding;
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> enrolments;
  std::set<std::uint32_t> insurers;
  for (const Copy& copy : copies) {
    enrolments.emplace(copy.insurer, copy.number);
    insurers.insert(copy.insurer);
  }
  bool is_manual = false;
  bool is_blocked = false;
  for (const auto& [insurer, number] : enrolments) {
    MUSUBI_TRY(const PersonFlags set, FlagsOf(flags, insurer, number));
    holding.is_hidden |= set.is_hidden;
    is_manual |= set.is_manual;
    is_blocked |= set.is_self_blocked && order.subject.procedure == kSelfInformation;
  }
  if (insurers.size() == 1) {
    holding.provider = InstitutionOfInsurer(*insurers.begin());
  }
  if (is_blocked) {
    holding.outcome = InquiryOutcome::kNotDisclosed;
    return holding;
  }
  holding.outcome = is_manual ? InquiryOutcome::kAwaitingPerson : InquiryOutcome::kAnswered;
  holding.items = ItemsOf(copies);
  holding.content = ContentOf(
      order,
      holding.provider.empty() ? kAllInsurers : std::string_view(holding.provider),
      copies,
      rules::RecordLayouts::BuiltIn()
  );
  for (const Copy& copy : copies) {
    holding.given.push_back(
        GivenWord(copy.insurer, copy.number, copy.kind, copy.key, copy.valid_from)
    );
  }
  return holding;
}

}  // namespace musubi::hub
