// What is wrong with the files is said with file, line and field.
#include <filesystem>

#include <gtest/gtest.h>

#include "base/io.h"
#include "rules/permission.h"

namespace musubi::rules {

namespace {

constexpr std::string_view kCodes =
    "kind,code,japanese,english,aliases,part_of\n"
    "institution,association,国保組合,association,kumiai,\n"
    "institution,municipality,市町村長,municipality,,\n"
    "procedure,benefits,給付,benefits,,\n"
    "information,medical,医療,medical,,\n"
    "information,status,資格,status,,medical\n";
constexpr std::string_view kKinds = "role,member,counts_as,citation\n";
constexpr std::string_view kFactsHeading =
    "rule_set,row,item,inquirer,procedure,provider,information,valid_from,valid_to,citation,"
    "detail\n";
constexpr std::string_view kFact =
    "table,1,,association,benefits,municipality,medical,2020-01-01,2020-12-31,第1の項,\n";
constexpr std::string_view kRetention =
    "code,years,valid_from,valid_to,citation\nprovision-records,7,2017-04-01,,施行令\n";

struct Files {
  std::string codes{kCodes};
  std::string kinds{kKinds};
  std::string facts{std::string(kFactsHeading) + std::string(kFact)};
  std::string retention{kRetention};
};

// Where the files are refused; "" if they are not.
std::string PlaceOf(const Files& files) {
  const auto permissions =
      Permissions::Parse({files.codes, files.kinds, files.facts, files.retention});
  if (permissions.ok()) {
    return "";
  }
  EXPECT_EQ(permissions.error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(permissions.error().message.empty());
  return permissions.error().place;
}

std::string PlaceOfFact(std::string_view line) {
  Files files;
  files.facts += line;
  return PlaceOf(files);
}

std::string PlaceOfCode(std::string_view line) {
  Files files;
  files.codes += line;
  return PlaceOf(files);
}

std::string PlaceOfKind(std::string_view line) {
  Files files;
  files.kinds += line;
  return PlaceOf(files);
}

std::string PlaceOfRetention(std::string_view line) {
  Files files;
  files.retention += line;
  return PlaceOf(files);
}

TEST(PermissionLoad, SmallFilesAreRead) {
  EXPECT_EQ(PlaceOf({}), "");
  EXPECT_EQ(
      PlaceOfFact("table,1,,association,benefits,municipality,medical,2021-01-01,,第1の項,\n"), ""
  );
  EXPECT_EQ(
      PlaceOfFact("table,2,,association,benefits,municipality,medical,2020-01-01,,第2の項,\n"), ""
  );
}

TEST(PermissionLoad, UnknownCodeIsRefusedWithItsField) {
  EXPECT_EQ(
      PlaceOfFact("t,1,,nobody,benefits,municipality,medical,2020-01-01,,x,\n"),
      "facts.csv:3: inquirer"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,loans,municipality,medical,2020-01-01,,x,\n"),
      "facts.csv:3: procedure"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,medical,medical,2020-01-01,,x,\n"),
      "facts.csv:3: provider"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,municipality,tax,2020-01-01,,x,\n"),
      "facts.csv:3: information"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,Association,benefits,municipality,tax,2020-01-01,,x,\n"),
      "facts.csv:3: inquirer"
  );
}

TEST(PermissionLoad, BadDaysAreRefused) {
  const std::string begin = "t,1,,association,benefits,municipality,medical,";
  EXPECT_EQ(PlaceOfFact(begin + "2023-02-29,,x,\n"), "facts.csv:3: valid_from");
  EXPECT_EQ(PlaceOfFact(begin + ",,x,\n"), "facts.csv:3: valid_from");
  EXPECT_EQ(PlaceOfFact(begin + "2017-03-31,,x,\n"), "facts.csv:3: valid_from");
  EXPECT_EQ(PlaceOfFact(begin + "2023-01-02,2023-01-01,x,\n"), "facts.csv:3: valid_to");
  EXPECT_EQ(PlaceOfFact(begin + "2023-01-02,soon,x,\n"), "facts.csv:3: valid_to");
}

TEST(PermissionLoad, TheSameFactTwiceOnOneDayIsRefused) {
  const std::string begin = "table,1,,association,benefits,municipality,medical,";
  EXPECT_EQ(PlaceOfFact(begin + "2020-12-31,,x,\n"), "facts.csv:3: valid_from");
  EXPECT_EQ(PlaceOfFact(begin + "2019-01-01,2020-01-01,x,\n"), "facts.csv:3: valid_from");
  EXPECT_EQ(PlaceOfFact(begin + "2019-01-01,2019-12-31,x,\n"), "");
}

TEST(PermissionLoad, EmptyFieldsAndWrongLinesAreRefused) {
  EXPECT_EQ(
      PlaceOfFact(",1,,association,benefits,municipality,medical,2021-01-01,,x,\n"),
      "facts.csv:3: rule_set"
  );
  EXPECT_EQ(
      PlaceOfFact("t,,,association,benefits,municipality,medical,2021-01-01,,x,\n"),
      "facts.csv:3: row"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,municipality,medical,2021-01-01,,,\n"),
      "facts.csv:3: citation"
  );
  EXPECT_EQ(PlaceOfFact("t,1\n"), "facts.csv:3");
  EXPECT_EQ(PlaceOfFact("\n"), "facts.csv:3");
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,municipality,medical,2021-01-01,,\"x\",\n"),
      "facts.csv:3"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,municipality,medical,2021-01-01,,x,\r\n"),
      "facts.csv:3"
  );
  EXPECT_EQ(
      PlaceOfFact("t,1,,association,benefits,municipality,medical,2021-01-01,,\xe3\x81,\n"),
      "facts.csv:3"
  );
  EXPECT_EQ(PlaceOfFact(std::string(5000, 'x')), "facts.csv:3");
}

TEST(PermissionLoad, OtherHeadingsAreRefused) {
  Files files;
  files.codes.insert(0, "\xef\xbb\xbf");
  EXPECT_EQ(PlaceOf(files), "codes.csv:1");
  files = {};
  files.kinds = "";
  EXPECT_EQ(PlaceOf(files), "kinds.csv:0");
  files = {};
  files.facts = files.kinds;
  EXPECT_EQ(PlaceOf(files), "facts.csv:1");
}

TEST(PermissionLoad, BadCodesAreRefused) {
  EXPECT_EQ(PlaceOfCode("person,a,あ,a,,\n"), "codes.csv:7: kind");
  EXPECT_EQ(PlaceOfCode("institution,A,あ,a,,\n"), "codes.csv:7: code");
  EXPECT_EQ(PlaceOfCode("institution,a,,a,,\n"), "codes.csv:7: japanese");
  EXPECT_EQ(PlaceOfCode("institution,association,あ,a,,\n"), "codes.csv:7: code");
  EXPECT_EQ(PlaceOfCode("institution,kumiai,あ,a,,\n"), "codes.csv:7: code");
  EXPECT_EQ(PlaceOfCode("institution,a,あ,a,b  c,\n"), "codes.csv:7: aliases");
  EXPECT_EQ(PlaceOfCode("institution,a,あ,a,municipality,\n"), "codes.csv:7: aliases");
  EXPECT_EQ(PlaceOfCode("procedure,a,あ,a,,benefits\n"), "codes.csv:7: part_of");
  EXPECT_EQ(PlaceOfCode("information,a,あ,a,,nothing\n"), "codes.csv: part_of");
  EXPECT_EQ(PlaceOfCode("information,a,あ,a,,b\ninformation,b,い,b,,a\n"), "codes.csv: part_of");
  EXPECT_EQ(PlaceOfCode("procedure,association,あ,a,,\n"), "") << "another kind may use the word";
}

TEST(PermissionLoad, BadKindsAreRefused) {
  EXPECT_EQ(PlaceOfKind("payer,association,municipality,x\n"), "kinds.csv:2: role");
  EXPECT_EQ(PlaceOfKind("both,nobody,municipality,x\n"), "kinds.csv:2: member");
  EXPECT_EQ(PlaceOfKind("both,association,nobody,x\n"), "kinds.csv:2: counts_as");
  EXPECT_EQ(PlaceOfKind("both,association,municipality,\n"), "kinds.csv:2: citation");
  EXPECT_EQ(PlaceOfKind("both,association,association,x\n"), "kinds.csv: counts_as");
  EXPECT_EQ(
      PlaceOfKind("both,association,municipality,x\nprovider,municipality,association,x\n"),
      "kinds.csv: counts_as"
  );
}

TEST(PermissionLoad, BadRetentionIsRefused) {
  EXPECT_EQ(PlaceOfRetention("records,0,2017-04-01,,x\n"), "record-retention.csv:3: years");
  EXPECT_EQ(PlaceOfRetention("records,7y,2017-04-01,,x\n"), "record-retention.csv:3: years");
  EXPECT_EQ(PlaceOfRetention("records,7,2017-04-01,,\n"), "record-retention.csv:3: citation");
  EXPECT_EQ(
      PlaceOfRetention("provision-records,5,2024-01-01,,x\n"), "record-retention.csv:3: valid_from"
  );
}

TEST(PermissionLoad, FolderStandsInThePlace) {
  const Files files;
  const auto refused =
      Permissions::Parse({"", files.kinds, files.facts, files.retention}, "my/rules");
  EXPECT_EQ(refused.error().place, "my/rules/codes.csv:0");
}

TEST(PermissionLoad, FolderWithoutTheFilesIsNotFound) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "musubi_rules_nothing_here";
  EXPECT_FALSE(Permissions::Load(folder).ok());
}

}  // namespace

}  // namespace musubi::rules
