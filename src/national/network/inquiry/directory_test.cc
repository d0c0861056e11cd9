#include "national/network/inquiry/directory.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/io.h"
#include "national/network/folder_for_test.h"

namespace musubi::national::network {

namespace {

constexpr std::string_view kHeading = "id,kinds,name,served_by,assessment_published_on\n";

Result<Directory> Parse(std::string_view lines) {
  return Directory::Parse(
      std::string(kHeading) + std::string(lines), "institutions.csv", rules::Permissions::BuiltIn()
  );
}

std::string PlaceOfFault(std::string_view lines) {
  const auto directory = Parse(lines);
  return directory.ok() ? "none" : directory.error().place;
}

TEST(Directory, RowsAreRead) {
  const auto directory = Parse(
      "association-133033,association,\"組合, 甲\",hub,2026-04-01\r\n\n"
      "institution-131016,municipality welfare-municipality,市,institution-131016,\n"
  );
  ASSERT_TRUE(directory.ok()) << directory.error().Text();
  const Institution* association = directory->Find("association-133033");
  ASSERT_NE(association, nullptr);
  EXPECT_EQ(association->name, "組合, 甲");
  EXPECT_EQ(association->assessment_published_on.Text(), "2026-04-01");
  const Institution* city = directory->Find("institution-131016");
  ASSERT_NE(city, nullptr);
  EXPECT_EQ(city->kinds, (std::vector<std::string>{"municipality", "welfare-municipality"}));
  EXPECT_FALSE(city->assessment_published_on.is_set());
  EXPECT_EQ(directory->Find("association-13303"), nullptr);
  EXPECT_EQ(directory->Nodes(), (std::vector<std::string>{"hub", "institution-131016"}));
}

TEST(Directory, FaultsNameFileLineAndField) {
  EXPECT_EQ(PlaceOfFault("a,association,,hub"), "institutions.csv:2: count of fields");
  EXPECT_EQ(PlaceOfFault("A,association,,hub,"), "institutions.csv:2: id");
  EXPECT_EQ(PlaceOfFault("a,guild,,hub,"), "institutions.csv:2: kinds");
  EXPECT_EQ(PlaceOfFault("a,,,hub,"), "institutions.csv:2: kinds");
  EXPECT_EQ(PlaceOfFault("a,association,,,"), "institutions.csv:2: served_by");
  EXPECT_EQ(
      PlaceOfFault("a,association,,hub,2026-02-29"), "institutions.csv:2: assessment_published_on"
  );
  EXPECT_EQ(PlaceOfFault("a,association,,hub,\n\na,association,,hub,\n"), "institutions.csv:4: id");
  EXPECT_EQ(
      Directory::Parse("id,name\n", "d.csv", rules::Permissions::BuiltIn()).error().place,
      "d.csv:1: heading"
  );
  EXPECT_FALSE(Directory::Parse("", "d.csv", rules::Permissions::BuiltIn()).ok());
}

TEST(Directory, TheFileIsReadAgainWhenItChangesAndABrokenOneChangesNothing) {
  const FolderForTest folder;
  const auto path = folder.path() / "institutions.csv";
  const auto write = [&](const std::string& lines) {
    ASSERT_TRUE(WriteFile(path, std::string(kHeading) + lines).ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  };
  write("a,association,,hub,\n");
  const auto file = DirectoryFile::Open(path, rules::Permissions::BuiltIn()).value();
  EXPECT_NE(file->Current()->Find("a"), nullptr);
  write("a,association,,hub,\nb,association,,hub,\n");
  EXPECT_NE(file->Current()->Find("b"), nullptr);
  write("c,guild,,hub,\n");
  EXPECT_NE(file->Current()->Find("b"), nullptr);
  write("c,association,,hub,\n");
  EXPECT_NE(file->Current()->Find("c"), nullptr);
  EXPECT_EQ(file->Current()->Find("a"), nullptr);
}

TEST(Directory, AMissingFileIsAnErrorAndNoFileIsNobody) {
  EXPECT_FALSE(DirectoryFile::Open("/nonexistent/d.csv", rules::Permissions::BuiltIn()).ok());
  const auto nobody = DirectoryFile::Open({}, rules::Permissions::BuiltIn());
  ASSERT_TRUE(nobody.ok());
  EXPECT_TRUE((*nobody)->Current()->institutions().empty());
}

}  // namespace

}  // namespace musubi::national::network
