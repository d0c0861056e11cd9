#include "matching/match_files.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "matching/people_for_test.h"
#include "matching/resident_batches.h"
#include "matching/roster_verify.h"
#include "number/individual_number.h"

namespace musubi::matching {

namespace {

constexpr std::string_view kHeading = "氏名,氏名カナ,生年月日,性別,住所,個人番号\n";

std::string Slurp(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path) << text;
}

class MatchFilesTest : public testing::Test {
 protected:
  std::string Verified(const std::string& row) {
    Write(folder_.File("roster.csv"), std::string(kHeading) + row + "\n");
    const auto report = VerifyRosterFile(Files());
    EXPECT_TRUE(report.ok());
    const std::string text = Slurp(folder_.File("out.csv"));
    const std::size_t begin = text.find("\r\n") + 2;
    return begin < text.size() ? text.substr(begin, text.size() - begin - 2) : "";
  }

  MatchFiles Files() {
    MatchFiles files;
    files.residents = folder_.File("residents.csv");
    files.roster = folder_.File("roster.csv");
    files.out = folder_.File("out.csv");
    files.threads = 2;
    return files;
  }

  TestFolder folder_;
};

constexpr const char* kName = "渡辺　一郎,ワタナベ　イチロウ,1980-04-05,1,";
constexpr const char* kHouse = "東京都立川市曙町二丁目3番4号　曙ハイツ101号室";

TEST_F(MatchFilesTest, ResultFileIsWhatItsFormatSays) {
  WriteRegister(folder_.File("residents.csv"), {{}});
  Write(
      folder_.File("roster.csv"),
      std::string(kHeading) + kName + kHouse + ",\n" + "渡邊一郎,ワタナベ　イチロウ,S55.4.5,男," +
          kHouse + ",\n" + "山本　花子,ヤマモト　ハナコ,1990-01-01,2,," + "\n"
  );
  const auto report = MatchRosterFile(Files());
  ASSERT_TRUE(report.ok()) << report.error().Text();
  EXPECT_EQ(report->rows, 3U);
  EXPECT_EQ(
      Slurp(folder_.File("out.csv")),
      "row,outcome,resident_record_code,rules,differs,candidates\r\n"
      "1,agree,10000000001,,,1\r\n"
      "2,notation,10000000001,kanji-variant,,1\r\n"
      "3,none,,,,0\r\n"
  );
}

TEST_F(MatchFilesTest, OwnTablesReplaceTheBuiltInOnes) {
  const std::string valid = "111111111118";
  WriteRegister(folder_.File("residents.csv"), {{.number = valid}});
  Write(
      folder_.File("roster.csv"),
      std::string(kHeading) + "渡邊一郎,ワタナベ　イチロウ,S55.4.5,男," + kHouse + "," + valid +
          "\n"
  );
  Write(folder_.File("own.tsv"), "邉\t辺\town\n");
  MatchFiles files = Files();
  files.tables.kanji_variants = folder_.File("own.tsv");
  ASSERT_TRUE(MatchRosterFile(files).ok());
  EXPECT_NE(Slurp(files.out).find("1,partial,,,name,1"), std::string::npos) << Slurp(files.out);
  ASSERT_TRUE(VerifyRosterFile(files).ok());
  EXPECT_NE(Slurp(files.out).find("1,name-differs,"), std::string::npos) << Slurp(files.out);
  Write(folder_.File("own.tsv"), "邉\t辺\town\n邊\t辺\town\n");
  ASSERT_TRUE(VerifyRosterFile(files).ok());
  EXPECT_NE(Slurp(files.out).find("1,notation,kanji-variant"), std::string::npos);
  files.tables.gazetteer = folder_.File("own.tsv");
  for (const auto& report : {MatchRosterFile(files), VerifyRosterFile(files)}) {
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().place, folder_.File("own.tsv").string() + ":1");
  }
}

TEST_F(MatchFilesTest, CompressedAndQuotedRegistersReadAsPlainOnes) {
  Write(folder_.File("roster.csv"), std::string(kHeading) + kName + kHouse + ",\n");
  WriteRegister(folder_.File("residents.csv"), {{}});
  ASSERT_TRUE(MatchRosterFile(Files()).ok());
  const std::string plain = Slurp(folder_.File("out.csv"));
  const std::string text = Slurp(folder_.File("residents.csv"));
  gzFile file = gzopen(folder_.File("r.gz").c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  MatchFiles files = Files();
  files.residents = folder_.File("r.gz");
  ASSERT_TRUE(MatchRosterFile(files).ok());
  EXPECT_EQ(Slurp(files.out), plain);
  WriteRegister(folder_.File("residents.csv"), {{.name = "\"渡辺　一郎\""}});
  ASSERT_TRUE(MatchRosterFile(Files()).ok());
  EXPECT_EQ(Slurp(files.out), plain);
}

TEST_F(MatchFilesTest, BadRegisterIsRefusedWithItsLine) {
  Write(folder_.File("roster.csv"), std::string(kHeading) + kName + kHouse + ",\n");
  WriteRegister(folder_.File("residents.csv"), {{}, {.birth = "1980-13-05"}});
  const auto report = MatchRosterFile(Files());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::kInvalid);
  EXPECT_NE(report.error().place.find(":3: birth_date"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_.File("out.csv")));
}

