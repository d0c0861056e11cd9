#include "national/jlis/attribute_queries.h"

#include <algorithm>
#include <array>

#include "exchange/resident_query.h"
#include "ops/metrics.h"
#include "text/utf8.h"

namespace musubi::national::jlis {

namespace {

using exchange::QueryOutcome;
using exchange::ResidentQueryRow;
using exchange::VerificationOutcome;
using matching::Attribute;
using matching::Decision;
using matching::Explain;
using matching::MatchOutcome;

constexpr std::size_t kPairsMax = 4;

constexpr std::array<Attribute, matching::kAttributeCount> kAttributes = {
    Attribute::kName, Attribute::kKana, Attribute::kBirthDate, Attribute::kSex, Attribute::kAddress
};

matching::Attributes AttributesOf(const ResidentQueryRow& row) {
  return {row.name, row.kana, row.birth_date, row.sex, row.address};
}

const matching::AttributeEvidence* EvidenceOf(const Decision& decision, Attribute attribute) {
  const auto found =
      std::ranges::find(decision.evidence, attribute, &matching::AttributeEvidence::attribute);
  return found == decision.evidence.end() ? nullptr : &*found;
}

// "name:agree kana:notation ..."
std::string AttributesText(const Decision& decision) {
  std::string text;
  for (const Attribute attribute : kAttributes) {
    const auto* const evidence = EvidenceOf(decision, attribute);
    const bool is_notation = evidence != nullptr && !evidence->is_equal_lossless;
    const bool is_unknown = is_notation && !evidence->is_equal_lenient;
    text.append(text.empty() ? "" : " ").append(AttributeName(attribute)).append(":");
    text.append(
        (decision.differs & BitOf(attribute)) != 0 ? "differs"
        : is_unknown                               ? "unknown"  // blank in the register
        : is_notation                              ? "notation"
                                                   : "agree"
    );
  }
  return text;
}

std::vector<char32_t> CodePoints(std::string_view text) {
  std::vector<char32_t> points;
  while (!text.empty()) {
    points.push_back(text::TakeCodePoint(text));
  }
  return points;
}

// Which characters of the name stand for one another, so that reviewers can decide on "高/髙" once.
// Of a lost gaiji only that one was lost is told, not what it should be.
std::string CharacterPairs(const Decision& decision) {
  const auto* const name = EvidenceOf(decision, Attribute::kName);
  if (name == nullptr || name->is_equal_lossless || !name->is_equal_lenient ||
      (name->rules & RuleBit(text::Rule::kKanjiVariant)) == 0) {
    return {};
  }
  const std::vector<char32_t> asked = CodePoints(name->asked);
  const std::vector<char32_t> found = CodePoints(name->found);
  if (asked.size() != found.size()) {
    return {};
  }
  constexpr std::u32string_view kUnknown = U"●■?〓";
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i] != found[i] && kUnknown.find(asked[i]) == std::u32string_view::npos &&
        kUnknown.find(found[i]) == std::u32string_view::npos) {
      std::string& pair = pairs.emplace_back();
      text::AppendUtf8(asked[i], pair);
      pair.push_back('/');
      text::AppendUtf8(found[i], pair);
    }
  }
  std::ranges::sort(pairs);
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  if (pairs.size() > kPairsMax) {
    return {};
  }
  std::string text;
  for (const std::string& pair : pairs) {
    text.append(text.empty() ? "" : " ").append(pair);
  }
  return text;
}

QueryOutcome OutcomeOf(MatchOutcome outcome) {
  switch (outcome) {
    case MatchOutcome::kAgree:
      return QueryOutcome::kAgree;
    case MatchOutcome::kNotation:
      return QueryOutcome::kNotation;
    case MatchOutcome::kPartial:
      return QueryOutcome::kPartial;
    case MatchOutcome::kMultiple:
      return QueryOutcome::kMultiple;
    case MatchOutcome::kNone:
      return QueryOutcome::kNone;
    case MatchOutcome::kRestricted:
      return QueryOutcome::kRestricted;
    case MatchOutcome::kGone:
      return QueryOutcome::kGone;
    case MatchOutcome::kInvalid:
      return QueryOutcome::kInvalid;
  }
  return QueryOutcome::kInvalid;
}

