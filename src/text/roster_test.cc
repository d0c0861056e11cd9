#include "text/roster.h"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "text/roster_columns.h"

namespace musubi::text {
namespace {

constexpr std::string_view kHeadings =
    "記号,番号,続柄,氏名,氏名カナ,生年月日,性別,住所,資格取得日,資格喪失日,個人番号\r\n";
constexpr std::string_view kRow =
    "建１,０００００-０２,本人,甲野　太郎 ,ｺｳﾉ "
    "ﾀﾛｳ,S54.3.12,男,東京都１－２,昭和61年9月11日,,1234-5678 "
    "９０１８\r\n";

struct Reading {
  std::vector<RosterRow> rows;
  RosterSummary summary;
  std::string error;
};

Reading Read(std::string_view text, const std::optional<RosterMapping>& mapping = {}) {
  MemorySource source(AsBytes(text));
  Reading reading;
  auto result = ReadRoster(source, "roster.csv", mapping, [&reading](RosterRow& row) {
    reading.rows.push_back(std::move(row));
    return Ok();
  });
  if (result.ok()) {
    reading.summary = std::move(result).value();
  } else {
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    reading.error = result.error().Text();
  }
  return reading;
}

Reading ReadRows(std::string_view rows) {
  return Read(std::string(kHeadings).append(rows));
}

std::string NumberOf(const RosterRow& row) {
  return {row.number.begin(), row.number.end()};
}

TEST(Roster, RowOfTheUsualLayoutIsRead) {
  const Reading reading = ReadRows(kRow);
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  const RosterRow& row = reading.rows[0];
  EXPECT_EQ(row.row, 1U);
  EXPECT_EQ(row.line, 2U);
  EXPECT_EQ(row.symbol, "建1");
  EXPECT_EQ(row.member_number, "0000002");
  EXPECT_EQ(row.relationship, "本人");
  EXPECT_EQ(row.birth_date.Text(), "1979-03-12");
  EXPECT_EQ(row.sex, Sex::kMale);
  EXPECT_EQ(row.qualified_on.Text(), "1986-09-11");
  EXPECT_FALSE(row.lost_on.is_set());
  EXPECT_EQ(NumberOf(row), "123456789018");
  EXPECT_TRUE(row.problems.empty());
  EXPECT_EQ(reading.summary.encoding, "utf-8");
  EXPECT_EQ(reading.summary.row_count, 1U);
}

TEST(Roster, NamesKanaAndAddressesAreHandedOnAsWritten) {
  const Reading reading = ReadRows(kRow);
  ASSERT_EQ(reading.rows.size(), 1U);
  EXPECT_EQ(reading.rows[0].name, "甲野　太郎 ");
  EXPECT_EQ(reading.rows[0].kana, "ｺｳﾉ ﾀﾛｳ");
  EXPECT_EQ(reading.rows[0].address, "東京都１－２");
}

TEST(Roster, Cp932IsRecognised) {
  const Reading reading = Read(
      "\x8e\x81\x96\xbc,\x90\xb6\x94\x4e\x8c\x8e\x93\xfa\r\n"  // 氏名,生年月日
      "\xfb\xfc\x96\xd8,\x8f\xba\x98\x61\x35\x34\x94\x4e\x33\x8c\x8e\x31\x32\x93\xfa\r\n"
  );
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  EXPECT_EQ(reading.rows[0].name, "髙木");
  EXPECT_EQ(reading.rows[0].birth_date.Text(), "1979-03-12");
  EXPECT_EQ(reading.summary.encoding, "cp932");
}

TEST(Roster, EncodingIsRecognisedWhereItFirstShows) {
  const auto mapping = ParseRosterMapping("[columns]\nname='NAME'\nbirth_date='BIRTH'\n", "m");
  std::string text = "NAME,BIRTH\n";
  for (int i = 0; i < 50'000; ++i) {
    text += "ASCII,1979-03-12\n";
  }
  const Reading reading = Read(text + "\x8e\x52,1979-03-12", *mapping);
  ASSERT_EQ(reading.rows.size(), 50'001U) << reading.error;
  EXPECT_EQ(reading.rows.back().name, "山");
  EXPECT_EQ(reading.summary.encoding, "cp932");
}

TEST(Roster, BadFieldIsAProblemOfItsRowAndNotOfTheFile) {
  const Reading reading = ReadRows(
      "1,2,本人,甲野,,平成31年5月1日,男性か,,1979-02-30,,x\r\n"
      ",,,,,,,,,1979-03-12,\r\n"
      "1,2,本人,甲野,,,,,,,\r\n"
  );
  ASSERT_EQ(reading.rows.size(), 3U) << reading.error;
  const auto& first = reading.rows[0].problems;
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].field, "birth_date");
  EXPECT_EQ(first[0].problem, "the date is outside its era");
  EXPECT_EQ(first[1].field, "sex");
  EXPECT_EQ(first[2].field, "qualified_on");
  EXPECT_EQ(first[2].problem, "not a date");
  EXPECT_EQ(NumberOf(reading.rows[0]), "x");
  ASSERT_EQ(reading.rows[1].problems.size(), 2U);
  EXPECT_EQ(reading.rows[1].problems[0].field, "name");
  EXPECT_EQ(reading.rows[1].problems[1].field, "member_number");
  EXPECT_TRUE(reading.rows[2].problems.empty());
}

TEST(Roster, RowsOfAnotherLengthAreProblems) {
  const Reading reading = Read("氏名,生年月日\n甲野\n甲野,1979-03-12,,\n甲野,1979-03-12,x\n");
  ASSERT_EQ(reading.rows.size(), 3U);
  EXPECT_EQ(reading.rows[0].problems.at(0).problem, "fewer fields than headings");
  EXPECT_TRUE(reading.rows[1].problems.empty());
  EXPECT_EQ(reading.rows[2].problems.at(0).problem, "more fields than headings");
}

TEST(Roster, EmptyRecordsOfASpreadsheetAreNoRows) {
  const Reading reading = Read("氏名,生年月日\n甲野,1979-03-12\n,\n , \n乙山,1979-03-12\n");
  ASSERT_EQ(reading.rows.size(), 2U);
  EXPECT_EQ(reading.rows[1].row, 2U);
  EXPECT_EQ(reading.rows[1].line, 5U);
}

TEST(Roster, NothingOfARowStaysForTheNext) {
  MemorySource source(AsBytes("氏名,生年月日,性別,個人番号\n甲野,x,1,123456789018\n乙山,,,\n"));
  const auto result = ReadRoster(source, "r", {}, [](RosterRow& row) {
    if (row.row == 2) {
      EXPECT_EQ(row.name, "乙山");
      EXPECT_EQ(row.sex, Sex::kUnknown);
      EXPECT_TRUE(row.number.empty());
      EXPECT_TRUE(row.problems.empty());
    }
    return Ok();
  });
  EXPECT_TRUE(result.ok());
}

TEST(Roster, ErrorOfTheCallerStopsTheFile) {
  MemorySource source(AsBytes("氏名,生年月日\n甲野,\n乙山,\n"));
  int row_count = 0;
  const auto result = ReadRoster(source, "r", {}, [&row_count](RosterRow&) -> Result<void> {
    ++row_count;
    return Error{ErrorCode::kExhausted, "enough"};
  });
  EXPECT_EQ(result.error().code, ErrorCode::kExhausted);
  EXPECT_EQ(row_count, 1);
}

TEST(Roster, OtherNamesOrdersAndWidthsOfHeadingsAreKnown) {
  const Reading reading = Read(
      "マイナンバー,メモ,カナ "
      "氏名,生年月日(西暦),ｼﾒｲ,漢字氏名,ﾌﾘｶﾞﾅ2\n1,,コウノ,1979-03-12,,甲野,\n"
  );
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  EXPECT_EQ(reading.rows[0].kana, "コウノ");
  EXPECT_EQ(reading.rows[0].name, "甲野");
  EXPECT_EQ(NumberOf(reading.rows[0]), "1");
  EXPECT_EQ(reading.summary.ignored_columns, (std::vector<std::string>{"メモ", "ｼﾒｲ", "ﾌﾘｶﾞﾅ2"}));
}

TEST(Roster, FileWithoutHeadingsIsRefusedWithoutNamingAnybody) {
  const Reading reading = Read(kRow);
  EXPECT_EQ(reading.error.find("甲野"), std::string::npos);
  EXPECT_NE(reading.error.find("roster.csv:1: no column is headed 氏名"), std::string::npos)
      << reading.error;
  EXPECT_EQ(Read("").error, "roster.csv:1: the file is empty");
}

TEST(Roster, EqualHeadingsAreRefused) {
  EXPECT_EQ(
      Read("氏名,メモ,生年月日,メ モ\n").error,
      "roster.csv:1: columns 2 and 4 have the same heading"
  );
}

TEST(Roster, TwoColumnsForOneFieldAreRefused) {
  EXPECT_EQ(
      Read("氏名,生年月日,漢字氏名\n").error,
      "roster.csv:1: columns 1 and 3 both look like name (say in a mapping file which one it is)"
  );
}

TEST(Roster, UndecodableBytesAreRefusedWithTheirLine) {
  std::string text = std::string(kHeadings).append(kRow).append(kRow);
  EXPECT_EQ(
      Read(text + "1,2,本人,\x80\xff,,,,,,,\n").error,
      "roster.csv:4: there are bytes that are not utf-8"
  );
  EXPECT_EQ(
      Read("\x8e\x81\x96\xbc,\x90\xb6\x94\x4e\x8c\x8e\x93\xfa\r\n\x85\x40,\n").error,
      "roster.csv:2: there are bytes that are not cp932"
  );
  EXPECT_EQ(Read("\xff\xff\xfd,\xa0\n").error, "roster.csv:1: the file is neither UTF-8 nor CP932");
}

TEST(Roster, BrokenStructureIsRefusedWithItsLine) {
  using namespace std::string_view_literals;
  EXPECT_EQ(ReadRows("\"1,2\n").error, "roster.csv:2: a quote is not closed");
  EXPECT_EQ(ReadRows("1,\0,\n"sv).error, "roster.csv:2: there is a NUL byte");
  EXPECT_EQ(
      ReadRows(std::string(kLineSizeMax + 1, 'x')).error, "roster.csv:2: the line is too long"
  );
}

TEST(RosterMapping, NamesTheColumnsOfAnotherLayout) {
  const auto mapping = ParseRosterMapping(
      "encoding = 'utf-8'\n[columns]\nname = '加入者'\nbirth_date = 'うまれ'\nkana = ''\n"
      "individual_number = '番号２'\n",
      "m.toml"
  );
  ASSERT_TRUE(mapping.ok());
  const Reading reading =
      Read("加入者,氏名カナ,うまれ,番号2,番号\n甲野,コウノ,H1.1.8,12,34\n", *mapping);
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  EXPECT_EQ(reading.rows[0].name, "甲野");
  EXPECT_EQ(reading.rows[0].kana, "");
  EXPECT_EQ(reading.rows[0].birth_date.Text(), "1989-01-08");
  EXPECT_EQ(NumberOf(reading.rows[0]), "12");
  EXPECT_EQ(reading.rows[0].member_number, "34");
  EXPECT_EQ(reading.summary.ignored_columns, (std::vector<std::string>{"氏名カナ"}));
}

TEST(RosterMapping, ChoosesBetweenTwoColumnsThatLookAlike) {
  const auto mapping = ParseRosterMapping("[columns]\nname = '漢字氏名'\n", "m.toml");
  const Reading reading = Read("氏名,漢字氏名,生年月日\n甲,乙,\n", *mapping);
  ASSERT_EQ(reading.rows.size(), 1U) << reading.error;
  EXPECT_EQ(reading.rows[0].name, "乙");
}

TEST(RosterMapping, EncodingOfTheMappingIsNotGuessedAgain) {
  const auto mapping = ParseRosterMapping("encoding = 'cp932'\n", "m.toml");
  EXPECT_NE(Read(kHeadings, *mapping).error, "");
  EXPECT_EQ(Read(kHeadings).error, "");
}

TEST(RosterMapping, HeadingThatIsNotInTheFileIsRefused) {
  const auto mapping = ParseRosterMapping("[columns]\nname = '加入者'\n", "m.toml");
  EXPECT_EQ(
      Read("氏名,生年月日\n", *mapping).error,
      "roster.csv:1: the mapping's heading 加入者 is not in the file"
  );
}

TEST(RosterMapping, MistakesAreToldWithTheirLine) {
  const std::vector<std::pair<const char*, const char*>> mistakes = {
      {"encoding = 'sjis'\n", "m.toml:1: encoding is neither utf-8 nor cp932"},
      {"encoding = 1\n", "m.toml:1: encoding is neither utf-8 nor cp932"},
      {"\ncolour = 'red'\n", "m.toml:2: unknown key in the mapping"},
      {"columns = 'x'\n", "m.toml:1: columns is not a table"},
      {"[columns]\nshoe = 'x'\n", "m.toml:2: unknown field in [columns]"},
      {"[columns]\nname = 3\n", "m.toml:2: the heading of name is not a string"},
      {"[columns]\nkana = 'x'\nname = 'x'\n", "m.toml:3: a field or a heading is named twice"},
      {"[columns]\nindividual_number = 'x'\nnumber = 'y'\n",
       "m.toml:3: a field or a heading is named twice"},
      {"[columns\n", "m.toml:1: not TOML"},
  };
  for (const auto& [toml, message] : mistakes) {
    const auto mapping = ParseRosterMapping(toml, "m.toml");
    ASSERT_FALSE(mapping.ok()) << toml;
    EXPECT_EQ(mapping.error().Text(), message);
  }
}

TEST(RosterMapping, IsLoadedFromAFile) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("musubi-mapping-" + std::to_string(::getpid()));
  ASSERT_TRUE(MakeFolder(folder).ok());
  ASSERT_TRUE(WriteFile(folder / "m.toml", "[columns]\nname = '加入者'\n").ok());
  const auto mapping = RosterMapping::Load(folder / "m.toml");
  ASSERT_TRUE(mapping.ok());
  EXPECT_EQ(mapping->columns.at(0).second, "加入者");
  EXPECT_EQ(RosterMapping::Load(folder / "none.toml").error().code, ErrorCode::kNotFound);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace musubi::text
