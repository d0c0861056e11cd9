#include "text_commands.h"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "base/date.h"
#include "output.h"
#include "text/japanese_date.h"
#include "text/normal_form.h"
#include "text/own_tables.h"
#include "text/width.h"

namespace musubi::apps {

namespace {

constexpr std::size_t kLineSizeMax = std::size_t{1} << 20U;

enum class Kind { kName, kKana, kAddress, kDate, kUnknown };

Kind KindOf(std::string_view word) {
  if (word == "name") {
    return Kind::kName;
  }
  if (word == "kana") {
    return Kind::kKana;
  }
  if (word == "address") {
    return Kind::kAddress;
  }
  return word == "date" ? Kind::kDate : Kind::kUnknown;
}

enum class LineRead { kLine, kEnd, kTooLong, kFailed };

// Without its line end; the last line may lack one.
LineRead ReadLine(std::string& line) {
  line.clear();
  int byte = std::getc(stdin);
  if (byte == EOF) {
    return std::ferror(stdin) != 0 ? LineRead::kFailed : LineRead::kEnd;
  }
  for (; byte != EOF && byte != '\n'; byte = std::getc(stdin)) {
    if (line.size() == kLineSizeMax) {
      return LineRead::kTooLong;
    }
    line.push_back(static_cast<char>(byte));
  }
  if (std::ferror(stdin) != 0) {
    return LineRead::kFailed;
  }
  if (!line.empty() && line.back() == '\r') {
    line.pop_back();
  }
  return LineRead::kLine;
}

// Was the year counted in an era? Every western spelling begins with a digit or with 西暦.
std::string_view CalendarOf(std::string_view text) {
  const std::string narrow = text::NarrowAscii(text);
  const std::size_t begin = narrow.find_first_not_of(" \t");
  const std::string_view date = std::string_view(narrow).substr(begin == narrow.npos ? 0 : begin);
  const bool is_digit = !date.empty() && date.front() >= '0' && date.front() <= '9';
  return is_digit || date.starts_with("西") ? "western" : "era";
}

class LineNormaliser {
 public:
  LineNormaliser(Kind kind, text::Layer layer, std::unique_ptr<text::Normaliser> normaliser)
      : kind_(kind), layer_(layer), normaliser_(std::move(normaliser)) {}

  [[nodiscard]] bool has_invalid() const { return has_invalid_; }

  // "form TAB rules" and a line end.
  const std::string& Apply(std::string_view line) {
    if (kind_ == Kind::kDate) {
      ApplyDate(line);
      return out_;
    }
    if (kind_ == Kind::kName) {
      normaliser_->Name(line, layer_, form_);
    } else if (kind_ == Kind::kKana) {
      normaliser_->Kana(line, layer_, form_);
    } else {
      normaliser_->Address(line, layer_, form_);
    }
    out_ = form_.text + '\t' + text::RuleNames(form_.rules) + '\n';
    return out_;
  }

 private:
  void ApplyDate(std::string_view line) {
    Date date;
    if (text::ReadJapaneseDate(line, date) != text::DateFault::kNone) {
      has_invalid_ = true;
      out_ = "\tinvalid\n";
      return;
    }
    out_ = date.Text();
    out_ += '\t';
    out_ += CalendarOf(line);
    out_ += '\n';
  }

  Kind kind_;
  text::Layer layer_;
  std::unique_ptr<text::Normaliser> normaliser_;
  text::NormalForm form_;
  std::string out_;
  bool has_invalid_ = false;
};

Result<void> NormaliseLines(LineNormaliser& normaliser) {
  std::string line;
  for (std::size_t number = 1;; ++number) {
    switch (ReadLine(line)) {
      case LineRead::kLine:
        break;
      case LineRead::kEnd:
        return std::fflush(stdout) == 0
                   ? Ok()
                   : Result<void>(Error{ErrorCode::kInternal, "cannot write to standard output"});
      case LineRead::kTooLong:
        return Error{ErrorCode::kInvalid, "longer than 1 MiB", "line " + std::to_string(number)};
      case LineRead::kFailed:
        return Error{ErrorCode::kInternal, "cannot read standard input"};
    }
    const std::string& out = normaliser.Apply(line);
    if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) {
      return Error{ErrorCode::kInternal, "cannot write to standard output"};
    }
  }
}

}  // namespace

int TextNormalise(const TextNormaliseOptions& options) {
  const Kind kind = KindOf(options.as);
  if (kind == Kind::kUnknown) {
    return Fail(
        Error{ErrorCode::kUsage, "unknown kind of text", "--as", "one of name, kana, address, date"}
    );
  }
  Result<std::unique_ptr<text::Normaliser>> made =
      text::LoadNormaliser({options.tables.kanji_variants, options.tables.gazetteer});
  if (!made.ok()) {
    return Fail(made.error());
  }
  const text::Layer layer = options.lenient ? text::Layer::kLenient : text::Layer::kLossless;
  LineNormaliser normaliser(kind, layer, std::move(made).value());
  const Result<void> result = NormaliseLines(normaliser);
  if (!result.ok()) {
    return Finish(result);
  }
  return normaliser.has_invalid() ? kExitRefused : kExitDone;
}

}  // namespace musubi::apps
