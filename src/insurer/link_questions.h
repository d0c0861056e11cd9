// Asks support about many people, in calls of a bounded size, and hands back what it said of each.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "insurer/link_check.h"
#include "insurer/link_subjects.h"
#include "insurer/support_line.h"
#include "vault/vault.h"

namespace musubi::insurer {

struct LinkAnswer {
  Finding finding;
  number::IndividualNumber number;  // of a query that agreed
};

struct LinkQuestion {
  const Subject* person = nullptr;
  const Subject* owner = nullptr;  // whose number is asked about; null: a query without a number
  bool was_asked_before = false;   // in this round (links_round.h), as somebody else
};

inline constexpr std::size_t kQuestionsPerCall = 10000;

struct AskOptions {
  std::size_t questions_per_call = kQuestionsPerCall;
  // After each call: what was asked and told.
  std::function<Result<void>(std::span<const LinkQuestion>, std::span<const LinkAnswer>)> on_call;
};

// A record of RQ or VQ, without an end of line.
[[nodiscard]] Result<void> AppendQuestion(
    const LinkQuestion& question, const vault::Vault& vault, SecretVector<char>& out
);
// A record of RA or VA that answers `question`.
[[nodiscard]] Result<LinkAnswer> ReadAnswer(
    const LinkQuestion& question, std::span<const std::string_view> fields
);

// One answer per question, in order. kInvalid, kInternal: the other side does not keep to the form.
[[nodiscard]] Result<std::vector<LinkAnswer>> AskAbout(
    std::span<const LinkQuestion> questions,
    const vault::Vault& vault,
    const AskSupport& ask,
    const AskOptions& options
);

}  // namespace musubi::insurer
