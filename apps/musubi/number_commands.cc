#include "number_commands.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "base/secret.h"
#include "number/corporate_number.h"
#include "number/individual_number.h"
#include "number/insurer_number.h"
#include "number/resident_record_code.h"
#include "output.h"

namespace musubi::apps {

namespace {

constexpr std::string_view kOk = "ok";
constexpr std::string_view kBadFormat = "bad-format";
constexpr std::string_view kBadCheckDigit = "bad-check-digit";
constexpr std::string_view kBadPrefecture = "bad-prefecture";

// What to print behind the line number.
using Judge = std::string_view (*)(std::string_view text);

std::string_view Word(number::NumberFault fault) {
  switch (fault) {
    case number::NumberFault::kNone:
      return kOk;
    case number::NumberFault::kFormat:
      return kBadFormat;
    case number::NumberFault::kCheckDigit:
      break;
  }
  return kBadCheckDigit;
}

std::string_view JudgeIndividual(std::string_view text) {
  return Word(number::IndividualNumber::Check(text));
}

std::string_view JudgeResident(std::string_view text) {
  number::ResidentRecordCode code;
  return Word(number::ResidentRecordCode::TryParse(text, code));
}

std::string_view JudgeCorporate(std::string_view text) {
  return Word(number::CorporateNumber::Check(text));
}

std::string_view JudgeInsurer(std::string_view text) {
  switch (number::InsurerNumber::Check(text)) {
    case number::InsurerNumberFault::kNone:
      return kOk;
    case number::InsurerNumberFault::kFormat:
      return kBadFormat;
    case number::InsurerNumberFault::kPrefecture:
      return kBadPrefecture;
    case number::InsurerNumberFault::kCheckDigit:
      break;
  }
  return kBadCheckDigit;
}

Judge FindJudge(std::string_view kind) {
  if (kind == "individual") {
    return JudgeIndividual;
  }
  if (kind == "resident") {
    return JudgeResident;
  }
  if (kind == "insurer") {
    return JudgeInsurer;
  }
  return kind == "corporate" ? JudgeCorporate : nullptr;
}

std::string_view Trim(std::string_view line) {
  constexpr std::string_view kSpaces = " \t\r";
  const std::size_t begin = line.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) {
    return {};
  }
  return line.substr(begin, line.find_last_not_of(kSpaces) - begin + 1);
}

// Takes pieces of input as they come and prints a verdict a line. Of a line that is not whole yet
// it keeps what could still be a number, in memory that is wiped.
class Checker {
 public:
  explicit Checker(Judge judge) : judge_(judge) { kept_.reserve(kKeptSizeMax); }

  void Take(std::string_view piece) {
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      if (end == std::string_view::npos) {
        Keep(piece);
        return;
      }
      EndLine(piece.substr(0, end));
      piece.remove_prefix(end + 1);
    }
  }

  // The last line may lack its line end. False: standard output could not be written.
  bool Finish() {
    if (has_kept_) {
      EndLine({});
    }
    Flush();
    return std::fflush(stdout) == 0 && is_written_;
  }

  [[nodiscard]] bool is_all_right() const { return is_all_right_; }

 private:
  // Far more than a number and the spaces around it; a longer line is malformed.
  static constexpr std::size_t kKeptSizeMax = 4096;
  static constexpr std::size_t kOutputSize = std::size_t{64} << 10U;

  void Keep(std::string_view piece) {
    has_kept_ = true;
    is_too_long_ = is_too_long_ || kept_.size() + piece.size() > kKeptSizeMax;
    if (!is_too_long_) {
      kept_.insert(kept_.end(), piece.begin(), piece.end());
    }
  }

  void EndLine(std::string_view rest) {
    if (!has_kept_) {
      Print(judge_(Trim(rest)));
      return;
    }
    Keep(rest);
    Print(is_too_long_ ? kBadFormat : judge_(Trim({kept_.data(), kept_.size()})));
    WipeMemory(kept_.data(), kept_.size());
    kept_.clear();
    has_kept_ = false;
    is_too_long_ = false;
  }

  void Print(std::string_view word) {
    is_all_right_ = is_all_right_ && word == kOk;
    const fmt::format_int line(++line_);
    output_.append(line.data(), line.size()).append(1, ',').append(word).append(1, '\n');
    if (output_.size() >= kOutputSize) {
      Flush();
    }
  }

  void Flush() {
    const std::size_t written = std::fwrite(output_.data(), 1, output_.size(), stdout);
    is_written_ = is_written_ && written == output_.size();
    output_.clear();
  }

  Judge judge_;
  SecretVector<char> kept_;
  bool has_kept_ = false;
  bool is_too_long_ = false;
  bool is_all_right_ = true;
  bool is_written_ = true;
  std::uint64_t line_ = 0;
  std::string output_;
};

}  // namespace

int NumberCheck(const NumberCheckOptions& options) {
  const Judge judge = FindJudge(options.kind);
  if (judge == nullptr) {
    return Fail(Error{
        ErrorCode::kUsage,
        "unknown kind of number",
        {},
        "one of individual, resident, insurer, corporate"
    });
  }
  constexpr std::size_t kInputSize = std::size_t{256} << 10U;
  SecretVector<char> input(kInputSize);
  Checker checker(judge);
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, input.data(), input.size());
    if (count > 0) {
      checker.Take({input.data(), static_cast<std::size_t>(count)});
    } else if (count == 0) {
      break;
    } else if (errno != EINTR) {
      return Fail(Error{ErrorCode::kInternal, "cannot read standard input"});
    }
  }
  if (!checker.Finish()) {
    return Fail(Error{ErrorCode::kInternal, "cannot write to standard output"});
  }
  return checker.is_all_right() ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
