#include "store/dialect.h"

#include <array>
#include <cctype>
#include <utility>

namespace musubi::store {
namespace {

constexpr std::size_t kNameSizeMax = 60;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool IsSpace(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

struct TableOption {
  std::string_view word;
  std::string_view sqlite;
};

constexpr std::array<TableOption, 2> kTableOptions = {
    {{"{STRICT}", "STRICT"}, {"{WITHOUT_ROWID}", "WITHOUT ROWID"}}
};

const TableOption* FindOption(std::string_view rest) {
  for (const TableOption& option : kTableOptions) {
    if (rest.starts_with(option.word)) {
      return &option;
    }
  }
  return nullptr;
}

// Where the next option starts, when only blanks and at most one comma stand before it.
std::size_t NextOption(std::string_view sql, std::size_t at) {
  bool comma = false;
  for (; at < sql.size(); ++at) {
    if (sql[at] == ',' && !comma) {
      comma = true;
    } else if (!IsSpace(sql[at])) {
      break;
    }
  }
  return FindOption(sql.substr(at)) != nullptr ? at : std::string_view::npos;
}

// A run of options beginning at `at`; returns the position behind it.
std::size_t ExpandOptions(std::string_view sql, std::size_t at, Engine engine, std::string& out) {
  bool first = true;
  std::size_t end = at;
  while (at != std::string_view::npos) {
    const TableOption* option = FindOption(sql.substr(at));
    if (engine == Engine::kSqlite) {
      out += first ? "" : ", ";
      out += option->sqlite;
    }
    first = false;
    end = at + option->word.size();
    at = NextOption(sql, end);
  }
  return end;
}

bool IsWordAt(std::string_view sql, std::size_t at, std::string_view word) {
  return sql.substr(at).starts_with(word) && (at == 0 || !IsWordCharacter(sql[at - 1])) &&
         (at + word.size() == sql.size() || !IsWordCharacter(sql[at + word.size()]));
}

}  // namespace

std::string ExpandDialect(std::string_view sql, Engine engine) {
  constexpr std::string_view kBlob = "{BLOB}";
  constexpr std::string_view kBigint = "BIGINT";
  std::string out;
  out.reserve(sql.size());
  bool quoted = false;
  for (std::size_t at = 0; at < sql.size();) {
    quoted = quoted != (sql[at] == '\'');
    if (!quoted && sql.substr(at).starts_with(kBlob)) {
      out += engine == Engine::kSqlite ? "BLOB" : "BYTEA";
      at += kBlob.size();
    } else if (!quoted && FindOption(sql.substr(at)) != nullptr) {
      at = ExpandOptions(sql, at, engine, out);
    } else if (!quoted && engine == Engine::kSqlite && IsWordAt(sql, at, kBigint)) {
      out += "INTEGER";
      at += kBigint.size();
    } else {
      out += sql[at++];
    }
  }
  return out;
}

std::string StatementName(std::string_view sql) {
  std::string name;
  for (const char c : sql) {
    if (c == '\'' || c == '(' || name.size() >= kNameSizeMax) {
      break;
    }
    if (!IsSpace(c)) {
      name += c;
    } else if (!name.empty() && name.back() != ' ') {
      name += ' ';
    }
  }
  while (!name.empty() && name.back() == ' ') {
    name.pop_back();
  }
  return name;
}

Error NestedStatementError(std::string_view sql) {
  return {
      .code = ErrorCode::kInternal,
      .message = "statement started while a query of the same connection still gives rows",
      .place = StatementName(sql)
  };
}

Error ColumnTypeError(std::string_view sql) {
  return {
      .code = ErrorCode::kInternal,
      .message = "a column was read as a type which it is not",
      .place = StatementName(sql)
  };
}

Error ParameterCountError(std::string_view sql) {
  return {
      .code = ErrorCode::kInternal,
      .message = "the parameters given are not $1 to the highest one the statement names",
      .place = StatementName(sql)
  };
}

Error BulkRowError() {
  return {
      .code = ErrorCode::kInternal,
      .message = "a row of a bulk insert has not the columns that were announced"
  };
}

}  // namespace musubi::store
