#include "hub/copy_table.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "exchange/record_copy.h"

namespace musubi::hub {

namespace {

using store::Parameter;

constexpr std::uint32_t kFarFuture = 99991231;

Date DateOf(std::int64_t packed) {
  return Date::FromPacked(static_cast<std::uint32_t>(packed));
}

Code16 CodeOfBlob(BytesView blob) {
  Code16 code = {};
  std::copy_n(blob.begin(), std::min(blob.size(), code.size()), code.begin());
  return code;
}

// "AND c.kind IN ($5, $6)": one statement per count of kinds, so that it stays prepared.
std::string KindCondition(std::size_t count, std::size_t first) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("{}${}", i == 0 ? " AND c.kind IN (" : ", ", first + i);
  }
  return count == 0 ? text : text + ")";
}

// A revision of a record, as the table has it.
struct Revision {
  Copy copy;
  std::string items;
  bool is_deleted = false;

  [[nodiscard]] auto Record() const {
    return std::tie(copy.insurer, copy.number, copy.kind, copy.key, copy.valid_from);
  }
};

Revision RevisionOf(const store::Row& row) {
  Revision revision;
  revision.copy.insurer = static_cast<std::uint32_t>(row.Int(0));
  revision.copy.number = static_cast<std::uint32_t>(row.Int(1));
  revision.copy.kind = row.Text(2);
  revision.copy.key = row.Text(3);
  revision.copy.valid_from = DateOf(row.Int(4));
  revision.copy.revision = static_cast<std::uint64_t>(row.Int(5));
  revision.copy.valid_to = DateOf(row.Int(6));
  revision.copy.layout_version = static_cast<int>(row.Int(7));
  revision.items = row.Text(8);
  revision.is_deleted = row.Int(7) == 0;
  return revision;
}

// The newest revision of each record, without those that are deleted or ended before `from`.
Result<std::vector<Copy>> Newest(std::vector<Revision> revisions, Date from) {
  std::ranges::sort(revisions, [](const Revision& a, const Revision& b) {
    return a.Record() != b.Record() ? a.Record() < b.Record() : a.copy.revision < b.copy.revision;
  });
  std::vector<Copy> copies;
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    Revision& one = revisions[i];
    const bool is_newest = i + 1 == revisions.size() || one.Record() != revisions[i + 1].Record();
    const bool has_ended = one.copy.valid_to.is_set() && one.copy.valid_to < from;
    if (is_newest && !one.is_deleted && !has_ended) {
      MUSUBI_TRY(one.copy.items, exchange::SplitItems(one.items));
      copies.push_back(std::move(one.copy));
    }
  }
  return copies;
}

}  // namespace

Result<std::vector<Copy>> CopiesOf(
    store::Connection& connection, const Code16& code, const CopyQuestion& question
) {
  const std::int64_t to = question.to.is_set() ? question.to.packed() : kFarFuture;
  std::vector<Parameter> parameters = {
      BytesView(code),
      static_cast<std::int64_t>(question.revision_max),
      to,
      std::int64_t{question.insurer}
  };
  parameters.insert(parameters.end(), question.kinds.begin(), question.kinds.end());
  const std::string sql = fmt::format(
      "SELECT c.insurer, c.number, c.kind, c.key, c.valid_from, c.revision, c.valid_to, c.layout, "
      "c.items FROM enrolment e JOIN record_copy c ON c.insurer = e.insurer AND c.number = "
      "e.number WHERE e.code = $1 AND c.revision <= $2 AND c.valid_from <= $3 AND ($4 = 0 OR "
      "e.insurer = $4){} AND NOT EXISTS (SELECT 1 FROM link_stop s WHERE s.insurer = e.insurer "
      "AND s.number = e.number)",
      KindCondition(question.kinds.size(), parameters.size() - question.kinds.size() + 1)
  );
  std::vector<Revision> revisions;
  MUSUBI_CHECK_OK(connection.Query(
      sql,
      std::span<const Parameter>(parameters),
      [&revisions](const store::Row& row) {
        revisions.push_back(RevisionOf(row));
        return Ok();
      }
  ));
  return Newest(std::move(revisions), question.from);
}

Result<std::vector<Copy>> CopiesOf(
    store::Connection& connection,
    const Code16& code,
    std::span<const std::string_view> kinds,
    Date from,
    Date to
) {
  CopyQuestion question;
  question.kinds = kinds;
  question.from = from;
  question.to = to;
  return CopiesOf(connection, code, question);
}

