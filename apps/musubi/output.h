// What every command prints the same way: errors, warnings, JSON, lines a script may wait for.
//
// Results go to standard output, everything else to standard error, so that `--json | jq` works.
// One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/result.h"

namespace musubi::apps {

inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;  // refused, or problems were found
inline constexpr int kExitUsage = 2;
inline constexpr int kExitCouldNot = 3;

// "musubi: <place: message (advice)>" on standard error; the exit code that belongs to it.
[[nodiscard]] int Fail(const Error& error);

// "musubi: warning: <text>" on standard error.
void Warn(std::string_view text);

// One line on standard output, flushed at once: a script may be waiting for it.
void PrintLine(std::string_view line);

// One JSON value on one line of standard output, flushed.
void PrintJson(const boost::json::value& value);

// 1234567 -> "1,234,567".
[[nodiscard]] std::string FormatCount(std::uint64_t count);

// The end of a command that returns Result<void> inside: exit code 0, or Fail.
[[nodiscard]] int Finish(const Result<void>& result);

}  // namespace musubi::apps
