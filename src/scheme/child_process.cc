#include "scheme/child_process.h"

#include <array>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t calls are POSIX
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace musubi::scheme {

namespace {

constexpr int kCouldNotStart = 127;

Error SystemError(std::string_view doing) {
  return {ErrorCode::kInternal, std::string("cannot ").append(doing)};
}

// By its path rather than /proc/self/exe, so that a list of processes shows our name.
std::string OwnProgram() {
  constexpr std::string_view kReplaced = " (deleted)";  // by a newer build: then that one is meant
  std::error_code code;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", code).string();
  if (path.ends_with(kReplaced)) {
    path.resize(path.size() - kReplaced.size());
  }
  return path;
}

// What execv wants; made before fork, because nothing may be allocated after it.
class ArgumentList {
 public:
  explicit ArgumentList(const std::vector<std::string>& arguments)
      : program_(OwnProgram()), texts_(arguments) {
    texts_.insert(texts_.begin(), "musubi");
    for (std::string& text : texts_) {
      pointers_.push_back(text.data());
    }
    pointers_.push_back(nullptr);
  }

  [[nodiscard]] const char* program() const { return program_.c_str(); }

  [[nodiscard]] char* const* get() const { return pointers_.data(); }

 private:
  std::string program_;
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

// Between fork and exec: calls that are safe there, and no way back.
[[noreturn]] void BecomeProgram(const ArgumentList& arguments, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) {
    ::_exit(kCouldNotStart);  // the parent was gone before we asked to be told
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // A connection of ours that the child holds as well does not end when we close it.
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  ::close_range(kFirst, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execv(arguments.program(), arguments.get());
  ::_exit(kCouldNotStart);
}

Result<std::string> ReadToEnd(int descriptor) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return SystemError("read what the command printed");
    }
    if (count == 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

int WaitFor(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<pid_t> StartChild(
    const std::vector<std::string>& arguments, const std::filesystem::path& output
) {
  const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) {
    return Error{ErrorCode::kInternal, "cannot open the output file", output.string()};
  }
  const ArgumentList list(arguments);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    BecomeProgram(list, parent);
  }
  ::close(log);
  if (child < 0) {
    return SystemError("start a process");
  }
  return child;
}

Result<CommandResult> RunCommand(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return SystemError("make a pipe");
  }
  const ArgumentList list(arguments);
  const auto began = std::chrono::steady_clock::now();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    BecomeProgram(list, parent);
  }
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    return SystemError("start a process");
  }
  Result<std::string> output = ReadToEnd(pipe[0]);
  ::close(pipe[0]);
  CommandResult result;
  result.exit_code = WaitFor(child);
  MUSUBI_TRY(result.output, std::move(output));
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return result;
}

}  // namespace musubi::scheme
