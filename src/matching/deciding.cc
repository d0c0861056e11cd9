#include "matching/deciding.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace musubi::matching {

bool Deciding::Add(const ResidentView& resident, const Fit& fit, Date asked) {
  const std::uint64_t code = resident.resident_record_code;
  if (fit.IsFull()) {
    ++full_count_;
    if (full_count_ == 1 || code < full_code_) {
      full_code_ = code;
      full_fit_ = fit;
      full_status_ = resident.status;
    }
    return true;
  }
  if (!IsLead(fit, asked, resident.attributes.birth_date)) {
    return false;
  }
  const AttributeSet set = fit.Differs();
  const auto differs = static_cast<unsigned>(std::popcount(set));
  const bool is_restricted = resident.status == text::ResidentStatus::kRestricted;
  if (lead_count_ == 0 || differs < lead_differs_) {
    lead_count_ = 1;
    lead_differs_ = differs;
    is_lead_restricted_ = is_restricted;
    lead_set_ = set;
    lead_code_ = code;
    return true;
  }
  if (differs == lead_differs_) {
    ++lead_count_;
    // Which of the equally near ones is told must not depend on their order.
    std::tie(is_lead_restricted_, lead_set_, lead_code_) = std::min(
        std::tuple(is_lead_restricted_, lead_set_, lead_code_), std::tuple(is_restricted, set, code)
    );
  }
  return true;
}

Decision Deciding::Decide() const {
  Decision decision;
  if (full_count_ == 0) {
    decision.outcome = lead_count_ == 0      ? MatchOutcome::kNone
                       : is_lead_restricted_ ? MatchOutcome::kRestricted
                                             : MatchOutcome::kPartial;
    decision.differs = is_lead_restricted_ ? AttributeSet{0} : lead_set_;
    decision.candidate_count = lead_count_;
    return decision;
  }
  decision.candidate_count = full_count_;
  if (full_count_ > 1) {
    decision.outcome = MatchOutcome::kMultiple;
  } else if (full_status_ == text::ResidentStatus::kRestricted) {
    decision.outcome = MatchOutcome::kRestricted;
  } else if (full_status_ != text::ResidentStatus::kPresent) {
    decision.outcome = MatchOutcome::kGone;
  } else {
    decision.outcome = full_fit_.IsLossless() ? MatchOutcome::kAgree : MatchOutcome::kNotation;
    decision.resident = full_code_;
    decision.rules = full_fit_.NeededRules();
  }
  return decision;
}

}  // namespace musubi::matching
