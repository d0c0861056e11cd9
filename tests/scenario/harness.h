// A scheme of real processes for scenario tests: the musubi binary, mTLS over loopback, real
// stores.
#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace musubi::scenario {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

inline std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Starts the binary; output and errors go to files. The child dies with us.
inline pid_t Spawn(
    const std::vector<std::string>& arguments,
    const fs::path& output,
    const fs::path& errors,
    const fs::path& input = "/dev/null",
    const std::string& program = MUSUBI_BINARY
) {
  const pid_t child = ::fork();
  if (child != 0) {
    return child;
  }
  const auto put = [](const fs::path& path, int flags, int target) {
    const int descriptor = ::open(path.c_str(), flags, 0600);
    ::dup2(descriptor, target);
  };
  put(input, O_RDONLY, 0);
  put(output, O_WRONLY | O_CREAT | O_TRUNC, 1);
  put(errors, O_WRONLY | O_CREAT | O_APPEND, 2);
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    words.push_back(const_cast<char*>(argument.c_str()));
  }
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

inline int ExitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// A base port with seven free ports above it, below the range of outgoing connections.
inline int FreeBasePort() {
  static std::mt19937 random(static_cast<unsigned>(::getpid()) * 7919U);
  for (int attempt = 0; attempt < 200; ++attempt) {
    const int base = 20000 + static_cast<int>(random() % 1200U) * 10;
    bool is_free = true;
    for (int port = base; port <= base + 7 && is_free; ++port) {
      const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      is_free = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
      ::close(descriptor);
    }
    if (is_free) {
      return base;
    }
  }
  return 20000;
}

class Scheme {
 public:
  explicit Scheme(const std::string& name) {
    folder_ = fs::path(testing::TempDir()) / (name + "-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  ~Scheme() {
    for (auto& [role, pid] : roles_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    if (!testing::Test::HasFailure()) {
      fs::remove_all(folder_);
    }
  }

  Scheme(const Scheme&) = delete;
  Scheme& operator=(const Scheme&) = delete;

  // `scheme init` with its further arguments; a free base port is chosen.
  void Init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"scheme", "init", Dir()});
    arguments.insert(arguments.end(), {"--base-port", std::to_string(FreeBasePort())});
    const Outcome outcome = Run(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }

  [[nodiscard]] std::string Dir() const { return (folder_ / "scheme").string(); }

  [[nodiscard]] fs::path File(const std::string& name) const { return folder_ / name; }

  [[nodiscard]] fs::path InDir(const std::string& name) const { return fs::path(Dir()) / name; }

  [[nodiscard]] std::string Config(const std::string& node) const {
    return InDir(node + ".toml").string();
  }

  // Changes a node's configuration file; fails when `from` is not in it.
  void Replace(const std::string& node, const std::string& from, const std::string& to) {
    std::string text = Slurp(Config(node));
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(Config(node)) << text;
  }

  Outcome Run(const std::vector<std::string>& arguments, const std::string& input = {}) {
    const std::string tag = std::to_string(++run_count_);
    const fs::path output = folder_ / ("out." + tag);
    const fs::path errors = folder_ / ("err." + tag);
    fs::path stdin_path = "/dev/null";
    if (!input.empty()) {
      stdin_path = folder_ / ("in." + tag);
      std::ofstream(stdin_path) << input;
    }
    const pid_t pid = Spawn(arguments, output, errors, stdin_path);
    int status = 0;
    ::waitpid(pid, &status, 0);
    Outcome outcome{ExitCodeOf(status), Slurp(output), Slurp(errors)};
    fs::remove(output);
    fs::remove(errors);
    return outcome;
  }

  // Runs and expects success.
  Outcome Do(const std::vector<std::string>& arguments, const std::string& input = {}) {
    Outcome outcome = Run(arguments, input);
    std::string line;
    for (const std::string& argument : arguments) {
      line += argument + " ";
    }
    EXPECT_EQ(outcome.exit_code, 0) << line << "\n" << outcome.errors << outcome.output;
    return outcome;
  }

  void Start(const std::string& role) {
    const fs::path log = folder_ / (role + ".log");
    roles_[role] = Spawn({"serve", role, "--config", Config(role)}, folder_ / (role + ".out"), log);
  }

