#include "matching/match_files.h"

#include <chrono>

#include <fmt/format.h>

#include "base/io.h"
#include "matching/roster_verify_part.h"
#include "number/individual_number.h"
#include "text/roster.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kFlushSize = std::size_t{1} << 20U;

class Stopwatch {
 public:
  [[nodiscard]] double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// A text file written in pieces.
class ResultFile {
 public:
  static Result<ResultFile> Create(const std::filesystem::path& path) {
    MUSUBI_TRY(auto sink, FileSink::Create(path));
    return ResultFile(std::move(sink));
  }

  [[nodiscard]] std::string& buffer() { return buffer_; }

  Result<void> Flushed() { return buffer_.size() < kFlushSize ? Ok() : Flush(); }

  Result<void> Finish() {
    MUSUBI_CHECK_OK(Flush());
    return sink_->Commit();
  }

 private:
  explicit ResultFile(std::unique_ptr<FileSink> sink) : sink_(std::move(sink)) {}

  Result<void> Flush() {
    MUSUBI_CHECK_OK(sink_->Write(AsBytes(buffer_)));
    buffer_.clear();
    return Ok();
  }

  std::unique_ptr<FileSink> sink_;
  std::string buffer_;
};

Result<void> ReadRosterFile(const MatchFiles& files, const text::OnRosterRow& on_row) {
  std::optional<text::RosterMapping> mapping;
  if (files.mapping.has_value()) {
    MUSUBI_TRY(mapping, text::RosterMapping::Load(*files.mapping));
  }
  MUSUBI_TRY(auto source, FileSource::Open(files.roster));
  MUSUBI_TRY(
      [[maybe_unused]] const text::RosterSummary summary,
      text::ReadRoster(*source, files.roster.filename().string(), mapping, on_row)
  );
  return Ok();
}

Attributes AttributesOf(const text::RosterRow& row) {
  return {row.name, row.kana, row.birth_date, row.sex, row.address};
}

void AppendQuoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    out.append(c == '"' ? 2 : 1, c);
  }
  out += '"';
}

// "address: asked | found [building]; ..." of what is not the same writing.
std::string EvidenceText(const std::vector<AttributeEvidence>& evidence) {
  std::string text;
  for (const AttributeEvidence& entry : evidence) {
    if (entry.asked.empty() && entry.found.empty()) {
      continue;
    }
    fmt::format_to(
        std::back_inserter(text),
        "{}{}: {} | {}{}",
        text.empty() ? "" : "; ",
        AttributeName(entry.attribute),
        entry.asked,
        entry.found,
        entry.is_equal_lenient ? fmt::format(" [{}]", text::RuleNames(entry.rules)) : ""
    );
  }
  return text;
}

void AppendDecision(
    std::uint64_t row, const Decision& decision, Explain explain, std::string& out
) {
  fmt::format_to(std::back_inserter(out), "{},{},", row, MatchOutcomeName(decision.outcome));
  if (decision.resident != 0) {
    fmt::format_to(std::back_inserter(out), "{:011}", decision.resident);
  }
  fmt::format_to(
      std::back_inserter(out),
      ",{},{},{}",
      text::RuleNames(decision.rules),
      AttributeNames(decision.differs),
      decision.candidate_count
  );
  if (explain == Explain::kYes) {
    out += ',';
    AppendQuoted(EvidenceText(decision.evidence), out);
  }
  out += "\r\n";
}

std::filesystem::path PartOf(std::filesystem::path out) {
  out += ".part";
  return out;
}

// By which a part is known to be of the same files: size and time of each.
std::string InputsOf(const MatchFiles& files) {
  std::string inputs;
  for (const std::filesystem::path& path :
       {files.residents,
        files.roster,
        files.mapping.value_or(std::filesystem::path()),
        files.tables.kanji_variants,
        files.tables.gazetteer}) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    const auto time = std::filesystem::last_write_time(path, ignored).time_since_epoch().count();
    fmt::format_to(std::back_inserter(inputs), "{}:{} ", size, time);
  }
  return inputs;
}

