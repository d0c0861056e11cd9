#include "insurer/people_csv.h"

namespace musubi::insurer {

void AppendSpreadsheetField(std::string_view text, std::string& out) {
  constexpr std::string_view kFormulaStarts = "=+-@\t\r";
  const bool is_formula = !text.empty() && kFormulaStarts.find(text[0]) != std::string_view::npos;
  const bool is_quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  out.append(is_quoted ? "\"" : "").append(is_formula ? "'" : "");
  for (const char character : text) {
    out.append(character == '"' ? 2U : 1U, character);
  }
  out.append(is_quoted ? "\"" : "");
}

std::string PeopleCsvHeading() {
  return "row,reference,symbol,number,insured_number,branch,state,reason\r\n";
}

std::string PeopleCsvLine(const PersonLine& person) {
  std::string line = person.row == 0 ? "" : std::to_string(person.row);
  for (const std::string_view field : {
           person.reference,
           person.symbol,
           person.member_number,
           person.insured_number,
           person.branch,
           LinkStateName(person.state),
           ReasonName(person.reason),
       }) {
    line.push_back(',');
    AppendSpreadsheetField(field, line);
  }
  line.append("\r\n");
  return line;
}

}  // namespace musubi::insurer
