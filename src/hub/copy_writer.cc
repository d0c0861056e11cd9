#include "hub/copy_writer.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "hub/link_stop.h"

namespace musubi::hub {

namespace {

using store::ColumnType;

// A chunk whose people lie this close together is compared with one walk over the table, not with a
// look-up per record.
constexpr std::uint64_t kDenseFactor = 4;

// Columns of every question about what was there before.
constexpr std::string_view kBeforeColumns =
    "c.number, c.kind, c.key, c.valid_from, c.revision, c.valid_to, c.layout, c.items";

}  // namespace

Result<CopyContext> ReadCopyContext(
    store::Connection& connection,
    std::uint32_t insurer,
    const rules::RecordLayouts& layouts,
    Date today
) {
  CopyContext context;
  context.layouts = &layouts;
  context.today = today;
  MUSUBI_TRY(
      const auto last,
      connection.QueryInt(
          "SELECT value FROM tally WHERE name = 'last_number' AND insurer = $1",
          {std::int64_t{insurer}}
      )
  );
  context.last_number = static_cast<std::uint32_t>(last.value_or(0));
  MUSUBI_TRY(context.stopped, StoppedLinks(connection, insurer));
  return context;
}

Result<std::unique_ptr<CopyWriter>> CopyWriter::Create(
    store::Connection& connection, const CopyPackageId& package, const rules::RecordLayouts& layouts
) {
  std::unique_ptr<CopyWriter> writer(new CopyWriter(connection, package, layouts));
  MUSUBI_TRY(
      const auto newest, connection.QueryInt("SELECT COALESCE(MAX(ordinal), 0) FROM copy_package")
  );
  writer->ordinal_ = newest.value_or(0) + 1;
  MUSUBI_TRY(
      const auto any,
      connection.QueryInt(
          "SELECT 1 FROM record_copy WHERE insurer = $1 LIMIT 1", {std::int64_t{package.insurer}}
      )
  );
  writer->is_first_ = !any.has_value();
  writer->has_kind_.assign(layouts.kinds().size(), false);
  const std::array<store::Column, 9> columns = {
      {{"insurer", ColumnType::kInt},
       {"number", ColumnType::kInt},
       {"kind", ColumnType::kText},
       {"key", ColumnType::kText},
       {"valid_from", ColumnType::kInt},
       {"revision", ColumnType::kInt},
       {"valid_to", ColumnType::kInt},
       {"layout", ColumnType::kInt},
       {"items", ColumnType::kText}}
  };
  MUSUBI_TRY(writer->insert_, connection.MakeBulkInsert("record_copy", columns));
  return writer;
}

Result<void> CopyWriter::Write(const CopyChunk& chunk) {
  if (!is_first_) {
    MUSUBI_CHECK_OK(NoteChanges(chunk));
  }
  for (const CopyEntry& entry : chunk.entries) {
    has_kind_[entry.kind] = true;
    insert_->Int(package_.insurer);
    insert_->Int(entry.number);
    insert_->Text(KindOf(entry));
    insert_->Text(chunk.KeyOf(entry));
    insert_->Int(entry.valid_from);
    insert_->Int(static_cast<std::int64_t>(package_.revision));
    insert_->Int(entry.valid_to);
    insert_->Int(entry.layout);
    insert_->Text(chunk.ItemsOf(entry));
    MUSUBI_CHECK_OK(insert_->EndRow());
  }
  return Ok();
}

// One row of record_copy against the entry of the same record, if the chunk has it.
void CopyWriter::Compare(const CopyChunk& chunk, const store::Row& row, std::vector<Before>& before)
    const {
  const auto key = [&](const CopyEntry& entry) {
    return std::tuple(
        std::int64_t{entry.number},
        KindOf(entry),
        chunk.KeyOf(entry),
        std::int64_t{entry.valid_from}
    );
  };
  const std::tuple wanted(row.Int(0), row.Text(1), row.Text(2), row.Int(3));
  const auto found = std::lower_bound(
      chunk.entries.begin(),
      chunk.entries.end(),
      wanted,
      [&key](const CopyEntry& entry, const auto& other) { return key(entry) < other; }
  );
  const auto revision = static_cast<std::uint64_t>(row.Int(4));
  if (found == chunk.entries.end() || key(*found) != wanted || revision == package_.revision) {
    return;
  }
  Before& one = before[static_cast<std::size_t>(found - chunk.entries.begin())];
  if (revision > one.revision) {
    one.revision = revision;
    one.was_held = row.Int(6) != 0;
    one.is_same = row.Int(5) == found->valid_to && row.Int(6) == found->layout &&
                  row.Text(7) == chunk.ItemsOf(*found);
  }
}

Result<void> CopyWriter::ReadRange(const CopyChunk& chunk, std::vector<Before>& before) {
  return connection_.Query(
      "SELECT number, kind, key, valid_from, revision, valid_to, layout, items FROM record_copy "
      "WHERE insurer = $1 AND number BETWEEN $2 AND $3",
      {std::int64_t{package_.insurer},
       std::int64_t{chunk.entries.front().number},
       std::int64_t{chunk.entries.back().number}},
      [&](const store::Row& row) {
        Compare(chunk, row, before);
        return Ok();
      }
  );
}

Result<void> CopyWriter::ReadOneByOne(const CopyChunk& chunk, std::vector<Before>& before) {
  for (const CopyEntry& entry : chunk.entries) {
    MUSUBI_CHECK_OK(connection_.Query(
        "SELECT number, kind, key, valid_from, revision, valid_to, layout, items FROM record_copy "
        "WHERE insurer = $1 AND number = $2 AND kind = $3 AND key = $4 AND valid_from = $5",
        {std::int64_t{package_.insurer},
         std::int64_t{entry.number},
         KindOf(entry),
         chunk.KeyOf(entry),
         std::int64_t{entry.valid_from}},
        [&](const store::Row& row) {
          Compare(chunk, row, before);
          return Ok();
        }
    ));
  }
  return Ok();
}

// A server answers a set faster than a thousand questions.
Result<void> CopyWriter::ReadAsSet(const CopyChunk& chunk, std::vector<Before>& before) {
  MUSUBI_CHECK_OK(connection_.ExecuteScript(
      "CREATE TEMPORARY TABLE IF NOT EXISTS copy_asked (number BIGINT NOT NULL) ON COMMIT DELETE "
      "ROWS; TRUNCATE copy_asked; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = "
      "off; SET LOCAL jit = off"
  ));
  const std::array<store::Column, 1> columns = {{{"number", ColumnType::kInt}}};
  MUSUBI_TRY(auto asked, connection_.MakeBulkInsert("copy_asked", columns));
  std::uint32_t last = 0;
  for (const CopyEntry& entry : chunk.entries) {
    if (entry.number != last) {
      asked->Int(entry.number);
      MUSUBI_CHECK_OK(asked->EndRow());
      last = entry.number;
    }
  }
  MUSUBI_CHECK_OK(asked->Finish());
  const std::string sql =
      "SELECT " + std::string(kBeforeColumns) +
      " FROM copy_asked a JOIN record_copy c ON c.insurer = $1 AND c.number = a.number";
  return connection_.Query(sql, {std::int64_t{package_.insurer}}, [&](const store::Row& row) {
    Compare(chunk, row, before);
    return Ok();
  });
}

Result<void> CopyWriter::NoteChanges(const CopyChunk& chunk) {
  std::vector<Before> before(chunk.entries.size());
  const std::uint64_t span = chunk.entries.back().number - chunk.entries.front().number + 1;
  if (span <= chunk.entries.size() * kDenseFactor) {
    MUSUBI_CHECK_OK(ReadRange(chunk, before));
  } else if (connection_.engine() == store::Engine::kSqlite) {
    MUSUBI_CHECK_OK(ReadOneByOne(chunk, before));
  } else {
    MUSUBI_CHECK_OK(ReadAsSet(chunk, before));
  }
  const std::array<store::Column, 9> columns = {
      {{"ordinal", ColumnType::kInt},
       {"insurer", ColumnType::kInt},
       {"number", ColumnType::kInt},
       {"kind", ColumnType::kText},
       {"key", ColumnType::kText},
       {"valid_from", ColumnType::kInt},
       {"previous", ColumnType::kInt},
       {"revision", ColumnType::kInt},
       {"is_deleted", ColumnType::kInt}}
  };
  MUSUBI_TRY(auto changes, connection_.MakeBulkInsert("copy_change", columns));
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool is_newest = before[i].revision < package_.revision;
    if (before[i].revision == 0 || !is_newest || !before[i].was_held || before[i].is_same) {
      continue;
    }
    const CopyEntry& entry = chunk.entries[i];
    changes->Int(ordinal_);
    changes->Int(package_.insurer);
    changes->Int(entry.number);
    changes->Text(KindOf(entry));
    changes->Text(chunk.KeyOf(entry));
    changes->Int(entry.valid_from);
    changes->Int(static_cast<std::int64_t>(before[i].revision));
    changes->Int(static_cast<std::int64_t>(package_.revision));
    changes->Int(entry.layout == 0 ? 1 : 0);
    MUSUBI_CHECK_OK(changes->EndRow());
  }
  return changes->Finish();
}

