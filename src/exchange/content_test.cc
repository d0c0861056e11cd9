#include "exchange/content.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace musubi::exchange {
namespace {

const std::string kHeader = "H,NL,1,test,insurer-133033,hub,2026-11-22T18:00:00+09:00,7\r\n";

PackageHeader Header() {
  PackageHeader header;
  header.kind = "NL";
  header.sender = "insurer-133033";
  header.recipient = "hub";
  header.created = ParseInstant("2026-11-22T18:00:00+09:00").value();
  header.sequence = 7;
  return header;
}

Expected Wanted() {
  return {.kind = "NL", .recipient = "hub", .sender = {}};
}

// `body` with the T record that belongs to it.
std::string WithTrailer(const std::string& body, std::uint64_t count) {
  return body + "T," + std::to_string(count) + "," + ToHex(crypto::Sha256Of(AsBytes(body))) +
         "\r\n";
}

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> Read(
    std::string_view content, std::size_t piece = SIZE_MAX, Expected expected = Wanted()
) {
  Rows rows;
  ContentReader reader(std::move(expected), nullptr, [&](auto, auto, auto fields) {
    rows.emplace_back(fields.begin(), fields.end());
    return Ok();
  });
  while (!content.empty()) {
    MUSUBI_CHECK_OK(reader.Take(AsBytes(content.substr(0, piece))));
    content.remove_prefix(std::min(piece, content.size()));
  }
  MUSUBI_CHECK_OK(reader.Finish());
  return rows;
}

// Refused, with that text and line, however the content is cut.
void ExpectRefused(
    const std::string& content,
    std::string_view message,
    std::string_view place,
    const Expected& expected = Wanted()
) {
  for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{13}}) {
    const auto read = Read(content, piece, expected);
    ASSERT_FALSE(read.ok()) << message;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(read.error().message, message);
    EXPECT_EQ(read.error().place, place);
  }
}

std::string HeaderWith(std::size_t index, const std::string& value) {
  std::vector<std::string> fields = {
      "H", "NL", "1", "test", "insurer-133033", "hub", "2026-11-22T18:00:00+09:00", "7"
  };
  fields[index] = value;
  std::string header;
  for (const std::string& field : fields) {
    header += (header.empty() ? "" : ",") + field;
  }
  return header + "\r\n";
}

std::string Body(const std::string& rows) {
  return kHeader + rows;
}

TEST(Content, WhatIsWrittenIsReadBack) {
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, Header()).value();
  const std::vector<std::string_view> plain = {"a", "", "1979-03-12"};
  const std::vector<std::string_view> odd = {"x,y", "say \"yes\"", "two\r\nlines", "山田　太郎"};
  ASSERT_TRUE(writer.WriteRecord(plain).ok());
  ASSERT_TRUE(writer.WriteRecord(odd).ok());
  ASSERT_TRUE(writer.WriteRawRecord("r1,r2").ok());
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(writer.record_count(), 3U);
  const auto rows = Read(AsText(sink.bytes()));
  ASSERT_TRUE(rows.ok()) << rows.error().Text();
  const Rows expected = {
      {"a", "", "1979-03-12"},
      {"x,y", "say \"yes\"", "two\r\nlines", "山田　太郎"},
      {"r1", "r2"},
  };
  EXPECT_EQ(*rows, expected);
}

TEST(Content, TheBytesAreThoseOfTheFormatDocument) {
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, Header()).value();
  ASSERT_TRUE(writer.WriteRawRecord("A-1,123456789018,1979-03-12,2003-04-01").ok());
  ASSERT_TRUE(writer.Finish().ok());
  const std::string body = Body("D,A-1,123456789018,1979-03-12,2003-04-01\r\n");
  EXPECT_EQ(
      AsText(sink.bytes()),
      body + "T,1,5db960f332f010716ed219ac7d8753a971a6a0a8c84248d3a9e0c27f203e72ff\r\n"
  );
}

