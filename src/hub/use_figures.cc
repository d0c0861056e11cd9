#include "hub/use_figures.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <boost/json/array.hpp>

#include "inquiry/desk_json.h"

namespace musubi::hub {

namespace {

constexpr std::int64_t kPaperMax = 100'000'000;

bool IsMonth(std::string_view text) {
  Date day;
  return text.size() == 7 && Date::TryParse(std::string(text) + "-01", day);
}

std::uint32_t InsurerOfOwner(std::string_view owner) {
  std::uint32_t insurer = 0;
  const std::size_t hyphen = owner.find('-');
  if (hyphen != std::string_view::npos) {
    std::from_chars(owner.data() + hyphen + 1, owner.data() + owner.size(), insurer);
  }
  return insurer;
}

}  // namespace

Result<PaperCount> ReadPaperCount(const boost::json::object& body) {
  PaperCount paper;
  MUSUBI_TRY(paper.month, inquiry::TextField(body, "month", inquiry::Needed::kYes));
  MUSUBI_TRY(paper.procedure, inquiry::TextField(body, "procedure", inquiry::Needed::kYes));
  const boost::json::value* count = body.if_contains("paper");
  if (!IsMonth(paper.month)) {
    return Error{ErrorCode::kInvalid, "a month is YYYY-MM", "month"};
  }
  if (count == nullptr || !count->is_int64() || count->as_int64() < 0 ||
      count->as_int64() > kPaperMax) {
    return Error{ErrorCode::kInvalid, "missing or not a count", "paper"};
  }
  paper.paper = count->as_int64();
  return paper;
}

Result<void> SetPaperCount(
    store::Connection& connection, std::uint32_t insurer, const PaperCount& paper
) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "INSERT INTO use_paper (month, insurer, procedure_code, paper) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (month, insurer, procedure_code) DO UPDATE SET paper = excluded.paper",
          {std::string_view(paper.month),
           std::int64_t{insurer},
           std::string_view(paper.procedure),
           paper.paper}
      )
  );
  static_cast<void>(changed);
  return Ok();
}

Result<std::vector<UseFigure>> UseFiguresOf(
    store::Connection& connection,
    std::string_view month,
    std::uint32_t insurer,
    std::span<const inquiry::AskingDesk::Use> electronic
) {
  std::map<std::pair<std::uint32_t, std::string>, UseFigure> figures;
  for (const auto& use : electronic) {
    const std::uint32_t owner = InsurerOfOwner(use.owner);
    UseFigure& figure = figures[{owner, use.procedure}];
    figure.inquiries += use.inquiries;
    figure.answered += use.answered;
  }
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT insurer, procedure_code, paper FROM use_paper WHERE month = $1",
      {month},
      [&figures](const store::Row& row) -> Result<void> {
        figures[{static_cast<std::uint32_t>(row.Int(0)), std::string(row.Text(1))}].paper =
            row.Int(2);
        return Ok();
      }
  ));
  std::vector<UseFigure> sorted;
  for (auto& [key, figure] : figures) {
    if (insurer == 0 || key.first == insurer) {
      figure.insurer = key.first;
      figure.procedure = key.second;
      sorted.push_back(std::move(figure));
    }
  }
  return sorted;
}

boost::json::object UseJson(std::string_view month, std::span<const UseFigure> figures) {
  boost::json::array procedures;
  for (const UseFigure& figure : figures) {
    const std::int64_t all = figure.inquiries + figure.paper;
    procedures.push_back(boost::json::object{
        {"insurer", figure.insurer},
        {"procedure", figure.procedure},
        {"inquiries", figure.inquiries},
        {"answered", figure.answered},
        {"paper", figure.paper},
        {"electronic_share",
         all == 0 ? 0.0 : static_cast<double>(figure.inquiries) / static_cast<double>(all)},
        {"never", figure.inquiries == 0},
    });
  }
  return {{"month", month}, {"procedures", std::move(procedures)}};
}

}  // namespace musubi::hub
