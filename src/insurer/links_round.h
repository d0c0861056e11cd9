// A round of questions about links: what was asked of whom, and what came back so far.
//
// A round over the line keeps each call's answers as they come, so that a run that was stopped
// (Ctrl-C, kill -9, support away) goes on where it was: whoever is unchanged is not asked again.
// A round by package keeps what was asked until the answer comes. Either way the answers are
// applied to the register in one piece at the end, and then the round's rows are deleted.
//
// A stopped round older than a day is forgotten: answers grow stale; so is a package that nobody
// has answered for 60 days, when the next is written. Numbers that a query found lie in the round
// sealed by the vault. Functions work inside the caller's transaction; `kind` is the run's
// ("verify-links", "query-residents").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "insurer/link_questions.h"
#include "store/database.h"

namespace musubi::insurer {

// Brings this part's tables up to date; those of Register::Open are there.
[[nodiscard]] Result<void> MigrateLinkRounds(store::Database& database);

struct LinkRound {
  std::int64_t round = 0;
  std::string kind;
  std::string applied;  // when; "": waits for its answer
};

struct AskedRow {
  std::string fingerprint;  // of the person as asked
  std::optional<LinkAnswer> answer;
};

using AskedRows = std::map<std::string, AskedRow, std::less<>>;  // by reference

// The line's round of this kind that was stopped less than a day ago, or a new one; older ones are
// deleted.
[[nodiscard]] Result<std::int64_t> OpenLineRound(
    store::Connection& connection, std::string_view kind, Instant now
);
// A number of its own for a round by package; it is the package's sequence.
[[nodiscard]] Result<std::int64_t> TakeRoundNumber(store::Connection& connection);
[[nodiscard]] Result<void> InsertPackageRound(
    store::Connection& connection,
    std::int64_t round,
    std::string_view kind,
    std::span<const Subject> asked,
    Instant now
);
// By package; nothing: no such round here.
[[nodiscard]] Result<std::optional<LinkRound>> FindPackageRound(
    store::Connection& connection, std::int64_t round
);

[[nodiscard]] Result<AskedRows> LoadAskedRows(
    store::Connection& connection, std::int64_t round, const vault::Vault& vault
);
// Of questions each about its own person, in order of reference.
[[nodiscard]] Result<void> KeepAnswers(
    store::Connection& connection,
    std::int64_t round,
    std::span<const LinkQuestion> questions,
    std::span<const LinkAnswer> answers,
    const vault::Vault& vault
);
// The round's rows go; by package it stays to know the same answer when it comes again.
[[nodiscard]] Result<void> CloseRound(
    store::Connection& connection, std::int64_t round, std::string_view at
);

}  // namespace musubi::insurer
