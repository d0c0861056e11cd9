// 利用状況: which procedures ask electronically and which still take paper, per association and
// month.
//
// The electronic side counts itself (inquiries with a final result); the paper side is what the
// association reports. The board of audit found 506 of 6,423 body-procedures that never asked
// (会計検査院 2024-05): `never` says so plainly.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "inquiry/asking_desk.h"
#include "store/database.h"

namespace musubi::hub {

struct UseFigure {
  std::uint32_t insurer = 0;
  std::string procedure;
  std::int64_t inquiries = 0;
  std::int64_t answered = 0;
  std::int64_t paper = 0;
};

struct PaperCount {
  std::string month;  // "2026-11"
  std::string procedure;
  std::int64_t paper = 0;
};

[[nodiscard]] Result<PaperCount> ReadPaperCount(const boost::json::object& body);
// The same report again replaces the first.
[[nodiscard]] Result<void> SetPaperCount(
    store::Connection& connection, std::uint32_t insurer, const PaperCount& paper
);
// `insurer` 0: of all. In order of insurer and procedure.
[[nodiscard]] Result<std::vector<UseFigure>> UseFiguresOf(
    store::Connection& connection,
    std::string_view month,
    std::uint32_t insurer,
    std::span<const inquiry::AskingDesk::Use> electronic
);
[[nodiscard]] boost::json::object UseJson(
    std::string_view month, std::span<const UseFigure> figures
);

}  // namespace musubi::hub
