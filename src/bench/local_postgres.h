// A PostgreSQL server of our own for tests and measurements: real, on a Unix socket only, gone
// afterwards.
//
// Started by the first NewDatabase of a test process and shared by all its tests. A shell that
// waits for the end of a pipe stops the server and removes its folder, so that this happens however
// the process ends, also by SIGKILL. Programs are looked for with pg_config, in Debian's folders
// and in PATH. initdb refuses to run as root: then everything of the server runs as user postgres.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace musubi::bench {

// kNo: for measurements of something else; a crash of the machine would lose data.
enum class Sync { kNo, kYes };

class LocalPostgres {
 public:
  // Throws when there is no server program or it does not start: the test fails with the reason.
  static LocalPostgres& Shared(Sync sync = Sync::kYes) {
    static LocalPostgres server(sync);
    return server;
  }

  LocalPostgres(const LocalPostgres&) = delete;
  LocalPostgres& operator=(const LocalPostgres&) = delete;

  ~LocalPostgres() {
    if (::getpid() == owner_) {  // not in a forked child
      ::close(lifeline_);
      ::waitpid(guard_, nullptr, 0);
    }
  }

  // URL of a fresh, empty database.
  std::string NewDatabase() {
    const std::string name = "test_" + std::to_string(++database_count_);
    Execute("CREATE DATABASE " + name);
    return UrlOf(name);
  }

  std::string UrlOf(const std::string& database) const {
    return "postgresql://musubi@/" + database + "?host=" + folder_.string();
  }

  // One statement as superuser in the database "postgres".
  void Execute(const std::string& sql) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        PQconnectdb(UrlOf("postgres").c_str()), PQfinish
    );
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), PQclear
    );
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    }
  }

  // As after a power cut, and up again.
  void Crash() {
    Run(Control("stop -m immediate"));
    Start();
  }

 private:
  explicit LocalPostgres(Sync sync) : sync_(sync), owner_(::getpid()) {
    FindPrograms();
    MakeFolder();
    StartGuard();
    Run(AsServerUser(
        Quoted(programs_ / "initdb") + " -D " + Quoted(Data()) +
        " -U musubi --auth=trust -E UTF8 --locale=C -N"
    ));
    Start();
  }

  static std::string Quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

  static std::string AsServerUser(const std::string& command) {
    if (::geteuid() != 0) {
      return command;
    }
    return "setpriv --reuid=postgres --regid=postgres --clear-groups " + command;
  }

  [[nodiscard]] std::filesystem::path Data() const { return folder_ / "data"; }

  [[nodiscard]] std::string Control(const std::string& what) const {
    return AsServerUser(
        Quoted(programs_ / "pg_ctl") + " -w -D " + Quoted(Data()) + " -l " +
        Quoted(folder_ / "server.log") + " " + what
    );
  }

  void Start() const {
    const std::string fsync = sync_ == Sync::kYes ? "on" : "off";
    Run(Control(
        "-o \"-c listen_addresses= -c unix_socket_directories=" + folder_.string() +
        " -c fsync=" + fsync + " -c max_connections=50 -c shared_buffers=64MB\" start"
    ));
  }

  // The server's own words go to a file in the folder; a failing command shows them.
  void Run(const std::string& command) const {
    const std::string log = Quoted(folder_ / "commands.log");
    if (std::system(("cd / && " + command + " >>" + log + " 2>&1").c_str()) != 0) {
      const int shown = std::system(
          ("cat " + log + " >&2; cat " + Quoted(folder_ / "server.log") + " >&2").c_str()
      );
      static_cast<void>(shown);
      throw std::runtime_error("failed: " + command);
    }
  }

  void FindPrograms() {
    std::vector<std::filesystem::path> candidates;
    if (FILE* pipe = ::popen("pg_config --bindir 2>/dev/null", "r")) {
      std::array<char, 512> line{};
      if (std::fgets(line.data(), line.size(), pipe) != nullptr) {
        const std::string text(line.data());
        candidates.emplace_back(text.substr(0, text.find('\n')));
      }
      ::pclose(pipe);
    }
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      candidates.push_back(entry.path() / "bin");
    }
    const char* path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
      const std::size_t colon = std::min(rest.find(':'), rest.size());
      candidates.emplace_back(rest.substr(0, colon));
      rest.erase(0, colon + 1);
    }
    for (const auto& candidate : candidates) {
      if (std::filesystem::exists(candidate / "initdb")) {
        programs_ = candidate;
        return;
      }
    }
    throw std::runtime_error("no PostgreSQL server programs (initdb) found");
  }

  // Socket and data share one folder; the path of a socket may be 107 bytes long, no more.
  void MakeFolder() {
    constexpr std::size_t kPathSizeMax = 70;
    std::string pattern = (std::filesystem::temp_directory_path() / "musubi-pg-XXXXXX").string();
    if (pattern.size() > kPathSizeMax) {
      pattern = "/tmp/musubi-pg-XXXXXX";
    }
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("cannot make " + pattern);
    }
    folder_ = pattern;
    if (::geteuid() == 0) {
      const passwd* user = ::getpwnam("postgres");
      if (user == nullptr || ::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error("running as root without a user postgres");
      }
    }
  }

  void StartGuard() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe");
    }
    const std::string script = "trap '' INT TERM HUP; cd /; read -r end; " +
                               Control("stop -m immediate") + " >/dev/null 2>&1; rm -rf " +
                               Quoted(folder_);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    const std::array<const char*, 4> arguments = {"sh", "-c", script.c_str(), nullptr};
    const int failure = ::posix_spawn(
        &guard_, "/bin/sh", &actions, nullptr, const_cast<char* const*>(arguments.data()), environ
    );
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[0]);
    lifeline_ = ends[1];
    if (failure != 0) {
      throw std::runtime_error("cannot start the guard of the test server");
    }
  }

  Sync sync_;
  pid_t owner_;
  pid_t guard_ = -1;
  int lifeline_ = -1;
  int database_count_ = 0;
  std::filesystem::path programs_;
  std::filesystem::path folder_;
};

}  // namespace musubi::bench
