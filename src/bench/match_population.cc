#include "bench/match_population.h"

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/io.h"
#include "sample/dice.h"
#include "sample/person.h"
#include "sample/roster_row.h"

namespace musubi::bench {

namespace {

constexpr std::uint64_t kBlockSize = 12;  // whole households: sample/resident.h
constexpr double kMovedRate = 0.03;
constexpr double kSexErrorRate = 0.0015;
constexpr double kStrangerRate = 0.002;
constexpr std::uint64_t kStrangerSeed = 1U << 20U;
constexpr std::uint64_t kStrideSize = 1U << 14U;
constexpr Date kQualified = Date::FromPacked(20200401);

enum Question : std::uint64_t { kMoved = 101, kWhereTo, kSexError, kStranger };

std::string_view View(const auto& digits) {
  return {digits.data(), digits.size()};
}

using MakeLine = std::function<void(std::uint64_t, std::string&, std::string&)>;

// Lines 0..count-1 for two files, made in strides by all threads and written in order.
Result<void> WriteLines(
    std::uint64_t count, unsigned threads, const MakeLine& make, ByteSink& first, ByteSink* second
) {
  std::vector<std::string> firsts(threads);
  std::vector<std::string> seconds(threads);
  for (std::uint64_t begin = 0; begin < count; begin += kStrideSize * threads) {
    std::vector<std::jthread> helpers;
    for (unsigned t = 0; t < threads; ++t) {
      helpers.emplace_back([&, t] {
        const std::uint64_t from = begin + t * kStrideSize;
        firsts[t].clear();
        seconds[t].clear();
        for (std::uint64_t i = from; i < std::min(count, from + kStrideSize); ++i) {
          make(i, firsts[t], seconds[t]);
        }
      });
    }
    helpers.clear();
    for (unsigned t = 0; t < threads; ++t) {
      MUSUBI_CHECK_OK(first.Write(AsBytes(firsts[t])));
      if (second != nullptr) {
        MUSUBI_CHECK_OK(second->Write(AsBytes(seconds[t])));
      }
    }
  }
  return Ok();
}

void AppendResident(std::uint64_t seed, std::uint64_t index, std::string& out) {
  const sample::Person person = sample::PersonAt(seed, index);
  const auto old_number = sample::OldNumberAt(seed, index);
  fmt::format_to(
      std::back_inserter(out),
      "{},{},{}　{},{}　{},{},{},{},{},{},{},{}\n",
      View(person.resident.record_code),
      View(person.resident.number),
      person.surname.text,
      person.given.text,
      person.surname.kana,
      person.given.kana,
      person.resident.birth_date.Text(),
      static_cast<int>(person.resident.sex),
      sample::SpellAddress(person.address, sample::AddressStyle::kFull),
      sample::StatusName(person.status),
      person.has_changed_number ? View(old_number) : std::string_view(),
      person.former_surname.text,
      person.former_surname.kana
  );
}

class RosterLines {
 public:
  explicit RosterLines(const MatchPopulation& population) : population_(population) {
    const std::uint64_t blocks = (population.people + kBlockSize - 1) / kBlockSize;
    stride_ = std::max<std::uint64_t>(
        1, population.residents / kBlockSize / std::max<std::uint64_t>(1, blocks)
    );
  }

  void Make(std::uint64_t row, std::string& roster, std::string& truth) const {
    const std::uint64_t index = std::min(
        row / kBlockSize * stride_ * kBlockSize + row % kBlockSize, population_.residents - 1
    );
    const sample::Dice dice(population_.seed + kStrangerSeed, row);
    const bool is_stranger = dice.Share(kStranger) < kStrangerRate;
    const std::uint64_t seed = is_stranger ? population_.seed + kStrangerSeed : population_.seed;
    sample::Person person = sample::PersonAt(seed, index);
    const std::string code(is_stranger ? std::string_view() : View(person.resident.record_code));
    std::vector<std::string_view> more;
    if (is_stranger) {
      more.emplace_back("not-a-resident");
    } else {
      AddSlips(dice, person, more);
    }
    sample::RosterPlace place;
    place.symbol = "標1";
    place.number = row / kBlockSize;
    place.is_head = sample::HouseholdOf(seed, index).first == index;
    place.qualified_on = kQualified;
    sample::RosterLine line = sample::MakeRosterLine(person, index, place, {seed, 0.02});
    line.tags.insert(line.tags.end(), more.begin(), more.end());
    roster += line.text;
    fmt::format_to(
        std::back_inserter(truth),
        "{},{},{},{}\n",
        row + 1,
        code,
        View(person.resident.number),
        fmt::join(line.tags, " ")
    );
  }

 private:
  void AddSlips(
      const sample::Dice& dice, sample::Person& person, std::vector<std::string_view>& tags
  ) const {
    if (dice.Share(kMoved) < kMovedRate) {
      const std::uint64_t other = dice.Below(kWhereTo, sample::kResidentCountMax);
      person.address = sample::PersonAt(population_.seed + kStrangerSeed, other).address;
      tags.emplace_back("addr-moved");
    }
    if (dice.Share(kSexError) < kSexErrorRate) {
      person.resident.sex =
          person.resident.sex == text::Sex::kMale ? text::Sex::kFemale : text::Sex::kMale;
      tags.emplace_back("sex-error");
    }
  }

  const MatchPopulation& population_;
  std::uint64_t stride_ = 1;
};

}  // namespace

Result<void> WriteMatchPopulation(
    const MatchPopulation& population, const std::filesystem::path& folder
) {
  const unsigned threads = std::max(1U, population.threads);
  MUSUBI_TRY(auto residents, FileSink::Create(folder / "residents.csv"));
  constexpr std::string_view kHeading =
      "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
      "superseded_number,former_surname,former_surname_kana\n";
  MUSUBI_CHECK_OK(residents->Write(AsBytes(kHeading)));
  const auto make_resident = [&](std::uint64_t index, std::string& out, std::string&) {
    AppendResident(population.seed, index, out);
  };
  MUSUBI_CHECK_OK(WriteLines(population.residents, threads, make_resident, *residents, nullptr));
  MUSUBI_CHECK_OK(residents->Commit());
  MUSUBI_TRY(auto roster, FileSink::Create(folder / "roster.csv"));
  MUSUBI_TRY(auto truth, FileSink::Create(folder / "truth.csv"));
  MUSUBI_CHECK_OK(roster->Write(AsBytes(sample::kRosterHeading)));
  MUSUBI_CHECK_OK(truth->Write(AsBytes("row,resident_record_code,individual_number,tags\n")));
  const RosterLines lines(population);
  const auto make_row = [&lines](std::uint64_t row, std::string& out, std::string& truth_line) {
    lines.Make(row, out, truth_line);
  };
  MUSUBI_CHECK_OK(WriteLines(population.people, threads, make_row, *roster, truth.get()));
  MUSUBI_CHECK_OK(roster->Commit());
  return truth->Commit();
}

}  // namespace musubi::bench
