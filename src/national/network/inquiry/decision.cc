#include "national/network/inquiry/decision.h"

#include <algorithm>

#include "national/network/inquiry/self_information.h"

namespace musubi::national::network {

namespace {

using exchange::InquiryOutcome;
using exchange::InquirySubject;
using rules::PermitAnswer;
using rules::Refusal;

constexpr std::string_view kAssessmentCitation = "番号法28条6項";

std::string BasisText(const rules::Basis& basis) {
  return basis.rule_set + ":" + basis.row + ":" + basis.item;
}

bool IsPortal(const Institution& institution) {
  return std::ranges::find(institution.kinds, kSelfInformation.inquirer) != institution.kinds.end();
}

PermitAnswer PermitSelfInformation(Date today) {
  PermitAnswer answer;
  answer.allowed = today >= kSelfInformation.valid_from;
  answer.refusal = answer.allowed ? Refusal::kNone : Refusal::kNotInForce;
  answer.citation = kSelfInformation.citation;
  return answer;
}

// The kind of either side that allows; else the refusal that came nearest.
PermitAnswer Permit(
    const InquirySubject& subject,
    const Institution& inquirer,
    const Institution& provider,
    const rules::Permissions& permissions,
    Date today
) {
  PermitAnswer best;
  if (IsPortal(inquirer) || IsPortal(provider)) {
    const bool is_own = IsPortal(inquirer) && !IsPortal(provider) &&
                        subject.procedure == kSelfInformation.procedure;
    return is_own ? PermitSelfInformation(today) : best;
  }
  for (const std::string& asking : inquirer.kinds) {
    for (const std::string& asked : provider.kinds) {
      PermitAnswer answer =
          permissions.Permit({asking, asked, subject.procedure, subject.information, today});
      if (answer.allowed) {
        return answer;
      }
      if (answer.refusal > best.refusal) {
        best = std::move(answer);
      }
    }
  }
  return best;
}

Decision Refused(InquiryOutcome outcome, const Institution* provider, std::string_view citation) {
  return {outcome, provider, {}, std::string(citation)};
}

Decision NotPermitted(const PermitAnswer& answer, const Institution* provider) {
  return Refused(
      // A word of the question is no code at all (the directory's kinds are).
      answer.refusal == Refusal::kUnknownCode ? InquiryOutcome::kInvalid
                                              : InquiryOutcome::kNotPermitted,
      provider,
      answer.citation
  );
}

bool IsPublished(const Institution& institution, Date today) {
  return institution.assessment_published_on.is_set() &&
         institution.assessment_published_on <= today;
}

Decision DecideBetween(
    const PermitAnswer& answer, const Institution& inquirer, const Institution& provider, Date today
) {
  if (!answer.allowed) {
    return NotPermitted(answer, &provider);
  }
  if (!IsPublished(inquirer, today) || !IsPublished(provider, today)) {
    return Refused(InquiryOutcome::kAssessmentMissing, &provider, kAssessmentCitation);
  }
  return {
      InquiryOutcome::kInProgress,
      &provider,
      answer.basis.rule_set.empty() ? std::string(kSelfInformation.basis) : BasisText(answer.basis),
      answer.citation
  };
}

struct Candidate {
  const Institution* provider = nullptr;
  PermitAnswer answer;
};

// 医療保険者 as such, the common door of all insurers a node speaks for.
bool IsCommonDoor(const Institution& institution) {
  return institution.kinds == std::vector<std::string>{"medical-insurer"};
}

// Whoever is reached through a common door need not be chosen among.
void DropThoseBehindDoors(std::vector<Candidate>& candidates) {
  std::vector<std::string> nodes;
  for (const Candidate& candidate : candidates) {
    if (IsCommonDoor(*candidate.provider)) {
      nodes.push_back(candidate.provider->served_by);
    }
  }
  std::erase_if(candidates, [&nodes](const Candidate& candidate) {
    return !IsCommonDoor(*candidate.provider) &&
           std::ranges::find(nodes, candidate.provider->served_by) != nodes.end();
  });
}

// No provider is named: the only one that may be asked.
Decision DecideWithout(
    const InquirySubject& subject,
    const Institution& inquirer,
    const Directory& directory,
    const rules::Permissions& permissions,
    Date today
) {
  PermitAnswer nearest;
  std::vector<Candidate> candidates;
  for (const Institution& provider : directory.institutions()) {
    if (&provider == &inquirer) {
      continue;
    }
    PermitAnswer answer = Permit(subject, inquirer, provider, permissions, today);
    if (answer.allowed) {
      candidates.push_back({&provider, std::move(answer)});
    } else if (answer.refusal > nearest.refusal) {
      nearest = std::move(answer);
    }
  }
  DropThoseBehindDoors(candidates);
  if (candidates.empty()) {
    return NotPermitted(nearest, nullptr);
  }
  if (candidates.size() > 1) {
    return Refused(InquiryOutcome::kProviderUnclear, nullptr, candidates.front().answer.citation);
  }
  return DecideBetween(candidates.front().answer, inquirer, *candidates.front().provider, today);
}

}  // namespace

Decision Decide(
    const InquirySubject& subject,
    const Institution* inquirer,
    const Directory& directory,
    const rules::Permissions& permissions,
    Date today
) {
  const bool runs_backwards =
      subject.from.is_set() && subject.to.is_set() && subject.to < subject.from;
  if (inquirer == nullptr || runs_backwards) {
    return Refused(InquiryOutcome::kInvalid, directory.Find(subject.provider), "");
  }
  if (!subject.provider.empty()) {
    const Institution* provider = directory.Find(subject.provider);
    return provider == nullptr ? Refused(InquiryOutcome::kInvalid, nullptr, "")
                               : DecideBetween(
                                     Permit(subject, *inquirer, *provider, permissions, today),
                                     *inquirer,
                                     *provider,
                                     today
                                 );
  }
  return DecideWithout(subject, *inquirer, directory, permissions, today);
}

}  // namespace musubi::national::network
