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
//   4. A run that was stopped goes on where it was (links_round.h); nothing is applied before all
//      is answered.
//   5. Whoever is shown to a clerk, or whose address is looked up, has a line in the history before
//      the clerk sees anything.
//
// Asking goes over the line given by the caller, outside any transaction, or by package. One thread
// at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "exchange/content.h"
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

struct PackageRequest {
  std::filesystem::path file;  // to write, or to read
  const crypto::Identity& self;
  const crypto::Certificate& jlis;  // whom questions are sealed to
  exchange::Mode mode = exchange::Mode::kTest;
};

struct AnswerRequest {
  std::filesystem::path file;
  const crypto::Identity& self;
  const crypto::Trust& trust;
  exchange::Mode mode = exchange::Mode::kTest;
};

struct WrittenPackage {
  std::uint64_t sequence = 0;
  std::uint64_t rows = 0;
};

struct AddressLookUp {
  std::string outcome;  // a word of exchange/address_query.h
  std::string address;  // with "found" only
};

class Links {
 public:
  // Tables of Register::Open are there.
  [[nodiscard]] static Result<std::unique_ptr<Links>> Open(
      store::Database& database, const Clock& clock, std::string operator_name, ReviewRules rules
  );

  using OnProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;
  // People without a number. kUnavailable: support is away; nothing was changed, and the same call
  // goes on with whom it has not asked yet.
  [[nodiscard]] Result<LinkReport> QueryResidents(
      const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
  );
  // Everybody who has a number.
  [[nodiscard]] Result<LinkReport> Verify(
      const vault::Vault& vault, const AskSupport& ask, const OnProgress& on_progress
  );
  // The same by package (exchange/resident_query_package.h). kPrecondition: there is nobody to ask
  // about; kExhausted: too many for one package.
  [[nodiscard]] Result<WrittenPackage> WritePackage(
      CheckSource source, const vault::Vault& vault, const PackageRequest& request
  );
  // kRefused, kInvalid: the package as a whole; kNotFound: it answers no question of this register.
  // The same answer again changes nothing. Swapped numbers are not looked for.
  [[nodiscard]] Result<LinkReport> ReadAnswerPackage(
      CheckSource source, const vault::Vault& vault, const AnswerRequest& request
  );
  // The registered address of a person with a number. kPrecondition: there is no number, or the
  // link is doubtful or refused: the address may be a stranger's.
  [[nodiscard]] Result<AddressLookUp> LookUpAddress(
      const vault::Vault& vault, const AskSupport& ask, const std::string& reference
  );
  // Oldest first.
  [[nodiscard]] Result<std::vector<LinkStatistic>> Statistics() const;

  // Largest class first.
  [[nodiscard]] Result<std::vector<ReviewItem>> ReviewQueue() const;
  // Attributes of the people of a class, for a clerk's eyes; leaves a line in each one's history.
  [[nodiscard]] Result<std::vector<ReviewedPerson>> ShowPeople(const ReviewClass& review_class);
  // Clears a class of one, proposes a larger one. kNotFound: no such class waits.
  [[nodiscard]] Result<ReviewResult> Confirm(const ReviewRequest& request);
  // kPrecondition: not proposed, or changed since; kRefused: by the same person.
  [[nodiscard]] Result<ReviewResult> Approve(const ReviewRequest& request);
  [[nodiscard]] Result<ReviewResult> Reject(const ReviewRequest& request);
  // kNotFound: no such person; kPrecondition: not stopped.
  [[nodiscard]] Result<void> Stop(const PersonRequest& request);
  [[nodiscard]] Result<void> Lift(const PersonRequest& request);

  void set_questions_per_call(std::size_t count) { questions_per_call_ = count; }

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
  // Fills `asked.answers`, from what an earlier run kept and by asking; how many were kept.
  [[nodiscard]] Result<std::uint64_t> AnswerAll(
      AskedLinks& asked, std::int64_t round, const AskSupport& ask, const OnProgress& on_progress
  );
  [[nodiscard]] Result<void> Keep(
      std::int64_t round,
      std::span<const LinkQuestion> questions,
      std::span<const LinkAnswer> answers,
      const vault::Vault& vault
  );
  [[nodiscard]] Result<void> Apply(const AskedLinks& asked, std::int64_t round, LinkReport& report);
  [[nodiscard]] Result<void> NoteSeen(
      std::string_view kind, const std::vector<const Subject*>& people, const std::string& what
  );
  [[nodiscard]] Result<ReviewItem> FindItem(std::string_view review_class) const;
  [[nodiscard]] Result<ReviewResult> Decide(
      const ReviewItem& item, const ReviewRequest& request, CheckStatus status
  );
  [[nodiscard]] Result<void> SetStatus(const PersonRequest& request, bool is_stop);

  std::unique_ptr<store::Connection> connection_;
  const Clock* clock_;
  std::string operator_name_;
  ReviewRules rules_;
  std::size_t questions_per_call_ = kQuestionsPerCall;
};

}  // namespace musubi::insurer
