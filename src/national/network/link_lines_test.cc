#include "national/network/link_lines.h"

#include <string>

#include <gtest/gtest.h>

namespace musubi::national::network {

namespace {

const std::string kNumber = "00112233445566778899aabbccddeeff";

std::string PlaceOfFault(const std::string& body) {
  const auto rows = ReadLinkRows(body);
  return rows.ok() ? "" : rows.error().place;
}

TEST(LinkLines, AnEmptyBodyHasNoRows) {
  EXPECT_EQ(ReadLinkRows("")->count(), 0U);
}

TEST(LinkLines, RowsAreReadWithEitherLineEnd) {
  const auto rows = ReadLinkRows(
      kNumber + ",00000000011\r\n" + kNumber + ",00000000012\n" + kNumber + ",00000000013"
  );
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->count(), 3U);
  EXPECT_EQ(rows->numbers[15], 0xff);
  EXPECT_EQ(
      std::string(rows->record_codes.begin(), rows->record_codes.end()),
      "000000000110000000001200000000013"
  );
}

TEST(LinkLines, AFaultIsNamedByItsLineOnly) {
  const std::string good = kNumber + ",00000000011\r\n";
  EXPECT_EQ(PlaceOfFault(good + "x" + good.substr(1)), "line 2");
  EXPECT_EQ(PlaceOfFault(good + kNumber + ",0000000001a\r\n"), "line 2");
  EXPECT_EQ(PlaceOfFault(good + kNumber + ",000000000111\r\n"), "line 2");
  EXPECT_EQ(PlaceOfFault(good + kNumber + ";00000000011\r\n"), "line 2");
  EXPECT_EQ(PlaceOfFault(good + "\r\n"), "line 2");
  EXPECT_EQ(PlaceOfFault("\n"), "line 1");
}

TEST(LinkLines, TooManyLinesAreRefusedUnread) {
  const auto rows = ReadLinkRows(std::string(kLinkRowsMax + 1, '\n'));
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code, ErrorCode::kExhausted);
}

TEST(LinkLines, TheAnswerKeepsOrderAndSpelling) {
  const std::string upper = "00112233445566778899AABBCCDDEEFF";
  const std::string body = kNumber + ",00000000011\n" + upper + ",00000000012\r\n" + kNumber +
                           ",00000000013\r\n" + upper + ",00000000014";
  const Bytes outcomes{0, 1, 2, 3};
  const auto answer = WriteLinkAnswer(body, outcomes);
  EXPECT_EQ(
      std::string(answer.begin(), answer.end()),
      kNumber + ",linked\r\n" + upper + ",expired\r\n" + kNumber + ",unknown\r\n" + upper +
          ",reused\r\n"
  );
}

}  // namespace

}  // namespace musubi::national::network
