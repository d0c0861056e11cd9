#include "text/residents.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

namespace musubi::text {
namespace {

constexpr std::string_view kHeadings =
    "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
    "superseded_number,former_surname,former_surname_kana\n";
constexpr std::string_view kFirst =
    "24727059608,123456789018,甲野　太郎,コウノ　タロウ,1956-01-14,1,東京都千代田区1番,,,,\n";
constexpr std::string_view kSecond =
    "24727059609,983205673214,\"乙山, "
    "花子\",,1964-10-22,2,,restricted,234567890121,丙川,ヘイカワ\n";

Result<std::uint64_t> Read(std::string_view text, const OnResident& on_resident) {
  MemorySource source(AsBytes(text));
  return ReadResidents(source, "r.csv", on_resident);
}

std::string ErrorOf(std::string_view row) {
  const auto result = Read(
      std::string(kHeadings).append(kFirst).append(row), [](const ResidentRow&) { return Ok(); }
  );
  if (result.ok()) {
    return "";
  }
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  return result.error().Text();
}

class ResidentsFile : public testing::Test {
 protected:
  ResidentsFile()
      : folder_(
            std::filesystem::temp_directory_path() /
            ("musubi-residents-" + std::to_string(::getpid()))
        ) {
    EXPECT_TRUE(MakeFolder(folder_).ok());
  }

  ~ResidentsFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path WriteGzip(std::string_view text) {
    const std::filesystem::path path = folder_ / "residents.csv.gz";
    gzFile file = gzopen(path.c_str(), "wb1");
    EXPECT_EQ(
        gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
        static_cast<int>(text.size())
    );
    gzclose(file);
    return path;
  }

  static Result<std::uint64_t> Count(const std::filesystem::path& path) {
    return ReadResidents(path, [](const ResidentRow&) { return Ok(); });
  }

  std::filesystem::path folder_;
};

TEST(Residents, EveryFieldIsRead) {
  std::uint64_t seen = 0;
  const auto count =
      Read(std::string(kHeadings).append(kFirst).append(kSecond), [&seen](const ResidentRow& row) {
        if (++seen == 1) {
          EXPECT_EQ(row.status, ResidentStatus::kPresent);
          EXPECT_EQ(row.superseded_number, "");
          EXPECT_EQ(row.kana, "コウノ　タロウ");
          EXPECT_EQ(row.address, "東京都千代田区1番");
          return Ok();
        }
        EXPECT_EQ(row.line, 3U);
        EXPECT_EQ(row.resident_record_code, "24727059609");
        EXPECT_TRUE(row.individual_number == "983205673214");
        EXPECT_EQ(row.name, "乙山, 花子");
        EXPECT_EQ(row.birth_date.Text(), "1964-10-22");
        EXPECT_EQ(row.sex, Sex::kFemale);
        EXPECT_EQ(row.status, ResidentStatus::kRestricted);
        EXPECT_TRUE(row.superseded_number == "234567890121");
        EXPECT_EQ(row.former_surname, "丙川");
        EXPECT_EQ(row.former_surname_kana, "ヘイカワ");
        return Ok();
      });
  ASSERT_TRUE(count.ok()) << count.error().Text();
  EXPECT_EQ(*count, 2U);
  EXPECT_EQ(seen, 2U);
}

TEST(Residents, BadFieldRefusesTheFileWithLineAndFieldAndNoValue) {
  EXPECT_EQ(ErrorOf(kSecond), "");
  EXPECT_EQ(ErrorOf("2472705960,,,,,,,,,,\n"), "r.csv:3: resident_record_code: not eleven digits");
  EXPECT_EQ(
      ErrorOf("24727059609,98320567321,,,,,,,,,\n"), "r.csv:3: individual_number: not twelve digits"
  );
  const std::string start = "24727059609,983205673214,";
  EXPECT_EQ(ErrorOf(start + ",,1964-02-30,,,,,,\n"), "r.csv:3: birth_date: not a date");
  EXPECT_EQ(ErrorOf(start + ",,1964-02-03,3,,,,,\n"), "r.csv:3: sex: not 1 or 2");
  EXPECT_EQ(ErrorOf(start + ",,1964-02-03,1,,gone,,,\n"), "r.csv:3: status: not a status");
  EXPECT_EQ(
      ErrorOf(start + ",,1964-02-03,1,,,1,,\n"), "r.csv:3: superseded_number: not twelve digits"
  );
  EXPECT_EQ(ErrorOf(start + "\xff,,1964-02-03,1,,,,,\n"), "r.csv:3: name: not UTF-8");
  EXPECT_EQ(ErrorOf(start + ",,1964-02-03,1,,,,\n"), "r.csv:3: a row has eleven fields");
}

TEST(Residents, OtherHeadingsAreRefused) {
  for (const std::string_view text : {std::string_view(), kFirst, std::string_view("a,b\n")}) {
    const auto result = Read(text, [](const ResidentRow&) { return Ok(); });
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().Text(), "r.csv:1: not the heading line of a residents' register");
  }
}

TEST(Residents, ErrorOfTheCallerStopsTheFile) {
  const auto result = Read(
      std::string(kHeadings).append(kFirst).append(kSecond),
      [](const ResidentRow&) -> Result<void> { return Error{ErrorCode::kExhausted, "enough"}; }
  );
  EXPECT_EQ(result.error().code, ErrorCode::kExhausted);
}

TEST_F(ResidentsFile, GzipAndPlainAreBothRead) {
  std::string text(kHeadings);
  for (int i = 0; i < 20'000; ++i) {
    text += kFirst;
  }
  EXPECT_EQ(*Count(WriteGzip(text)), 20'000U);
  ASSERT_TRUE(WriteFile(folder_ / "residents.csv", text).ok());
  EXPECT_EQ(*Count(folder_ / "residents.csv"), 20'000U);
}

TEST_F(ResidentsFile, GzipCutOffIsRefused) {
  std::string text(kHeadings);
  for (int i = 0; i < 20'000; ++i) {
    text += kFirst;
  }
  const std::filesystem::path path = WriteGzip(text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 20);
  const auto result = Count(path);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(result.error().message, "the gzip data is damaged or cut off");
}

TEST_F(ResidentsFile, DamagedGzipIsRefused) {
  const std::filesystem::path path = WriteGzip(std::string(kHeadings).append(kFirst));
  std::string bytes = *ReadFile(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  ASSERT_TRUE(WriteFile(path, bytes).ok());
  EXPECT_FALSE(Count(path).ok());
}

TEST_F(ResidentsFile, MissingFileIsNotFound) {
  EXPECT_EQ(Count(folder_ / "none.csv").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(Count(folder_).ok());
}

}  // namespace
}  // namespace musubi::text
