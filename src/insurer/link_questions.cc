#include "insurer/link_questions.h"

#include <algorithm>

namespace musubi::insurer {

namespace {

Error Strange() {
  return Error{ErrorCode::kInternal, "support answered other lines than it was asked", "support"};
}

text::Sex SexOf(std::string_view text) {
  if (text == "1") {
    return text::Sex::kMale;
  }
  return text == "2" ? text::Sex::kFemale : text::Sex::kUnknown;
}

exchange::ResidentQueryRow RowOf(const LinkQuestion& question) {
  const FieldViews views = question.person->texts.Views();
  const auto view = [&views](Field field) { return views[static_cast<std::size_t>(field)]; };
  exchange::ResidentQueryRow row;
  row.reference = question.person->known.reference;
  row.name = view(Field::kName);
  row.kana = view(Field::kKana);
  row.sex = SexOf(view(Field::kSex));
  row.address = view(Field::kAddress);
  if (!Date::TryParse(view(Field::kBirthDate), row.birth_date)) {
    row.birth_date = Date();  // goes out blank and comes back invalid
  }
  return row;
}

template <typename Answer>
Finding FindingOf(CheckSource source, std::string_view outcome, const Answer& answer) {
  return {
      source,
      std::string(outcome),
      std::string(answer.attributes),
      std::string(answer.rules),
      std::string(answer.characters)
  };
}

Result<http::Body> LinesOf(std::span<const LinkQuestion> questions, const vault::Vault& vault) {
  http::Body lines;
  for (const LinkQuestion& question : questions) {
    MUSUBI_CHECK_OK(AppendQuestion(question, vault, lines));
    exchange::AppendLineEnd(lines);
  }
  return lines;
}

Result<void> ReadAnswers(
    std::span<const LinkQuestion> questions,
    std::string_view lines,
    std::vector<LinkAnswer>& answers
) {
  const auto on_line = [&](std::uint64_t row,
                           std::span<const std::string_view> fields) -> Result<void> {
    if (row >= questions.size()) {
      return Strange();
    }
    MUSUBI_TRY(LinkAnswer answer, ReadAnswer(questions[row], fields));
    answers.push_back(std::move(answer));
    return Ok();
  };
  MUSUBI_TRY(const std::uint64_t count, exchange::EachLine(lines, on_line));
  return count == questions.size() ? Ok() : Result<void>(Strange());
}

}  // namespace

Result<void> AppendQuestion(
    const LinkQuestion& question, const vault::Vault& vault, SecretVector<char>& out
) {
  exchange::ResidentQueryRow row = RowOf(question);
  if (question.owner == nullptr) {
    AppendResidentQuery(row, out);
    return Ok();
  }
  MUSUBI_TRY(row.number, vault.Decrypt(question.owner->sealed, question.owner->known.reference));
  AppendVerificationQuery(row, out);
  return Ok();
}

Result<LinkAnswer> ReadAnswer(
    const LinkQuestion& question, std::span<const std::string_view> fields
) {
  LinkAnswer answer;
  std::string_view reference;
  if (question.owner != nullptr) {
    MUSUBI_TRY(const auto read, exchange::ReadVerificationAnswer(fields));
    reference = read.reference;
    const auto outcome = VerificationOutcomeName(read.outcome);
    answer.finding = FindingOf(CheckSource::kVerification, outcome, read);
  } else {
    MUSUBI_TRY(const auto read, exchange::ReadResidentAnswer(fields));
    reference = read.reference;
    answer.finding = FindingOf(CheckSource::kQuery, QueryOutcomeName(read.outcome), read);
    answer.number = read.number;
  }
  const bool is_invalid = answer.finding.outcome == "invalid" && reference.empty();
  if (!is_invalid && reference != question.person->known.reference) {
    return Strange();
  }
  return answer;
}

Result<std::vector<LinkAnswer>> AskAbout(
    std::span<const LinkQuestion> questions,
    const vault::Vault& vault,
    const AskSupport& ask,
    const AskOptions& options
) {
  std::vector<LinkAnswer> answers;
  answers.reserve(questions.size());
  while (answers.size() < questions.size()) {
    const std::size_t done = answers.size();
    const auto rest = questions.subspan(done);
    const auto call = rest.first(std::min(options.questions_per_call, rest.size()));
    const bool is_query = call.front().owner == nullptr;
    MUSUBI_TRY(http::Body lines, LinesOf(call, vault));
    MUSUBI_TRY(
        const http::Body told, ask(is_query ? kQueryPath : kVerificationPath, std::move(lines))
    );
    MUSUBI_CHECK_OK(ReadAnswers(call, {told.data(), told.size()}, answers));
    if (options.on_call) {
      MUSUBI_CHECK_OK(options.on_call(call, std::span<const LinkAnswer>(answers).subspan(done)));
    }
  }
  return answers;
}

}  // namespace musubi::insurer