TEST(Content, HeaderIsHandedOutBeforeTheRowsAndRowsKnowTheirLine) {
  std::string seen;
  const std::string content = WithTrailer(Body("D,\"a\r\nb\"\r\nD,c\r\n"), 2);
  ContentReader reader(
      Wanted(),
      [&](const PackageHeader& header) {
        seen += header.sender + "/" + std::to_string(header.sequence);
        return Ok();
      },
      [&](std::uint64_t row, std::uint64_t line, auto) {
        seen += " " + std::to_string(row) + "@" + std::to_string(line);
        return Ok();
      }
  );
  ASSERT_TRUE(reader.Take(AsBytes(content)).ok());
  ASSERT_TRUE(reader.Finish().ok());
  EXPECT_EQ(seen, "insurer-133033/7 0@2 1@4");
  EXPECT_EQ(reader.record_count(), 2U);
  EXPECT_EQ(reader.header().created, Header().created);
}

TEST(Content, AnEmptyListIsAllowed) {
  EXPECT_TRUE(Read(WithTrailer(kHeader, 0)).ok());
}

TEST(Content, TheCallersErrorEndsTheReadingAndIsRemembered) {
  const std::string content = WithTrailer(Body("D,a\r\nD,b\r\n"), 2);
  int calls = 0;
  ContentReader reader(Wanted(), nullptr, [&](auto, auto, auto) -> Result<void> {
    ++calls;
    return Error{ErrorCode::kExhausted, "enough"};
  });
  EXPECT_EQ(reader.Take(AsBytes(content)).error().message, "enough");
  EXPECT_EQ(reader.Take(AsBytes(content)).error().message, "enough");
  EXPECT_EQ(reader.Finish().error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TEST(Content, TheFirstRecordMustBeH) {
  ExpectRefused("D,a\r\n" + kHeader, "the first record is not H", "line 1");
  ExpectRefused(WithTrailer("", 0), "the first record is not H", "line 1");
  ExpectRefused("\xEF\xBB\xBF" + kHeader, "the first record is not H", "line 1");
}

TEST(Content, ASecondHIsRefused) {
  ExpectRefused(WithTrailer(Body(kHeader), 0), "a second H record", "line 2");
}

TEST(Content, AnUnknownRecordIsRefused) {
  ExpectRefused(Body("D,a\r\nX,b\r\n"), "a record that is neither D nor T", "line 3");
  ExpectRefused(Body("\r\n"), "a record that is neither D nor T", "line 2");
}

TEST(Content, AWrongHeaderFieldIsNamed) {
  const std::vector<std::tuple<std::size_t, std::string, std::string>> cases = {
      {1, "NP", "the package is of another kind than NL"},
      {2, "2", "the layout version is unknown"},
      {2, "0", "the layout version is unknown"},
      {2, "", "the layout version is unknown"},
      {2, "01", "the layout version is unknown"},
      {3, "live", "the package is of another mode than test"},
      {3, "TEST", "the package is of another mode than test"},
      {4, "", "the sender is not a node id"},
      {4, "insurer 133033", "the sender is not a node id"},
      {5, "hub-2", "the package is for another recipient than hub"},
      {6, "2026-11-22", "the time of creation is not a time with an offset"},
      {6, "2026-13-22T18:00:00+09:00", "the time of creation is not a time with an offset"},
      {7, "0", "the sequence number is not a number from 1 to 9999999999"},
      {7, "-7", "the sequence number is not a number from 1 to 9999999999"},
      {7, "007", "the sequence number is not a number from 1 to 9999999999"},
      {7, "10000000000", "the sequence number is not a number from 1 to 9999999999"},
      {7, "99999999999999999999", "the sequence number is not a number from 1 to 9999999999"},
      {7, "7,8", "the H record does not have 8 fields"},
  };
  for (const auto& [index, value, message] : cases) {
    ExpectRefused(WithTrailer(HeaderWith(index, value), 0), message, "line 1");
  }
}

TEST(Content, ANamedSenderIsHeldTo) {
  Expected expected = Wanted();
  expected.sender = "insurer-999999";
  ExpectRefused(
      WithTrailer(kHeader, 0),
      "the package is of another sender than insurer-999999",
      "line 1",
      expected
  );
}

TEST(Content, MissingTIsRefused) {
  ExpectRefused(Body("D,a\r\n"), "the content ends without a T record", "line 3");
  ExpectRefused("", "the content is empty: no H record", "line 1");
}

TEST(Content, WrongCountInTIsRefused) {
  const std::string message = "the T record counts other than 1 D records";
  ExpectRefused(WithTrailer(Body("D,a\r\n"), 2), message, "line 3");
  ExpectRefused(WithTrailer(Body("D,a\r\n"), 0), message, "line 3");
  ExpectRefused(Body("D,a\r\nT,,00\r\n"), message, "line 3");
  ExpectRefused(Body("T,0\r\n"), "the T record does not have 3 fields", "line 2");
}

TEST(Content, WrongHashInTIsRefused) {
  const std::string message = "the hash in the T record is not that of the content before it";
  const std::string other = WithTrailer(Body("D,b\r\n"), 1);
  const std::string trailer = other.substr(Body("D,b\r\n").size());
  ExpectRefused(Body("D,a\r\n") + trailer, message, "line 3");
  ExpectRefused(Body("D,a\r\nT,1,\r\n"), message, "line 3");
}

TEST(Content, RecordsInAnotherOrderAreRefused) {
  const std::string content = WithTrailer(Body("D,a\r\nD,b\r\n"), 2);
  const std::string trailer = content.substr(Body("D,a\r\nD,b\r\n").size());
  ExpectRefused("D,a\r\n" + kHeader + "D,b\r\n" + trailer, "the first record is not H", "line 1");
  ExpectRefused(trailer + Body("D,a\r\nD,b\r\n"), "the first record is not H", "line 1");
  ExpectRefused(
      Body("D,b\r\nD,a\r\n") + trailer,
      "the hash in the T record is not that of the content before it",
      "line 4"
  );
  ExpectRefused(
      Body("D,a\r\n") + trailer + "D,b\r\n", "the T record counts other than 1 D records", "line 3"
  );
}

TEST(Content, BytesAfterTAreRefused) {
  const std::string message = "there are bytes after the T record";
  const std::string content = WithTrailer(Body("D,a\r\n"), 1);
  ExpectRefused(content + "\r\n", message, "line 4");
  ExpectRefused(content + " ", message, "line 4");
  ExpectRefused(content + content, message, "line 4");
}

TEST(Content, ControlBytesAndBareQuotesAreRefused) {
  const std::string nul("D,a\0b\r\n", 7);
  ExpectRefused(Body("D,a\r\n" + nul), "a NUL byte", "line 3");
  ExpectRefused(Body("D,\"" + nul + "\"\r\n"), "a NUL byte", "line 2");
  const std::string line_feed = "a line feed without a carriage return before it";
  ExpectRefused(Body("D,a\n"), line_feed, "line 2");
  ExpectRefused(Body("D,\"a\"\n"), line_feed, "line 2");
  const std::string carriage_return = "a carriage return without a line feed after it";
  ExpectRefused(Body("D,a\rb\r\n"), carriage_return, "line 2");
  ExpectRefused(Body("D,a\rD,b\r"), carriage_return, "line 2");
  const std::string quote = "a quote where none may stand";
  ExpectRefused(Body("D,a\"b\r\n"), quote, "line 2");
  ExpectRefused(Body("D,a\"b\"\r\n"), quote, "line 2");
  ExpectRefused(Body("D,\"a\"b\r\n"), quote, "line 2");
  ExpectRefused(Body("D,x\r\nD, \"a\"\r\nD,b\r\n"), quote, "line 3");
}

TEST(Content, ARecordLongerThanTheLimitIsRefused) {
  const std::size_t around = std::string_view("D,\r\n").size();
  const std::string most(kRecordSizeMax - around, 'x');
  EXPECT_TRUE(Read(WithTrailer(Body("D," + most + "\r\n"), 1)).ok());
  EXPECT_TRUE(Read(WithTrailer(Body("D," + most + "\r\n"), 1), 1000).ok());
  const std::string message = "a record longer than 65536 bytes";
  ExpectRefused(WithTrailer(Body("D," + most + "x\r\n"), 1), message, "line 2");
  ExpectRefused(Body("D,\"" + most + most), message, "line 2");
}

TEST(Content, AQuoteThatSwallowsTheRestIsNamedRatherThanTheLength) {
  std::string rows = "D,a\"b\r\n";
  for (int i = 0; i < 20000; ++i) {
    rows += "D,row\r\n";
  }
  ExpectRefused(Body(rows), "a quote where none may stand", "line 2");
}

TEST(Content, MoreFieldsThanTheLimitAreRefused) {
  const std::string most(kFieldCountMax - 2, ',');  // with D: the limit
  EXPECT_TRUE(Read(WithTrailer(Body("D," + most + "\r\n"), 1)).ok());
  ExpectRefused(Body("D,," + most + "\r\n"), "more than 64 fields in one record", "line 2");
}

TEST(Content, BytesThatAreNotUtf8AreRefused) {
  const std::string message = "bytes that are not UTF-8";
  for (const std::string bad :
       {"\x80",
        "\xC0\xAF",
        "\xE3\x81",
        "\xED\xA0\x80",
        "\xF4\x90\x80\x80",
        "\xE0\x80\x80",
        "\xF0\x80\x80\x80",
        "\xFF"}) {
    ExpectRefused(Body("D," + bad + "\r\n"), message, "line 2");
    ExpectRefused(Body("D,\"" + bad + "\"\r\n"), message, "line 2");
  }
  EXPECT_TRUE(Read(WithTrailer(Body("D,\xF0\xA0\xAE\xB7\xED\x9F\xBF\r\n"), 1)).ok());
}

TEST(Content, EveryTruncationIsRefused) {
  const std::string content = WithTrailer(Body("D,a,\"b\r\nc\",é\r\nD,d\r\n"), 2);
  ASSERT_TRUE(Read(content).ok());
  for (std::size_t size = 0; size < content.size(); ++size) {
    EXPECT_FALSE(Read(content.substr(0, size)).ok()) << size;
  }
}

TEST(Content, EveryFlippedBitIsRefused) {
  const std::string content = WithTrailer(Body("D,a,b\r\n"), 1);
  const std::size_t hash_start = content.size() - 66;
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      if (i >= hash_start && bit == 5) {
        continue;  // the hash may be in capital letters
      }
      std::string flipped = content;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_FALSE(Read(flipped).ok()) << i << ":" << bit;
    }
  }
}

