#include "exchange/inquiry.h"

#include <algorithm>
#include <array>
#include <span>

#include "crypto/cipher.h"
#include "exchange/content.h"
#include "exchange/resident_query.h"

namespace musubi::exchange {

namespace {

using Fields = std::span<const std::string_view>;

constexpr std::array<std::string_view, kInquiryOutcomeCount> kNames = {
    "accepted",
    "in-progress",
    "awaiting-person",
    "overdue",
    "answered",
    "nothing-held",
    "not-disclosed",
    "not-permitted",
    "assessment-missing",
    "stopped",
    "provider-unclear",
    "timed-out",
    "invalid"
};

constexpr std::string_view kHidden = "hidden";
constexpr std::string_view kSettling = "settle";
constexpr std::size_t kWordSizeMax = 128;
constexpr std::size_t kTextSizeMax = 1024;
constexpr std::size_t kCertificateSizeMax = 8192;

// Takes the fields of one line in order and keeps the first fault.
class FieldReader {
 public:
  FieldReader(Fields fields, std::size_t count) : fields_(fields) {
    if (fields.size() != count) {
      fault_ = "count of fields";
    }
  }

  void Id(std::string_view name, Code16& out) {
    if (!ReadHex(Next(), out)) {
      Fail(name);
    }
  }

  // A code of ours: lower-case letters, digits, and what stands between them.
  void Word(std::string_view name, std::string& out, bool may_be_blank = false) {
    const std::string_view text = Next();
    const bool is_word = std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
    if (!is_word || text.size() > kWordSizeMax || (text.empty() && !may_be_blank)) {
      Fail(name);
    }
    out = text;
  }

  void Text(std::string_view name, std::string& out) {
    const std::string_view text = Next();
    if (text.size() > kTextSizeMax || text.find_first_of("\r\n") != std::string_view::npos) {
      Fail(name);
    }
    out = text;
  }

  void Day(std::string_view name, Date& out) {
    const std::string_view text = Next();
    if (!text.empty() && !Date::TryParse(text, out)) {
      Fail(name);
    }
  }

  void Time(std::string_view name, std::optional<Instant>& out) {
    const std::string_view text = Next();
    if (text.empty()) {
      out.reset();
      return;
    }
    // Of this length, with this end, there is one spelling of a time: FormatUtc's.
    constexpr std::size_t kUtcSize = std::string_view("2026-11-22T09:00:00.000Z").size();
    const Result<Instant> time = ParseInstant(text);
    if (!time.ok() || text.size() != kUtcSize || text.back() != 'Z') {
      Fail(name);
      return;
    }
    out = *time;
  }

  void NeededTime(std::string_view name, Instant& out) {
    std::optional<Instant> time;
    Time(name, time);
    if (!time) {
      Fail(name);
      return;
    }
    out = *time;
  }

  void Mark(std::string_view name, std::string_view word, bool& out) {
    const std::string_view text = Next();
    out = text == word;
    if (!out && !text.empty()) {
      Fail(name);
    }
  }

  void Binary(std::string_view name, std::string& out, std::size_t size_max) {
    const std::string_view text = Next();
    Result<Bytes> bytes = FromBase64(text);
    if (!bytes.ok() || bytes->size() > size_max) {
      Fail(name);
      return;
    }
    out = AsText(*bytes);
  }

  void Outcome(std::string_view name, InquiryOutcome& out) {
    const auto outcome = InquiryOutcomeOf(Next());
    if (!outcome) {
      Fail(name);
      return;
    }
    out = *outcome;
  }

  void Subject(InquirySubject& out, bool needs_provider) {
    Word("inquirer", out.inquirer);
    Word("provider", out.provider, !needs_provider);
    Word("procedure", out.procedure);
    Word("information", out.information);
    Day("from", out.from);
    Day("to", out.to);
    Mark("mark", kHidden, out.is_hidden);
  }

  void Require(bool is_right, std::string_view name) {
    if (!is_right) {
      Fail(name);
    }
  }

  [[nodiscard]] Result<void> Done() const {
    if (!fault_.empty()) {
      return Error{ErrorCode::kInvalid, "missing or malformed", fault_};
    }
    return Ok();
  }

 private:
  std::string_view Next() { return next_ < fields_.size() ? fields_[next_++] : std::string_view(); }

  void Fail(std::string_view name) {
    if (fault_.empty()) {
      fault_ = name;
    }
  }