Result<void> CopyWriter::Finish(const std::vector<CopyRowResult>& results, std::int64_t now_ms) {
  MUSUBI_CHECK_OK(insert_->Finish());
  const auto applied =
      std::ranges::count(results, exchange::CopyOutcome::kApplied, &CopyRowResult::outcome);
  MUSUBI_CHECK_OK(connection_.Execute(
      "INSERT INTO copy_package (ordinal, insurer, revision, batch, applied_at, applied, refused) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {ordinal_,
       std::int64_t{package_.insurer},
       static_cast<std::int64_t>(package_.revision),
       package_.batch,
       now_ms,
       std::int64_t{applied},
       static_cast<std::int64_t>(results.size()) - applied}
  ));
  std::set<std::string_view> groups;
  for (const rules::RecordGroup& group : layouts_.groups()) {
    if (group.every_package) {
      groups.insert(group.name);
    }
  }
  for (std::size_t kind = 0; kind < has_kind_.size(); ++kind) {
    if (has_kind_[kind]) {
      groups.insert(layouts_.kinds()[kind].group);
    }
  }
  for (const std::string_view group : groups) {
    MUSUBI_CHECK_OK(connection_.Execute(
        "INSERT INTO copy_freshness (insurer, record_group, ordinal, applied_at) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT (insurer, record_group) DO UPDATE SET "
        "ordinal = excluded.ordinal, applied_at = excluded.applied_at",
        {std::int64_t{package_.insurer}, group, ordinal_, now_ms}
    ));
  }
  return Ok();
}

}  // namespace musubi::hub