TEST(Content, AWriterRefusesAHeaderNoReaderWouldTake) {
  MemorySink sink;
  for (const auto spoil : std::vector<void (*)(PackageHeader&)>{
           [](PackageHeader& header) { header.kind = "nl"; },
           [](PackageHeader& header) { header.layout_version = 0; },
           [](PackageHeader& header) { header.sender = "Hub"; },
           [](PackageHeader& header) { header.recipient = ""; },
           [](PackageHeader& header) { header.sequence = 0; },
           [](PackageHeader& header) { header.sequence = 10000000000; },
       }) {
    PackageHeader header = Header();
    spoil(header);
    EXPECT_FALSE(ContentWriter::Create(sink, header).ok());
  }
}

TEST(Content, AWriterRefusesARecordNoReaderWouldTakeAndGoesOn) {
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, Header()).value();
  const std::string too_long(kRecordSizeMax, 'x');
  const std::vector<std::string_view> too_many(kFieldCountMax, "x");
  EXPECT_FALSE(writer.WriteRecord(too_many).ok());
  for (const std::string_view bad :
       {std::string_view("\0", 1), std::string_view("\xFF"), std::string_view(too_long)}) {
    EXPECT_FALSE(writer.WriteRecord(std::vector<std::string_view>{"good", bad}).ok());
  }
  EXPECT_FALSE(writer.WriteRawRecord(too_long).ok());
  EXPECT_TRUE(writer.WriteRecord(std::vector<std::string_view>{"good"}).ok());
  EXPECT_TRUE(writer.Finish().ok());
  EXPECT_EQ(Read(AsText(sink.bytes())).value(), (Rows{{"good"}}));
}

class CountingSink : public ByteSink {
 public:
  Result<void> Write(BytesView bytes) override {
    ++calls;
    size += bytes.size();
    return Ok();
  }

  std::size_t calls = 0;
  std::size_t size = 0;
};

TEST(Content, AWriterHandsOutLargePieces) {
  CountingSink sink;
  auto writer = ContentWriter::Create(sink, Header()).value();
  for (int i = 0; i < 100000; ++i) {
    ASSERT_TRUE(writer.WriteRawRecord("A-1,123456789018,1979-03-12,2003-04-01").ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_LT(sink.calls, sink.size / 60000);
}

TEST(PackageHeader, FileNameSaysKindSenderDayInJapanAndSequence) {
  PackageHeader header = Header();
  EXPECT_EQ(PackageFileName(header), "NL_insurer-133033_20261122_0007.p7m");
  header.created = ParseInstant("2026-11-22T16:00:00Z").value();
  header.sequence = 123456;
  EXPECT_EQ(PackageFileName(header), "NL_insurer-133033_20261123_123456.p7m");
}

}  // namespace
}  // namespace musubi::exchange
