#include "store/postgres/postgres_bulk.h"

#include <utility>
#include <vector>

#include "store/dialect.h"

namespace musubi::store::postgres {
namespace {

constexpr std::size_t kBatchSize = 1U << 20U;
// Signature, flags and length of an extension; then rows; then a field count of -1.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kTrailer("\377\377", 2);
constexpr std::uint64_t kNullSize = 0xffffffff;

std::string CopyStatement(std::string_view table, std::span<const Column> columns) {
  std::string names;
  for (const Column& column : columns) {
    names += (names.empty() ? "" : ", ") + column.name;
  }
  return "COPY " + std::string(table) + " (" + names + ") FROM STDIN (FORMAT binary)";
}

class PostgresBulk final : public BulkInsert {
 public:
  PostgresBulk(Session& session, std::string_view table, std::span<const Column> columns)
      : session_(session), statement_(CopyStatement(table, columns)) {
    for (const Column& column : columns) {
      types_.push_back(column.type);
    }
    batch_.reserve(kBatchSize + kBatchSize / 16);
  }

  void Int(std::int64_t value) override {
    BeginCell(ColumnType::kInt);
    AppendBigEndian(sizeof(value), 4, batch_);
    AppendBigEndian(static_cast<std::uint64_t>(value), sizeof(value), batch_);
  }

  void Text(std::string_view value) override {
    BeginCell(ColumnType::kText);
    AppendBigEndian(value.size(), 4, batch_);
    batch_ += value;
  }

  void Blob(BytesView value) override {
    BeginCell(ColumnType::kBlob);
    AppendBigEndian(value.size(), 4, batch_);
    batch_ += AsText(value);
  }

  void Null() override {
    BeginRow();
    ++cell_count_;
    AppendBigEndian(kNullSize, 4, batch_);
  }

  [[nodiscard]] Result<void> EndRow() override {
    if (mistyped_ || cell_count_ != types_.size()) {
      return BulkRowError();
    }
    cell_count_ = 0;
    return batch_.size() >= kBatchSize ? Flush() : Ok();
  }

  [[nodiscard]] Result<void> Finish() override {
    if (cell_count_ != 0) {
      return BulkRowError();
    }
    return batch_.empty() ? Ok() : Flush();
  }

 private:
  void BeginRow() {
    if (batch_.empty()) {
      batch_ += kHeader;
    }
    if (cell_count_ == 0) {
      AppendBigEndian(types_.size(), 2, batch_);
    }
  }

  void BeginCell(ColumnType type) {
    BeginRow();
    mistyped_ = mistyped_ || cell_count_ >= types_.size() || types_[cell_count_] != type;
    ++cell_count_;
  }

  [[nodiscard]] Result<void> Flush() {
    if (session_.in_query) {
      return NestedStatementError(statement_);
    }
    batch_ += kTrailer;
    PGconn* connection = session_.handle();
    const ResultHandle begun(PQexec(connection, statement_.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      return ErrorOf(connection, begun.get(), statement_);
    }
    // Failures of both show in the results that follow.
    static_cast<void>(PQputCopyData(connection, batch_.data(), static_cast<int>(batch_.size())));
    static_cast<void>(PQputCopyEnd(connection, nullptr));
    batch_.clear();
    return ReadEnd();
  }

  [[nodiscard]] Result<void> ReadEnd() {
    Result<void> end = Ok();
    bool copied = false;
    while (ResultHandle result{PQgetResult(session_.handle())}) {
      if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
        copied = true;
      } else if (end.ok()) {
        end = ErrorOf(session_.handle(), result.get(), statement_);
      }
    }
    return end.ok() && !copied ? ErrorOf(session_.handle(), nullptr, statement_) : end;
  }

  Session& session_;
  std::string statement_;
  std::vector<ColumnType> types_;
  std::string batch_;
  std::size_t cell_count_ = 0;
  bool mistyped_ = false;
};

}  // namespace

Result<std::unique_ptr<BulkInsert>> MakeBulkInsert(
    Session& session, std::string_view table, std::span<const Column> columns
) {
  return std::unique_ptr<BulkInsert>(std::make_unique<PostgresBulk>(session, table, columns));
}

}  // namespace musubi::store::postgres