  void StartAll() {
    for (const char* role : {"network", "jlis", "support", "hub"}) {
      Start(role);
    }
    WaitReady();
  }

  // kill -9; the process is gone when this returns.
  void Kill(const std::string& role) { Stop(role, SIGKILL); }

  int Stop(const std::string& role, int signal = SIGTERM) {
    const auto found = roles_.find(role);
    if (found == roles_.end()) {
      return -1;
    }
    ::kill(found->second, signal);
    int status = 0;
    ::waitpid(found->second, &status, 0);
    roles_.erase(found);
    return ExitCodeOf(status);
  }

  [[nodiscard]] pid_t PidOf(const std::string& role) const { return roles_.at(role); }

  // Until every role that was started is ready.
  // A core of the live process, taken by gdb's gcore.
  fs::path TakeCore(const std::string& role, const std::string& name) {
    const fs::path core = File(name);
    const pid_t pid = PidOf(role);
    const pid_t gcore = Spawn(
        {"-o", core.string(), std::to_string(pid)},
        File(name + ".out"),
        File(name + ".err"),
        "/dev/null",
        "gcore"
    );
    int status = 0;
    ::waitpid(gcore, &status, 0);
    return core.string() + "." + std::to_string(pid);
  }

  // Until everybody who was started is ready; others may be down.
  void WaitReady() {
    for (int i = 0; i < 300; ++i) {
      const Outcome outcome = Run({"scheme", "status", Dir(), "--json"});
      bool is_ready = outcome.output.find("\"ready\":true") != std::string::npos;
      for (const auto& [role, pid] : roles_) {
        const std::size_t at = outcome.output.find("\"" + role + "\"");
        const std::size_t end = outcome.output.find('}', at);
        is_ready = is_ready && at != std::string::npos &&
                   outcome.output.substr(at, end - at).find("\"ready\":true") != std::string::npos;
      }
      if (is_ready) {
        return;
      }
      std::this_thread::sleep_for(100ms);
    }
    FAIL() << "the scheme does not become ready\n" << Slurp(folder_ / "hub.log");
  }

  // The job of one association: list, upload, download, import. Returns the batch id.
  std::string Round(const std::string& insurer, const std::string& tag) {
    const std::string config = Config("insurer-" + insurer);
    const std::string terminal = Config("terminal-" + insurer);
    const std::string list = File(tag + ".nl.p7m").string();
    const std::string pairs = File(tag + ".np.p7m").string();
    Do({"insurer", "--config", config, "number-list", "--out", list});
    const std::string batch = Upload(insurer, list);
    Do({"terminal", "--config", terminal, "download", batch, "--out", pairs});
    Do({"insurer", "--config", config, "import-pairs", pairs});
    Do({"terminal", "--config", terminal, "ack", batch});
    return batch;
  }

  std::string Upload(const std::string& insurer, const std::string& list) {
    const Outcome outcome =
        Do({"terminal", "--config", Config("terminal-" + insurer), "upload", list, "--wait"});
    return outcome.output.substr(0, outcome.output.find('\n'));
  }

  // `insurer people --csv` as rows by reference.
  using Person = std::map<std::string, std::string>;

  std::vector<Person> People(const std::string& insurer) {
    const Outcome outcome =
        Do({"insurer", "--config", Config("insurer-" + insurer), "people", "--csv"});
    return ParseCsv(outcome.output);
  }

  // No quoting is expected in what the tests read.
  static std::vector<Person> ParseCsv(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::vector<std::string> headings;
    std::vector<Person> rows;
    while (std::getline(lines, line)) {
      if (!line.empty() && line.back() == '\r') {
        line.pop_back();
      }
      std::vector<std::string> fields;
      std::istringstream stream(line);
      for (std::string field; std::getline(stream, field, ',');) {
        fields.push_back(field);
      }
      if (headings.empty()) {
        headings = fields;
        continue;
      }
      fields.resize(headings.size());
      Person row;
      for (std::size_t i = 0; i < headings.size(); ++i) {
        row[headings[i]] = fields[i];
      }
      rows.push_back(row);
    }
    return rows;
  }

 private:
  fs::path folder_;
  std::map<std::string, pid_t> roles_;
  int run_count_ = 0;
};

}  // namespace musubi::scenario