template <std::size_t kCount, typename NameOf>
FileReport ReportOf(const std::array<std::uint64_t, kCount>& counts, const NameOf& name_of) {
  FileReport report;
  for (std::size_t i = 0; i < kCount; ++i) {
    report.outcomes.emplace_back(name_of(i), counts[i]);
    report.rows += counts[i];
  }
  return report;
}

}  // namespace

Result<FileReport> MatchRosterFile(const MatchFiles& files) {
  const Stopwatch stopwatch;
  MUSUBI_TRY(const auto normaliser, text::LoadNormaliser(files.tables));
  RosterPeople people;
  MUSUBI_CHECK_OK(ReadRosterFile(files, [&people](const text::RosterRow& row) {
    people.Add(AttributesOf(row));
    return Ok();
  }));
  RosterMatchOptions options;
  options.threads = files.threads;
  options.allowed = files.allowed;
  options.explain = files.explain;
  options.on_progress = files.on_progress;
  MUSUBI_TRY(
      const std::vector<Decision> decisions,
      MatchRoster(people, files.residents, *normaliser, options)
  );
  MUSUBI_TRY(auto file, ResultFile::Create(files.out));
  const bool is_explained = files.explain == Explain::kYes;
  file.buffer() += "row,outcome,resident_record_code,rules,differs,candidates";
  file.buffer() += is_explained ? ",evidence\r\n" : "\r\n";
  constexpr std::size_t kOutcomeCount = static_cast<std::size_t>(MatchOutcome::kInvalid) + 1;
  std::array<std::uint64_t, kOutcomeCount> counts{};
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    AppendDecision(i + 1, decisions[i], files.explain, file.buffer());
    ++counts[static_cast<std::size_t>(decisions[i].outcome)];
    MUSUBI_CHECK_OK(file.Flushed());
  }
  MUSUBI_CHECK_OK(file.Finish());
  FileReport report = ReportOf(counts, [](std::size_t i) {
    return MatchOutcomeName(static_cast<MatchOutcome>(i));
  });
  report.seconds = stopwatch.Seconds();
  return report;
}

Result<FileReport> VerifyRosterFile(const MatchFiles& files) {
  const Stopwatch stopwatch;
  MUSUBI_TRY(const auto normaliser, text::LoadNormaliser(files.tables));
  RosterPeople people;
  SecretVector<std::uint64_t> numbers;
  std::vector<std::uint64_t> rows;
  MUSUBI_CHECK_OK(ReadRosterFile(files, [&](const text::RosterRow& row) {
    if (!row.number.empty()) {
      number::IndividualNumber number;
      const std::string_view digits(row.number.data(), row.number.size());
      const auto fault = number::IndividualNumber::TryParse(digits, number);
      numbers.push_back(fault == number::NumberFault::kNone ? number.RevealPacked() : 0);
      people.Add(AttributesOf(row));
      rows.push_back(row.row);
    }
    return Ok();
  }));
  MUSUBI_TRY(const auto part, VerifyPart::Open(PartOf(files.out), InputsOf(files), people.size()));
  MUSUBI_TRY(
      const auto verifications,
      VerifyRoster(
          people,
          numbers,
          files.residents,
          *normaliser,
          files.threads,
          files.on_progress,
          part.get()
      )
  );
  MUSUBI_TRY(auto file, ResultFile::Create(files.out));
  file.buffer() += "row,outcome,rules\r\n";
  std::array<std::uint64_t, kVerifyOutcomeCount> counts{};
  for (std::size_t i = 0; i < verifications.size(); ++i) {
    const Verification& verification = verifications[i];
    fmt::format_to(
        std::back_inserter(file.buffer()),
        "{},{},{}\r\n",
        rows[i],
        VerifyOutcomeName(verification.outcome),
        text::RuleNames(verification.rules)
    );
    ++counts[static_cast<std::size_t>(verification.outcome)];
    MUSUBI_CHECK_OK(file.Flushed());
  }
  MUSUBI_CHECK_OK(file.Finish());
  part->Remove();
  FileReport report = ReportOf(counts, [](std::size_t i) {
    return VerifyOutcomeName(static_cast<VerifyOutcome>(i));
  });
  report.seconds = stopwatch.Seconds();
  return report;
}

}  // namespace musubi::matching
