// Notices: what is taken, what is not and by which name, and blocks there and back.
#include "exchange/notice.h"

#include <gtest/gtest.h>

namespace musubi::exchange {
namespace {

using Fields = std::vector<std::string_view>;

Fields GoodRow() {
  return {"00000007", "01", "医療費通知", "一行目\r\n二行目", "2026-12-31"};
}

std::string FaultOf(const Fields& fields) {
  return std::string(ReadNoticeRow(fields).fault_field);
}

TEST(Notice, AGoodRowIsReadWhole) {
  const Fields fields = GoodRow();
  const NoticeRow row = ReadNoticeRow(fields);
  EXPECT_EQ(row.fault_field, "");
  EXPECT_EQ(row.insured->Joined(), "00000007-01");
  EXPECT_EQ(row.text.title, "医療費通知");
  EXPECT_EQ(row.text.body, "一行目\r\n二行目");
  EXPECT_EQ(row.text.valid_until.Text(), "2026-12-31");
}

TEST(Notice, TheFirstWrongFieldIsNamed) {
  const std::vector<std::tuple<std::size_t, std::string, std::string_view>> wrong = {
      {0, "7a", "insured_number"},
      {0, "", "insured_number"},
      {1, "", "branch"},
      {1, "1", "branch"},
      {2, "", "title"},
      {2, "two\nlines", "title"},
      {2, "\x1b[2J", "title"},
      {2, "\xc2\x9b", "title"},
      {2, std::string(kNoticeTitleSizeMax + 1, 'a'), "title"},
      {3, " \n", "body"},
      {3, "\xff", "body"},
      {3, std::string("a\0b", 3), "body"},
      {3, std::string(kNoticeBodySizeMax + 1, 'a'), "body"},
      {4, "", "valid_until"},
      {4, "2026-02-30", "valid_until"}
  };
  for (const auto& [field, value, name] : wrong) {
    Fields row = GoodRow();
    row[field] = value;
    EXPECT_EQ(FaultOf(row), name) << value;
  }
  Fields fewer = GoodRow();
  fewer.pop_back();
  EXPECT_EQ(FaultOf(fewer), "count_of_fields");
}

TEST(Notice, SizesAreCountedInBytesAndTheLimitItselfIsAllowed) {
  EXPECT_TRUE(IsNoticeTitle(std::string(200, 'a')));
  EXPECT_TRUE(IsNoticeBody(std::string(4000, 'a')));
  std::string kanji;
  for (int i = 0; i < 67; ++i) {
    kanji += "医";
  }
  EXPECT_FALSE(IsNoticeTitle(kanji));  // 201 bytes
}

TEST(Notice, NoIndividualNumberInWhateverDigits) {
  EXPECT_FALSE(IsNoticeBody("番号 123456789018 です"));
  EXPECT_FALSE(IsNoticeBody("番号 １２３４５６７８９０１８ です"));
  EXPECT_FALSE(IsNoticeTitle("12345６７８9018"));
  EXPECT_TRUE(IsNoticeBody("番号 123456789012 です"));  // a wrong check digit
  EXPECT_TRUE(IsNoticeBody("電話 ０３－１２３４－５６７８"));
}

NoticeBlock Block() {
  NoticeBlock block;
  block.sealed = Bytes{1, 2, 3, 0, 255};
  block.people.resize(2);
  block.people[0].notice[0] = 1;
  block.people[1].code[15] = 9;
  block.names = {{"association-133033", "東京, \"見本\" 組合"}};
  return block;
}

std::string LinesOf(const NoticeBlock& block) {
  SecretVector<char> lines;
  AppendNoticeBlock(block, lines);
  return {lines.data(), lines.size()};
}

TEST(Notice, ABlockIsReadAsItWasWritten) {
  EXPECT_EQ(ReadNoticeBlock(LinesOf(Block())).value(), Block());
}

TEST(Notice, ANameThatCouldNotBeReadIsLeftOut) {
  NoticeBlock block = Block();
  block.names.push_back({"association-2", "\x1b[2J"});
  block.names.push_back({"association-3", std::string(1000, 'a')});
  EXPECT_EQ(ReadNoticeBlock(LinesOf(block)).value(), Block());
}

TEST(Notice, ABrokenBlockIsRefusedByItsLine) {
  const std::string id(32, 'a');
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"", "line 1"},
      {"N," + id + "," + id + "\r\n", "line 1"},
      {"S,\r\n", "line 1"},
      {"S,***\r\n", "line 1"},
      {"S,AQID\r\nS,AQID\r\n", "line 2"},
      {"S,AQID\r\nN," + id + ",x\r\n", "line 2"},
      {"S,AQID\r\nX\r\n", "line 2"},
      {"S,AQID\r\nA,association-1\r\n", "line 2"}
  };
  for (const auto& [lines, place] : wrong) {
    const auto block = ReadNoticeBlock(lines);
    ASSERT_FALSE(block.ok()) << lines;
    EXPECT_EQ(block.error().place, place) << lines;
  }
  NoticeBlock many = Block();
  many.people.resize(kNoticesPerBlockMax + 1);
  EXPECT_EQ(ReadNoticeBlock(LinesOf(many)).error().code, ErrorCode::kExhausted);
}

}  // namespace
}  // namespace musubi::exchange
