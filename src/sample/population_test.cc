#include "sample/population.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include "base/io.h"
#include "number/individual_number.h"
#include "text/residents.h"
#include "text/roster.h"

namespace musubi::sample {
namespace {

struct TruthRow {
  std::string code;
  std::string number;
  std::string tags;
};

struct RosterEntry {
  std::string number;
  Date birth_date;
  Date lost_on;
  Date qualified_on;
};

struct ResidentEntry {
  std::string number;
  std::string superseded;
  Date birth_date;
  text::ResidentStatus status = {};
};

class Population : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("musubi-sample-" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(MakeFolder(folder_).ok());
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Result<void> Write(
      const PopulationOptions& options, const std::string& suffix = ""
  ) {
    residents_ = folder_ / ("residents" + suffix + ".csv.gz");
    rosters_.clear();
    truths_.clear();
    for (const std::string& insurer : options.insurers) {
      rosters_.push_back(folder_ / ("roster-" + insurer + suffix + ".csv"));
      truths_.push_back(folder_ / ("truth-" + insurer + suffix + ".csv"));
    }
    return WritePopulation(options, residents_, rosters_, truths_);
  }

  [[nodiscard]] std::vector<TruthRow> Truth(std::size_t which) const {
    std::istringstream lines(ReadFile(truths_[which]).value());
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "row,resident_record_code,individual_number,tags");
    std::vector<TruthRow> truth;
    while (std::getline(lines, line)) {
      std::istringstream fields(line);
      std::string row;
      TruthRow entry;
      std::getline(fields, row, ',');
      std::getline(fields, entry.code, ',');
      std::getline(fields, entry.number, ',');
      std::getline(fields, entry.tags);
      truth.push_back(entry);
      EXPECT_EQ(row, std::to_string(truth.size()));
    }
    return truth;
  }

  std::vector<RosterEntry> Roster(std::size_t which, std::string_view encoding) const {
    auto source = FileSource::Open(rosters_[which]).value();
    std::vector<RosterEntry> roster;
    const auto summary =
        text::ReadRoster(*source, "roster", std::nullopt, [&](text::RosterRow& row) {
          EXPECT_TRUE(row.problems.empty()) << row.row << " " << row.problems[0].field;
          EXPECT_NE(row.sex, text::Sex::kUnknown);
          roster.push_back(
              {{row.number.begin(), row.number.end()}, row.birth_date, row.lost_on, row.qualified_on
              }
          );
          return Ok();
        });
    EXPECT_TRUE(summary.ok()) << summary.error().Text();
    EXPECT_EQ(summary->encoding, encoding);
    EXPECT_TRUE(summary->ignored_columns.empty());
    return roster;
  }

  std::unordered_map<std::string, ResidentEntry> Residents() const {
    std::unordered_map<std::string, ResidentEntry> residents;
    const auto count = text::ReadResidents(residents_, [&](const text::ResidentRow& row) {
      residents[std::string(row.resident_record_code)] = {
          std::string(row.individual_number),
          std::string(row.superseded_number),
          row.birth_date,
          row.status
      };
      return Ok();
    });
    EXPECT_TRUE(count.ok()) << count.error().Text();
    return residents;
  }

  std::filesystem::path folder_;
  std::filesystem::path residents_;
  std::vector<std::filesystem::path> rosters_;
  std::vector<std::filesystem::path> truths_;
};

PopulationOptions Options() {
  PopulationOptions options;
  options.residents = 30000;
  options.insurers = {"133033", "280016"};
  options.people = 20000;
  options.seed = 3;
  return options;
}

bool Has(const TruthRow& row, std::string_view tag) {
  return (" " + row.tags + " ").find(" " + std::string(tag) + " ") != std::string::npos;
}

// What a row's number is, told from the register alone.
std::string KindOf(const RosterEntry& entry, const ResidentEntry& resident) {
  if (entry.number.empty()) {
    return "num-missing";
  }
  if (entry.number == resident.number) {
    return "";
  }
  if (entry.number == resident.superseded) {
    return "num-superseded";
  }
  return number::IndividualNumber::Check(entry.number) == number::NumberFault::kNone
             ? "other"
             : "num-bad-check-digit";
}

std::string NumberTagOf(const TruthRow& row) {
  for (const std::string_view tag : {"num-missing", "num-superseded", "num-bad-check-digit"}) {
    if (Has(row, tag)) {
      return std::string(tag);
    }
  }
  return Has(row, "num-of-family") || Has(row, "num-unknown") ? "other" : "";
}

TEST_F(Population, RostersAgreeWithTheRegisterExceptWhereTheTruthSaysSo) {
  ASSERT_TRUE(Write(Options()).ok());
  const auto residents = Residents();
  EXPECT_EQ(residents.size(), 30000U);
  const std::vector<std::string_view> encodings = {"cp932", "utf-8"};
  for (std::size_t which = 0; which < 2; ++which) {
    const auto truth = Truth(which);
    const auto roster = Roster(which, encodings[which]);
    ASSERT_EQ(truth.size(), roster.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const auto resident = residents.find(truth[i].code);
      ASSERT_NE(resident, residents.end());
      EXPECT_EQ(truth[i].number, resident->second.number);
      EXPECT_EQ(KindOf(roster[i], resident->second), NumberTagOf(truth[i])) << i;
      EXPECT_EQ(roster[i].birth_date != resident->second.birth_date, Has(truth[i], "dob-error"));
      EXPECT_EQ(
          resident->second.status != text::ResidentStatus::kPresent,
          truth[i].tags.find("resident-") != std::string::npos
      );
      EXPECT_EQ(roster[i].lost_on.is_set(), Has(truth[i], "moved-out"));
    }
  }
}

TEST_F(Population, NoiseIsAsRareAsPromised) {
  PopulationOptions options = Options();
  options.residents = 100000;
  options.people = 100000;
  options.insurers = {"133033"};
  ASSERT_TRUE(Write(options).ok());
  const auto truth = Truth(0);
  ASSERT_EQ(truth.size(), options.people);
  const std::map<std::string, double> rates = {
      {"num-missing", 0.02},
      {"num-bad-check-digit", 0.013},
      {"num-of-family", 0.0012},
      {"num-superseded", 0.0016},
      {"num-unknown", 0.001},
      {"dob-error", 0.0018},
      {"resident-deceased", 0.003},
      {"resident-moved_abroad", 0.002},
      {"resident-restricted", 0.001},
  };
  for (const auto& [tag, rate] : rates) {
    const auto count = static_cast<double>(std::ranges::count_if(truth, [&](const TruthRow& row) {
      return Has(row, tag);
    }));
    EXPECT_NEAR(count / 100000.0, rate, rate * 0.4) << tag;
  }
}

TEST_F(Population, MoversStandInBothRostersQualifiedTheDayAfterTheyWereLost) {
  ASSERT_TRUE(Write(Options()).ok());
  const auto first = Truth(0);
  const auto second = Truth(1);
  const auto first_roster = Roster(0, "cp932");
  const auto second_roster = Roster(1, "utf-8");
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < first.size(); ++i) {
    places[first[i].code] = i;
  }
  std::size_t movers = 0;
  for (std::size_t i = 0; i < second.size(); ++i) {
    const auto place = places.find(second[i].code);
    EXPECT_EQ(place != places.end(), Has(second[i], "moved-in"));
    if (place == places.end()) {
      continue;
    }
    ++movers;
    EXPECT_EQ(first_roster[place->second].lost_on.packed(), 20260930U);
    EXPECT_LT(first_roster[place->second].qualified_on.packed(), 20260930U);
    EXPECT_EQ(second_roster[i].qualified_on.packed(), 20261001U);
    EXPECT_EQ(first_roster[place->second].number, second[i].number);
    EXPECT_EQ(second_roster[i].number, second[i].number);
  }
  EXPECT_EQ(movers, 21U);
}