  Fields fields_;
  std::size_t next_ = 0;
  std::string fault_;
};

class LineWriter {
 public:
  explicit LineWriter(SecretVector<char>& out) : out_(out) {}

  LineWriter& Text(std::string_view text) {
    if (!is_first_) {
      out_.push_back(',');
    }
    is_first_ = false;
    AppendCsvField(text, out_);
    return *this;
  }

  LineWriter& Id(const Code16& id) { return Text(ToHex(id)); }

  LineWriter& Day(Date day) { return Text(day.Text()); }

  LineWriter& Time(const std::optional<Instant>& time) {
    return Text(time ? FormatUtc(*time) : std::string());
  }

  LineWriter& Mark(bool is_set, std::string_view word) {
    return Text(is_set ? word : std::string_view());
  }

  LineWriter& Binary(std::string_view bytes) { return Text(ToBase64(AsBytes(bytes))); }

  LineWriter& Subject(const InquirySubject& subject) {
    return Text(subject.inquirer)
        .Text(subject.provider)
        .Text(subject.procedure)
        .Text(subject.information)
        .Day(subject.from)
        .Day(subject.to)
        .Mark(subject.is_hidden, kHidden);
  }

 private:
  SecretVector<char>& out_;
  bool is_first_ = true;
};

Result<void> ReadFields(Fields fields, InquiryQuestion& out) {
  FieldReader reader(fields, 11);
  reader.Id("id", out.id);
  reader.Id("salt", out.salt);
  reader.Id("code", out.code);
  reader.Subject(out.subject, false);
  reader.Binary("recipient", out.recipient, kCertificateSizeMax);
  return reader.Done();
}

Result<void> ReadFields(Fields fields, InquiryOrder& out) {
  FieldReader reader(fields, 15);
  reader.Id("id", out.id);
  reader.Id("salt", out.salt);
  reader.Id("code", out.code);
  reader.Subject(out.subject, true);
  reader.Text("basis", out.basis);
  reader.NeededTime("requested at", out.requested_at);
  reader.NeededTime("expires at", out.expires_at);
  reader.Mark("settling", kSettling, out.is_settling);
  reader.Binary("recipient", out.recipient, kCertificateSizeMax);
  return reader.Done();
}

Result<void> ReadFields(Fields fields, InquiryReply& out) {
  FieldReader reader(fields, 7);
  reader.Id("id", out.id);
  reader.Outcome("outcome", out.outcome);
  reader.Word("provider", out.provider, true);
  reader.Time("provided at", out.provided_at);
  reader.Text("items", out.items);
  reader.Mark("mark", kHidden, out.is_hidden);
  reader.Binary("answer", out.answer, kInquiryAnswerSizeMax);
  reader.Require(out.answer.empty() || out.outcome == InquiryOutcome::kAnswered, "answer");
  return reader.Done();
}

Result<void> ReadFields(Fields fields, InquiryResult& out) {
  FieldReader reader(fields, 10);
  reader.Id("id", out.id);
  reader.Outcome("outcome", out.outcome);
  reader.Word("provider", out.provider, true);
  reader.Text("basis", out.basis);
  reader.Time("requested at", out.requested_at);
  reader.Time("provided at", out.provided_at);
  reader.Text("items", out.items);
  reader.Mark("mark", kHidden, out.is_hidden);
  reader.Text("citation", out.citation);
  reader.Binary("answer", out.answer, kInquiryAnswerSizeMax);
  reader.Require(out.answer.empty() || out.outcome == InquiryOutcome::kAnswered, "answer");
  return reader.Done();
}

Result<void> ReadFields(Fields fields, InquiryFacts& out) {
  FieldReader reader(fields, 14);
  std::string version;
  reader.Word("version", version);
  reader.Require(version == "1", "version");
  reader.Id("id", out.id);
  reader.Subject(out.subject, false);
  reader.Text("basis", out.basis);
  reader.Time("requested at", out.requested_at);
  reader.Time("provided at", out.provided_at);
  reader.Outcome("outcome", out.outcome);
  reader.Text("items", out.items);
  return reader.Done();
}

template <typename Line>
Result<std::vector<Line>> ReadLines(std::string_view text) {
  std::vector<Line> lines;
  MUSUBI_TRY(
      const std::uint64_t count,
      EachLine(
          text,
          [&lines](std::uint64_t row, Fields fields) -> Result<void> {
            const std::string place = "line " + std::to_string(row + 1);
            if (row == kInquiryLinesMax) {
              return Error{ErrorCode::kExhausted, "too many lines in one call", place};
            }
            Result<void> read = ReadFields(fields, lines.emplace_back());
            if (!read.ok()) {
              Error error = read.error();
              error.place = place + ": " + error.place;
              return error;
            }
            return Ok();
          }
      )
  );
  static_cast<void>(count);
  return lines;
}

}  // namespace

InquiryId DrawInquiryId(Instant now) {
  constexpr std::size_t kTimeSize = 6;
  InquiryId id{};
  auto ms = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = kTimeSize; i-- > 0; ms >>= 8U) {
    id[i] = static_cast<std::uint8_t>(ms);
  }
  crypto::FillRandom(std::span(id).subspan(kTimeSize));
  return id;
}

