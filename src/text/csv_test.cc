#include "text/csv.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::text {
namespace {

using Record = std::vector<std::string>;

// Hands out a few bytes at a time.
class DrippingSource : public ByteSource {
 public:
  DrippingSource(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}

  Result<std::size_t> Read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min({into.size(), step_, text_.size() - at_});
    std::copy_n(text_.data() + at_, count, into.data());
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

// One byte over and over: a file without an end.
class EndlessSource : public ByteSource {
 public:
  explicit EndlessSource(char byte) : byte_(byte) {}

  Result<std::size_t> Read(std::span<std::uint8_t> into) override {
    std::ranges::fill(into, static_cast<std::uint8_t>(byte_));
    read_size += into.size();
    return into.size();
  }

  std::size_t read_size = 0;

 private:
  char byte_;
};

class BrokenSource : public ByteSource {
 public:
  Result<std::size_t> Read(std::span<std::uint8_t> /*into*/) override {
    return Error{ErrorCode::kCorrupt, "broken"};
  }
};

struct Reading {
  std::vector<Record> records;
  std::vector<std::uint64_t> lines;
  std::string error;
};

Reading ReadAll(std::string_view text, std::size_t step = 1 << 20, std::size_t size_max = 1 << 16) {
  DrippingSource source(std::string(text), step);
  CsvReader csv(source, "x.csv", size_max);
  Reading reading;
  for (;;) {
    const auto next = csv.Next();
    if (!next.ok()) {
      reading.error = next.error().Text();
      return reading;
    }
    if (!*next) {
      return reading;
    }
    reading.records.emplace_back(csv.fields().begin(), csv.fields().end());
    reading.lines.push_back(csv.line());
  }
}

TEST(Csv, RecordsAreSplitAtCommasAndLineEnds) {
  const Reading reading = ReadAll("a,b\r\nc,,\n,");
  EXPECT_EQ(reading.records, (std::vector<Record>{{"a", "b"}, {"c", "", ""}, {"", ""}}));
  EXPECT_EQ(reading.lines, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Csv, QuotedFieldsHoldCommasQuotesAndLineEnds) {
  const Reading reading = ReadAll("\"a,b\",\"say \"\"x\"\"\",\"1\r\n2\n3\",\"\"\r\nz,\"\"\n");
  EXPECT_EQ(
      reading.records, (std::vector<Record>{{"a,b", "say \"x\"", "1\r\n2\n3", ""}, {"z", ""}})
  );
  EXPECT_EQ(reading.lines, (std::vector<std::uint64_t>{1, 4}));
}

TEST(Csv, ByteOrderMarkAndDosEndMarkAreNotContent) {
  EXPECT_EQ(
      ReadAll("\xef\xbb\xbf"
              "a,b\r\n\x1a")
          .records,
      (std::vector<Record>{{"a", "b"}})
  );
  EXPECT_EQ(ReadAll("a\x1a\n").records, (std::vector<Record>{{"a\x1a"}}));
}

TEST(Csv, BlankLinesArePassedOverButCounted) {
  const Reading reading = ReadAll("a\n\r\n\nb");
  EXPECT_EQ(reading.records, (std::vector<Record>{{"a"}, {"b"}}));
  EXPECT_EQ(reading.lines, (std::vector<std::uint64_t>{1, 4}));
  EXPECT_TRUE(ReadAll("").records.empty());
}

TEST(Csv, QuoteNeverClosedIsRefusedWhereItsRecordBegins) {
  EXPECT_EQ(ReadAll("a\nb,\"c\nd\ne").error, "x.csv:2: a quote is not closed");
}

TEST(Csv, QuoteNeverClosedStopsAtTheLimit) {
  std::string text = "a\n\"";
  text.append(200'000, '\n');
  EXPECT_EQ(ReadAll(text, 1 << 20, 1000).error, "x.csv:2: a quote is not closed");
}

TEST(Csv, QuotesWhereNoneMayBeAreRefused) {
  const std::string message = "x.csv:1: a quote or carriage return is where none may be";
  EXPECT_EQ(ReadAll("a\"b\"\n").error, message);
  EXPECT_EQ(ReadAll("\"a\"b\n").error, message);
  EXPECT_EQ(ReadAll("\"a\" ,b\n").error, message);
}

TEST(Csv, CarriageReturnAloneIsRefused) {
  EXPECT_EQ(ReadAll("a\rb\rc").error, "x.csv:1: there is a carriage return inside the line");
}

TEST(Csv, NulByteIsRefusedWithItsLine) {
  using namespace std::string_view_literals;
  EXPECT_EQ(ReadAll("a\nb\0c\n"sv).error, "x.csv:2: there is a NUL byte");
  EXPECT_EQ(ReadAll("a\n\"b\0c\"\n"sv).error, "x.csv:2: there is a NUL byte");
}

TEST(Csv, Utf16IsNamed) {
  using namespace std::string_view_literals;
  EXPECT_EQ(
      ReadAll("\xff\xfe"
              "a\0"sv)
          .error,
      "x.csv:1: the file is UTF-16 (save it as UTF-8 or CP932)"
  );
}

TEST(Csv, LineOfTheGreatestSizeIsReadAndOneMoreByteIsNot) {
  const std::string longest(999, 'x');
  EXPECT_EQ(ReadAll(longest + "\nb\n", 7, 1000).records.size(), 2U);
  EXPECT_EQ(ReadAll("a\n" + longest + "x\n", 7, 1000).error, "x.csv:2: the line is too long");
}

TEST(Csv, EndlessLineIsGivenUpSoon) {
  for (const char byte : {'x', '"', '\0'}) {
    EndlessSource source(byte);
    CsvReader csv(source, "x.csv", 1 << 20);
    EXPECT_FALSE(csv.Next().ok());
    EXPECT_LT(source.read_size, std::size_t{2} << 20U);
  }
}

TEST(Csv, ErrorOfTheSourceIsHandedOn) {
  BrokenSource source;
  CsvReader csv(source, "x.csv", 1000);
  EXPECT_EQ(csv.Next().error().code, ErrorCode::kCorrupt);
}

std::string Spell(const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : record[i]) {
        text += c == '"' ? "\"\"" : std::string(1, c);
      }
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

RC_GTEST_PROP(CsvProperty, QuotedRecordsReadBackWhateverTheirBytesAndPieces, ()) {
  const auto byte = rc::gen::element('a', '"', ',', '\n', '\r', ' ', '\xff');
  const auto field = rc::gen::container<std::string>(byte);
  const auto record = rc::gen::suchThat(rc::gen::container<Record>(field), [](const Record& value) {
    return !value.empty();
  });
  const auto records = *rc::gen::container<std::vector<Record>>(record);
  const auto step = *rc::gen::inRange<std::size_t>(1, 20);
  const Reading reading = ReadAll(Spell(records), step);
  RC_ASSERT(reading.error.empty());
  RC_ASSERT(reading.records == records);
}

RC_GTEST_PROP(CsvProperty, PiecesOfTheSourceDoNotMatter, ()) {
  const auto byte = rc::gen::element('a', '"', ',', '\n', '\r', '\0', '\x1a');
  const auto text = *rc::gen::container<std::string>(byte);
  const auto step = *rc::gen::inRange<std::size_t>(1, 5);
  const Reading whole = ReadAll(text);
  const Reading pieces = ReadAll(text, step);
  RC_ASSERT(whole.records == pieces.records);
  RC_ASSERT(whole.error == pieces.error);
}

}  // namespace
}  // namespace musubi::text