TEST_F(Population, OnePersonMovesInTheSmallestSample) {
  PopulationOptions options = Options();
  options.residents = 300;
  options.people = 100;
  ASSERT_TRUE(Write(options).ok());
  EXPECT_EQ(Truth(0).size(), 50U);
  EXPECT_EQ(Truth(1).size(), 51U);
}

TEST_F(Population, EverybodyInsuredIsInOneRosterOnlyWhenAllAreInsured) {
  PopulationOptions options = Options();
  options.residents = 1000;
  options.people = 1000;
  options.insurers = {"1", "2", "3"};
  ASSERT_TRUE(Write(options).ok());
  std::map<std::string, int> seen;
  for (std::size_t which = 0; which < 3; ++which) {
    for (const TruthRow& row : Truth(which)) {
      seen[row.code] += Has(row, "moved-in") ? 0 : 1;
    }
  }
  EXPECT_EQ(seen.size(), 1000U);
  for (const auto& [code, count] : seen) {
    EXPECT_EQ(count, 1);
  }
}

TEST_F(Population, TheSameOptionsGiveTheSameBytesAndAnotherSeedOthers) {
  PopulationOptions options = Options();
  options.residents = 2000;
  options.people = 1000;
  const auto bytes = [&](const std::string& suffix) {
    EXPECT_TRUE(Write(options, suffix).ok());
    return ReadFile(residents_).value() + ReadFile(rosters_[0]).value() +
           ReadFile(rosters_[1]).value() + ReadFile(truths_[0]).value();
  };
  const std::string first = bytes("a");
  EXPECT_EQ(first, bytes("b"));
  ++options.seed;
  EXPECT_NE(first, bytes("c"));
}

TEST_F(Population, NumbersAreMissingAsOftenAsAsked) {
  PopulationOptions options = Options();
  options.number_missing_rate = 1;
  options.insurers = {"133033"};
  options.people = 100;
  ASSERT_TRUE(Write(options).ok());
  for (const RosterEntry& entry : Roster(0, "cp932")) {
    EXPECT_EQ(entry.number, "");
  }
}

TEST_F(Population, CountsThatDoNotFitAreRefused) {
  PopulationOptions options = Options();
  options.people = options.residents + 1;
  EXPECT_EQ(Write(options).error().code, ErrorCode::kUsage);
  options.people = 1;
  EXPECT_EQ(Write(options).error().code, ErrorCode::kUsage);
  options.insurers.clear();
  EXPECT_EQ(Write(options).error().code, ErrorCode::kUsage);
  EXPECT_EQ(WritePopulation(Options(), folder_ / "r.csv", {}, {}).error().code, ErrorCode::kUsage);
}

TEST_F(Population, TheBenchRegisterHoldsResidentAt) {
  for (const std::string name : {"bench.csv", "bench.csv.gz"}) {
    ASSERT_TRUE(WriteResidentsForBench(5000, 9, folder_ / name).ok());
    std::uint64_t index = 0;
    const auto count = text::ReadResidents(folder_ / name, [&](const text::ResidentRow& row) {
      const Resident resident = ResidentAt(9, index++);
      EXPECT_EQ(
          row.individual_number, std::string_view(resident.number.data(), resident.number.size())
      );
      EXPECT_EQ(row.birth_date, resident.birth_date);
      EXPECT_EQ(row.sex, resident.sex);
      EXPECT_EQ(row.status, text::ResidentStatus::kPresent);
      return Ok();
    });
    ASSERT_TRUE(count.ok()) << count.error().Text();
    EXPECT_EQ(*count, 5000U);
  }
}

}  // namespace
}  // namespace musubi::sample
