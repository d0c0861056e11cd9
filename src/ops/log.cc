#include "ops/log.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

namespace musubi::ops {

namespace {

struct Sink {
  std::mutex mutex;
  int descriptor = STDERR_FILENO;
  std::string node_id;
};

// Never destroyed: threads may still log while the process ends.
Sink& TheSink() {
  static Sink& sink = *new Sink;
  return sink;
}

std::atomic<LogLevel> least_level = LogLevel::kInfo;

std::string_view LevelName(LogLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// The length of the UTF-8 character at the front of `text`; 0: not one.
std::size_t CharacterSize(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80                     ? 1
                           : first >= 0xc2 && first <= 0xdf ? 2
                           : first >= 0xe0 && first <= 0xef ? 3
                           : first >= 0xf0 && first <= 0xf4 ? 4
                                                            : 0;
  if (size == 0 || text.size() < size) {
    return 0;
  }
  for (const char c : text.substr(1, size - 1)) {
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
      return 0;
    }
  }
  return size;
}

// Invalid bytes (a strange file name) become '?', so that a line is always JSON.
void AppendQuoted(std::string& line, std::string_view text) {
  line += '"';
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t size = CharacterSize(text);
    if (size == 0) {
      line += '?';
    } else if (c == '"' || c == '\\') {
      (line += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      const std::array<std::uint8_t, 1> byte = {static_cast<std::uint8_t>(c)};
      line += "\\u00" + ToHex(byte);
    } else {
      line += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  line += '"';
}

void AppendField(std::string& line, const LogField& field) {
  line += ',';
  AppendQuoted(line, field.name());
  line += ':';
  switch (field.kind()) {
    case LogField::Kind::kInt:
      line += std::to_string(field.number());
      break;
    case LogField::Kind::kBool:
      line += field.number() != 0 ? "true" : "false";
      break;
    case LogField::Kind::kText:
      AppendQuoted(line, field.text());
      break;
  }
}

// A log that cannot be written has nowhere to complain to.
void WriteLine(int descriptor, std::string_view line) {
  while (!line.empty()) {
    const ssize_t count = ::write(descriptor, line.data(), line.size());
    if (count < 0 && errno != EINTR) {
      return;
    }
    line.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<void> SetLogFile(const std::filesystem::path& path) {
  if (path.has_parent_path()) {
    MUSUBI_CHECK_OK(MakeFolder(path.parent_path()));
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    std::array<char, 128> buffer = {};
    const char* reason = strerror_r(errno, buffer.data(), buffer.size());
    return Error{
        ErrorCode::kPrecondition,
        std::string("cannot open the log: ") + reason,
        path.string(),
        "check the folder and its permissions"
    };
  }
  Sink& sink = TheSink();
  const std::scoped_lock lock(sink.mutex);
  if (sink.descriptor != STDERR_FILENO) {
    ::close(sink.descriptor);
  }
  sink.descriptor = descriptor;
  return Ok();
}

void SetLogLevel(LogLevel level) {
  least_level.store(level, std::memory_order_relaxed);
}

void SetLogNode(std::string_view node_id) {
  Sink& sink = TheSink();
  const std::scoped_lock lock(sink.mutex);
  sink.node_id = node_id;
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < least_level.load(std::memory_order_relaxed)) {
    return;
  }
  std::string line = R"({"time":")" + FormatUtc(SystemClock().Now()) + R"(","level":")";
  line.append(LevelName(level)).append(R"(","event":)");
  AppendQuoted(line, event);
  for (const LogField& field : fields) {
    AppendField(line, field);
  }
  Sink& sink = TheSink();
  const std::scoped_lock lock(sink.mutex);
  if (!sink.node_id.empty()) {
    AppendField(line, LogField("node", sink.node_id));
  }
  line += "}\n";
  WriteLine(sink.descriptor, line);
}

}  // namespace musubi::ops
