// One record, one line of JSON on standard error (or a file): time, level, event name, typed
// fields.
//
// Levels are contracts: error = a person must act (and a test fails); warning = an operator should
// know; info = rare and countable; debug is compiled out of release. Event names are literals
// ("hub.batch.completed"). A field is an integer, a boolean, a word of our own or an identifier of
// a machine thing (batch id, node id, path): personal values have no constructor here, so they do
// not compile. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "base/result.h"

namespace musubi::ops {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

class LogField {
 public:
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  LogField(std::string_view name, T value)
      : name_(name), kind_(Kind::kInt), int_(static_cast<std::int64_t>(value)) {}

  LogField(std::string_view name, bool value) : name_(name), kind_(Kind::kBool), int_(value) {}

  // A word or machine identifier.
  LogField(std::string_view name, std::string_view word)
      : name_(name), kind_(Kind::kText), text_(word) {}

  LogField(std::string_view name, const char* word) : LogField(name, std::string_view(word)) {}

  LogField(std::string_view name, const std::string& word)
      : LogField(name, std::string_view(word)) {}

  enum class Kind : std::uint8_t { kInt, kBool, kText };

  [[nodiscard]] std::string_view name() const { return name_; }

  [[nodiscard]] Kind kind() const { return kind_; }

  [[nodiscard]] std::int64_t number() const { return int_; }

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view name_;
  Kind kind_;
  std::int64_t int_ = 0;
  std::string_view text_;
};

// Where records go from now on; a file is appended to. Default: standard error, level info.
[[nodiscard]] Result<void> SetLogFile(const std::filesystem::path& path);
void SetLogLevel(LogLevel level);
void SetLogNode(std::string_view node_id);  // stands in every record

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void LogInfo(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}

inline void LogWarning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}

inline void LogError(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

}  // namespace musubi::ops
