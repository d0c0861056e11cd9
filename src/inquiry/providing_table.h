// The providing desk's rows: one per order, with its reply; what was given out, and the corrections
// of it that the network has not taken yet. Internal to inquiry.
//
// Functions run inside the caller's transaction or read through the caller's connection.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inquiry/providing_desk.h"
#include "store/database.h"

namespace musubi::inquiry {

[[nodiscard]] std::span<const store::Migration> ProvidingMigrations();

struct ProvidingRow {
  exchange::InquiryOrder order;
  exchange::InquiryReply reply;    // awaiting-person: as it will be if a person releases it
  SecretVector<char> content;      // while it waits for a person
  std::vector<std::string> given;  // on the way in only
};

// False: there is one of this id.
[[nodiscard]] Result<bool> InsertOrder(
    store::Connection& connection, const ProvidingRow& row, Instant now
);
// Ends one that waits for a person. False: it does not wait.
[[nodiscard]] Result<bool> EndWaiting(
    store::Connection& connection, const exchange::InquiryReply& reply, Instant now
);
[[nodiscard]] Result<std::optional<ProvidingRow>> LoadOrder(
    store::Connection& connection, const exchange::InquiryId& id
);
[[nodiscard]] Result<std::vector<Waiting>> LoadWaiting(store::Connection& connection);
[[nodiscard]] Result<void> ForgetReplies(store::Connection& connection, Instant replied_before);

[[nodiscard]] Result<std::uint64_t> InsertCorrections(
    store::Connection& connection, std::span<const std::string> given, Instant now
);

struct Correction {
  exchange::InquiryId id{};
  Instant at;
};

[[nodiscard]] Result<std::vector<Correction>> LoadCorrections(
    store::Connection& connection, std::size_t count
);
[[nodiscard]] Result<void> RemoveCorrections(
    store::Connection& connection, std::span<const Correction> taken
);

}  // namespace musubi::inquiry
