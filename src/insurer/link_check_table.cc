#include "insurer/link_check_table.h"

#include <array>

namespace musubi::insurer {

namespace {

using store::ColumnType;

Error Corrupt() {
  return Error{
      ErrorCode::kCorrupt,
      "an unknown word in column status or source",
      "table link_check",
      "restore the store from a backup"
  };
}

}  // namespace

Result<LinkChecks> LoadLinkChecks(store::Connection& connection) {
  LinkChecks checks;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT reference, status, source, outcome, attributes, rules, characters, fingerprint, "
      "reason, checked_at FROM link_check ORDER BY reference",
      {},
      [&checks](const store::Row& row) -> Result<void> {
        const auto text = [&row](std::size_t column) { return std::string(row.Text(column)); };
        const auto status = CheckStatusOf(row.Text(1));
        const auto source = CheckSourceOf(row.Text(2));
        if (!status || !source) {
          return Corrupt();
        }
        LinkCheck check{text(0), *status, {*source, text(3), text(4), text(5), text(6)}};
        check.fingerprint = text(7);
        check.reason = text(8);
        check.checked_at = text(9);
        checks.emplace(check.reference, std::move(check));
        return Ok();
      }
  ));
  return checks;
}

Result<void> ReplaceLinkChecks(store::Connection& connection, const LinkChecks& checks) {
  MUSUBI_CHECK_OK(connection.Execute("DELETE FROM link_check"));
  constexpr std::array<std::string_view, 10> kColumns = {
      "reference",
      "status",
      "source",
      "outcome",
      "attributes",
      "rules",
      "characters",
      "fingerprint",
      "reason",
      "checked_at"
  };
  std::vector<store::Column> columns;
  for (const std::string_view name : kColumns) {
    columns.push_back({std::string(name), ColumnType::kText});
  }
  MUSUBI_TRY(const auto insert, connection.MakeBulkInsert("link_check", columns));
  for (const auto& [reference, check] : checks) {
    for (const std::string_view text :
         {std::string_view(reference),
          CheckStatusName(check.status),
          CheckSourceName(check.finding.source),
          std::string_view(check.finding.outcome),
          std::string_view(check.finding.attributes),
          std::string_view(check.finding.rules),
          std::string_view(check.finding.characters),
          std::string_view(check.fingerprint),
          std::string_view(check.reason),
          std::string_view(check.checked_at)}) {
      insert->Text(text);
    }
    MUSUBI_CHECK_OK(insert->EndRow());
  }
  return insert->Finish();
}

Result<ReviewProposals> LoadProposals(store::Connection& connection) {
  ReviewProposals proposals;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT class, members, proposed_by, reason FROM review_proposal",
      {},
      [&proposals](const store::Row& row) {
        const auto text = [&row](std::size_t column) { return std::string(row.Text(column)); };
        proposals.emplace(text(0), ReviewProposal{text(1), text(2), text(3)});
        return Ok();
      }
  ));
  return proposals;
}

Result<void> PutProposal(
    store::Connection& connection,
    std::string_view review_class,
    const ReviewProposal& proposal,
    std::string_view at
) {
  MUSUBI_CHECK_OK(DropProposal(connection, review_class));
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO review_proposal (class, members, proposed_by, reason, at) "
      "VALUES ($1, $2, $3, $4, $5)",
      {review_class,
       std::string_view(proposal.members),
       std::string_view(proposal.proposed_by),
       std::string_view(proposal.reason),
       at}
  ));
  return Ok();
}

Result<void> DropProposal(store::Connection& connection, std::string_view review_class) {
  MUSUBI_CHECK_OK(connection.Execute("DELETE FROM review_proposal WHERE class = $1", {review_class})
  );
  return Ok();
}

Result<void> InsertDecision(
    store::Connection& connection, std::int64_t run, const ReviewDecision& decision
) {
  MUSUBI_CHECK_OK(connection.Execute(
      "INSERT INTO review_decision (run, class, verdict, differences, proposed_by, decided_by, "
      "reason, people) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {run,
       std::string_view(decision.review_class),
       std::string_view(decision.verdict),
       std::string_view(decision.differences),
       std::string_view(decision.proposed_by),
       std::string_view(decision.decided_by),
       std::string_view(decision.reason),
       static_cast<std::int64_t>(decision.people)}
  ));
  return Ok();
}

Result<std::vector<std::string>> ApprovedDifferences(store::Connection& connection) {
  std::vector<std::string> approved;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT differences FROM review_decision WHERE verdict = 'approved' AND run > COALESCE("
      "(SELECT MAX(run) FROM import_run WHERE kind IN ('verify-links', 'query-residents')), 0)",
      {},
      [&approved](const store::Row& row) {
        approved.emplace_back(row.Text(0));
        return Ok();
      }
  ));
  return approved;
}

}  // namespace musubi::insurer