Result<std::vector<Enrolment>> EnrolmentsOf(store::Connection& connection, const Code16& code) {
  std::vector<Enrolment> enrolments;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT e.insurer, e.number, e.branch, e.qualified_on, CASE WHEN s.number IS NULL THEN 0 "
      "ELSE 1 END FROM enrolment e LEFT JOIN link_stop s ON s.insurer = e.insurer AND s.number = "
      "e.number WHERE e.code = $1 ORDER BY e.insurer",
      {BytesView(code)},
      [&enrolments](const store::Row& row) {
        enrolments.push_back(
            {static_cast<std::uint32_t>(row.Int(0)),
             static_cast<std::uint32_t>(row.Int(1)),
             static_cast<unsigned>(row.Int(2)),
             DateOf(row.Int(3)),
             row.Int(4) != 0}
        );
        return Ok();
      }
  ));
  return enrolments;
}

Result<std::optional<EnrolledCode>> CodeOf(
    store::Connection& connection, std::uint32_t insurer, const number::InsuredNumber& insured
) {
  std::int64_t number = 0;
  std::int64_t branch = 0;
  std::from_chars(
      insured.number().data(), insured.number().data() + insured.number().size(), number
  );
  std::from_chars(
      insured.branch().data(), insured.branch().data() + insured.branch().size(), branch
  );
  std::optional<EnrolledCode> found;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT p.code, CASE WHEN s.number IS NULL THEN 0 ELSE 1 END FROM insured_person p LEFT "
      "JOIN link_stop s ON s.insurer = p.insurer AND s.number = p.number WHERE p.insurer = $1 AND "
      "p.number = $2 AND p.branch = $3",
      {std::int64_t{insurer}, number, branch},
      [&found](const store::Row& row) {
        found = EnrolledCode{CodeOfBlob(row.Blob(0)), row.Int(1) != 0};
        return Ok();
      }
  ));
  return found;
}

Result<void> ChangesAfter(
    store::Connection& connection, std::int64_t ordinal, const OnCopyChange& on_change
) {
  return connection.Query(
      "SELECT c.ordinal, c.insurer, c.number, p.code, c.kind, c.key, c.valid_from, c.previous, "
      "c.revision, c.is_deleted FROM copy_change c JOIN insured_person p ON p.insurer = c.insurer "
      "AND p.number = c.number WHERE c.ordinal > $1 ORDER BY c.ordinal, c.number, c.kind, c.key, "
      "c.valid_from",
      {ordinal},
      [&on_change](const store::Row& row) {
        CopyChange change;
        change.ordinal = row.Int(0);
        change.insurer = static_cast<std::uint32_t>(row.Int(1));
        change.number = static_cast<std::uint32_t>(row.Int(2));
        change.code = CodeOfBlob(row.Blob(3));
        change.kind = row.Text(4);
        change.key = row.Text(5);
        change.valid_from = DateOf(row.Int(6));
        change.previous_revision = static_cast<std::uint64_t>(row.Int(7));
        change.revision = static_cast<std::uint64_t>(row.Int(8));
        change.is_deleted = row.Int(9) != 0;
        return on_change(change);
      }
  );
}

Result<std::uint64_t> ForgetChanges(
    store::Connection& connection, std::int64_t ordinal, std::size_t count
) {
  std::int64_t last_ordinal = 0;
  std::int64_t last_number = 0;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT ordinal, number FROM copy_change WHERE ordinal <= $1 ORDER BY ordinal, number "
      "LIMIT $2",
      {ordinal, static_cast<std::int64_t>(count)},
      [&](const store::Row& row) {
        last_ordinal = row.Int(0);
        last_number = row.Int(1);
        return Ok();
      }
  ));
  if (last_ordinal == 0) {
    return 0;
  }
  MUSUBI_TRY(
      const std::int64_t forgotten,
      connection.Execute(
          "DELETE FROM copy_change WHERE (ordinal, number) <= ($1, $2)", {last_ordinal, last_number}
      )
  );
  return static_cast<std::uint64_t>(forgotten);
}

Result<std::optional<CopyPackage>> LastCopyPackage(store::Connection& connection) {
  std::optional<CopyPackage> package;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT ordinal, insurer, revision, batch, applied_at, applied, refused FROM copy_package "
      "ORDER BY ordinal DESC LIMIT 1",
      {},
      [&package](const store::Row& row) {
        package = CopyPackage{
            row.Int(0),
            static_cast<std::uint32_t>(row.Int(1)),
            static_cast<std::uint64_t>(row.Int(2)),
            row.Int(3),
            row.Int(4),
            static_cast<std::uint64_t>(row.Int(5)),
            static_cast<std::uint64_t>(row.Int(6))
        };
        return Ok();
      }
  ));
  return package;
}

}  // namespace musubi::hub
