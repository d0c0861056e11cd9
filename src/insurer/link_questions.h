// Asks support about many people, in calls of a bounded size, and hands back what it said of each.
#pragma once

#include <functional>
#include <span>
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
};

// One answer per question, in order. kInvalid, kInternal: the other side does not keep to the form.
[[nodiscard]] Result<std::vector<LinkAnswer>> AskAbout(
    std::span<const LinkQuestion> questions,
    const vault::Vault& vault,
    const AskSupport& ask,
    const std::function<void(std::uint64_t)>& on_progress
);

}  // namespace musubi::insurer
