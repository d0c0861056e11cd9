#include "insurer/roster_rows.h"

#include <algorithm>

namespace musubi::insurer {

namespace {

constexpr std::uint64_t kProgressStep = 1000;

std::string_view SexText(text::Sex sex) {
  switch (sex) {
    case text::Sex::kMale:
      return "1";
    case text::Sex::kFemale:
      return "2";
    default:
      return "";
  }
}

RosterNumber JudgeNumber(
    const vault::Vault& vault, const text::RosterRow& row, number::IndividualNumber& number
) {
  if (row.number.empty()) {
    return {NumberFact::kBlank};
  }
  switch (number::IndividualNumber::TryParse({row.number.data(), row.number.size()}, number)) {
    case number::NumberFault::kNone:
      return {NumberFact::kGood, vault.IndexOf(number)};
    case number::NumberFault::kCheckDigit:
      return {NumberFact::kBadCheckDigit};
    default:
      return {NumberFact::kBadFormat};
  }
}

void Count(NumberFact fact, RosterReport& report) {
  switch (fact) {
    case NumberFact::kBlank:
      ++report.numbers_missing;
      break;
    case NumberFact::kBadFormat:
      ++report.numbers_bad_format;
      break;
    case NumberFact::kBadCheckDigit:
      ++report.numbers_bad_check_digit;
      break;
    case NumberFact::kGood:
      ++report.numbers_present;
      break;
  }
}

FieldTexts TextsOf(const text::RosterRow& row) {
  const std::string birth_date = row.birth_date.Text();
  const std::string qualified_on = row.qualified_on.Text();
  const std::string lost_on = row.lost_on.Text();
  return FieldTexts({
      row.symbol,
      row.member_number,
      row.relationship,
      row.name,
      row.kana,
      birth_date,
      SexText(row.sex),
      row.address,
      qualified_on,
      lost_on,
  });
}

// A problem of the number column is a state of the person, not a problem of the row.
void TakeProblems(const text::RosterRow& row, Incoming& incoming, RosterReport& report) {
  for (const text::FieldProblem& problem : row.problems) {
    if (problem.field == "number" || problem.field == "individual_number") {
      continue;
    }
    const auto* name = std::find(kFieldNames.begin(), kFieldNames.end(), problem.field);
    if (name != kFieldNames.end()) {
      const auto mask = static_cast<FieldMask>(1U << (name - kFieldNames.begin()));
      incoming.unreadable |= static_cast<FieldMask>(mask & incoming.blank);
    }
    report.problems.push_back({row.line, problem.field, problem.problem});
  }
  for (const Field field : {Field::kName, Field::kBirthDate}) {
    const std::string_view name = kFieldNames[static_cast<std::size_t>(field)];
    const bool is_reported = std::any_of(
        row.problems.begin(),
        row.problems.end(),
        [name](const text::FieldProblem& problem) { return problem.field == name; }
    );
    if ((incoming.blank & MaskOf(field)) != 0 && !is_reported) {
      report.problems.push_back({row.line, std::string(name), "blank"});
    }
  }
}

Incoming IncomingOf(const vault::Vault& vault, const text::RosterRow& row, RosterReport& report) {
  Incoming incoming;
  incoming.row = row.row;
  incoming.texts = TextsOf(row);
  const FieldViews views = incoming.texts.Views();
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    incoming.blank |= static_cast<FieldMask>(views[field].empty() ? 1U << field : 0U);
  }
  incoming.signature = Signature::Of(views);
  incoming.roster_number = JudgeNumber(vault, row, incoming.number);
  const RosterNumber& number = incoming.roster_number;
  incoming.signature.roster_number = HashOf(number.fact, number.index);
  incoming.signature.number = number.fact == NumberFact::kGood ? HashOf(number.index) : 0;
  Count(number.fact, report);
  TakeProblems(row, incoming, report);
  return incoming;
}

}  // namespace

Result<std::vector<Incoming>> ReadRosterRows(
    const vault::Vault& vault, const RosterRequest& request, RosterReport& report
) {
  std::vector<Incoming> rows;
  const auto on_row = [&](text::RosterRow& row) -> Result<void> {
    rows.push_back(IncomingOf(vault, row, report));
    if (request.on_progress && rows.size() % kProgressStep == 0) {
      request.on_progress(rows.size());
    }
    return Ok();
  };
  MUSUBI_TRY(
      text::RosterSummary summary,
      text::ReadRoster(request.source, request.name, request.mapping, on_row)
  );
  if (rows.empty()) {
    // An export that failed would release everybody.
    return Error{
        ErrorCode::kInvalid,
        "there is nobody in it",
        std::string(request.name),
        "nothing was changed"
    };
  }
  report.rows = rows.size();
  report.encoding = std::move(summary.encoding);
  report.ignored_columns = std::move(summary.ignored_columns);
  return rows;
}

}  // namespace musubi::insurer
