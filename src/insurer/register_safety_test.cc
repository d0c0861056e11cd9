// What must hold whatever happens: no number in any file, all of an import or nothing.
#include <csignal>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "insurer/register_for_test.h"

namespace musubi::insurer {
namespace {

class RegisterSafetyTest : public RegisterTest {};

MUSUBI_TEST_BOTH_ENGINES(RegisterSafetyTest);

TEST_P(RegisterSafetyTest, NoFileHoldsANumber) {
  if (!IsSqlite()) {
    GTEST_SKIP() << "the files of a server are not ours";
  }
  constexpr unsigned kPeople = 200;
  std::vector<Row> rows;
  for (unsigned person = 0; person < kPeople; ++person) {
    rows.push_back({.household = std::to_string(person), .number = DigitsOf(person)});
  }
  Import(rows);
  Must(List());
  std::vector<Pair> pairs;
  for (unsigned person = 0; person < kPeople; ++person) {
    pairs.push_back({"X" + std::to_string(person), person, exchange::Outcome::kNotFound});
  }
  ApplyPairs(pairs, 1);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder())) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    for (unsigned person = 0; person < kPeople; ++person) {
      ASSERT_EQ(bytes.find(DigitsOf(person)), std::string::npos) << entry.path();
    }
  }
}

TEST_P(RegisterSafetyTest, AnImportKilledHalfwayIsThereWhollyOrNotAtAll) {
  constexpr unsigned kPeople = 3000;
  std::vector<Row> rows;
  for (unsigned person = 0; person < kPeople; ++person) {
    rows.push_back({.household = std::to_string(person), .number = DigitsOf(person)});
  }
  Import({rows[0]});
  register_.reset();
  vault_.reset();
  database_.reset();
  // The last one is not killed: the import would have come to its end.
  for (const int wait_ms : {1, 10, 20, 40, 60, 80, 120, 200, 300, 0}) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto database = OpenDatabase();
      OpenWrapper wrapper;
      const auto vault = Must(vault::Vault::Open(*database, wrapper));
      const auto people = Must(Register::Open(*database, clock_, "child"));
      const std::string text = RosterOf(rows);
      MemorySource source(AsBytes(text));
      Must(people->ImportRoster(*vault, {source, "roster.csv", {}, RosterScope::kAdd}));
      ::_exit(0);
    }
    ASSERT_GT(child, 0);
    if (wait_ms != 0) {
      ::usleep(static_cast<useconds_t>(wait_ms) * 1000);
      ::kill(child, SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    const auto database = OpenDatabase();
    const auto connection = Must(database->Connect());
    const auto count = [&](std::string_view sql) {
      return Must(connection->QueryInt(sql)).value_or(-1);
    };
    const auto people = count("SELECT COUNT(*) FROM person");
    EXPECT_TRUE(people == kPeople || (people == 1 && wait_ms != 0)) << people;
    EXPECT_EQ(count("SELECT COUNT(*) FROM person_stage"), 0);
    EXPECT_EQ(
        count("SELECT COUNT(*) FROM person p WHERE NOT EXISTS "
              "(SELECT 1 FROM person_history h WHERE h.reference = p.reference)"),
        0
    );
  }
}

}  // namespace
}  // namespace musubi::insurer
