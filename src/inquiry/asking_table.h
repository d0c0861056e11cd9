// The asking desk's rows: one per inquiry, with its result once there is one. Internal to inquiry.
//
// Functions run inside the caller's transaction or read through the caller's connection.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inquiry/asking_desk.h"
#include "store/database.h"

namespace musubi::inquiry {

[[nodiscard]] std::span<const store::Migration> AskingMigrations();

// A kept inquiry with what is needed to send it again.
struct AskingRow {
  Inquiry inquiry;
  exchange::InquiryQuestion question;
};

// False: the id is there already.
[[nodiscard]] Result<bool> InsertInquiry(store::Connection& connection, const AskingRow& row);
// False: it is final already.
[[nodiscard]] Result<bool> FinishInquiry(
    store::Connection& connection, Instant asked_at, const exchange::InquiryResult& result
);
[[nodiscard]] Result<AskingRow> LoadInquiry(
    store::Connection& connection, const exchange::InquiryId& id
);
[[nodiscard]] Result<std::vector<AskingRow>> LoadOpenInquiries(store::Connection& connection);
[[nodiscard]] Result<std::vector<Inquiry>> ListInquiries(
    store::Connection& connection, std::string_view owner, std::size_t count
);
[[nodiscard]] Result<void> MarkCorrected(
    store::Connection& connection, const exchange::InquiryId& id, Instant at
);
[[nodiscard]] Result<void> ForgetAnswers(store::Connection& connection, Instant asked_before);

// Figures of use by month, owner and procedure, added up.
struct UseCount {
  std::int64_t inquiries = 0;
  std::int64_t answered = 0;
};

using UseCounts = std::map<std::tuple<std::string, std::string, std::string>, UseCount>;

void CountUse(const Inquiry& inquiry, const exchange::InquiryResult& result, UseCounts& counts);
[[nodiscard]] Result<void> AddUse(store::Connection& connection, const UseCounts& counts);
[[nodiscard]] Result<std::vector<AskingDesk::Use>> LoadUse(
    store::Connection& connection, std::string_view month
);

}  // namespace musubi::inquiry
