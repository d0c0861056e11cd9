// Links: the review queue, stops.
#include <algorithm>
#include <set>

#include "insurer/links.h"
#include "insurer/words.h"
#include "text/width.h"

namespace musubi::insurer {

namespace {

constexpr std::size_t kTextSizeMax = 400;

Result<void> CheckWords(std::string_view by, std::string_view reason, bool needs_reason) {
  if (by.empty() || (needs_reason && reason.empty())) {
    return Error{
        ErrorCode::kUsage,
        needs_reason ? "who decides, and why, must be told" : "who decides must be told",
        {},
        needs_reason ? "--by NAME --reason TEXT" : "--by NAME"
    };
  }
  if (by.size() > kTextSizeMax || reason.size() > kTextSizeMax) {
    return Error{ErrorCode::kUsage, "a name or reason of more than 400 bytes"};
  }
  return Ok();
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

// What one decision does to people; gathered first, written in one piece.
class Decisions {
 public:
  Decisions(const std::vector<Subject>& everybody, LinkChecks& checks, std::string at)
      : everybody_(&everybody), checks_(&checks), at_(std::move(at)) {}

  // False: the person was changed or is gone since the check; the next check asks anew.
  bool Apply(std::string_view reference, CheckStatus status, const std::string& words) {
    const Subject* person = FindSubject(*everybody_, reference);
    const auto found = checks_->find(reference);
    if (person == nullptr || found == checks_->end() ||
        found->second.fingerprint != person->fingerprint) {
      return false;
    }
    Put(*person, found->second, status, words);
    return true;
  }

  void Put(const Subject& person, LinkCheck& check, CheckStatus status, const std::string& words) {
    const CheckStatus before = check.status;
    check.status = status;
    check.reason = words;
    const LinkValue link_before = {person.known.state, person.known.reason};
    const LinkValue link = LinkAfterCheck(person.known, before, check);
    if (link != link_before) {
      PersonChange change;
      change.reference = check.reference;
      change.link = LinkChangeTo(person.known, link);
      changes_.push_back(std::move(change));
    }
    const std::string what = "link " + std::string(CheckStatusName(status)) + " " + words;
    history_.push_back({check.reference, what, link_before.state, link});
  }

  Result<void> Write(store::Connection& connection, std::int64_t run, std::string_view by) {
    const std::uint64_t count = history_.size();
    MUSUBI_CHECK_OK(ChangePeople(connection, changes_));
    MUSUBI_CHECK_OK(AppendHistory(connection, history_, run));
    MUSUBI_CHECK_OK(ReplaceLinkChecks(connection, *checks_));
    return InsertRun(connection, run, Run{"review", at_, by, count});
  }

 private:
  const std::vector<Subject>* everybody_;
  LinkChecks* checks_;
  std::string at_;
  std::vector<PersonChange> changes_;
  std::vector<HistoryEntry> history_;
};

// Other classes all of whose differences are approved now, one by one.
std::vector<std::string> CoveredBy(
    const std::vector<ReviewClass>& classes,
    const ReviewClass& decided,
    const std::vector<std::string>& approved_before,
    std::size_t combine_max
) {
  std::set<std::string> approved;
  const auto add = [&approved](const std::vector<std::string>& differences) {
    approved.insert(differences.begin(), differences.end());
  };
  add(DifferencesOf(decided.finding));
  for (const std::string& before : approved_before) {
    add(WordsOf(before));
  }
  std::vector<std::string> covered;
  for (const ReviewClass& other : classes) {
    const std::vector<std::string> differences = DifferencesOf(other.finding);
    const bool is_covered = std::ranges::all_of(differences, [&](const std::string& difference) {
      return approved.contains(difference);
    });
    if (other.name != decided.name && other.is_bulk && is_covered && !differences.empty() &&
        differences.size() <= combine_max) {
      covered.insert(covered.end(), other.references.begin(), other.references.end());
    }
  }
  return covered;
}

}  // namespace

Result<std::vector<ReviewItem>> Links::ReviewQueue() const {
  MUSUBI_TRY(const LinkChecks checks, LoadLinkChecks(*connection_));
  MUSUBI_TRY(const ReviewProposals proposals, LoadProposals(*connection_));
  std::vector<ReviewItem> items;
  for (ReviewClass& review_class : ClassesOf(checks, rules_)) {
    ReviewItem item{std::move(review_class), {}, {}};
    const auto proposal = proposals.find(item.review_class.name);
    if (proposal != proposals.end() && proposal->second.members == item.review_class.members) {
      item.proposed_by = proposal->second.proposed_by;
      item.reason = proposal->second.reason;
    }
    items.push_back(std::move(item));
  }
  return items;
}

Result<ReviewItem> Links::FindItem(std::string_view review_class) const {
  MUSUBI_TRY(const std::vector<ReviewItem> items, ReviewQueue());
  for (const ReviewItem& item : items) {
    if (item.review_class.name == review_class) {
      return item;
    }
  }
  return Error{
      ErrorCode::kNotFound, "no such class waits for review", {}, "`review` lists the classes"
  };
}

Result<ReviewResult> Links::Confirm(const ReviewRequest& request) {
  MUSUBI_CHECK_OK(CheckWords(request.by, request.reason, true));
  MUSUBI_TRY(const ReviewItem item, FindItem(request.review_class));
  if (item.review_class.references.size() == 1) {
    return Decide(item, request, CheckStatus::kCleared);
  }
  const std::string at = FormatUtc(clock_->Now());
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_CHECK_OK(PutProposal(
      *connection_,
      item.review_class.name,
      {item.review_class.members, request.by, request.reason},
      at
  ));
  MUSUBI_CHECK_OK(transaction.Commit());
  return ReviewResult{false, item.review_class.references.size(), 0};
}

namespace {

// One person is one person in capitals and with a space behind, too.
bool IsSamePerson(std::string_view a, std::string_view b) {
  const auto folded = [](std::string_view name) {
    std::string text;
    for (const char c : text::NarrowAscii(name)) {
      if (c != ' ') {
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
    }
    return text;
  };
  return folded(a) == folded(b);
}

}  // namespace

Result<ReviewResult> Links::Approve(const ReviewRequest& request) {
  MUSUBI_CHECK_OK(CheckWords(request.by, request.reason, false));
  MUSUBI_TRY(const ReviewItem item, FindItem(request.review_class));
  if (item.proposed_by.empty()) {
    return Error{
        ErrorCode::kPrecondition,
        "the class is not proposed, or its people have changed since",
        request.review_class,
        "look at it again, then `review --confirm`"
    };
  }
  if (IsSamePerson(item.proposed_by, request.by)) {
    return Error{
        ErrorCode::kRefused,
        "who proposed a class cannot approve it",
        request.review_class,
        "a second person approves"
    };
  }
  return Decide(item, request, CheckStatus::kCleared);
}

Result<ReviewResult> Links::Reject(const ReviewRequest& request) {
  MUSUBI_CHECK_OK(CheckWords(request.by, request.reason, false));
  MUSUBI_TRY(const ReviewItem item, FindItem(request.review_class));
  return Decide(item, request, CheckStatus::kDoubtful);
}

Result<ReviewResult> Links::Decide(
    const ReviewItem& item, const ReviewRequest& request, CheckStatus status
) {
  const bool is_cleared = status == CheckStatus::kCleared;
  const bool may_combine =
      is_cleared && item.review_class.is_bulk && item.review_class.references.size() > 1;
  const ReviewClass& decided = item.review_class;
  const std::string& reason = item.reason.empty() ? request.reason : item.reason;
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const auto everybody, LoadSubjects(*connection_, SubjectsOf::kEverybody));
  MUSUBI_TRY(LinkChecks checks, LoadLinkChecks(*connection_));
  const std::vector<ReviewClass> classes = ClassesOf(checks, rules_);
  const bool is_unchanged = std::ranges::any_of(classes, [&decided](const ReviewClass& now) {
    return now.name == decided.name && now.members == decided.members;
  });
  if (!is_unchanged) {
    return Error{ErrorCode::kConflict, "the class has changed meanwhile", decided.name};
  }
  std::string words = "by " + request.by;
  words.append(item.proposed_by.empty() ? "" : ", proposed by " + item.proposed_by);
  words.append(" (" + decided.name + ")").append(reason.empty() ? "" : ": " + reason);
  Decisions decisions(everybody, checks, FormatUtc(clock_->Now()));
  ReviewResult result{true, 0, 0};
  for (const std::string& reference : decided.references) {
    result.people += decisions.Apply(reference, status, words) ? 1U : 0U;
  }
  if (may_combine) {
    MUSUBI_TRY(const auto approved, ApprovedDifferences(*connection_));
    for (const std::string& reference :
         CoveredBy(classes, decided, approved, rules_.combine_max())) {
      result.combined += decisions.Apply(reference, status, words) ? 1U : 0U;
    }
  }
  MUSUBI_CHECK_OK(DropProposal(*connection_, decided.name));
  MUSUBI_CHECK_OK(InsertDecision(
      *connection_,
      run,
      {decided.name,
       is_cleared ? "approved" : "rejected",
       may_combine ? Joined(DifferencesOf(decided.finding)) : "",
       item.proposed_by,
       request.by,
       reason,
       result.people + result.combined}
  ));
  MUSUBI_CHECK_OK(decisions.Write(*connection_, run, operator_name_));
  MUSUBI_CHECK_OK(transaction.Commit());
  return result;
}

Result<void> Links::Stop(const PersonRequest& request) {
  return SetStatus(request, true);
}

Result<void> Links::Lift(const PersonRequest& request) {
  return SetStatus(request, false);
}

Result<void> Links::SetStatus(const PersonRequest& request, bool is_stop) {
  MUSUBI_CHECK_OK(CheckWords(request.by, request.reason, true));
  MUSUBI_TRY(auto transaction, store::Transaction::Begin(*connection_, store::Access::kWrite));
  MUSUBI_TRY(const std::int64_t run, AdvanceCounter(*connection_, "run", 1));
  MUSUBI_TRY(const auto everybody, LoadSubjects(*connection_, SubjectsOf::kEverybody));
  MUSUBI_TRY(LinkChecks checks, LoadLinkChecks(*connection_));
  const Subject* person = FindSubject(everybody, request.reference);
  if (person == nullptr) {
    return Error{
        ErrorCode::kNotFound,
        "there is no person with this reference",
        {},
        "`people` lists references"
    };
  }
  LinkCheck fresh{request.reference, CheckStatus::kUnchecked, {}};
  fresh.fingerprint = person->fingerprint;
  fresh.checked_at = FormatUtc(clock_->Now());
  LinkCheck& check = checks.try_emplace(request.reference, std::move(fresh)).first->second;
  const bool is_stopped = check.status == CheckStatus::kStopped;
  if (is_stopped == is_stop) {
    return Error{
        ErrorCode::kPrecondition,
        is_stop ? "the person is stopped already" : "the person is not stopped by hand"
    };
  }
  // Lifted, the last finding counts again: a birth date that differs still stops.
  CheckStatus status = CheckStatus::kStopped;
  if (!is_stop) {
    const bool is_same = check.fingerprint == person->fingerprint;
    status = is_same ? StatusOfFinding(check.finding) : CheckStatus::kUnchecked;
  }
  Decisions decisions(everybody, checks, FormatUtc(clock_->Now()));
  decisions.Put(*person, check, status, "by " + request.by + ": " + request.reason);
  MUSUBI_CHECK_OK(decisions.Write(*connection_, run, operator_name_));
  return transaction.Commit();
}

}  // namespace musubi::insurer
