// How inquiries are shown on the command line: the same for a terminal and for an institution.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace musubi::apps {

// "" when it is not there or no text.
[[nodiscard]] std::string TextAt(const boost::json::object& object, std::string_view name);

// The inquiry, and what its opened answer says; exit code 1 when it is final and nothing was
// provided for a reason other than that nothing is held.
[[nodiscard]] int ShowInquiry(const Result<boost::json::object>& inquiry, bool as_json);

// `field` of the answer is a list; only entries that have `needed` (blank: all) are shown.
[[nodiscard]] int ShowInquiries(
    const Result<boost::json::object>& answer,
    std::string_view field,
    std::string_view needed,
    bool as_json
);

}  // namespace musubi::apps
