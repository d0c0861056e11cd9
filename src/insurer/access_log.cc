#include "insurer/access_log.h"

#include <thread>

#include "audit/record_book.h"
#include "ledger/disk.h"

namespace musubi::insurer {

namespace {

constexpr std::string_view kUnsaid = "-";
constexpr std::chrono::milliseconds kLookAgain{10};

// Whoever holds the node's folder writes its uses; it takes milliseconds.
Result<ledger::FolderLock> AwaitLock(const AccessLogOptions& options) {
  const auto end = std::chrono::steady_clock::now() + options.patience;
  for (;;) {
    auto lock = ledger::FolderLock::Take(options.folder);
    if (lock.ok() || lock.error().code != ErrorCode::kConflict ||
        std::chrono::steady_clock::now() >= end) {
      return lock;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

Result<bool> IsInRegister(store::Database& database, std::string_view reference) {
  MUSUBI_TRY(const auto connection, database.Connect());
  MUSUBI_TRY(
      const auto found,
      connection->QueryInt("SELECT COUNT(*) FROM person WHERE reference = $1", {reference})
  );
  return found.value_or(0) > 0;
}

// "C1a2b3c4d", as ClassesOf names them.
bool IsClassName(std::string_view word) {
  constexpr std::size_t kSize = 9;
  return word.size() == kSize && word.front() == 'C' &&
         word.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

// The command shows nothing; what to mend comes first.
Error NotOnRecord(Error error) {
  error.message =
      "this use could not be put on record, so nothing was shown or changed: " + error.message;
  return error;
}

}  // namespace

AccessLog::AccessLog(store::Database& database, const Clock& clock, AccessLogOptions options)
    : database_(&database), clock_(&clock), options_(std::move(options)) {}

Result<void> AccessLog::NotePeople(std::string_view action, std::uint64_t people) const {
  return Note(action, "people:" + std::to_string(people), {});
}

Result<void> AccessLog::NoteRows(std::string_view action, std::optional<std::uint64_t> rows) const {
  return Note(action, rows ? "rows:" + std::to_string(*rows) : std::string(kUnsaid), {});
}

Result<void> AccessLog::NoteClass(
    std::string_view action,
    std::string_view review_class,
    std::optional<std::uint64_t> people,
    std::string_view by
) const {
  std::string subject =
      IsClassName(review_class) ? "class:" + std::string(review_class) : std::string(kUnsaid);
  if (people) {
    subject += " people:" + std::to_string(*people);
  }
  return Note(action, std::move(subject), by);
}

Result<void> AccessLog::NotePerson(
    std::string_view action, std::string_view reference, std::string_view by
) const {
  const auto is_known = IsInRegister(*database_, reference);
  if (!is_known.ok()) {
    return NotOnRecord(is_known.error());
  }
  return Note(action, std::string(*is_known ? reference : kUnsaid), by);
}

Result<void> AccessLog::Each(const std::function<Result<void>(const audit::ReadAccess&)>& on_access
) const {
  MUSUBI_TRY(const auto connection, database_->Connect());
  return audit::EachAccess(*connection, on_access);
}

Result<void> AccessLog::Note(std::string_view action, std::string subject, std::string_view by)
    const {
  const auto write = [&]() -> Result<void> {
    MUSUBI_TRY(const auto lock, AwaitLock(options_));
    MUSUBI_TRY(
        const auto book,
        audit::RecordBook::Open(*database_, options_.folder, "musubi/" + options_.node)
    );
    audit::AccessRecord record;
    record.at = clock_->Now();
    record.who = options_.node + " " + options_.account;
    record.who.append(by.empty() ? "" : " ").append(by);
    record.action = action;
    record.subject = std::move(subject);
    MUSUBI_TRY(auto writing, book->Begin());
    MUSUBI_CHECK_OK(writing.Add(record));
    return writing.Commit();
  };
  const Result<void> written = write();
  return written.ok() ? Ok() : Result<void>(NotOnRecord(written.error()));
}

}  // namespace musubi::insurer
