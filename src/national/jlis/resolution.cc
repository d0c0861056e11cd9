#include "national/jlis/resolution.h"

#include <algorithm>

#include "base/bytes.h"

namespace musubi::national::jlis {

namespace {

constexpr std::size_t kHexSize = 32;
constexpr std::size_t kRecordCodeSize = 11;
constexpr std::size_t kWordMax = 18;  // "birth-date-differs"

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

void Append(std::string_view text, http::Body& out) {
  out.insert(out.end(), text.begin(), text.end());
}

void AppendLine(std::string_view first, std::string_view second, http::Body& out) {
  Append(first, out);
  out.push_back(',');
  Append(second, out);
  Append("\r\n", out);
}

bool StartsWithNumber(std::string_view line) {
  Code16 ignored{};
  return line.size() > kHexSize && line[kHexSize] == ',' &&
         ReadHex(line.substr(0, kHexSize), ignored);
}

// What stands after the processing number and its comma.
Question ReadFacts(std::string_view facts) {
  Question question;
  const std::size_t comma = facts.find(',');
  number::IndividualNumber number;
  if (comma == std::string_view::npos ||
      !Date::TryParse(facts.substr(0, comma), question.birth_date) ||
      number::IndividualNumber::TryParse(facts.substr(comma + 1), number) !=
          number::NumberFault::kNone) {
    return {};
  }
  question.number = number.RevealPacked();
  return question;
}

void WriteRecordCode(std::uint64_t code, std::span<char, kRecordCodeSize> out) {
  for (std::size_t i = kRecordCodeSize; i-- > 0;) {
    out[i] = static_cast<char>('0' + code % 10);
    code /= 10;
  }
}

http::Body WriteLinkRequest(std::string_view body, const SecretVector<Resident>& residents) {
  http::Body lines;
  lines.reserve(residents.size() * (kHexSize + kRecordCodeSize + 3));
  std::array<char, kRecordCodeSize> digits{};
  for (const Resident& resident : residents) {
    const std::string_view line = TakeLine(body);
    if (resident.finding == Finding::kFound) {
      WriteRecordCode(resident.record_code, digits);
      AppendLine(line.substr(0, kHexSize), {digits.data(), digits.size()}, lines);
    }
  }
  WipeMemory(digits.data(), digits.size());
  return lines;
}

// Reads what the network said of the found ones, in their order, into their findings.
Result<void> TakeLinkAnswer(
    std::string_view body, std::string_view answer, SecretVector<Resident>& residents
) {
  const Error strange{ErrorCode::kInternal, "the network answered other lines than were asked"};
  for (Resident& resident : residents) {
    const std::string_view number = TakeLine(body).substr(0, kHexSize);
    if (resident.finding != Finding::kFound) {
      continue;
    }
    const std::string_view line = TakeLine(answer);
    if (!line.starts_with(number) || line.size() <= kHexSize || line[kHexSize] != ',') {
      return strange;
    }
    const std::string_view word = line.substr(kHexSize + 1);
    if (word == "expired" || word == "unknown" || word == "reused") {
      resident.finding = Finding::kExpired;
    } else if (word != "linked") {
      return strange;
    }
  }
  return answer.empty() ? Ok() : strange;
}

Resolved WriteAnswer(std::string_view body, const SecretVector<Resident>& residents) {
  Resolved resolved;
  resolved.lines.reserve(residents.size() * (kHexSize + kWordMax + 3));
  for (const Resident& resident : residents) {
    const std::string_view number = TakeLine(body).substr(0, kHexSize);
    AppendLine(number, FindingName(resident.finding), resolved.lines);
    ++resolved.counts[static_cast<std::size_t>(resident.finding)];
  }
  return resolved;
}

}  // namespace

Result<SecretVector<Question>> ReadQuestions(std::string_view body) {
  const auto line_count = static_cast<std::size_t>(std::ranges::count(body, '\n')) +
                          static_cast<std::size_t>(!body.empty() && body.back() != '\n');
  if (line_count > kQuestionsMax) {
    return Error{ErrorCode::kExhausted, "too many lines in one request", "", "send fewer at once"};
  }
  SecretVector<Question> questions;
  questions.reserve(line_count);
  for (std::size_t i = 0; i < line_count; ++i) {
    const std::string_view line = TakeLine(body);
    if (!StartsWithNumber(line)) {
      return Error{ErrorCode::kInvalid, "no processing number", "line " + std::to_string(i + 1)};
    }
    questions.push_back(ReadFacts(line.substr(kHexSize + 1)));
  }
  return questions;
}

Result<Resolved> Resolve(const ResidentIndex& index, std::string_view body, const LinkCall& link) {
  MUSUBI_TRY(const SecretVector<Question> questions, ReadQuestions(body));
  SecretVector<Resident> residents(questions.size());
  index.Find(questions, residents);
  return ResolveFound(body, residents, link);
}

Result<Resolved> ResolveFound(
    std::string_view body, SecretVector<Resident>& residents, const LinkCall& link
) {
  http::Body request = WriteLinkRequest(body, residents);
  if (!request.empty()) {
    MUSUBI_TRY(const http::Body answer, link(std::move(request)));
    MUSUBI_CHECK_OK(TakeLinkAnswer(body, {answer.data(), answer.size()}, residents));
  }
  return WriteAnswer(body, residents);
}

}  // namespace musubi::national::jlis
