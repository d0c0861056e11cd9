#include "store/sqlite/handle.h"

#include "store/dialect.h"

namespace musubi::store::sqlite {
namespace {

ErrorCode CodeOfConstraint(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_DATATYPE:
      return ErrorCode::kInternal;  // the same statement would fail again: not a conflict
    default:
      return ErrorCode::kConflict;
  }
}

ErrorCode CodeOf(int extended) {
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kConflict;
    case SQLITE_CONSTRAINT:
      return CodeOfConstraint(extended);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_FULL:
      return ErrorCode::kExhausted;
    case SQLITE_CANTOPEN:
      return ErrorCode::kPrecondition;
    default:
      return ErrorCode::kInternal;
  }
}

std::string_view AdviceOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCorrupt:
      return "stop writing, and restore the file from its backup";
    case ErrorCode::kExhausted:
      return "make room on the disk";
    case ErrorCode::kPrecondition:
      return "the folder of the store must exist and be writable";
    default:
      return "";
  }
}

}  // namespace

Error LastError(sqlite3* database, std::string_view sql) {
  const ErrorCode code = CodeOf(sqlite3_extended_errcode(database));
  return {
      .code = code,
      .message = std::string("store: ") + sqlite3_errmsg(database),
      .place = StatementName(sql),
      .advice = std::string(AdviceOf(code))
  };
}

}  // namespace musubi::store::sqlite