// The gravest difference decides.
VerificationOutcome OutcomeOf(const Decision& decision) {
  constexpr std::array<std::pair<Attribute, VerificationOutcome>, matching::kAttributeCount>
      kGravestFirst = {{
          {Attribute::kBirthDate, VerificationOutcome::kBirthDateDiffers},
          {Attribute::kSex, VerificationOutcome::kSexDiffers},
          {Attribute::kName, VerificationOutcome::kNameDiffers},
          {Attribute::kKana, VerificationOutcome::kKanaDiffers},
          {Attribute::kAddress, VerificationOutcome::kAddressDiffers},
      }};
  for (const auto& [attribute, outcome] : kGravestFirst) {
    if ((decision.differs & BitOf(attribute)) != 0) {
      return outcome;
    }
  }
  switch (decision.outcome) {
    case MatchOutcome::kAgree:
      return VerificationOutcome::kAgree;
    case MatchOutcome::kNotation:
      return VerificationOutcome::kNotation;
    default:
      return VerificationOutcome::kInvalid;
  }
}

struct Verified {
  VerificationOutcome outcome = VerificationOutcome::kInvalid;
  Decision decision;
};

Verified Verify(const matching::ResidentIndex& residents, const ResidentQueryRow& row) {
  matching::ResidentView resident;
  bool is_superseded = false;
  if (!residents.FindByNumber(row.number.RevealPacked(), resident, is_superseded)) {
    return {VerificationOutcome::kNumberUnknown, {}};
  }
  if (resident.attributes.birth_date != row.birth_date) {
    return {VerificationOutcome::kBirthDateDiffers, {}};
  }
  if (is_superseded) {
    return {VerificationOutcome::kSuperseded, {}};
  }
  if (resident.status == text::ResidentStatus::kRestricted) {
    return {VerificationOutcome::kRestricted, {}};
  }
  if (resident.status != text::ResidentStatus::kPresent) {
    return {VerificationOutcome::kGone, {}};
  }
  const auto attributes = AttributesOf(row);
  Verified verified;
  verified.decision = Compare(attributes, resident, residents.normaliser(), Explain::kNo);
  verified.outcome = OutcomeOf(verified.decision);
  if (verified.outcome != VerificationOutcome::kAgree) {
    verified.decision = Compare(attributes, resident, residents.normaliser(), Explain::kYes);
  }
  return verified;
}

// Are attributes told? Not where nothing may be known, nor where there is nothing to say.
bool HasDetail(VerificationOutcome outcome) {
  switch (outcome) {
    case VerificationOutcome::kNotation:
    case VerificationOutcome::kNameDiffers:
    case VerificationOutcome::kKanaDiffers:
    case VerificationOutcome::kAddressDiffers:
    case VerificationOutcome::kSexDiffers:
      return true;
    default:
      return false;
  }
}

// What an answer says beside its outcome; owns the texts.
struct Detail {
  Detail() = default;

  Detail(const Decision& decision, bool is_notation)
      : attributes(AttributesText(decision)),
        rules(text::RuleNames(decision.rules & ~text::kLosslessRules)),
        characters(is_notation ? CharacterPairs(decision) : std::string()) {}

  template <typename Answer>
  void PutInto(Answer& answer) const {
    answer.attributes = attributes;
    answer.rules = rules;
    answer.characters = characters;
  }

  std::string attributes;
  std::string rules;
  std::string characters;
};

template <typename Counts, typename NameOf>
void Publish(std::string_view call, const Counts& counts, const NameOf& name_of) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    ops::GetCounter(
        "musubi_jlis_attribute_answers_total",
        "Lines answered, by call and outcome",
        "call=\"" + std::string(call) + "\",outcome=\"" + std::string(name_of(i)) + "\""
    )
        .Add(counts[i]);
  }
}

}  // namespace

