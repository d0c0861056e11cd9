// Links: what a clerk gets to see of people, and the line in the history that says so.
#include "exchange/address_query.h"
#include "insurer/links.h"

namespace musubi::insurer {

namespace {

Error NoNumber() {
  return Error{
      ErrorCode::kPrecondition,
      "the person has no number: nobody can be asked for the address",
      {},
      "`query-residents`, or `set-number`"
  };
}

Error NotCertain() {
  return Error{
      ErrorCode::kPrecondition,
      "the number may be somebody else's: the address is not looked up",
      {},
      "settle the doubt first, see `history` and `review`"
  };
}

Result<http::Body> QuestionAbout(const Subject& person, const vault::Vault& vault) {
  exchange::AddressQueryRow row;
  row.reference = person.known.reference;
  MUSUBI_TRY(row.number, vault.Decrypt(person.sealed, row.reference));
  const FieldViews views = person.texts.Views();
  if (!Date::TryParse(views[static_cast<std::size_t>(Field::kBirthDate)], row.birth_date)) {
    row.birth_date = Date();  // goes out blank and comes back invalid
  }
  http::Body line;
  AppendAddressQuery(row, line);
  exchange::AppendLineEnd(line);
  return line;
}

Result<AddressLookUp> ReadLookUp(const http::Body& body, const std::string& reference) {
  AddressLookUp found;
  const auto on_line = [&](std::uint64_t row,
                           std::span<const std::string_view> fields) -> Result<void> {
    MUSUBI_TRY(const auto answer, exchange::ReadAddressAnswer(fields));
    const bool is_invalid = answer.outcome == exchange::AddressOutcome::kInvalid;
    if (row != 0 || (answer.reference != reference && !(is_invalid && answer.reference.empty()))) {
      return Error{
          ErrorCode::kInternal, "support answered other lines than it was asked", "support"
      };
    }
    found.outcome = AddressOutcomeName(answer.outcome);
    found.address = answer.address;
    return Ok();
  };
  MUSUBI_TRY(const std::uint64_t count, exchange::EachLine({body.data(), body.size()}, on_line));
  if (count != 1) {
    return Error{ErrorCode::kInternal, "support did not answer the line", "support"};
  }
  return found;
}

}  // namespace

Result<void> Links::NoteSeen(
    std::string_view kind, const std::vector<const Subject*>& people, const std::string& what
) {
  std::vector<HistoryEntry> history;
  for (const Subject* person : people) {
    const LinkValue link = {person->known.state, person->known.reason};
    history.push_back({person->known.reference, what, person->known.state, link});
  }
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_CHECK_OK(AppendHistory(*connection_, history, run));
  const Run record{kind, FormatUtc(clock_->Now()), operator_name_, people.size()};
  MUSUBI_CHECK_OK(InsertRun(*connection_, run, record));
  return transaction.Commit();
}

Result<std::vector<ReviewedPerson>> Links::ShowPeople(const ReviewClass& review_class) {
  MUSUBI_TRY(const auto everybody, LoadSubjects(*connection_, SubjectsOf::kEverybody));
  std::vector<const Subject*> seen;
  std::vector<ReviewedPerson> people;
  for (const std::string& reference : review_class.references) {
    const Subject* person = FindSubject(everybody, reference);
    if (person != nullptr) {
      seen.push_back(person);
      people.push_back({reference, person->texts});
    }
  }
  if (!seen.empty()) {
    MUSUBI_CHECK_OK(NoteSeen("review-show", seen, "shown for review (" + review_class.name + ")"));
  }
  return people;
}

Result<AddressLookUp> Links::LookUpAddress(
    const vault::Vault& vault, const AskSupport& ask, const std::string& reference
) {
  MUSUBI_TRY(const auto everybody, LoadSubjects(*connection_, SubjectsOf::kEverybody));
  const Subject* person = FindSubject(everybody, reference);
  if (person == nullptr) {
    return Error{
        ErrorCode::kNotFound,
        "there is no person with this reference",
        {},
        "`people` lists references"
    };
  }
  if (!person->known.has_number) {
    return NoNumber();
  }
  if (person->known.state == LinkState::kDoubtful || person->known.state == LinkState::kRefused) {
    return NotCertain();
  }
  MUSUBI_TRY(http::Body line, QuestionAbout(*person, vault));
  MUSUBI_TRY(const http::Body told, ask(kAddressPath, std::move(line)));
  MUSUBI_TRY(AddressLookUp found, ReadLookUp(told, reference));
  MUSUBI_CHECK_OK(NoteSeen("look-up-address", {person}, "address looked up: " + found.outcome));
  return found;
}

}  // namespace musubi::insurer
