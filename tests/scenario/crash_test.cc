// kill -9 at random instants: the pairs are those of an undisturbed run.
#include <csignal>

#include "tests/scenario/harness.h"

namespace musubi::scenario {
namespace {

constexpr const char* kInsurer = "133033";

// One population, one list; who ends how, by row.
std::vector<Scheme::Person> RunUndisturbed(Scheme& scheme) {
  scheme.StartAll();
  scheme.Round(kInsurer, "calm");
  return scheme.People(kInsurer);
}

void Prepare(Scheme& scheme, const std::string& people) {
  scheme.Init({"--people", people, "--insurer", kInsurer, "--seed", "5"});
  const std::string config = scheme.Config(std::string("insurer-") + kInsurer);
  scheme.Do(
      {"insurer",
       "--config",
       config,
       "import-roster",
       scheme.InDir(std::string("insurer-") + kInsurer + "/roster.csv").string()}
  );
}

void CheckSame(const std::vector<Scheme::Person>& calm, const std::vector<Scheme::Person>& shaken) {
  ASSERT_EQ(calm.size(), shaken.size());
  for (std::size_t i = 0; i < calm.size(); ++i) {
    EXPECT_EQ(calm[i], shaken[i]) << "row " << i + 1;
  }
}

TEST(Crash, FiftyKillsOfAnyRoleLeaveThePairsOfAnUndisturbedRun) {
  const char* people = std::getenv("MUSUBI_CRASH_PEOPLE");
  const std::string size = people != nullptr ? people : "20000";
  Scheme calm("calm");
  Prepare(calm, size);
  const auto expected = RunUndisturbed(calm);

  Scheme shaken("shaken");
  Prepare(shaken, size);
  // Small chunks and slow answers: the batch lasts long enough to be disturbed fifty times.
  shaken.Replace("hub", "chunk_rows = 20000", "chunk_rows = 250");
  shaken.Do({"scheme", "fault", shaken.Dir(), "support", "--slow-ms", "80"});
  shaken.StartAll();
  const std::string config = shaken.Config(std::string("insurer-") + kInsurer);
  const std::string terminal = shaken.Config(std::string("terminal-") + kInsurer);
  const std::string list = shaken.File("list.p7m").string();
  shaken.Do({"insurer", "--config", config, "number-list", "--out", list});

  std::mt19937 random(20261122);
  const std::vector<std::string> roles = {"hub", "network", "jlis", "support", "terminal"};
  const auto start_terminal = [&] {
    return Spawn(
        {"terminal", "--config", terminal, "upload", list, "--wait"},
        shaken.File("upload.out"),
        shaken.File("upload.err")
    );
  };
  pid_t upload = start_terminal();
  int kills = 0;
  bool is_done = false;
  while (kills < 50 && !is_done) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 90));
    int status = 0;
    if (::waitpid(upload, &status, WNOHANG) == upload) {
      ASSERT_EQ(ExitCodeOf(status), 0) << Slurp(shaken.File("upload.err"));
      is_done = true;
      break;
    }
    // The hub loses the batch key when it dies: killed more rarely, or the batch never ends.
    const std::string& role = random() % 10 == 0 ? roles[0] : roles[1 + random() % 4];
    if (role == "terminal") {
      ::kill(upload, SIGKILL);
      ::waitpid(upload, nullptr, 0);
      upload = start_terminal();
    } else {
      shaken.Kill(role);
      shaken.Start(role);
    }
    ++kills;
  }
  if (!is_done) {
    int status = 0;
    ::waitpid(upload, &status, 0);
    ASSERT_EQ(ExitCodeOf(status), 0) << Slurp(shaken.File("upload.err"));
  }
  RecordProperty("kills", kills);
  std::printf("kills during the batch: %d\n", kills);
  EXPECT_EQ(kills, 50) << "the batch was over too soon to be disturbed";
  const std::string output = Slurp(shaken.File("upload.out"));
  const std::string batch = output.substr(0, output.find('\n'));
  const std::string pairs = shaken.File("pairs.p7m").string();
  shaken.Do({"terminal", "--config", terminal, "download", batch, "--out", pairs});
  shaken.Do({"insurer", "--config", config, "import-pairs", pairs});
  CheckSame(expected, shaken.People(kInsurer));
}

}  // namespace
}  // namespace musubi::scenario
