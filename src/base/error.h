// Why something could not be done, as a value.
//
// A code says what the caller may do about it; a code exists only where some caller acts on it
// differently. The message is written for an operator or a clerk and never holds a value of a
// record: a place (file, line, field name) instead. `advice` says what to do next, when we know.
#pragma once

#include <string>
#include <string_view>

namespace musubi {

enum class ErrorCode {
  kInvalid,       // the input is malformed: mend it
  kUsage,         // the program was called wrongly
  kNotFound,      // there is no such thing
  kConflict,      // something else got there first: retry the transaction
  kPrecondition,  // repair something first, then retry
  kRefused,       // said no: permission, signature, certificate
  kUnavailable,   // the other side is away or busy: retry the call
  kTimeout,       // no answer in time; the work may or may not have been done: retry the call
  kCorrupt,       // stored data is not what was written
  kExhausted,     // a limit was reached
  kInternal,      // a bug or a broken machine
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string place = {};   // "roster.csv:12: birth_date", or empty
  std::string advice = {};  // what the caller should do, or empty

  // "place: message (advice)", whatever of it is there.
  [[nodiscard]] std::string Text() const;
  // May the very same call succeed later without anybody changing anything?
  [[nodiscard]] bool IsTransient() const {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout;
  }
};

[[nodiscard]] std::string_view ErrorCodeName(ErrorCode code);

// The one table from codes to the exit codes of commands: 1 refused or found problems, 2 used
// wrongly, 3 could not.
[[nodiscard]] int ExitCodeOf(ErrorCode code);

// The one table from codes to HTTP status, and back for a client that got a problem document.
[[nodiscard]] int HttpStatusOf(ErrorCode code);
[[nodiscard]] ErrorCode ErrorCodeOfHttpStatus(int status);

}  // namespace musubi