std::string_view InquiryOutcomeName(InquiryOutcome outcome) {
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::optional<InquiryOutcome> InquiryOutcomeOf(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  return found == kNames.end() ? std::nullopt
                               : std::optional(static_cast<InquiryOutcome>(found - kNames.begin()));
}

bool IsFinal(InquiryOutcome outcome) {
  return outcome > InquiryOutcome::kOverdue;
}

Result<std::vector<InquiryQuestion>> ReadInquiryQuestions(std::string_view lines) {
  return ReadLines<InquiryQuestion>(lines);
}

Result<std::vector<InquiryOrder>> ReadInquiryOrders(std::string_view lines) {
  return ReadLines<InquiryOrder>(lines);
}

Result<std::vector<InquiryReply>> ReadInquiryReplies(std::string_view lines) {
  return ReadLines<InquiryReply>(lines);
}

Result<std::vector<InquiryResult>> ReadInquiryResults(std::string_view lines) {
  return ReadLines<InquiryResult>(lines);
}

void AppendLine(const InquiryQuestion& question, SecretVector<char>& out) {
  LineWriter(out)
      .Id(question.id)
      .Id(question.salt)
      .Id(question.code)
      .Subject(question.subject)
      .Binary(question.recipient);
  AppendLineEnd(out);
}

void AppendLine(const InquiryOrder& order, SecretVector<char>& out) {
  LineWriter(out)
      .Id(order.id)
      .Id(order.salt)
      .Id(order.code)
      .Subject(order.subject)
      .Text(order.basis)
      .Time(order.requested_at)
      .Time(order.expires_at)
      .Mark(order.is_settling, kSettling)
      .Binary(order.recipient);
  AppendLineEnd(out);
}

void AppendLine(const InquiryReply& reply, SecretVector<char>& out) {
  LineWriter(out)
      .Id(reply.id)
      .Text(InquiryOutcomeName(reply.outcome))
      .Text(reply.provider)
      .Time(reply.provided_at)
      .Text(reply.items)
      .Mark(reply.is_hidden, kHidden)
      .Binary(reply.answer);
  AppendLineEnd(out);
}

void AppendLine(const InquiryResult& result, SecretVector<char>& out) {
  LineWriter(out)
      .Id(result.id)
      .Text(InquiryOutcomeName(result.outcome))
      .Text(result.provider)
      .Text(result.basis)
      .Time(result.requested_at)
      .Time(result.provided_at)
      .Text(result.items)
      .Mark(result.is_hidden, kHidden)
      .Text(result.citation)
      .Binary(result.answer);
  AppendLineEnd(out);
}

std::string FactsText(const InquiryFacts& facts) {
  SecretVector<char> text;
  LineWriter(text)
      .Text("1")
      .Id(facts.id)
      .Subject(facts.subject)
      .Text(facts.basis)
      .Time(facts.requested_at)
      .Time(facts.provided_at)
      .Text(InquiryOutcomeName(facts.outcome))
      .Text(facts.items);
  return {text.data(), text.size()};
}

Result<InquiryFacts> ReadFactsText(std::string_view text) {
  SecretVector<char> line(text.begin(), text.end());
  AppendLineEnd(line);
  MUSUBI_TRY(auto facts, ReadLines<InquiryFacts>({line.data(), line.size()}));
  if (facts.size() != 1) {
    return Error{ErrorCode::kInvalid, "not one record of an inquiry"};
  }
  return std::move(facts.front());
}

}  // namespace musubi::exchange
