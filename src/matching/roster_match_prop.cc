#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "matching/people_for_test.h"

namespace musubi::matching {

namespace {

constexpr int kRounds = 12;

// Few names, days and houses: every kind of near miss comes up.
struct World {
  std::vector<SomeResident> residents;
  std::vector<SomePerson> people;
};

const std::vector<std::string> kNames{
    "渡辺　一郎", "渡邊　一郎", "渡●　一郎", "高橋　花子", "髙橋　花子"
};
const std::vector<std::string> kKana{
    "ワタナベ　イチロウ", "タカハシ　ハナコ", "タカハシハナコ", ""
};
const std::vector<std::string> kBirths{"1980-04-05", "1980-05-04", "1944-12-24"};
const std::vector<std::string> kHouses{
    "東京都立川市曙町二丁目3番4号",
    "東京都立川市曙町2-3-4 曙ハイツ101",
    "大阪府堺市堺区南瓦町3番1号",
    ""
};

World MakeWorld(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&random](const auto& list) { return list[random() % list.size()]; };
  const std::vector<std::string> statuses{"", "", "", "deceased", "restricted"};
  World world;
  for (unsigned i = 0; i < 60; ++i) {
    SomeResident resident;
    resident.code = std::to_string(10000000001 + i);
    resident.name = pick(kNames);
    resident.kana = pick(kKana);
    resident.birth = pick(kBirths);
    resident.sex = random() % 2 == 0 ? "1" : "2";
    resident.address = pick(kHouses);
    resident.status = pick(statuses);
    if (random() % 8 == 0) {
      resident.former = "佐藤";
      resident.former_kana = "サトウ";
    }
    world.residents.push_back(resident);
    SomePerson person;
    person.name = random() % 8 == 0 ? "佐藤　一郎" : pick(kNames);
    person.kana = random() % 8 == 0 ? "サトウ　イチロウ" : pick(kKana);
    person.birth = pick(kBirths);
    person.sex = static_cast<text::Sex>(random() % 3);
    person.address = pick(kHouses);
    world.people.push_back(person);
  }
  return world;
}

bool AreSame(const Decision& a, const Decision& b) {
  return a.outcome == b.outcome && a.resident == b.resident && a.rules == b.rules &&
         a.differs == b.differs && a.candidate_count == b.candidate_count;
}

void ExpectSame(const std::vector<Decision>& a, const std::vector<Decision>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(AreSame(a[i], b[i])) << "row " << i + 1;
  }
}

TEST(MatchProperty, ThreadsDoNotMatter) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const World world = MakeWorld(seed);
    ExpectSame(
        MatchAll(world.residents, world.people, 1), MatchAll(world.residents, world.people, 4)
    );
  }
}

TEST(MatchProperty, OrderOfRowsAndOfResidentsDoesNotMatter) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    World world = MakeWorld(seed);
    const auto before = MatchAll(world.residents, world.people, 2);
    std::ranges::reverse(world.people);
    std::ranges::reverse(world.residents);
    auto after = MatchAll(world.residents, world.people, 2);
    std::ranges::reverse(after);
    ExpectSame(before, after);
  }
}

TEST(MatchProperty, OneRowAloneGetsTheSameDecision) {
  const World world = MakeWorld(99);
  const auto together = MatchAll(world.residents, world.people, 2);
  for (std::size_t i = 0; i < world.people.size(); ++i) {
    ExpectSame(MatchAll(world.residents, {world.people[i]}, 1), {together[i]});
  }
}

TEST(MatchProperty, TheIndexAndTheFilesDecideAlike) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const World world = MakeWorld(seed);
    const auto index = IndexOf(world.residents);
    std::vector<Decision> decisions;
    for (const SomePerson& person : world.people) {
      decisions.push_back(index->Match(person.Ask(), Explain::kNo));
    }
    ExpectSame(MatchAll(world.residents, world.people, 2), decisions);
  }
}

ResidentView ViewOf(const SomeResident& r) {
  ResidentView view;
  view.attributes = {
      r.name, r.kana, {}, r.sex == "1" ? text::Sex::kMale : text::Sex::kFemale, r.address
  };
  static_cast<void>(Date::TryParse(r.birth, view.attributes.birth_date));
  view.former_surname = r.former;
  view.former_surname_kana = r.former_kana;
  return view;
}

// The slow truth: everybody against everybody.
TEST(MatchProperty, NobodyWhoFitsIsMissed) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const World world = MakeWorld(seed);
    const auto decisions = MatchAll(world.residents, world.people, 2);
    for (std::size_t i = 0; i < world.people.size(); ++i) {
      std::uint32_t full = 0;
      Comparer comparer(*SharedNormaliser());
      comparer.Ask(world.people[i].Ask());
      for (const SomeResident& r : world.residents) {
        const ResidentView view = ViewOf(r);
        full += comparer.Against(view).IsFull() ? 1 : 0;
      }
      const bool has_one = decisions[i].outcome == MatchOutcome::kAgree ||
                           decisions[i].outcome == MatchOutcome::kNotation ||
                           decisions[i].outcome == MatchOutcome::kGone;
      if (decisions[i].outcome == MatchOutcome::kRestricted) {
        EXPECT_LE(full, 1);  // who only comes near is not told more than that
      } else {
        EXPECT_EQ(has_one, full == 1) << "seed " << seed << " row " << i + 1;
      }
      EXPECT_EQ(decisions[i].outcome == MatchOutcome::kMultiple, full > 1);
      EXPECT_EQ(
          decisions[i].resident != 0,
          decisions[i].outcome == MatchOutcome::kAgree ||
              decisions[i].outcome == MatchOutcome::kNotation
      );
    }
  }
}

// Namesakes are passed over without being compared in full: not one who would be a lead.
TEST(MatchProperty, WhoeverWouldBeALeadIsNotSilentlyNobody) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const World world = MakeWorld(seed);
    const auto decisions = MatchAll(world.residents, world.people, 2);
    Comparer comparer(*SharedNormaliser());
    for (std::size_t i = 0; i < world.people.size(); ++i) {
      const Attributes person = world.people[i].Ask();
      comparer.Ask(person);
      const bool is_told = decisions[i].outcome != MatchOutcome::kNone;
      const bool is_lead = std::ranges::any_of(world.residents, [&](const SomeResident& resident) {
        const ResidentView view = ViewOf(resident);
        const Fit fit = comparer.Against(view);
        // A name with a lost character has no key to be found by without the birth date.
        const bool has_key = fit.Fits(Attribute::kKana) ||
                             (world.people[i].name + resident.name).find("●") == std::string::npos;
        return has_key && IsLead(fit, person.birth_date, view.attributes.birth_date);
      });
      EXPECT_TRUE(is_told || !is_lead) << "seed " << seed << " row " << i + 1;
    }
  }
}

TEST(MatchProperty, MoreResidentsNeverTurnMultipleIntoAgree) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    const World world = MakeWorld(seed);
    std::vector<SomeResident> fewer(world.residents.begin(), world.residents.begin() + 30);
    const auto before = MatchAll(fewer, world.people, 2);
    const auto after = MatchAll(world.residents, world.people, 2);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i].outcome == MatchOutcome::kMultiple) {
        EXPECT_EQ(after[i].outcome, MatchOutcome::kMultiple);
        EXPECT_GE(after[i].candidate_count, before[i].candidate_count);
      }
    }
  }
}

}  // namespace

}  // namespace musubi::matching