TEST_F(MatchFilesTest, LinesAcrossPiecesOfALargeRegisterAreReadOnce) {
  std::vector<SomeResident> residents(40000);
  for (std::size_t i = 0; i < residents.size(); ++i) {
    residents[i].code = std::to_string(10000000001 + i);
    residents[i].name += std::to_string(i);
  }
  WriteRegister(folder_.File("residents.csv"), residents);
  ASSERT_GT(std::filesystem::file_size(folder_.File("residents.csv")), 5U << 20U);
  std::vector<std::uint8_t> seen(residents.size());
  std::mutex mutex;
  ResidentBatches batches(folder_.File("residents.csv"), 3);
  const auto count = batches.Read(
      [&](const ResidentBatch& batch) {
        const std::scoped_lock lock(mutex);
        for (const text::ResidentRow& row : batch.rows) {
          ++seen[std::stoull(std::string(row.resident_record_code)) - 10000000001];
        }
        return Ok();
      },
      Ok,
      nullptr
  );
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(*count, residents.size());
  EXPECT_TRUE(std::ranges::all_of(seen, [](std::uint8_t times) { return times == 1; }));
}

TEST_F(MatchFilesTest, AQuoteLateInALargeRegisterChangesNothing) {
  Write(folder_.File("roster.csv"), std::string(kHeading) + kName + kHouse + ",\n");
  std::vector<SomeResident> residents(20000);
  for (std::size_t i = 0; i < residents.size(); ++i) {
    residents[i].code = std::to_string(10000000001 + i);
    residents[i].name = i % 5000 == 0 ? "渡辺　一郎" : "鈴木　次郎";
    residents[i].kana = i % 5000 == 0 ? "ワタナベ　イチロウ" : "スズキ　ジロウ";
  }
  WriteRegister(folder_.File("residents.csv"), residents);
  ASSERT_TRUE(MatchRosterFile(Files()).ok());
  const std::string plain = Slurp(folder_.File("out.csv"));
  EXPECT_NE(plain.find("1,multiple,,,,4"), std::string::npos) << plain;
  residents.back().address = "\"東京都,\n立川市\"";
  WriteRegister(folder_.File("residents.csv"), residents);
  ASSERT_TRUE(MatchRosterFile(Files()).ok());
  EXPECT_EQ(Slurp(folder_.File("out.csv")), plain);
  const auto index = ResidentIndex::Load(folder_.File("residents.csv"), SharedNormaliser(), 2);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ((*index)->size(), residents.size());
}

TEST_F(MatchFilesTest, VerifySaysTheGravestDifference) {
  const std::string valid = "111111111118";
  WriteRegister(folder_.File("residents.csv"), {{.number = valid, .superseded = "222222222225"}});
  EXPECT_EQ(Verified(std::string(kName) + kHouse + "," + valid), "1,agree,");
  EXPECT_EQ(Verified(std::string(kName) + kHouse + ","), "");
  EXPECT_EQ(Verified(std::string(kName) + kHouse + ",111111111117"), "1,invalid,");
  EXPECT_EQ(Verified(std::string(kName) + kHouse + ",222222222225"), "1,superseded,");
  EXPECT_EQ(Verified(std::string(kName) + kHouse + ",333333333332"), "1,number-unknown,");
  EXPECT_EQ(
      Verified("山本花子,ヤマモトハナコ,1981-04-05,2,堺市," + valid), "1,birth-date-differs,"
  );
  EXPECT_EQ(Verified("山本花子,ヤマモトハナコ,1980-04-05,2,堺市," + valid), "1,sex-differs,");
  EXPECT_EQ(Verified("山本花子,ヤマモトハナコ,1980-04-05,1,堺市," + valid), "1,name-differs,");
  EXPECT_EQ(Verified("渡辺一郎,ヤマモトハナコ,1980-04-05,1,堺市," + valid), "1,kana-differs,");
  EXPECT_EQ(Verified(std::string(kName) + "堺市," + valid), "1,address-differs,");
  EXPECT_EQ(
      Verified("渡邊一郎,ワタナベイチロウ,1980-04-05,1,立川市曙町2-3-4," + valid),
      "1,notation,kanji-variant building"
  );
}

// Numbers that are nobody's, one for each resident.
std::string NumberOf(std::size_t resident) {
  std::string text = std::to_string(70000000000ULL + resident);
  std::array<std::uint8_t, 11> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = static_cast<std::uint8_t>(text[i] - '0');
  }
  return text + std::to_string(number::IndividualCheckDigit(digits));
}

class StoppedVerifyTest : public MatchFilesTest {
 protected:
  static constexpr std::size_t kResidents = 40000;

