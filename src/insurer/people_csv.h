// CSV that people open in a spreadsheet: RFC 4180, CRLF, and no cell that a spreadsheet would run.
#pragma once

#include <string>
#include <string_view>

#include "insurer/report.h"

namespace musubi::insurer {

// row,reference,symbol,number,insured_number,branch,state,reason
[[nodiscard]] std::string PeopleCsvHeading();
[[nodiscard]] std::string PeopleCsvLine(const PersonLine& person);

// Quoted where needed; a text that starts with = + - @ or a tab gets an apostrophe before it, so
// that it is a text everywhere.
void AppendSpreadsheetField(std::string_view text, std::string& out);

}  // namespace musubi::insurer
