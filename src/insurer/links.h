// The links between people and numbers: found by query, verified, reviewed, stopped.
//
// What always holds
//   1. A number comes from a query only when all attributes agreed and nobody else of the register
//      has it. A lead never carries a number.
//   2. What is found and decided is applied in one transaction, with history and run; between
//   asking
//      and applying, whoever was changed is left as changed and asked again next time.
//   3. A class of more than one is cleared by two different people. A stop works at once and only
//      `Lift` ends it.
//
// Asking goes over the line given by the caller, outside any transaction. One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "insurer/link_application.h"
#include "insurer/person_table.h"
#include "insurer/review_classes.h"

namespace musubi::insurer {

struct LinkStatistic {
  std::int64_t run = 0;
  std::string at;
  std::string kind;  // "verify-links", "query-residents"
  std::string outcome;
  std::uint64_t people = 0;
};

struct ReviewItem {
  ReviewClass review_class;
  std::string proposed_by;  // "": not proposed, or it has changed since
  std::string reason;
};

struct ReviewedPerson {
  std::string reference;
  FieldTexts texts;
};

struct ReviewRequest {
  std::string review_class;
  std::string by;
  std::string reason;
};

struct ReviewResult {
  bool is_applied = false;     // else: proposed, a second person has to approve
  std::uint64_t people = 0;    // of the class
  std::uint64_t combined = 0;  // of others, all of whose differences are approved now
};

struct PersonRequest {
  std::string reference;
  std::string by;
  std::string reason;
};

class Links {
 public:
  // Tables are those of Register::Open.
  [[nodiscard]] static Result<std::unique_ptr<Links>> Open(
      store::Database& database, const Clock& clock, std::string operator_name, ReviewRules rules
  );

  using OnProgress = std::function<void(std::uint64_t)>;
  // People without a number. kUnavailable: support is away; nothing was changed.
  [[nodiscard]] Result<LinkReport> QueryResidents(
      const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
  );
  // Everybody who has a number.
  [[nodiscard]] Result<LinkReport> Verify(
      const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
  );
  // Oldest first.
  [[nodiscard]] Result<std::vector<LinkStatistic>> Statistics() const;

  // Largest class first.
  [[nodiscard]] Result<std::vector<ReviewItem>> ReviewQueue() const;
  [[nodiscard]] Result<std::vector<ReviewedPerson>> PeopleOf(const ReviewClass& review_class) const;
  // Clears a class of one, proposes a larger one. kNotFound: no such class waits.
  [[nodiscard]] Result<ReviewResult> Confirm(const ReviewRequest& request);
  // kPrecondition: not proposed, or changed since; kRefused: by the same person.
  [[nodiscard]] Result<ReviewResult> Approve(const ReviewRequest& request);
  [[nodiscard]] Result<ReviewResult> Reject(const ReviewRequest& request);
  // kNotFound: no such person; kPrecondition: not stopped.
  [[nodiscard]] Result<void> Stop(const PersonRequest& request);
  [[nodiscard]] Result<void> Lift(const PersonRequest& request);

 private:
  Links(
      std::unique_ptr<store::Connection> connection,
      const Clock& clock,
      std::string operator_name,
      ReviewRules rules
  );

  [[nodiscard]] Result<LinkReport> Check(
      CheckSource source,
      const vault::Vault& vault,
      const AskSupport& ask,
      const OnProgress& on_progress
  );
  [[nodiscard]] Result<void> Apply(const AskedLinks& asked, LinkReport& report);
  [[nodiscard]] Result<ReviewItem> FindItem(std::string_view review_class) const;
  [[nodiscard]] Result<ReviewResult> Decide(
      const ReviewItem& item, const ReviewRequest& request, CheckStatus status
  );
  [[nodiscard]] Result<void> SetStatus(const PersonRequest& request, bool is_stop);

  std::unique_ptr<store::Connection> connection_;
  const Clock* clock_;
  std::string operator_name_;
  ReviewRules rules_;
};

}  // namespace musubi::insurer
