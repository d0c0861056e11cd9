// A register and people for tests, written as tests read them.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "matching/roster_match.h"

namespace musubi::matching {

struct SomeResident {
  std::string code = "10000000001";
  std::string number = "111111111118";
  std::string name = "渡辺　一郎";
  std::string kana = "ワタナベ　イチロウ";
  std::string birth = "1980-04-05";
  std::string sex = "1";
  std::string address = "東京都立川市曙町二丁目3番4号　曙ハイツ101号室";
  std::string status = {};
  std::string superseded = {};
  std::string former = {};
  std::string former_kana = {};
};

struct SomePerson {
  std::string name = "渡辺　一郎";
  std::string kana = "ワタナベ　イチロウ";
  std::string birth = "1980-04-05";
  text::Sex sex = text::Sex::kMale;
  std::string address = "東京都立川市曙町二丁目3番4号　曙ハイツ101号室";

  [[nodiscard]] Attributes Ask() const {
    Attributes attributes{name, kana, {}, sex, address};
    static_cast<void>(Date::TryParse(birth, attributes.birth_date));
    return attributes;
  }
};

inline std::shared_ptr<const text::Normaliser> SharedNormaliser() {
  static const std::shared_ptr<const text::Normaliser> normaliser =
      std::move(text::Normaliser::Make()).value();
  return normaliser;
}

// A folder of its own, removed in the end.
class TestFolder {
 public:
  TestFolder() {
    static int count = 0;
    path_ = std::filesystem::path(testing::TempDir()) /
            ("matching-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }

  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] std::filesystem::path File(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void WriteRegister(
    const std::filesystem::path& path, const std::vector<SomeResident>& residents
) {
  std::ofstream file(path);
  file << "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
          "superseded_number,former_surname,former_surname_kana\n";
  for (const SomeResident& r : residents) {
    file << r.code << ',' << r.number << ',' << r.name << ',' << r.kana << ',' << r.birth << ','
         << r.sex << ',' << r.address << ',' << r.status << ',' << r.superseded << ',' << r.former
         << ',' << r.former_kana << '\n';
  }
}

inline std::shared_ptr<const ResidentIndex> IndexOf(const std::vector<SomeResident>& residents) {
  const TestFolder folder;
  WriteRegister(folder.File("residents.csv"), residents);
  auto index = ResidentIndex::Load(folder.File("residents.csv"), SharedNormaliser(), 2);
  EXPECT_TRUE(index.ok());
  return std::move(index).value();
}

inline Decision MatchOne(const std::vector<SomeResident>& residents, const SomePerson& person) {
  return IndexOf(residents)->Match(person.Ask(), Explain::kNo);
}

inline std::vector<Decision> MatchAll(
    const std::vector<SomeResident>& residents,
    const std::vector<SomePerson>& people,
    unsigned threads,
    text::Rules allowed = kLenientRules
) {
  const TestFolder folder;
  WriteRegister(folder.File("residents.csv"), residents);
  RosterPeople roster;
  for (const SomePerson& person : people) {
    roster.Add(person.Ask());
  }
  RosterMatchOptions options;
  options.threads = threads;
  options.allowed = allowed;
  auto decisions = MatchRoster(roster, folder.File("residents.csv"), *SharedNormaliser(), options);
  EXPECT_TRUE(decisions.ok());
  return decisions.ok() ? std::move(decisions).value() : std::vector<Decision>();
}

}  // namespace musubi::matching
