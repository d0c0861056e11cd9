// 利用状況の記録: who used the association's own system to see or change what of whom
// (番号法12条, 特定個人情報の適正な取扱いに関するガイドライン: 情報システムの利用状況).
//
// A use is a row in the association's store and a commitment in the log beside it
// (audit/record_book.h): `musubi ledger audit <node>/log` shows that none was changed or taken out.
//
// What always holds
//   1. A use is durable in store and log when Note returns. Callers show or change nothing before;
//      an error of Note ends the command.
//   2. One use per run of a command, with a count of people, never one per row.
//   3. Kept are: time, node, account of the operating system and the name given with --by, the
//      command, and a person's reference in the register or a count. Never a number or a name of
//      a person; a word that is no reference or class of this register is kept as "-", because
//      somebody may have typed a number there.
//
// The log is open only while Note writes: commands that run at once wait for one another.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "audit/access_reading.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"

namespace musubi::insurer {

struct AccessLogOptions {
  std::filesystem::path folder;  // of the node: log, log.key and log.vkey lie in it
  std::string node;              // "insurer-133033"
  std::string account;           // of the operating system
  std::chrono::milliseconds patience = std::chrono::seconds(30);  // for other commands' uses
};

class AccessLog {
 public:
  // `database` and `clock` outlive it. Nothing is opened yet.
  AccessLog(store::Database& database, const Clock& clock, AccessLogOptions options);

  // `action`: the command, "people", "review --next". `by`: as given with --by, may be blank.
  // Of so many people; of so many lines of a file that is read, where they can be counted before.
  [[nodiscard]] Result<void> NotePeople(std::string_view action, std::uint64_t people) const;
  [[nodiscard]] Result<void> NoteRows(std::string_view action, std::optional<std::uint64_t> rows)
      const;
  // Of a class of the review, and how many they are where that is known.
  [[nodiscard]] Result<void> NoteClass(
      std::string_view action,
      std::string_view review_class,
      std::optional<std::uint64_t> people,
      std::string_view by
  ) const;
  // Of one person.
  [[nodiscard]] Result<void> NotePerson(
      std::string_view action, std::string_view reference, std::string_view by = {}
  ) const;

  // Oldest first.
  [[nodiscard]] Result<void> Each(
      const std::function<Result<void>(const audit::ReadAccess&)>& on_access
  ) const;

 private:
  [[nodiscard]] Result<void> Note(std::string_view action, std::string subject, std::string_view by)
      const;

  store::Database* database_;
  const Clock* clock_;
  AccessLogOptions options_;
};

}  // namespace musubi::insurer