  void SetUp() override {
    std::vector<SomeResident> residents(kResidents);
    std::string roster(kHeading);
    for (std::size_t i = 0; i < kResidents; ++i) {
      residents[i].code = std::to_string(10000000001 + i);
      residents[i].number = NumberOf(i);
      residents[i].status = i % 7 == 0 ? "deceased" : "";
      if (i % 10 == 0) {
        roster += std::string(kName) + kHouse + "," + NumberOf(kResidents - 1 - i) + "\n";
      }
    }
    WriteRegister(folder_.File("residents.csv"), residents);
    Write(folder_.File("roster.csv"), roster);
    EXPECT_TRUE(VerifyRosterFile(Files()).ok());
    whole_ = Slurp(folder_.File("out.csv"));
    std::filesystem::remove(folder_.File("out.csv"));
  }

  // In a process of its own, after some batches.
  void VerifyUntilKilled(const MatchFiles& asked) const {
    const pid_t child = ::fork();
    if (child == 0) {
      MatchFiles files = asked;
      std::atomic<int> batches = 0;
      files.on_progress = [&batches](std::uint64_t) {
        if (++batches == 2) {
          ::raise(SIGKILL);
        }
      };
      static_cast<void>(VerifyRosterFile(files));
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
  }

  void ExpectGoesOn(const MatchFiles& asked) const {
    VerifyUntilKilled(asked);
    ASSERT_TRUE(std::filesystem::exists(folder_.File("out.csv.part")));
    ASSERT_FALSE(std::filesystem::exists(asked.out));
    MatchFiles files = asked;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    files.on_progress = [&](std::uint64_t done) {
      first = first == 0 ? done : first;
      last = done;
    };
    ASSERT_TRUE(VerifyRosterFile(files).ok());
    EXPECT_GT(first, 8192U);  // it began behind what was done
    EXPECT_EQ(last, kResidents);
    EXPECT_EQ(Slurp(asked.out), whole_);
    EXPECT_FALSE(std::filesystem::exists(folder_.File("out.csv.part")));
  }

  std::string whole_;
};

TEST_F(StoppedVerifyTest, AKilledVerificationGoesOnWhereItWas) {
  MatchFiles files = Files();
  files.threads = 1;
  ExpectGoesOn(files);
}

TEST_F(StoppedVerifyTest, SoDoesOneOfACompressedRegister) {
  const std::string text = Slurp(folder_.File("residents.csv"));
  gzFile file = gzopen(folder_.File("r.gz").c_str(), "wb1");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  MatchFiles files = Files();
  files.residents = folder_.File("r.gz");
  files.threads = 1;
  ExpectGoesOn(files);
}

TEST_F(StoppedVerifyTest, WhatIsLeftOfOtherFilesOrBrokenIsBegunAnew) {
  MatchFiles files = Files();
  files.threads = 1;
  VerifyUntilKilled(files);
  const std::string part = Slurp(folder_.File("out.csv.part"));
  Write(folder_.File("out.csv.part"), part.substr(0, part.size() / 2) + "\nH,x\n");
  ASSERT_TRUE(VerifyRosterFile(files).ok());
  EXPECT_EQ(Slurp(files.out), whole_);
  VerifyUntilKilled(files);
  Write(folder_.File("roster.csv"), std::string(kHeading) + kName + kHouse + ",\n");
  const auto report = VerifyRosterFile(files);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 0U);
}

TEST_F(StoppedVerifyTest, WhatIsLeftOfOtherTablesIsBegunAnew) {
  MatchFiles files = Files();
  files.threads = 1;
  VerifyUntilKilled(files);
  Write(folder_.File("own.tsv"), "邉\t辺\town\n");
  files.tables.kanji_variants = folder_.File("own.tsv");
  std::uint64_t first = 0;
  files.on_progress = [&first](std::uint64_t done) { first = first == 0 ? done : first; };
  ASSERT_TRUE(VerifyRosterFile(files).ok());
  EXPECT_LE(first, 8192U);
}

TEST_F(StoppedVerifyTest, APartCutOffInTheMiddleOfALineIsTakenUpToItsLastWholeBatch) {
  MatchFiles files = Files();
  files.threads = 1;
  VerifyUntilKilled(files);
  const std::string part = Slurp(folder_.File("out.csv.part"));
  ASSERT_GT(part.size(), 100U);
  Write(folder_.File("out.csv.part"), part + "H,1,0,100000");
  ASSERT_TRUE(VerifyRosterFile(files).ok());
  EXPECT_EQ(Slurp(files.out), whole_);
}

TEST_F(MatchFilesTest, VerifyTellsAStatusOnlyToWhoKnowsTheBirthDate) {
  const std::string valid = "111111111118";
  WriteRegister(folder_.File("residents.csv"), {{.number = valid, .status = "restricted"}});
  EXPECT_EQ(Verified(std::string(kName) + "堺市," + valid), "1,restricted,");
  EXPECT_EQ(
      Verified(std::string("渡辺　一郎,ワタナベ　イチロウ,1981-04-05,1,堺市,") + valid),
      "1,birth-date-differs,"
  );
  WriteRegister(folder_.File("residents.csv"), {{.number = valid, .status = "deceased"}});
  EXPECT_EQ(Verified(std::string(kName) + "堺市," + valid), "1,gone,");
}

}  // namespace

}  // namespace musubi::matching
