#include "paper_comparison.h"

#include <fstream>
#include <sstream>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "exchange/resident_query.h"
#include "inquiry_report.h"
#include "output.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;

// What a spreadsheet saves becomes what the record reader takes: line ends of any system, and a
// byte order mark is left out.
std::string ReadLines(std::istream& in) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string lines;
  for (std::string line; std::getline(in, line);) {
    if (lines.empty() && line.starts_with(kByteOrderMark)) {
      line.erase(0, kByteOrderMark.size());
    }
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    lines += line + "\r\n";
  }
  return lines;
}

// Is there a record of this kind with this value of the item; or at least with the item?
std::string Look(
    const json::array& records, std::string_view kind, std::string_view item, std::string_view value
) {
  bool is_there = false;
  for (const json::value& each : records) {
    if (!each.is_object() || TextAt(each.get_object(), "kind") != kind) {
      continue;
    }
    const json::value* items = each.get_object().if_contains("items");
    const json::value* found =
        items != nullptr && items->is_object() ? items->get_object().if_contains(item) : nullptr;
    is_there |= found != nullptr;
    if (found != nullptr && found->is_string() && found->get_string() == value) {
      return "same";
    }
  }
  return is_there ? "differs" : "only-on-paper";
}

}  // namespace

Result<PaperComparison> ComparePaper(
    const json::object& inquiry, const std::filesystem::path& paper
) {
  std::ifstream in(paper, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::kNotFound, "cannot be read", paper.string()};
  }
  const json::value* content = inquiry.if_contains("content");
  const json::value* records = content != nullptr && content->is_object()
                                   ? content->get_object().if_contains("records")
                                   : nullptr;
  const json::array none;
  const json::array& held = records != nullptr && records->is_array() ? records->get_array() : none;
  PaperComparison comparison;
  MUSUBI_TRY(
      const std::uint64_t count,
      exchange::EachLine(
          ReadLines(in),
          [&](std::uint64_t row, std::span<const std::string_view> fields) -> Result<void> {
            const std::string place = paper.string() + ":" + std::to_string(row + 1);
            if (fields.size() != 3) {
              return Error{ErrorCode::kInvalid, "not kind,item,value", place};
            }
            if (row == 0 && fields[0] == "kind" && fields[1] == "item") {
              return Ok();
            }
            ComparedItem& compared = comparison.items.emplace_back();
            compared.kind = fields[0];
            compared.item = fields[1];
            compared.finding = Look(held, fields[0], fields[1], fields[2]);
            comparison.different += compared.finding == "same" ? 0 : 1;
            return Ok();
          }
      )
  );
  static_cast<void>(count);
  if (comparison.items.empty()) {
    return Error{ErrorCode::kInvalid, "holds nothing to compare", paper.string()};
  }
  return comparison;
}

int ShowComparison(const PaperComparison& comparison, bool as_json) {
  if (as_json) {
    json::array items;
    for (const ComparedItem& each : comparison.items) {
      items.push_back(
          json::object{{"kind", each.kind}, {"item", each.item}, {"finding", each.finding}}
      );
    }
    PrintJson(json::object{{"different", comparison.different}, {"items", std::move(items)}});
  } else {
    for (const ComparedItem& each : comparison.items) {
      PrintLine(fmt::format("{} {}: {}", each.kind, each.item, each.finding));
    }
    PrintLine(fmt::format("{} of {} differ", comparison.different, comparison.items.size()));
  }
  return comparison.different == 0 ? kExitDone : kExitRefused;
}

}  // namespace musubi::apps