Result<AttributeIndex> AttributeIndex::Load(
    const std::filesystem::path& residents,
    const ResidentIndex& numbers,
    unsigned threads,
    std::shared_ptr<const text::Normaliser> normaliser
) {
  AttributeIndex index;
  if (normaliser == nullptr) {
    MUSUBI_TRY(normaliser, text::Normaliser::Make());
  }
  MUSUBI_TRY(
      index.residents_, matching::ResidentIndex::Load(residents, std::move(normaliser), threads)
  );
  index.numbers_ = numbers.NumbersByRecordCode();
  return index;
}

std::uint64_t AttributeIndex::NumberOf(std::uint64_t record_code) const {
  const auto found = std::ranges::lower_bound(
      numbers_, record_code, {}, &ResidentIndex::RecordNumber::record_code
  );
  return found != numbers_.end() && found->record_code == record_code ? found->number : 0;
}

Result<QueryOutcome> AttributeIndex::AnswerQuery(Fields query, http::Body& out) const {
  const ResidentQueryRow row = exchange::ReadResidentQuery(query);
  exchange::ResidentAnswerRow answer;
  answer.reference = row.reference;
  Detail detail;
  if (row.is_readable) {
    const matching::Attributes person = AttributesOf(row);
    const Decision decision = residents_->Match(person, Explain::kNo);
    answer.outcome = OutcomeOf(decision.outcome);
    if (answer.outcome == QueryOutcome::kAgree) {
      const std::uint64_t number = NumberOf(decision.resident);
      if (number == 0) {
        return Error{ErrorCode::kInternal, "a resident without a number", "resident index"};
      }
      answer.number = number::IndividualNumber::FromPacked(number);
    } else if (answer.outcome == QueryOutcome::kNotation ||
               answer.outcome == QueryOutcome::kPartial) {
      const bool is_notation = answer.outcome == QueryOutcome::kNotation;
      detail = Detail(residents_->Match(person, Explain::kYes), is_notation);
    }
  }
  detail.PutInto(answer);
  AppendResidentAnswer(answer, out);
  return answer.outcome;
}

VerificationOutcome AttributeIndex::AnswerVerification(Fields query, http::Body& out) const {
  const ResidentQueryRow row = exchange::ReadVerificationQuery(query);
  const Verified verified = row.is_readable ? Verify(*residents_, row) : Verified{};
  exchange::VerificationAnswerRow answer;
  answer.reference = row.reference;
  answer.outcome = verified.outcome;
  const bool is_notation = verified.outcome == VerificationOutcome::kNotation;
  const Detail detail =
      HasDetail(verified.outcome) ? Detail(verified.decision, is_notation) : Detail();
  detail.PutInto(answer);
  AppendVerificationAnswer(answer, out);
  return verified.outcome;
}

Result<http::Body> AttributeIndex::AnswerQueries(std::string_view lines) const {
  http::Body out;
  std::array<std::uint64_t, exchange::kQueryOutcomeCount> counts = {};
  const auto on_line = [&](std::uint64_t /*row*/,
                           std::span<const std::string_view> fields) -> Result<void> {
    MUSUBI_TRY(const QueryOutcome outcome, AnswerQuery(fields, out));
    exchange::AppendLineEnd(out);
    ++counts.at(static_cast<std::size_t>(outcome));
    return Ok();
  };
  MUSUBI_TRY([[maybe_unused]] const std::uint64_t count, exchange::EachLine(lines, on_line));
  Publish("query", counts, [](std::size_t i) {
    return QueryOutcomeName(static_cast<QueryOutcome>(i));
  });
  return out;
}

Result<http::Body> AttributeIndex::AnswerVerifications(std::string_view lines) const {
  http::Body out;
  std::array<std::uint64_t, exchange::kVerificationOutcomeCount> counts = {};
  const auto on_line = [&](std::uint64_t /*row*/, std::span<const std::string_view> fields) {
    ++counts.at(static_cast<std::size_t>(AnswerVerification(fields, out)));
    exchange::AppendLineEnd(out);
    return Ok();
  };
  MUSUBI_TRY([[maybe_unused]] const std::uint64_t count, exchange::EachLine(lines, on_line));
  Publish("verification", counts, [](std::size_t i) {
    return VerificationOutcomeName(static_cast<VerificationOutcome>(i));
  });
  return out;
}

}  // namespace musubi::national::jlis
