#include "insurer/link_application.h"

namespace musubi::insurer {

namespace {

std::string WhatOf(const LinkCheck& check) {
  std::string what = "link " + std::string(CheckStatusName(check.status)) + ": " +
                     std::string(CheckSourceName(check.finding.source)) + " " +
                     check.finding.outcome;
  return check.finding.rules.empty() ? what : what + " (" + check.finding.rules + ")";
}

std::set<vault::BlindIndex> TakenNumbers(
    const AskedLinks& asked, const std::vector<Subject>& everybody
) {
  std::set<vault::BlindIndex> taken;
  for (const Subject& subject : everybody) {
    if (subject.known.has_number) {
      taken.insert(subject.known.number_index);
    }
  }
  std::set<vault::BlindIndex> found;
  for (const LinkAnswer& answer : asked.answers) {
    if (answer.number.is_set()) {
      const vault::BlindIndex index = asked.vault.IndexOf(answer.number);
      if (!found.insert(index).second) {
        taken.insert(index);
      }
    }
  }
  return taken;
}

}  // namespace

LinkChange LinkChangeTo(const Known& person, LinkValue link) {
  const bool is_stopped = link.state == LinkState::kDoubtful || link.state == LinkState::kRefused;
  return {link, is_stopped ? 0 : person.listed_in, std::nullopt, ""};
}

LinkApplication::LinkApplication(
    const AskedLinks& asked,
    const std::vector<Subject>& everybody,
    LinkChecks& checks,
    std::string at
)
    : asked_(&asked),
      everybody_(&everybody),
      checks_(&checks),
      at_(std::move(at)),
      taken_(TakenNumbers(asked, everybody)) {}

Result<void> LinkApplication::Run(LinkReport& report) {
  for (const auto& [a, b] : report.swaps) {
    swapped_with_[a] = b;
    swapped_with_[b] = a;
  }
  for (std::size_t i = 0; i < asked_->subjects.size(); ++i) {
    const Subject& before = asked_->subjects[i];
    const Subject* now = FindSubject(*everybody_, before.known.reference);
    if (now == nullptr || now->fingerprint != before.fingerprint) {
      ++report.stale;
      continue;
    }
    MUSUBI_CHECK_OK(ApplyOne(*now, asked_->answers[i], report));
  }
  return Ok();
}

CheckStatus LinkApplication::StatusBefore(std::string_view reference) const {
  const auto found = checks_->find(reference);
  return found == checks_->end() ? CheckStatus::kUnchecked : found->second.status;
}

LinkCheck LinkApplication::CheckOf(const Subject& person, const Finding& finding) const {
  LinkCheck now{person.known.reference, CheckStatus::kUnchecked, finding};
  now.fingerprint = person.fingerprint;
  now.checked_at = at_;
  const auto before = checks_->find(now.reference);
  now = DecideCheck(before == checks_->end() ? nullptr : &before->second, std::move(now));
  const auto swap = swapped_with_.find(now.reference);
  if (swap != swapped_with_.end()) {
    now.reason = "numbers swapped with " + swap->second;
  }
  return now;
}

Result<bool> LinkApplication::Register(
    const LinkAnswer& answer, LinkCheck& check, PersonChange& change, LinkReport& report
) const {
  if (!answer.number.is_set() || check.status != CheckStatus::kVerified) {
    return false;
  }
  const vault::BlindIndex index = asked_->vault.IndexOf(answer.number);
  if (!IsFree(index)) {
    check.status = CheckStatus::kLead;
    check.reason = "the number is registered for somebody else";
    report.taken.push_back(check.reference);
    return false;
  }
  MUSUBI_TRY(Bytes sealed, asked_->vault.Encrypt(answer.number, check.reference));
  change.number = SealedNumber{std::move(sealed), index};
  ++report.registered;
  return true;
}

Result<void> LinkApplication::ApplyOne(
    const Subject& person, const LinkAnswer& answer, LinkReport& report
) {
  const CheckStatus status_before = StatusBefore(person.known.reference);
  LinkCheck now = CheckOf(person, answer.finding);
  PersonChange change;
  change.reference = now.reference;
  MUSUBI_TRY(const bool is_registered, Register(answer, now, change, report));
  const LinkValue link_before = {person.known.state, person.known.reason};
  const LinkValue link = is_registered ? LinkValue{LinkState::kUnverified, Reason::kNone}
                                       : LinkAfterCheck(person.known, status_before, now);
  ++report.outcomes[answer.finding.outcome];
  ++report.statuses[std::string(CheckStatusName(now.status))];
  if (link != link_before || is_registered) {
    change.link = LinkChangeTo(person.known, link);
    changes.push_back(std::move(change));
  }
  if (link != link_before || is_registered || now.status != status_before) {
    const std::string what =
        is_registered ? "individual-number by jlis-query, " + WhatOf(now) : WhatOf(now);
    history.push_back({now.reference, what, link_before.state, link});
  }
  checks_->insert_or_assign(person.known.reference, std::move(now));
  return Ok();
}

}  // namespace musubi::insurer
