// Reports of the insurer's work as JSON and as lines for people.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "insurer/report.h"

namespace musubi::apps {

// `file`: what the report is about, as the caller named it.
[[nodiscard]] boost::json::object ReportJson(const insurer::RosterReport& report);
[[nodiscard]] boost::json::object ReportJson(
    const insurer::NumberListReport& report, const std::string& file
);
[[nodiscard]] boost::json::object ReportJson(const insurer::PairsReport& report);

void PrintReport(const insurer::RosterReport& report, const std::string& file);
void PrintReport(const insurer::NumberListReport& report, const std::string& file);
void PrintReport(const insurer::PairsReport& report, const std::string& file);

}  // namespace musubi::apps
